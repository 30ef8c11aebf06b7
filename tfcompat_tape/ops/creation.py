"""Ops that make tensors: Fill, Range, LinSpace, ZerosLike, OnesLike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import devices, reading, registry
from tfcompat_tape.core.dispatch import primitive, unary
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import kernel_of
from tfcompat_tape.core.registry import ANY, FLOATS, Keep, gradient
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import VALUES
from tfcompat_tape.ops.tangents import linear


def _fill(value: Any, *, dims: tuple[int, ...]) -> Any:
    if len(value.shape):
        raise invalid(f"Fill: value must be a scalar, got shape {list(value.shape)}.")
    if isinstance(value, np.ndarray):
        return np.broadcast_to(value, dims)
    return value.expand(dims)


fill = primitive("Fill", _fill, inputs="value", dtypes=VALUES, keep=Keep.NOTHING)


@gradient("Fill")
def _fill_rule(op: Any, dy: Any) -> Any:
    return registry.OPS["Sum"].call(dy, axis=tuple(range(len(op.attrs["dims"]))), keep_dims=False)


linear("Fill")


def _zeros_like(x: Any) -> Any:
    return torch.zeros_like(x) if isinstance(x, torch.Tensor) else np.full(x.shape, b"", dtype=object)


zeros_like = unary("ZerosLike", _zeros_like, dtypes=VALUES, keep=Keep.NOTHING, differentiable=False)
ones_like = unary("OnesLike", torch.ones_like, dtypes=ANY, keep=Keep.NOTHING, differentiable=False)


def full(shape: tuple[int, ...], value: Any, dtype: torch.dtype) -> Tensor:
    """A new Tensor with `value` everywhere, on the current device."""
    with kernel_of("Fill"):
        return Tensor(torch.full(shape, value, dtype=dtype, device=devices.current()), None)


def arange(start: Any, limit: Any, delta: Any, dtype: torch.dtype) -> Tensor:
    """The numbers from `start` to before `limit` in steps of `delta`, Python numbers, as a Tensor of `dtype`.

    Raises:
      InvalidArgumentError: a step of zero, or one that leads away from `limit`.
    """
    with kernel_of("Range"):
        return _arange(start, limit, delta, dtype)


def _arange(start: Any, limit: Any, delta: Any, dtype: torch.dtype) -> Tensor:
    if delta == 0:
        raise invalid("Range: Requires delta != 0: 0")
    if (delta > 0 and start > limit) or (delta < 0 and start < limit):
        order = "start <= limit when delta > 0" if delta > 0 else "start >= limit when delta < 0"
        raise invalid(f"Range: Requires {order}: {start}/{limit}")
    device = devices.current()
    if not dtype.is_floating_point:
        if all(type(value) is int and abs(value) < 2**31 for value in (start, limit, delta)):
            return Tensor(torch.arange(start, limit, delta, dtype=dtype, device=device), None)
        count = -((start - limit) // delta if delta > 0 else (limit - start) // -delta)
        # In int64, where the end of the range may be beyond what it holds, and steps wrap around to the right number.
        return Tensor((torch.arange(count, device=device) * delta + start).to(dtype), None)
    # As in TensorFlow all of it is done in the dtype: the number of steps, and each element as start + i * delta.
    with reading.outside():
        first, last, step = [
            torch.tensor(value, dtype=dtype, device="cpu") for value in (start, limit, delta)
        ]
        count = math.ceil(((last - first) / step).abs().item())
    return Tensor(torch.arange(count, device=device).to(dtype) * step + first, None)


def _range(start: Any, limit: Any, delta: Any) -> Any:
    for value in (start, limit, delta):
        if value.numel() != 1:
            raise invalid(f"Range: start, limit and delta must be scalars, got shape {list(value.shape)}.")
    return arange(*[reading.sizes(value.reshape(())) for value in (start, limit, delta)], start.dtype)._t


def _lin_space(start: Any, stop: Any, *, num: int) -> Any:
    if start.dim() or stop.dim():
        raise invalid(
            f"LinSpace: start and stop must be scalars, got {list(start.shape)} and {list(stop.shape)}."
        )
    if num <= 0:
        raise invalid(f"LinSpace: Requires num > 0: {num}")
    step = (stop - start) / max(num - 1, 1)
    inner = start + step * torch.arange(num, device=start.device).to(start.dtype)
    return inner if num == 1 else torch.cat([inner[:-1], stop.reshape(1)])


range_ = primitive(
    "Range",
    _range,
    inputs="start limit delta",
    dtypes=FLOATS | {torch.int32, torch.int64},
    same=None,
    differentiable=False,
)
lin_space = primitive(
    "LinSpace", _lin_space, inputs="start stop", dtypes=FLOATS, same=(0, 1), differentiable=False
)
