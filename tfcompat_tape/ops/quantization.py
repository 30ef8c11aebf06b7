"""QuantizeAndDequantize*, QuantizeV2, Dequantize, QuantizedConcat: floats as integers of a few bits, and back."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import Facts, invalid
from tfcompat_tape.core.registry import FLOATS, Keep, gradient
from tfcompat_tape.ops.bounds import readable

_DEFAULTS = {
    "signed_input": True,
    "num_bits": 8,
    "range_given": False,
    "round_mode": "HALF_TO_EVEN",
    "narrow_range": False,
    "axis": -1,
}


def _scalars(op: str, low: torch.Tensor, high: torch.Tensor, axis: int) -> None:
    for name, end in (("input_min", low), ("input_max", high)):
        if axis != -1 and end.dim() != 1:
            raise invalid(f"{op}: Shape must be rank 1 for {name}_tensor when the axis is specified.")
        if end.dim():  # with an axis, too: TensorFlow takes no range then
            raise invalid(f"{op}: {name} must be a scalar, got shape {list(end.shape)}.")


def _quantize_and_dequantize(
    x: torch.Tensor,
    low: torch.Tensor,
    high: torch.Tensor,
    *,
    signed_input: bool = True,
    num_bits: int = 8,
    range_given: bool = False,
    round_mode: str = "HALF_TO_EVEN",
    narrow_range: bool = False,
    axis: int = -1,
) -> torch.Tensor:
    op = "QuantizeAndDequantize"
    if not 1 <= num_bits <= 62:
        raise invalid(f"{op}: num_bits is out of range: {num_bits} with signed_input {signed_input}.")
    if round_mode not in ("HALF_TO_EVEN", "HALF_UP"):
        raise invalid(f"{op}: Round mode string must be 'HALF_TO_EVEN' or 'HALF_UP', is '{round_mode}'")
    if axis < -1 or axis >= x.dim():
        raise invalid(f"{op}: Shape must be at least rank {axis + 1} but is rank {x.dim()}.")
    if axis != -1 and Facts.static() and not tuple(low.shape) == tuple(high.shape) == (x.shape[axis],):
        raise invalid(
            f"{op}: Shape must be rank 1 for input_min and input_max, {x.shape[axis]} numbers for the axis."
        )
    if range_given:
        _scalars(op, low, high, axis)
        if readable(low) and readable(high) and bool(low > high):
            raise invalid(f"{op}: Invalid range: input_min {float(low):g} > input_max {float(high):g}")
    elif axis == -1:
        low, high = torch.aminmax(x) if x.numel() else (x.new_zeros(()), x.new_zeros(()))
    else:
        others = [place for place in range(x.dim()) if place != axis]
        low = torch.amin(x, others, keepdim=True) if others else x
        high = torch.amax(x, others, keepdim=True) if others else x
    least, greatest = _integers(signed_input, num_bits, narrow_range)
    largest = torch.finfo(x.dtype).max
    of_low = torch.where(least * low > 0, least / low, largest)
    of_high = torch.where(greatest * high > 0, greatest / high, largest)
    by_low = of_low < of_high
    scale = torch.where(by_low, of_low, of_high)
    inverse = torch.where(by_low, low / least if least else torch.zeros_like(low), high / greatest)
    start = torch.where(by_low, low, least * inverse)
    end = torch.where(by_low, greatest * inverse, high)
    if range_given:
        x = torch.maximum(torch.minimum(x, end), start)
    steps = x * scale
    return (torch.round(steps) if round_mode == "HALF_TO_EVEN" else torch.floor(steps + 0.5)) * inverse


def _integers(signed: bool, bits: int, narrow: bool) -> tuple[float, float]:
    if not signed:
        return 0.0, float(2**bits - 1)
    return float(-(2 ** (bits - 1)) + bool(narrow)), float(2 ** (bits - 1) - 1)


def _v4_gradient(
    dy: torch.Tensor, x: torch.Tensor, low: torch.Tensor, high: torch.Tensor, *, axis: int = -1
) -> tuple[torch.Tensor, ...]:
    op = "QuantizeAndDequantizeV4Grad"
    if dy.shape != x.shape:
        raise invalid(f"{op}: gradient and input must be the same size: {list(dy.shape)}, {list(x.shape)}.")
    for name, end in (("min", low), ("max", high)):
        if axis == -1 and end.dim():
            raise invalid(
                f"{op}: input_{name} must be a scalar if axis is unspecified, got {list(end.shape)}."
            )
        if axis != -1 and end.dim() != 1:
            raise invalid(f"{op}: Shape must be rank 1 for input_{name}_tensor when the axis is specified.")
        if axis != -1 and end.shape[0] != x.shape[axis]:
            raise invalid(f"{op}: {name} has incorrect size, expected {x.shape[axis]} was {end.shape[0]}.")
    shape = [-1 if place == axis else 1 for place in range(x.dim())] if axis != -1 else []
    within = (x >= low.reshape(shape)) & (x <= high.reshape(shape))
    return dy * within, torch.zeros_like(low), torch.zeros_like(high)


quantize_and_dequantize_v2 = primitive(
    "QuantizeAndDequantizeV2",
    _quantize_and_dequantize,
    inputs="input input_min input_max",
    defaults=_DEFAULTS,
    dtypes=FLOATS,
    same=None,
    keep=Keep.NOTHING,
)
quantize_and_dequantize_v3 = primitive(
    "QuantizeAndDequantizeV3",
    _quantize_and_dequantize,
    inputs="input input_min input_max",
    defaults={**_DEFAULTS, "range_given": True},
    dtypes=FLOATS,
    same=None,
    keep=Keep.NOTHING,
)
quantize_and_dequantize_v4 = primitive(
    "QuantizeAndDequantizeV4",
    _quantize_and_dequantize,
    inputs="input input_min input_max",
    defaults=_DEFAULTS,
    dtypes=FLOATS,
    same=None,
    keep=Keep.INPUTS,
)
quantize_and_dequantize_v4_gradient = primitive(
    "QuantizeAndDequantizeV4Grad",
    _v4_gradient,
    inputs="gradients input input_min input_max",
    defaults={"axis": -1},
    outputs=3,
    dtypes=FLOATS,
    same=None,
    none_ok=True,
    keep_inputs=(1, 2, 3),
)


@gradient("QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3")
def _straight_through(op: Any, dy: Any) -> Any:
    return dy, None, None


@gradient("QuantizeAndDequantizeV4")
def _v4_rule(op: Any, dy: Any) -> Any:
    return quantize_and_dequantize_v4_gradient(dy, *op.inputs, axis=op.get_attr("axis"))


@gradient("QuantizeAndDequantizeV4Grad")
def _v4_gradient_rule(op: Any, dx: Any, dlow: Any, dhigh: Any) -> Any:
    """The rule is linear in the cotangent, and constant between the ends of the range."""
    if dx is None:
        return None, None, None, None
    _, x, low, high = op.inputs
    back, _, _ = quantize_and_dequantize_v4_gradient(dx, x, low, high, axis=op.get_attr("axis"))
    return back, None, None, None
