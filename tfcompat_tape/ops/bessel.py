"""Bessel functions of orders 0 and 1: J and Y, the modified I and K, and I and K scaled by exp(|x|) (I0e, K0e, ...)."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import unary
from tfcompat_tape.core.registry import FLOATS, Keep, gradient
from tfcompat_tape.ops import bessel_kernels
from tfcompat_tape.ops.arithmetic import real_div, reciprocal, sign, where, without_kernel
from tfcompat_tape.ops.elementary import one
from tfcompat_tape.ops.helpers import dtype_of, raw_of
from tfcompat_tape.ops.tangents import elementwise

BFLOAT16 = frozenset({torch.bfloat16})


def through_float32(kernel: Any) -> Any:
    """`kernel` for float16 as well: TensorFlow computes it in float32."""

    def widened(x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = (
            kernel(x.to(torch.float32)).to(x.dtype) if x.dtype is torch.float16 else kernel(x)
        )
        return result

    return widened


def _bessel(name: str, kernel: Any, keep: Keep = Keep.INPUTS) -> Any:
    kernel = without_kernel(name, BFLOAT16, through_float32(kernel))
    return unary(name, kernel, dtypes=FLOATS, keep=keep)


def _exact(kernel: Any) -> Any:
    """`kernel` computed in float64: second derivatives take differences of what it gives."""
    return lambda x: kernel(x.to(torch.float64)).to(x.dtype)


def _finite(kernel: Any) -> Any:
    """`kernel` with NaN at infinities, where the factors of TensorFlow's formulas cancel out."""
    return lambda x: torch.where(x.isinf(), torch.full_like(x, torch.nan), kernel(x))


def _of_positive(kernel: Any, below: float) -> Any:
    """`kernel` with the infinity `below` for negative x, where torch has NaN."""
    return lambda x: torch.where(x < 0, below, kernel(x))


def _y1(x: torch.Tensor) -> torch.Tensor:
    y = torch.where(x < 0, -math.inf, bessel_kernels.bessel_y1(x.to(torch.float64)).to(x.dtype))
    # TensorFlow's float32 kernel takes infinity from infinity.
    return torch.where(x == 0, torch.nan, y) if x.dtype is torch.float32 else y


_special = torch.special
bessel_i0 = _bessel("BesselI0", _finite(_exact(_special.i0)))
bessel_i0e = _bessel("BesselI0e", _exact(_special.i0e), Keep.BOTH)
bessel_i1 = _bessel("BesselI1", _finite(_exact(_special.i1)), Keep.BOTH)
bessel_i1e = _bessel("BesselI1e", _exact(_special.i1e), Keep.BOTH)
bessel_j0 = _bessel("BesselJ0", _finite(_exact(bessel_kernels.bessel_j0)))
bessel_j1 = _bessel("BesselJ1", _finite(_exact(bessel_kernels.bessel_j1)), Keep.BOTH)
bessel_y0 = _bessel("BesselY0", _of_positive(_exact(bessel_kernels.bessel_y0), -math.inf))
bessel_y1 = _bessel("BesselY1", _y1, Keep.BOTH)
bessel_k0 = _bessel("BesselK0", _of_positive(_exact(_special.modified_bessel_k0), math.inf))
bessel_k0e = _bessel(
    "BesselK0e", _of_positive(_exact(_special.scaled_modified_bessel_k0), math.inf), Keep.BOTH
)
bessel_k1 = _bessel("BesselK1", _of_positive(_exact(_special.modified_bessel_k1), math.inf), Keep.BOTH)
bessel_k1e = _bessel(
    "BesselK1e", _of_positive(_exact(_special.scaled_modified_bessel_k1), math.inf), Keep.BOTH
)


def _unless_at_zero(x: Any, slope: Any, at_zero: float) -> Any:
    """`slope(x)`, and `at_zero` where x is 0 and the formula of the slope divides by it: then its own slope is NaN."""
    return where(raw_of(x) == 0, number(at_zero, dtype_of(x)), slope(x))


@gradient("BesselI0")
def _i0(op: Any, dy: Any) -> Any:
    return dy * bessel_i1(op.inputs[0])


@gradient("BesselI0e")
def _i0e(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * (bessel_i1e(x) - sign(x) * op.outputs[0])


@gradient("BesselI1")
def _i1(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return dy * _unless_at_zero(op.inputs[0], lambda x: bessel_i0(x) - real_div(y, x), 1.0)


@gradient("BesselI1e")
def _i1e(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return dy * _unless_at_zero(op.inputs[0], lambda x: bessel_i0e(x) - y * (sign(x) + reciprocal(x)), 0.5)


@gradient("BesselJ0")
def _j0(op: Any, dy: Any) -> Any:
    return -(dy * bessel_j1(op.inputs[0]))


@gradient("BesselJ1")
def _j1(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return dy * _unless_at_zero(op.inputs[0], lambda x: bessel_j0(x) - real_div(y, x), 0.5)


@gradient("BesselY0")
def _y0(op: Any, dy: Any) -> Any:
    return -(dy * bessel_y1(op.inputs[0]))


@gradient("BesselY1")
def _y1_rule(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * (bessel_y0(x) - real_div(op.outputs[0], x))


@gradient("BesselK0")
def _k0(op: Any, dy: Any) -> Any:
    return -(dy * bessel_k1(op.inputs[0]))


@gradient("BesselK0e")
def _k0e(op: Any, dy: Any) -> Any:
    return dy * (op.outputs[0] - bessel_k1e(op.inputs[0]))


@gradient("BesselK1")
def _k1(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * (-bessel_k0(x) - real_div(op.outputs[0], x))


@gradient("BesselK1e")
def _k1e(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * (op.outputs[0] * (one(x) - reciprocal(x)) - bessel_k0e(x))


elementwise("BesselI0", "BesselI0e", "BesselI1", "BesselI1e", "BesselJ0", "BesselJ1", "BesselY0", "BesselY1")
elementwise("BesselK0", "BesselK0e", "BesselK1", "BesselK1e")
