"""Rounding, and division with a whole quotient: the quotient, and what remains of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import binary, unary
from tfcompat_tape.core.errors import internal, invalid
from tfcompat_tape.core.registry import COMPLEX, FLOATS, HALVES, REALS, Keep, gradient
from tfcompat_tape.ops.arithmetic import without_kernel, zeros_like
from tfcompat_tape.ops.helpers import both
from tfcompat_tape.ops.tangents import acts_on_elements, constant, elementwise
from tfcompat_tape.ops.unsigned import by_numpy

# -- rounding: piecewise constant, and TensorFlow says None rather than 0 ---------------------------------------------

floor = unary("Floor", torch.floor, dtypes=FLOATS, keep=Keep.NOTHING)
ceil = unary("Ceil", torch.ceil, dtypes=FLOATS, keep=Keep.NOTHING)
rint = unary("Rint", without_kernel("Rint", HALVES, torch.round), dtypes=FLOATS, keep=Keep.NOTHING)
round_ = unary(
    "Round",
    without_kernel("Round", COMPLEX | {torch.int8, torch.int16}, torch.round),
    dtypes=FLOATS | COMPLEX | {torch.int8, torch.int16, torch.int32, torch.int64},
    keep=Keep.NOTHING,
)


@gradient("Floor", "Ceil", "Rint", "Round")
def _rounding(op: Any, dy: Any) -> Any:
    return None


# -- division ----------------------------------------------------------------------------------------------------------


def _floor_div_kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.floor(x / y) if x.is_floating_point() else torch.floor_divide(x, y)


def _truncate_div_kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    if x.is_floating_point():
        return torch.trunc(x / y)
    # torch's own truncating division of the least integer by -1 ends the process.
    quotient = torch.floor_divide(x, y)
    return quotient + ((torch.remainder(x, y) != 0) & ((x < 0) != (y < 0))).to(x.dtype)


def _internal_by_zero(kernel: Any) -> Any:
    """Only FloorDiv and FloorMod foresee that an integer is divided by 0; the others call it an internal error."""

    def divide(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        try:
            result: torch.Tensor = kernel(x, y)
        except RuntimeError as error:
            if "ZeroDivisionError" in str(error):
                raise internal("Integer division by zero.") from None
            raise
        return result

    return divide


def _unless_by_zero(function: Any, error: Any = invalid) -> Any:
    def divide(x: Any, y: Any) -> Any:
        if not np.all(y):
            raise error("Integer division by zero.")
        return function(x, y)

    return by_numpy(divide)


floor_div = binary(
    "FloorDiv",
    without_kernel("FloorDiv", COMPLEX, _floor_div_kernel),
    dtypes=REALS | COMPLEX,
    keep=Keep.NOTHING,
)
floor_div.op.fallback = _unless_by_zero(np.floor_divide)
floor_mod = binary("FloorMod", torch.remainder, dtypes=REALS)
floor_mod.op.fallback = _unless_by_zero(np.remainder)
truncate_div = binary(
    "TruncateDiv",
    without_kernel("TruncateDiv", COMPLEX, _internal_by_zero(_truncate_div_kernel)),
    dtypes=REALS | COMPLEX,
    keep=Keep.NOTHING,
)
truncate_div.op.fallback = _unless_by_zero(np.floor_divide, internal)
truncate_mod = binary(
    "TruncateMod",
    without_kernel("TruncateMod", HALVES, _internal_by_zero(torch.fmod)),
    dtypes=FLOATS | {torch.int32, torch.int64},
    keep=Keep.NOTHING,
)


@gradient("FloorDiv", "TruncateDiv")
def _whole_quotient(op: Any, dy: Any) -> Any:
    return None, None


@gradient("FloorMod")
def _floor_mod(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    return both(op, dy if need_x else None, -(dy * floor_div(x, y)) if need_y else None)


# -- the next float ----------------------------------------------------------------------------------------------------

next_after = binary(
    "NextAfter", torch.nextafter, dtypes=frozenset({torch.float32, torch.float64}), keep=Keep.NOTHING
)
next_after.op.inputs = ("x1", "x2")


@gradient("NextAfter")
def _next_after(op: Any, dy: Any) -> Any:
    need_x, need_y = op.needs
    return both(op, dy if need_x else None, zeros_like(dy) if need_y else None)


constant("Floor", "Ceil", "Rint", "Round", "FloorDiv", "TruncateDiv")
acts_on_elements("Floor", "Ceil", "Rint", "Round", "FloorDiv", "TruncateDiv")
elementwise("FloorMod", "NextAfter")
