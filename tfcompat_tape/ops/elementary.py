"""Exponentials, logarithms, trigonometric and hyperbolic functions, and products that are 0 where a factor is.

A rule is the calculus of its function: `dy * conj(f'(x))`, with f' written in x or in y = f(x), whichever is cheaper.
The commonest say their JVP `t * f'(x)` too; for the others it is the rule.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import binary, unary
from tfcompat_tape.core.registry import FLOATS, INEXACT, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import ZERO, divide, real_div, reciprocal, square
from tfcompat_tape.ops.helpers import both, conj, dtype_of, is_complex, raw_of
from tfcompat_tape.ops.roots import sqrt
from tfcompat_tape.ops.tangents import acts_on_elements, elementwise


def one(x: Any) -> torch.Tensor:
    """The raw scalar 1 in the dtype of `x`."""
    return number(1.0, dtype_of(x))


# -- exponentials and logarithms ---------------------------------------------------------------------------------------


# As tensors: the code that a trace becomes cannot spell a complex NaN.
_LOG_OF_ZERO = {
    dtype: torch.tensor(complex(-math.inf, math.nan), dtype=dtype)
    for dtype in (torch.complex64, torch.complex128)
}


def _log1p_kernel(x: torch.Tensor) -> torch.Tensor:
    y = torch.log1p(x)
    return y if y.is_floating_point() else torch.where(x == -1, _LOG_OF_ZERO[y.dtype], y)


exp = unary("Exp", torch.exp, keep=Keep.OUTPUTS)
expm1 = unary("Expm1", torch.expm1)
log = unary("Log", torch.log)
log1p = unary("Log1p", _log1p_kernel)


@gradient("Exp")
def _exp(op: Any, dy: Any) -> Any:
    return dy * conj(op.outputs[0])


@gradient("Expm1")
def _expm1(op: Any, dy: Any) -> Any:
    return dy * exp(conj(op.inputs[0]))


@gradient("Log")
def _log(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    if type(dy) is Tensor or is_complex(dy):  # as TensorFlow composes it: the second derivative shows it at 0
        return dy * reciprocal(conj(x))
    return dy / x


@gradient("Log1p")
def _log1p(op: Any, dy: Any) -> Any:
    x = op.inputs[0] + one(dy)
    return dy * reciprocal(conj(x)) if is_complex(dy) else dy / x


@jvp("Exp")
def _exp_jvp(op: Any, t: Any) -> Any:
    return t * op.outputs[0]


@jvp("Log")
def _log_jvp(op: Any, t: Any) -> Any:
    x = op.inputs[0]
    return t * reciprocal(x) if type(t) is Tensor or t.is_complex() else t / x


acts_on_elements("Exp", "Log")
elementwise("Expm1", "Log1p")

# -- trigonometric functions -------------------------------------------------------------------------------------------

sin = unary("Sin", torch.sin)
cos = unary("Cos", torch.cos)
tan = unary("Tan", torch.tan)
asin = unary("Asin", torch.asin)
acos = unary("Acos", torch.acos)
atan = unary("Atan", torch.atan)
atan2 = binary("Atan2", torch.atan2, dtypes=FLOATS)
atan2.op.inputs = ("y", "x")


@gradient("Sin")
def _sin(op: Any, dy: Any) -> Any:
    return dy * cos(conj(op.inputs[0]))


@gradient("Cos")
def _cos(op: Any, dy: Any) -> Any:
    return -(dy * sin(conj(op.inputs[0])))


@gradient("Tan")
def _tan(op: Any, dy: Any) -> Any:
    return dy * square(reciprocal(cos(conj(op.inputs[0]))))


@gradient("Asin")
def _asin(op: Any, dy: Any) -> Any:
    x = conj(op.inputs[0])
    return dy * reciprocal(sqrt(one(x) - square(x)))


@gradient("Acos")
def _acos(op: Any, dy: Any) -> Any:
    x = conj(op.inputs[0])
    return -(dy * reciprocal(sqrt(one(x) - square(x))))


@gradient("Atan")
def _atan(op: Any, dy: Any) -> Any:
    x = conj(op.inputs[0])
    return dy * reciprocal(one(x) + square(x))


@gradient("Atan2")
def _atan2(op: Any, dy: Any) -> Any:
    y, x = op.inputs
    need_y, need_x = op.needs
    g = dy / (square(x) + square(y))
    return both(op, x * g if need_y else None, -(y * g) if need_x else None)


@jvp("Sin")
def _sin_jvp(op: Any, t: Any) -> Any:
    x = op.inputs[0]
    return t * (cos(x) if type(t) is Tensor else torch.cos(x))


@jvp("Cos")
def _cos_jvp(op: Any, t: Any) -> Any:
    x = op.inputs[0]
    return -(t * (sin(x) if type(t) is Tensor else torch.sin(x)))


acts_on_elements("Sin", "Cos")
elementwise("Tan", "Asin", "Acos", "Atan", "Atan2")

# -- hyperbolic functions ----------------------------------------------------------------------------------------------

_tanh_backward = torch.ops.aten.tanh_backward.default._op


def _tanh_grad_kernel(y: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    return dy * (1 - y * y) if y.is_complex() else _tanh_backward(dy, y)


sinh = unary("Sinh", torch.sinh)
cosh = unary("Cosh", torch.cosh)
tanh = unary("Tanh", torch.tanh, keep=Keep.OUTPUTS)
tanh_grad = binary("TanhGrad", _tanh_grad_kernel, dtypes=INEXACT)
tanh_grad.op.inputs = ("y", "dy")
asinh = unary("Asinh", torch.asinh, keep=Keep.OUTPUTS)
acosh = unary("Acosh", torch.acosh, keep=Keep.OUTPUTS)
atanh = unary("Atanh", torch.atanh)


@gradient("Sinh")
def _sinh(op: Any, dy: Any) -> Any:
    return dy * cosh(conj(op.inputs[0]))


@gradient("Cosh")
def _cosh(op: Any, dy: Any) -> Any:
    return dy * sinh(conj(op.inputs[0]))


@gradient("Tanh")
def _tanh(op: Any, dy: Any) -> Any:
    if type(dy) is Tensor:
        return tanh_grad(conj(op.outputs[0]), dy)
    return _tanh_backward(dy, op.outputs[0])  # conjugates by itself


@gradient("TanhGrad")
def _tanh_grad(op: Any, dy: Any) -> Any:
    need_y, need_g = op.needs
    y = conj(op.inputs[0])
    gy = dy * number(-2.0, dtype_of(y)) * conj(op.inputs[1]) * y if need_y else None
    return gy, tanh_grad(y, dy) if need_g else None


@gradient("Asinh")
def _asinh(op: Any, dy: Any) -> Any:
    return real_div(dy, cosh(conj(op.outputs[0])))


@gradient("Acosh")
def _acosh(op: Any, dy: Any) -> Any:
    return real_div(dy, sinh(conj(op.outputs[0])))


@gradient("Atanh")
def _atanh(op: Any, dy: Any) -> Any:
    x = conj(op.inputs[0])
    return dy * reciprocal(one(x) - square(x))


@jvp("Tanh")
def _tanh_jvp(op: Any, t: Any) -> Any:
    y = op.outputs[0]
    return tanh_grad(y, t) if type(t) is Tensor or t.is_complex() else _tanh_backward(t, y)


@jvp("TanhGrad")
def _tanh_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    y, dy = op.inputs
    slope = None if t is None else tanh_grad(y, t)
    if s is None:
        return slope
    if type(s) is not Tensor and slope is not None:
        return torch.addcmul(slope, s * dy, y, value=-2)
    turn = s * number(-2.0, dtype_of(s)) * dy * y
    return turn if slope is None else turn + slope


acts_on_elements("Tanh", "TanhGrad")
elementwise("Sinh", "Cosh", "Asinh", "Acosh", "Atanh")

# -- the error function ------------------------------------------------------------------------------------------------


def _erf_kernel(x: torch.Tensor) -> torch.Tensor:
    y = torch.erf(x)
    # TensorFlow's float64 kernel squares x, and is NaN where that is infinite.
    return torch.where(torch.isinf(x * x), torch.nan, y) if x.dtype is torch.float64 else y


erf = unary("Erf", _erf_kernel, dtypes=FLOATS)
erfc = unary("Erfc", torch.erfc, dtypes=FLOATS)


def _erf_slope(x: Any, dy: Any, factor: float) -> Any:
    return dy * number(factor, dtype_of(x)) * exp(-square(x))


@gradient("Erf")
def _erf(op: Any, dy: Any) -> Any:
    return _erf_slope(op.inputs[0], dy, 2.0 / math.sqrt(math.pi))


@gradient("Erfc")
def _erfc(op: Any, dy: Any) -> Any:
    return _erf_slope(op.inputs[0], dy, -2.0 / math.sqrt(math.pi))


elementwise("Erf", "Erfc")

# -- x * f(y), which is 0 where x is 0, whatever f(y) -----------------------------------------------------------------


def _unless_zero(product: Any) -> Any:
    def kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.where(x == 0, ZERO[x.dtype], product(x, y))

    return kernel


xlogy = binary("Xlogy", _unless_zero(lambda x, y: x * torch.log(y)), dtypes=INEXACT)
xlog1py = binary("Xlog1py", _unless_zero(lambda x, y: x * torch.log1p(y)), dtypes=INEXACT)
xdivy = binary("Xdivy", _unless_zero(divide), dtypes=INEXACT)


def _not_zero(x: Any) -> torch.Tensor:
    """Raw: 1 where `x` is not 0, else 0; no gradient flows through it."""
    raw = raw_of(x)
    return (raw != 0).to(raw.dtype)


@gradient("Xlogy")
def _xlogy(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    return both(op, dy * xlogy(_not_zero(x), y) if need_x else None, dy * xdivy(x, y) if need_y else None)


@gradient("Xlog1py")
def _xlog1py(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    gy = dy * xdivy(x, y + one(y)) if need_y else None
    return both(op, dy * xlog1py(_not_zero(x), y) if need_x else None, gy)


@gradient("Xdivy")
def _xdivy(op: Any, dy: Any) -> Any:
    x, y = op.inputs
    need_x, need_y = op.needs
    gy = dy * xdivy(-x, square(y)) if need_y else None
    return both(op, dy * xdivy(_not_zero(x), y) if need_x else None, gy)


elementwise("Xlogy", "Xlog1py", "Xdivy")
