"""FakeQuant*: floats moved to the nearest of the values that an integer of a few bits can stand for.

The range is nudged first, so that zero is one of these values. The gradient is straight through: 1 within the range,
and outside of it the gradient goes to that end of the range.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient

FLOAT32 = frozenset({torch.float32})
_BITS = {"num_bits": 8, "narrow_range": False}
_ENDS = {"min": -6.0, "max": 6.0, **_BITS}


def _nudged(
    op: str, low: torch.Tensor, high: torch.Tensor, num_bits: int, narrow_range: bool
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """The ends of the nudged range, the distance of its values, and the inverse of that."""
    if not 2 <= num_bits <= 16:
        raise invalid(f"{op}: num_bits must be between 2 and 16, inclusive, got {num_bits}.")
    least, greatest = int(bool(narrow_range)), 2**num_bits - 1
    scale = (high - low) / (greatest - least)
    zero = least - low / scale
    zero = torch.where(
        zero < least, float(least), torch.where(zero > greatest, float(greatest), torch.floor(zero + 0.5))
    )
    return (least - zero) * scale, (greatest - zero) * scale, scale, (greatest - least) / (high - low)


def _quantized(
    op: str, x: torch.Tensor, low: torch.Tensor, high: torch.Tensor, num_bits: int, narrow_range: bool
) -> torch.Tensor:
    start, end, scale, inverse = _nudged(op, low, high, num_bits, narrow_range)
    zero = torch.floor(0.5 - start * inverse)
    within = torch.maximum(torch.minimum(x, end), start)  # in this order, where the ends are swapped
    found = torch.floor((within - start) * inverse - zero + 0.5) * scale
    return torch.where((low == 0) & (high == 0), 0.0, found)


def _gradients(
    op: str,
    dy: torch.Tensor,
    x: torch.Tensor,
    low: torch.Tensor,
    high: torch.Tensor,
    num_bits: int,
    narrow_range: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What of `dy` goes to `x`, to `low` and to `high`, elementwise."""
    if dy.shape != x.shape:
        raise invalid(
            f"{op}: gradient and input must be the same size, got shapes {list(dy.shape)} and {list(x.shape)}."
        )
    start, end, _, _ = _nudged(op, low, high, num_bits, narrow_range)
    nothing = (low == 0) & (high == 0)
    below, above = (x < start) & ~nothing, (x > end) & ~nothing
    within = ((x >= start) & (x <= end)) | nothing
    # products, so that what is not finite makes a NaN anywhere, as in TensorFlow
    return dy * within, dy * below, dy * above


def _scalars(op: str, low: torch.Tensor, high: torch.Tensor) -> None:
    for name, end in (("min", low), ("max", high)):
        if end.dim():
            raise invalid(f"{op}: `{name}` must be rank 0 but is rank {end.dim()}.")


def _channels(op: str, x: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> None:
    if x.dim() < 1:
        raise invalid(f"{op}: the input must have at least 1 axis, got shape [].")
    for name, end in (("min", low), ("max", high)):
        if end.dim() != 1:
            raise invalid(f"{op}: `{name}` must be rank 1 but is rank {end.dim()}.")
        if end.shape[0] != x.shape[-1]:
            raise invalid(f"{op}: {name} has incorrect size, expected {x.shape[-1]} was {end.shape[0]}.")


# -- a range of attributes ----------------------------------------------------------------------------------


def _constants(op: str, x: torch.Tensor, low: float, high: float) -> tuple[torch.Tensor, torch.Tensor]:
    low, high = float(np.float32(low)), float(np.float32(high))
    if not low < high:
        raise invalid(f"{op}: min has to be smaller than max, was: {low:g} >= {high:g}")
    return torch.full((), low, device=x.device), torch.full((), high, device=x.device)


def _args(
    x: torch.Tensor, *, min: float = -6.0, max: float = 6.0, num_bits: int = 8, narrow_range: bool = False
) -> torch.Tensor:
    op = "FakeQuantWithMinMaxArgs"
    return _quantized(op, x, *_constants(op, x, min, max), num_bits, narrow_range)


def _args_gradient(
    dy: torch.Tensor,
    x: torch.Tensor,
    *,
    min: float = -6.0,
    max: float = 6.0,
    num_bits: int = 8,
    narrow_range: bool = False,
) -> torch.Tensor:
    op = "FakeQuantWithMinMaxArgsGradient"
    return _gradients(op, dy, x, *_constants(op, x, min, max), num_bits, narrow_range)[0]


fake_quant_args = primitive(
    "FakeQuantWithMinMaxArgs",
    _args,
    inputs="inputs",
    defaults=_ENDS,
    dtypes=FLOAT32,
    preferred=float32,
    keep=Keep.INPUTS,
)
fake_quant_args_gradient = primitive(
    "FakeQuantWithMinMaxArgsGradient",
    _args_gradient,
    inputs="gradients inputs",
    defaults=_ENDS,
    dtypes=FLOAT32,
    same=None,
    preferred=float32,
    differentiable=False,
)


@gradient("FakeQuantWithMinMaxArgs")
def _args_rule(op: Any, dy: Any) -> Any:
    return fake_quant_args_gradient(dy, op.inputs[0], **op.attrs)


# -- a range of tensors -------------------------------------------------------------------------------------


def _vars(
    x: torch.Tensor, low: torch.Tensor, high: torch.Tensor, *, num_bits: int = 8, narrow_range: bool = False
) -> torch.Tensor:
    _scalars("FakeQuantWithMinMaxVars", low, high)
    return _quantized("FakeQuantWithMinMaxVars", x, low, high, num_bits, narrow_range)


def _vars_gradient(
    dy: torch.Tensor,
    x: torch.Tensor,
    low: torch.Tensor,
    high: torch.Tensor,
    *,
    num_bits: int = 8,
    narrow_range: bool = False,
) -> tuple[torch.Tensor, ...]:
    op = "FakeQuantWithMinMaxVarsGradient"
    _scalars(op, low, high)
    dx, below, above = _gradients(op, dy, x, low, high, num_bits, narrow_range)
    return dx, below.sum(), above.sum()


def _per_channel(
    x: torch.Tensor, low: torch.Tensor, high: torch.Tensor, *, num_bits: int = 8, narrow_range: bool = False
) -> torch.Tensor:
    _channels("FakeQuantWithMinMaxVarsPerChannel", x, low, high)
    return _quantized("FakeQuantWithMinMaxVarsPerChannel", x, low, high, num_bits, narrow_range)


def _per_channel_gradient(
    dy: torch.Tensor,
    x: torch.Tensor,
    low: torch.Tensor,
    high: torch.Tensor,
    *,
    num_bits: int = 8,
    narrow_range: bool = False,
) -> tuple[torch.Tensor, ...]:
    op = "FakeQuantWithMinMaxVarsPerChannelGradient"
    _channels(op, x, low, high)
    dx, below, above = _gradients(op, dy, x, low, high, num_bits, narrow_range)
    before = tuple(range(x.dim() - 1))
    return dx, below.sum(before) if before else below, above.sum(before) if before else above


def _define(name: str, kernel: Any, kernel_of_gradient: Any) -> tuple[Any, Any]:
    call = primitive(
        name,
        kernel,
        inputs="inputs min max",
        defaults=_BITS,
        dtypes=FLOAT32,
        same=None,
        preferred=float32,
        keep=Keep.INPUTS,
    )
    of_gradient = primitive(
        f"{name}Gradient",
        kernel_of_gradient,
        inputs="gradients inputs min max",
        defaults=_BITS,
        outputs=3,
        dtypes=FLOAT32,
        same=None,
        preferred=float32,
        differentiable=False,
    )

    @gradient(name)
    def rule(op: Any, dy: Any) -> Any:
        return of_gradient(dy, *op.inputs, **op.attrs)

    return call, of_gradient


fake_quant_vars, fake_quant_vars_gradient = _define("FakeQuantWithMinMaxVars", _vars, _vars_gradient)
fake_quant_per_channel, fake_quant_per_channel_gradient = _define(
    "FakeQuantWithMinMaxVarsPerChannel", _per_channel, _per_channel_gradient
)
