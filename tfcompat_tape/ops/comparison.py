"""Comparisons, logic on booleans, bits of integers, and what floats are (finite, infinite, NaN).

None of them has a gradient. For most TensorFlow registers just that, so that a tape gives None; for `IsNan` and its
like it registers nothing, so that a tape that meets them raises LookupError.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import binary, primitive, unary
from tfcompat_tape.core.registry import ANY, BOOL, COMPLEX, FLOATS, HALVES, INTEGERS, NUMERIC, REALS, Keep
from tfcompat_tape.ops.arithmetic import without_kernel
from tfcompat_tape.ops.unsigned import STRING, by_numpy, by_numpy_or_strings

# -- order and equality ------------------------------------------------------------------------------------------------


def _comparison(name: str, kernel: Any, on_numpy: Any, dtypes: Any = REALS) -> Any:
    call = binary(name, kernel, dtypes=dtypes, differentiable=False)
    call.op.fallback = by_numpy_or_strings(on_numpy, on_numpy)
    return call


equal = _comparison("Equal", torch.eq, np.equal, ANY | {STRING})
not_equal = _comparison("NotEqual", torch.ne, np.not_equal, ANY | {STRING})
less = _comparison("Less", torch.lt, np.less)
less_equal = _comparison("LessEqual", torch.le, np.less_equal)
greater = _comparison("Greater", torch.gt, np.greater)
greater_equal = _comparison("GreaterEqual", torch.ge, np.greater_equal)
equal.op.defaults = {"incompatible_shape_error": True}
not_equal.op.defaults = {"incompatible_shape_error": True}

approximate_equal = primitive(
    "ApproximateEqual",
    without_kernel(
        "ApproximateEqual",
        HALVES | COMPLEX | INTEGERS,
        lambda x, y, tolerance=1e-5: (x - y).abs() < tolerance,
    ),
    inputs="x y",
    defaults={"tolerance": 1e-5},
    dtypes=NUMERIC,
    same=None,
    differentiable=False,
)

# -- logic -------------------------------------------------------------------------------------------------------------

logical_and = binary("LogicalAnd", torch.logical_and, dtypes=BOOL, differentiable=False)
logical_or = binary("LogicalOr", torch.logical_or, dtypes=BOOL, differentiable=False)
logical_not = unary("LogicalNot", torch.logical_not, dtypes=BOOL, differentiable=False)

# -- bits --------------------------------------------------------------------------------------------------------------


def _shift(kernel: Any) -> Any:
    """A shift by less than nothing is none, by more than all bits but one stops there."""

    def shift(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        shifted: torch.Tensor = kernel(x, y.clamp(0, 8 * x.element_size() - 1))
        return shifted

    return shift


def _numpy_shift(function: Any) -> Any:
    return lambda x, y: function(x, np.minimum(y, np.asarray(8 * x.itemsize - 1, x.dtype)))


def _count_bits(x: torch.Tensor) -> torch.Tensor:
    octets = x.contiguous().unsqueeze(-1).view(torch.uint8)
    return _BITS_OF_OCTET.to(x.device)[octets.to(torch.int64)].sum(-1).to(torch.uint8)


_BITS_OF_OCTET = torch.tensor([bin(octet).count("1") for octet in range(256)], device="cpu")

bitwise_and = binary("BitwiseAnd", torch.bitwise_and, dtypes=INTEGERS, differentiable=False)
bitwise_or = binary("BitwiseOr", torch.bitwise_or, dtypes=INTEGERS, differentiable=False)
bitwise_xor = binary("BitwiseXor", torch.bitwise_xor, dtypes=INTEGERS, differentiable=False)
left_shift = binary("LeftShift", _shift(torch.bitwise_left_shift), dtypes=INTEGERS, differentiable=False)
left_shift.op.fallback = by_numpy(_numpy_shift(np.left_shift))
right_shift = binary("RightShift", _shift(torch.bitwise_right_shift), dtypes=INTEGERS, differentiable=False)
right_shift.op.fallback = by_numpy(_numpy_shift(np.right_shift))
invert = unary("Invert", torch.bitwise_not, dtypes=INTEGERS, differentiable=False)
invert.op.fallback = by_numpy(np.invert)
population_count = unary("PopulationCount", _count_bits, dtypes=INTEGERS, differentiable=False)

# -- kinds of floats ---------------------------------------------------------------------------------------------------

is_finite = unary("IsFinite", torch.isfinite, dtypes=FLOATS, keep=Keep.NOTHING)
is_inf = unary("IsInf", torch.isinf, dtypes=FLOATS, keep=Keep.NOTHING)
is_nan = unary("IsNan", torch.isnan, dtypes=FLOATS, keep=Keep.NOTHING)
