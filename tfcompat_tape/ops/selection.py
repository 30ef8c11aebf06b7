"""SelectV2, which picks elements by a condition, and OneHot."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import BOOL, INEXACT, Keep, gradient, jvp
from tfcompat_tape.ops.helpers import dtype_of, raw_of, unbroadcast
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.tangents import acts_on_elements, spread

# On the CPU, where a scalar combines with tensors on any device.
_ZERO = {dtype: torch.zeros((), dtype=dtype, device="cpu") for dtype in INEXACT}


def _select(condition: Any, t: Any, e: Any) -> Any:
    if isinstance(t, np.ndarray):
        return np.where(condition.numpy(), t, e)
    return torch.where(condition, t, e)


def _select_v1(condition: Any, t: Any, e: Any) -> Any:
    if t.shape != e.shape:
        raise invalid(
            f"Select: 't' and 'e' must have the same shape, got {list(t.shape)} and {list(e.shape)}."
        )
    if condition.dim() == 1 and t.dim() > 1 and condition.shape[0] == t.shape[0]:  # a vector chooses rows
        condition = condition.reshape([-1] + [1] * (t.dim() - 1))
    elif condition.dim() and condition.shape != t.shape:
        raise invalid(f"Select: a condition of shape {list(condition.shape)} does not fit {list(t.shape)}.")
    return _select(condition, t, e)


def _choose(name: str, kernel: Any) -> Any:
    return primitive(
        name, kernel, inputs="condition t e", dtypes=BOOL, same=(1, 2), keep=Keep.INPUTS, keep_inputs=(0,)
    )


select_v2 = _choose("SelectV2", _select)
select = _choose("Select", _select_v1)


@gradient("SelectV2")
def _select_v2_rule(op: Any, dy: Any) -> Any:
    condition = op.inputs[0]
    _, t, e = op.shapes
    zero = _ZERO[dtype_of(dy)]
    _, need_t, need_e = op.needs
    return (
        None,
        unbroadcast(select_v2(condition, dy, zero), t) if need_t else None,
        unbroadcast(select_v2(condition, zero, dy), e) if need_e else None,
    )


@gradient("Select")
def _select_rule(op: Any, dy: Any) -> Any:
    condition = op.inputs[0]
    zeros = torch.zeros_like(raw_of(dy))
    _, need_t, need_e = op.needs
    return (
        None,
        select(condition, dy, zeros) if need_t else None,
        select(condition, zeros, dy) if need_e else None,
    )


@jvp("SelectV2")
def _select_v2_jvp(op: Any, _: Any, s: Any, t: Any) -> Any:
    zero = _ZERO[dtype_of(t if s is None else s)]
    chosen = select_v2(op.inputs[0], zero if s is None else s, zero if t is None else t)
    return spread(op, chosen)


@jvp("Select")
def _select_jvp(op: Any, _: Any, s: Any, t: Any) -> Any:
    zeros = torch.zeros_like(raw_of(t if s is None else s))
    return select(op.inputs[0], zeros if s is None else s, zeros if t is None else t)


acts_on_elements("SelectV2", "Select")


def _one_hot(indices: Any, on_value: Any, off_value: Any, *, depth: int, axis: int = -1) -> Any:
    rank = indices.dim()
    if not -1 <= axis <= rank:
        raise invalid(f"OneHot: Expected axis to be -1 or between [0, {rank + 1}).  But received: {axis}")
    if depth < 0:
        raise invalid(f"OneHot: depth must be non-negative, got: {depth}")
    for what, value in (("on_value", on_value), ("off_value", off_value)):
        if len(value.shape):
            raise invalid(f"OneHot: {what} must be a scalar, got shape {list(value.shape)}.")
    place = rank if axis == -1 else axis
    form = [1] * (rank + 1)
    form[place] = depth
    hot = indices.unsqueeze(place) == torch.arange(depth, device=indices.device, dtype=torch.int64).reshape(
        form
    )
    return _select(hot, on_value, off_value)


one_hot = primitive(
    "OneHot",
    _one_hot,
    inputs="indices on_value off_value",
    defaults={"axis": -1},
    dtypes=frozenset({torch.uint8, torch.int8, torch.int32, torch.int64}),
    same=(1, 2),
    differentiable=False,
)

moves_elements(select_v2, select, one_hot)
