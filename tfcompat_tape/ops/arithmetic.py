"""Sums, products, quotients and signs: the ops that gradient code runs most.

A product keeps a factor only if the other one needs a gradient; a quotient keeps the divisor and, if that needs a
gradient, itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import binary, binary_call, primitive, refuse, unary
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.indexed_slices import takes_slices
from tfcompat_tape.core.registry import COMPLEX, FLOATS, INEXACT, NUMERIC, SIGNED, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.helpers import both, conj, dtype_of, is_complex
from tfcompat_tape.ops.tangents import acts_on_elements, elementwise, spread, symmetric
from tfcompat_tape.ops.unsigned import STRING, WIDE_UNSIGNED, by_numpy, by_numpy_or_strings

# Zeros as raw CPU scalars; `number` keeps none, because 0.0 and -0.0 are one key.
ZERO = {dtype: torch.zeros((), dtype=dtype, device="cpu") for dtype in NUMERIC}


def zeros_like(x: Any) -> Any:
    """Zeros that no tape traces, in the form of `x` (raw or Tensor): a gradient that is zero, not missing."""
    return Tensor(torch.zeros_like(x._t), None) if type(x) is Tensor else torch.zeros_like(x)


def where(mask: torch.Tensor, x: Any, y: Any) -> Any:
    """`x` where the raw `mask` is true, else `y`; raw if both are."""
    if type(x) is Tensor or type(y) is Tensor:
        return registry.lookup("SelectV2").call(mask, x, y)
    return torch.where(mask, x, y)


def without_kernel(name: str, missing: frozenset[torch.dtype], kernel: Any) -> Any:
    """`kernel` for an op whose definition allows dtypes that TensorFlow has no kernel for: NotFoundError."""

    def checked(x: torch.Tensor, *others: torch.Tensor, **attrs: Any) -> torch.Tensor:
        if x.dtype in missing:
            raise not_found(
                f"Could not find device for node: {name} has no kernel for {x.dtype}. Use tf.cast."
            )
        result: torch.Tensor = kernel(x, *others, **attrs)
        return result

    return checked


# -- sums --------------------------------------------------------------------------------------------------------------


def _add_n_kernel(*raws: torch.Tensor) -> torch.Tensor:
    total = raws[0]
    place = next((i for i, raw in enumerate(raws) if raw.shape != total.shape), 0)
    if place:
        raise invalid(
            "Inputs to operation AddN of type AddN must have the same size and shape.  "
            f"Input 0: {compact(total.shape)} != input {place}: {compact(raws[place].shape)}"
        )
    for raw in raws[1:]:
        total = add_v2.op.fallback(total, raw) if raw.dtype in WIDE_UNSIGNED else total + raw
    return total


def _of_parts(kernel: Any) -> Any:
    """Of complex numbers, part by part: torch.add multiplies by 1 + 0j first, which makes NaN of infinities."""

    def of_parts(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x, y = x.resolve_conj(), y.resolve_conj()
        return torch.view_as_complex(kernel(torch.view_as_real(x), torch.view_as_real(y)))

    return of_parts


def sum_call(op: Any, operands: Any = None, otherwise: Any = refuse) -> Any:
    """A call of AddV2 or Sub (see `binary_call`); so that real numbers lose no time, complex ones go another way."""
    on_complex = binary_call(op, operands, otherwise, kernel=_of_parts(op.kernel))

    def apart(op: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
        return on_complex(x, y) if a.dtype in COMPLEX else otherwise(op, x, y, a, b)

    return binary_call(op, operands, apart, dtypes=op.dtypes - COMPLEX)


def _sum(name: str, kernel: Any, on_numpy: Any) -> Any:
    op = binary(name, kernel, keep=Keep.NOTHING).op
    op.fallback = by_numpy(on_numpy)
    op.call = sum_call(op)
    op.call.op = op
    op.call.__name__ = op.call.__qualname__ = name
    return op.call


add_v2 = _sum("AddV2", torch.add, np.add)
sub = _sum("Sub", torch.sub, np.subtract)
add = binary("Add", torch.add, dtypes=INEXACT | SIGNED | {torch.uint8, STRING}, keep=Keep.NOTHING)
add.op.fallback = by_numpy_or_strings(np.add, np.add)
add_n = primitive("AddN", _add_n_kernel, inputs="*inputs", dtypes=NUMERIC, same=None, keep=Keep.SHAPES)


@gradient("AddV2", "Add")
def _add(op: Any, dy: Any) -> Any:
    if op.shapes is None:
        return dy, dy
    need_x, need_y = op.needs
    return both(op, dy if need_x else None, dy if need_y else None)


@gradient("AddN")
def _add_n(op: Any, dy: Any) -> Any:
    return dy if len(op.shapes) == 1 else [dy] * len(op.shapes)


@gradient("Sub")
def _sub(op: Any, dy: Any) -> Any:
    need_x, need_y = op.needs
    return both(op, dy if need_x else None, -dy if need_y else None)


@jvp("AddV2", "Add")
def _add_jvp(op: Any, s: Any, t: Any) -> Any:
    if s is not None and t is not None:
        return s + t
    known = t if s is None else s
    return known if op.shapes is None else spread(op, known)


@jvp("AddN")
def _add_n_jvp(op: Any, *tangents: Any) -> Any:
    known = [t for t in tangents if t is not None]
    return known[0] if len(known) == 1 else add_n(*known)


@jvp("Sub")
def _sub_jvp(op: Any, s: Any, t: Any) -> Any:
    if s is not None and t is not None:
        return s - t
    known = -t if s is None else s
    return known if op.shapes is None else spread(op, known)


acts_on_elements("AddV2", "Add", "AddN", "Sub")

# -- products ----------------------------------------------------------------------------------------------------------


def _squared_difference_kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    difference = x - y
    return difference * difference.conj() if x.is_complex() else torch.square(difference)


mul = binary("Mul", torch.mul, keep=Keep.CROSS)
mul_no_nan = binary("MulNoNan", lambda x, y: torch.where(y == 0, ZERO[x.dtype], x * y), dtypes=INEXACT)
square = unary("Square", torch.square, dtypes=NUMERIC)
square.op.fallback = by_numpy(np.square)
squared_difference = binary(
    "SquaredDifference", _squared_difference_kernel, dtypes=INEXACT | {torch.int32, torch.int64}
)


@gradient("Mul")
def _mul(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    return both(op, dy * conj(y) if need_x else None, dy * conj(x) if need_y else None)


@gradient("MulNoNan")
def _mul_no_nan(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    return both(op, mul_no_nan(dy, y) if need_x else None, mul_no_nan(x, dy) if need_y else None)


@gradient("Square")
def _square(op: Any, dy: Any) -> Any:
    x = conj(op.inputs[0])
    return dy * (x + x)


@gradient("SquaredDifference")
def _squared_difference(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    gx = (dy + dy) * (x - y)
    return both(op, gx if need_x else None, -gx if need_y else None)


@jvp("Mul")
def _mul_jvp(op: Any, s: Any, t: Any) -> Any:
    x, y = op.inputs
    if t is None:
        return s * y
    if s is None:
        return t * x
    if type(s) is Tensor:
        return s * y + t * x
    return twice_product(t, x) if s is t and x is y else torch.addcmul(s * y, t, x)


@jvp("Square")
def _square_jvp(op: Any, t: Any) -> Any:
    x = op.inputs[0]
    return t * (x + x) if type(t) is Tensor else twice_product(t, x)


def twice_product(t: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """`2 t x` of raw tensors; by one kernel where a 0 on the CPU may stand beside them."""
    return torch.addcmul(ZERO[x.dtype], t, x, value=2) if t.is_cpu else t * (x + x)


@jvp("SquaredDifference")
def _squared_difference_jvp(op: Any, s: Any, t: Any) -> Any:
    x, y = op.inputs
    difference = -t if s is None else s if t is None else s - t
    return (difference + difference) * conj(x - y)


acts_on_elements("Mul", "Square", "SquaredDifference")


@jvp("MulNoNan")
def _mul_no_nan_jvp(op: Any, s: Any, t: Any) -> Any:
    x, y = op.inputs
    if t is None:
        return mul_no_nan(s, y)
    return mul_no_nan(x, t) if s is None else mul_no_nan(s, y) + mul_no_nan(x, t)


acts_on_elements("MulNoNan")

# -- quotients ---------------------------------------------------------------------------------------------------------


def divide(x: torch.Tensor, y: Any) -> torch.Tensor:
    """The kernel of quotients.

    Of complex numbers divided by 0 TensorFlow's kernel makes NaN in blocks of a fixed size, and infinities of what is
    left over: so of a single number.
    """
    quotient = torch.div(x, y)
    if quotient.is_floating_point() or not isinstance(y, torch.Tensor):
        return quotient
    at_pole = _AT_POLE[quotient.dtype]
    count = quotient.numel()
    left_over = count % _BLOCK[quotient.dtype]
    if left_over:
        alone = torch.arange(count, device=quotient.device).reshape(quotient.shape) >= count - left_over
        x, by = x.resolve_conj(), y.resolve_conj().real  # the parts of a conjugate view have no batching rule
        at_pole = torch.where(alone, torch.complex(x.real / by, x.imag / by), at_pole)
    return torch.where(y == 0, at_pole, quotient)


_BLOCK = {torch.complex64: 4, torch.complex128: 2}
# As tensors: the code that a trace becomes cannot spell a complex NaN.
_AT_POLE = {dtype: torch.tensor(complex("nan+nanj"), dtype=dtype) for dtype in _BLOCK}


def _reciprocal_kernel(x: torch.Tensor) -> torch.Tensor:
    return divide(torch.ones_like(x), x) if x.is_complex() else torch.reciprocal(x)


real_div = binary("RealDiv", divide, dtypes=INEXACT, keep=Keep.QUOTIENT)
div_no_nan = binary("DivNoNan", lambda x, y: torch.where(y == 0, ZERO[x.dtype], x / y), dtypes=INEXACT)
reciprocal = unary(
    "Reciprocal",
    without_kernel("Reciprocal", SIGNED, _reciprocal_kernel),
    dtypes=INEXACT | SIGNED,
    keep=Keep.OUTPUTS,
)
reciprocal_grad = binary(
    "ReciprocalGrad",
    lambda y, dy: (-dy * torch.square(y.conj())).masked_fill(
        dy == 0, 0
    ),  # zero even at a pole, as in TensorFlow
    dtypes=INEXACT,
)
reciprocal_grad.op.inputs = ("y", "dy")


@gradient("RealDiv")
def _real_div(op: Any, dy: Any) -> Any:
    need_x, need_y = op.needs
    y = op.inputs[1]
    if is_complex(dy):
        y = conj(y)
        gy = -(dy * real_div(conj(op.outputs[0]), y)) if need_y else None
        return both(op, real_div(dy, y) if need_x else None, gy)
    gy = -(dy * (op.outputs[0] / y)) if need_y else None
    return both(op, dy / y if need_x else None, gy)


@gradient("DivNoNan")
def _div_no_nan(op: Any, dy: Any) -> Any:
    need_x, need_y = op.needs
    x, y = conj(op.inputs[0]), conj(op.inputs[1])
    gy = dy * div_no_nan(div_no_nan(-x, y), y) if need_y else None
    return both(op, div_no_nan(dy, y) if need_x else None, gy)


@gradient("Reciprocal")
def _reciprocal(op: Any, dy: Any) -> Any:
    return reciprocal_grad(op.outputs[0], dy)


@gradient("ReciprocalGrad")
def _reciprocal_grad(op: Any, dy: Any) -> Any:
    need_y, need_g = op.needs
    y = conj(op.inputs[0])
    gy = conj(dy) * number(-2.0, dtype_of(dy)) * op.inputs[1] * y if need_y else None
    return gy, reciprocal_grad(y, dy) if need_g else None


@jvp("RealDiv")
def _real_div_jvp(op: Any, s: Any, t: Any) -> Any:
    y = op.inputs[1]
    if t is None:
        return real_div(s, y)
    slope = -(t * real_div(op.outputs[0], y))
    return slope if s is None else real_div(s, y) + slope


acts_on_elements("RealDiv")
elementwise("DivNoNan", "Reciprocal")


@jvp("ReciprocalGrad")
def _reciprocal_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    y, dy = op.inputs
    slope = None if t is None else reciprocal_grad(y, t)
    if s is None:
        return slope
    turn = conj(s) * number(-2.0, dtype_of(s)) * dy * conj(y)
    return turn if slope is None else turn + slope


acts_on_elements("ReciprocalGrad")

# -- signs -------------------------------------------------------------------------------------------------------------


def _sign_kernel(x: torch.Tensor) -> torch.Tensor:
    if not x.is_floating_point():
        return torch.sgn(x)
    # torch.sgn turns NaN into 0. Scaled so that the least normal number becomes 1, NaN passes through.
    return torch.clamp(x * _SCALE[x.dtype], -1.0, 1.0) + 0.0  # of -0.0 it is 0.0


_SCALE = {dtype: 1.0 / torch.tensor(torch.finfo(dtype).tiny, dtype=dtype, device="cpu") for dtype in FLOATS}

neg = unary("Neg", torch.neg, dtypes=INEXACT | SIGNED, keep=Keep.NOTHING)
abs_ = unary("Abs", torch.abs, dtypes=FLOATS | SIGNED)
sign = unary("Sign", _sign_kernel, dtypes=INEXACT | SIGNED)


@gradient("Neg")
@takes_slices
def _neg(op: Any, dy: Any) -> Any:
    return -dy


@gradient("Abs")
def _abs(op: Any, dy: Any) -> Any:
    return dy * sign(op.inputs[0])


@gradient("Sign")
def _sign(op: Any, dy: Any) -> Any:
    return zeros_like(op.inputs[0])


@jvp("Sign")
def _sign_jvp(op: Any, t: Any) -> Any:
    return None


acts_on_elements("Neg", "Abs", "Sign")
symmetric("Neg", "Abs")
