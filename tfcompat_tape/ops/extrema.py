"""The greater and the lesser of two, and clipping. Where the two are equal, the gradient goes to the first."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import binary, primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import NUMERIC, REALS, gradient, jvp
from tfcompat_tape.ops.arithmetic import ZERO, where
from tfcompat_tape.ops.helpers import both, dtype_of, raw_of, unbroadcast
from tfcompat_tape.ops.tangents import acts_on_elements, elementwise
from tfcompat_tape.ops.unsigned import by_numpy

maximum = binary("Maximum", torch.maximum, dtypes=REALS)
maximum.op.fallback = by_numpy(np.maximum)
minimum = binary("Minimum", torch.minimum, dtypes=REALS)
minimum.op.fallback = by_numpy(np.minimum)


def _chosen(op: Any, dy: Any, first: torch.Tensor) -> Any:
    """`dy` for the input that was chosen: the first one where the mask `first` is true."""
    need_x, need_y = op.needs
    zero = ZERO[dtype_of(dy)]
    return both(op, where(first, dy, zero) if need_x else None, where(first, zero, dy) if need_y else None)


@gradient("Maximum")
def _maximum(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    return _chosen(op, dy, raw_of(x) >= raw_of(y))


@gradient("Minimum")
def _minimum(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    return _chosen(op, dy, raw_of(x) <= raw_of(y))


# -- clipping ----------------------------------------------------------------------------------------------------------


def _clip_kernel(t: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    if any(bound.dim() and bound.shape != t.shape for bound in (low, high)):
        raise invalid(
            "ClipByValue: clip_value_min and clip_value_max must be scalars or have the shape of the input "
            f"{list(t.shape)}, got {list(low.shape)} and {list(high.shape)}."
        )
    if t.is_complex():  # TensorFlow compares the real parts
        lower = torch.where(t.real < high.real, t, high)
        return torch.where(lower.real < low.real, low, lower)
    lower = torch.where(high < t, high, t)  # a bound that is NaN is none
    return torch.where(lower < low, low, lower)


def _clip_by_numpy(t: Any, low: Any, high: Any) -> Any:
    return np.maximum(np.minimum(t, high), low)


clip_by_value = primitive(
    "ClipByValue", _clip_kernel, inputs="t clip_value_min clip_value_max", dtypes=NUMERIC, same=None
)
clip_by_value.op.fallback = by_numpy(_clip_by_numpy)


@gradient("ClipByValue")
def _clip_by_value(op: Any, dy: Any) -> Any:
    t, low, high = [raw_of(x) for x in op.inputs]
    below, above = t < low, t > high
    need_t, need_low, need_high = op.needs
    zero = ZERO[dtype_of(dy)]
    return (
        where(below | above, zero, dy) if need_t else None,
        unbroadcast(where(below, dy, zero), op.shapes[1]) if need_low else None,
        unbroadcast(where(above, dy, zero), op.shapes[2]) if need_high else None,
    )


elementwise("Maximum", "Minimum")


@jvp("ClipByValue")
def _clip_by_value_jvp(op: Any, *tangents: Any) -> Any:
    t, low, high = [raw_of(x) for x in op.inputs]
    below, above = t < low, t > high
    total = None
    for mask, tangent in zip((~(below | above), below, above), tangents, strict=True):
        if tangent is not None:
            part = where(mask, tangent, ZERO[dtype_of(tangent)])
            total = part if total is None else total + part
    return total


acts_on_elements("ClipByValue")
