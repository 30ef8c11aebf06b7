"""Activations: the rectifiers and the smooth ones, each with the op that is its gradient, so that orders go on.

The gradient ops multiply by the slope as TensorFlow does: a NaN among the features has slope 0 in `ReluGrad`, and an
infinite cotangent times slope 0 is NaN.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import primitive, unary
from tfcompat_tape.core.registry import COMPLEX, FLOATS, INEXACT, REALS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import mul, where, zeros_like
from tfcompat_tape.ops.elementary import exp, tanh
from tfcompat_tape.ops.helpers import conj, dtype_of, raw_of
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.tangents import acts_on_elements, elementwise

_aten = torch.ops.aten
_WIDE = {torch.uint16: torch.int32, torch.uint32: torch.int64}  # torch has few kernels for these


def _features(call: Any) -> Any:
    """The op's input by TensorFlow's name."""
    call.op.inputs = ("features",)
    return call


def _gradient_op(
    name: str, kernel: Any, second: str = "features", dtypes: Any = FLOATS, **options: Any
) -> Any:
    """Define the op that multiplies cotangents by an activation's slope."""
    return primitive(name, kernel, inputs=f"gradients {second}", dtypes=dtypes, same=(0, 1), **options)


# -- rectifiers --------------------------------------------------------------------------------------------------------

_leaky_backward = _aten.leaky_relu_backward.default._op


def _relu(x: torch.Tensor) -> torch.Tensor:
    if x.is_floating_point() or x.is_signed():
        return torch.relu(x)
    return x  # unsigned integers


def _relu6(x: torch.Tensor) -> torch.Tensor:
    if x.dtype in _WIDE:
        return x.to(_WIDE[x.dtype]).clamp(0, 6).to(x.dtype)
    if (
        x.dtype is torch.uint64
    ):  # as int64 what is beyond its range looks negative, and it is beyond 6 in any case
        return torch.where(x.to(torch.int64) < 0, 6, x.to(torch.int64).clamp(0, 6)).to(x.dtype)
    return x.clamp(0, 6)


def _relu_grad(g: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    if x.is_floating_point():
        return _leaky_backward(g, x, 0.0, False)  # unlike threshold_backward, with slope 0 at NaN
    return (
        g * (x.to(torch.int64) > 0).to(g.dtype) if x.dtype is not torch.uint64 else g * (x != 0).to(g.dtype)
    )


def _relu6_grad(g: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    if x.dtype in _WIDE or x.dtype is torch.uint64:
        x = x.to(torch.int64)
    return g * ((x > 0) & (x < 6)).to(g.dtype)


relu = _features(unary("Relu", _relu, dtypes=REALS, keep=Keep.OUTPUTS))
relu6 = _features(unary("Relu6", _relu6, dtypes=REALS, keep=Keep.OUTPUTS))
relu_grad = _gradient_op("ReluGrad", _relu_grad, dtypes=REALS, keep_inputs=(1,))
relu6_grad = _gradient_op("Relu6Grad", _relu6_grad, dtypes=REALS, keep_inputs=(1,))


@gradient("Relu")
def _relu_rule(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return relu_grad(dy, y) if type(dy) is Tensor else _leaky_backward(dy, y, 0.0, False)


@gradient("ReluGrad")
def _relu_grad_rule(op: Any, dy: Any) -> Any:
    x = op.inputs[1]
    return relu_grad(dy, x), zeros_like(x) if op.needs[1] else None


@gradient("Relu6")
def _relu6_rule(op: Any, dy: Any) -> Any:
    return relu6_grad(dy, op.outputs[0])


@gradient("Relu6Grad")
def _relu6_grad_rule(op: Any, dy: Any) -> Any:
    x = op.inputs[1]
    return relu6_grad(dy, x), zeros_like(x) if op.needs[1] else None


def single(value: float) -> float:
    """`value` as TensorFlow's attributes hold it: rounded to float32."""
    return float(torch.tensor(value, dtype=torch.float32))


ALPHA = single(0.2)


def _leaky_relu(x: torch.Tensor, alpha: float = ALPHA) -> torch.Tensor:
    return torch.nn.functional.leaky_relu(x, alpha)


leaky_relu = _features(
    primitive("LeakyRelu", _leaky_relu, inputs="features", defaults={"alpha": ALPHA}, dtypes=FLOATS)
)
leaky_relu_grad = _gradient_op(
    "LeakyReluGrad",
    lambda g, x, alpha=ALPHA: _leaky_backward(g, x, alpha, False),
    keep_inputs=(1,),
    defaults={"alpha": ALPHA},
)


@gradient("LeakyRelu")
def _leaky_relu_rule(op: Any, dy: Any) -> Any:
    return leaky_relu_grad(dy, op.inputs[0], alpha=op.get_attr("alpha"))


@gradient("LeakyReluGrad")
def _leaky_relu_grad_rule(op: Any, dy: Any) -> Any:
    x = op.inputs[1]
    return leaky_relu_grad(dy, x, alpha=op.get_attr("alpha")), zeros_like(x) if op.needs[1] else None


@jvp("ReluGrad")
def _relu_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    x = op.inputs[1]
    return relu_grad(zeros_like(x) if s is None else s, x)


@jvp("Relu6Grad")
def _relu6_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    x = op.inputs[1]
    return relu6_grad(zeros_like(x) if s is None else s, x)


@jvp("LeakyReluGrad")
def _leaky_relu_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    x = op.inputs[1]
    return leaky_relu_grad(zeros_like(x) if s is None else s, x, alpha=op.get_attr("alpha"))


elementwise("Relu", "Relu6", "LeakyRelu")
acts_on_elements("ReluGrad", "Relu6Grad", "LeakyReluGrad")

# -- exponential units: the slope where they are bent is the output plus a constant ------------------------------------

_SCALE = 1.0507009873554805
_SCALE_ALPHA = 1.7580993408473768


def _selu_grad(g: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.where(y < 0, g * (y + _SCALE_ALPHA), g * _SCALE)


elu = _features(unary("Elu", torch.nn.functional.elu, dtypes=FLOATS, keep=Keep.OUTPUTS))
selu = _features(unary("Selu", torch.selu, dtypes=FLOATS, keep=Keep.OUTPUTS))
_elu_backward = _aten.elu_backward.default._op


def _elu_grad(g: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.where(y.isnan(), g, _elu_backward(g, 1.0, 1.0, 1.0, True, y))


elu_grad = _gradient_op("EluGrad", _elu_grad, "outputs")
selu_grad = _gradient_op("SeluGrad", _selu_grad, "outputs")


@gradient("Elu")
def _elu_rule(op: Any, dy: Any) -> Any:
    return elu_grad(dy, op.outputs[0])


@gradient("Selu")
def _selu_rule(op: Any, dy: Any) -> Any:
    return selu_grad(dy, op.outputs[0])


@gradient("EluGrad")
def _elu_grad_rule(op: Any, dy: Any) -> Any:
    g, y = op.inputs
    return elu_grad(dy, y), _where_negative(y, dy, g) if op.needs[1] else None


@gradient("SeluGrad")
def _selu_grad_rule(op: Any, dy: Any) -> Any:
    g, y = op.inputs
    return selu_grad(dy, y), _where_negative(y, dy, g) if op.needs[1] else None


def _where_negative(y: Any, dy: Any, g: Any) -> Any:
    """`dy * g` where the unit is bent, 0 elsewhere."""
    return where(raw_of(y) < 0, mul(dy, g), zeros_like(y))


@jvp("EluGrad")
def _elu_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    return _bent(op, None if s is None else elu_grad(s, op.inputs[1]), t)


@jvp("SeluGrad")
def _selu_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    return _bent(op, None if s is None else selu_grad(s, op.inputs[1]), t)


def _bent(op: Any, slope: Any, t: Any) -> Any:
    """`slope` and the share of `t`: 0 times an infinite cotangent is NaN, as in the transpose."""
    if t is None:
        return slope
    g, y = op.inputs
    turn = mul(where(raw_of(y) < 0, t, zeros_like(y)), g)
    return turn if slope is None else turn + slope


elementwise("Elu", "Selu")
acts_on_elements("EluGrad", "SeluGrad")

# -- sigmoid, softplus, softsign ---------------------------------------------------------------------------------------

_sigmoid_backward = _aten.sigmoid_backward.default._op


def _sigmoid_grad(y: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    return dy * (y * (1 - y)) if y.is_complex() else _sigmoid_backward(dy, y)


def _sigmoid_kernel(x: torch.Tensor) -> torch.Tensor:
    if not x.is_complex():
        return torch.sigmoid(x)
    left = torch.exp(x)  # where exp(-x) may overflow
    left = left / (1 + left)
    left = torch.where(torch.isinf(x.real), torch.zeros_like(left), left)
    return torch.where(x.real < 0, left, torch.sigmoid(x))


sigmoid = unary("Sigmoid", _sigmoid_kernel, keep=Keep.OUTPUTS)
sigmoid_grad = primitive("SigmoidGrad", _sigmoid_grad, inputs="y dy", dtypes=INEXACT, same=(0, 1))


@gradient("Sigmoid")
def _sigmoid_rule(op: Any, dy: Any) -> Any:
    y = conj(op.outputs[0])
    return sigmoid_grad(y, dy) if type(dy) is Tensor else _sigmoid_grad(y, dy)


@gradient("SigmoidGrad")
def _sigmoid_grad_rule(op: Any, dy: Any) -> Any:
    y, g = conj(op.inputs[0]), conj(op.inputs[1])
    need_y, need_g = op.needs
    gy = None
    if need_y:
        gy = dy * g
        gy = gy - (gy + gy) * y
    return gy, sigmoid_grad(y, dy) if need_g else None


@jvp("Sigmoid")
def _sigmoid_jvp(op: Any, t: Any) -> Any:
    y = op.outputs[0]
    return sigmoid_grad(y, t) if type(t) is Tensor or t.is_complex() else _sigmoid_backward(t, y)


@jvp("SigmoidGrad")
def _sigmoid_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    y, dy = op.inputs
    slope = None if t is None else sigmoid_grad(y, t)
    if s is None:
        return slope
    turn = (s - (s + s) * y) * dy
    return turn if slope is None else turn + slope


acts_on_elements("Sigmoid", "SigmoidGrad")

_softplus_backward = _aten.softplus_backward.default._op
_LINEAR = 40.0  # beyond it softplus(x) is x to the last bit, in float64 too

softplus = _features(
    unary("Softplus", lambda x: torch.nn.functional.softplus(x, 1.0, _LINEAR), dtypes=FLOATS)
)
softplus_grad = _gradient_op("SoftplusGrad", lambda g, x: _softplus_backward(g, x, 1.0, _LINEAR))
softsign = _features(unary("Softsign", torch.nn.functional.softsign, dtypes=FLOATS))
softsign_grad = _gradient_op("SoftsignGrad", lambda g, x: g / (1 + x.abs()).square())


@gradient("Softplus")
def _softplus_rule(op: Any, dy: Any) -> Any:
    return softplus_grad(dy, op.inputs[0])


@gradient("SoftplusGrad")
def _softplus_grad_rule(op: Any, dy: Any) -> Any:
    g, x = op.inputs
    need_g, need_x = op.needs
    gx = None
    if need_x:  # the slope of the sigmoid, with its tails
        gx = dy * g / (exp(x) + exp(-x) + _constants(x, 2.0)[0])
    return softplus_grad(dy, x) if need_g else None, gx


@gradient("Softsign")
def _softsign_rule(op: Any, dy: Any) -> Any:
    return softsign_grad(dy, op.inputs[0])


acts_on_elements("Softsign")  # TensorFlow has no second derivative of it, and so no JVP
elementwise("Softplus", "SoftplusGrad")

# -- silu and gelu: TensorFlow composes them; here each is one op with a fused kernel ----------------------------------

_silu_backward = _aten.silu_backward.default._op
silu = _features(unary("Silu", torch.nn.functional.silu, dtypes=FLOATS))
silu_grad = _gradient_op("SiluGrad", _silu_backward)


@gradient("Silu")
def _silu_rule(op: Any, dy: Any) -> Any:
    return silu_grad(dy, op.inputs[0])


@gradient("SiluGrad")
def _silu_grad_rule(op: Any, dy: Any) -> Any:
    g, x = op.inputs
    need_g, need_x = op.needs
    gx = None
    if need_x:
        s = sigmoid(x)
        two, one = _constants(x, 2.0, 1.0)
        gx = sigmoid_grad(s, dy * g) * (two + x * (one - (s + s)))
    return silu_grad(dy, x) if need_g else None, gx


def _constants(x: Any, *values: float) -> list[torch.Tensor]:
    """Numbers in the dtype of `x`, in a form that costs little."""
    dtype = dtype_of(x)
    return [number(value, dtype) for value in values]


# With a slope `beta`, a scalar that has a gradient too. The rule is the one that TensorFlow writes out for its custom
# gradient, so complex slopes are not conjugated.
swish = primitive(
    "Swish",
    lambda x, beta: x * torch.sigmoid(beta * x),
    inputs="features beta",
    dtypes=FLOATS | COMPLEX,
    same=(0, 1),
)


@gradient("Swish")
def _swish_rule(op: Any, dy: Any) -> Any:
    x, beta = op.inputs
    need_x, need_beta = op.needs
    one = number(1.0, dtype_of(x))
    bx = mul(beta, x)
    s = sigmoid(bx)
    gx = dy * (s * (one + bx * (one - s))) if need_x else None
    gbeta = None
    if need_beta:
        gbeta = sum_(dy * (x * x * s * (one - s)), axis=None)
    return gx, gbeta


@jvp("Swish")
def _swish_jvp(op: Any, t: Any, dbeta: Any) -> Any:
    """The derivative, not the transpose: TensorFlow's forward mode goes through the ops of a custom gradient's body."""
    x, beta = op.inputs
    s = sigmoid(mul(beta, x))
    of_x = None if t is None else mul(beta, t)
    inner = of_x if dbeta is None else mul(dbeta, x) if of_x is None else of_x + mul(dbeta, x)
    turn = x * sigmoid_grad(s, inner)
    return turn if t is None else t * s + turn


acts_on_elements("Swish")


# The constants of gelu as TensorFlow has them: two are rounded to float32 on the way, whatever the features' dtype.
_ROOT_HALF = single(math.sqrt(0.5))
_CUBIC = single(0.044715)
_TANH_SCALE = math.sqrt(2.0 / math.pi)
_ERF_SLOPE = 2.0 * _ROOT_HALF / math.sqrt(math.pi)  # the slope of erf(x / sqrt(2)) at 0
_gelu_backward = _aten.gelu_backward.default._op


def _gelu(x: torch.Tensor, approximate: bool = False) -> torch.Tensor:
    if not approximate:  # torch's kernel takes 1 + erf, of which nothing is left where it is small
        return 0.5 * x * torch.erfc(x * -_ROOT_HALF)
    if x.dtype is torch.float64:  # there torch's constants differ visibly
        return 0.5 * x * (1.0 + torch.tanh(_TANH_SCALE * (x + _CUBIC * x**3)))
    y = torch.nn.functional.gelu(x, approximate="tanh")
    return y if x.is_cuda else torch.where(x == torch.inf, x, y)  # torch's CPU kernel makes NaN of infinity


def _gelu_grad(g: torch.Tensor, x: torch.Tensor, approximate: bool = False) -> torch.Tensor:
    if x.dtype is not torch.float64:
        return _gelu_backward(g, x, approximate="tanh" if approximate else "none")
    square = x * x
    if approximate:
        t = torch.tanh(_TANH_SCALE * (x + _CUBIC * square * x))
        return g * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * _TANH_SCALE * (1.0 + 3.0 * _CUBIC * square))
    bell = torch.exp(square * -(_ROOT_HALF**2))
    return g * (0.5 * torch.erfc(x * -_ROOT_HALF) + 0.5 * _ERF_SLOPE * x * bell)


gelu = primitive("Gelu", _gelu, inputs="features", defaults={"approximate": False}, dtypes=FLOATS)
gelu_grad = _gradient_op("GeluGrad", _gelu_grad, defaults={"approximate": False})


@gradient("Gelu")
def _gelu_rule(op: Any, dy: Any) -> Any:
    return gelu_grad(dy, op.inputs[0], approximate=op.get_attr("approximate"))


@gradient("GeluGrad")
def _gelu_grad_rule(op: Any, dy: Any) -> Any:
    g, x = op.inputs
    need_g, need_x = op.needs
    approximate = op.get_attr("approximate")
    gx = None
    if need_x:
        gx = dy * g * (_tanh_curvature(x) if approximate else _erf_curvature(x))
    return gelu_grad(dy, x, approximate=approximate) if need_g else None, gx


def _erf_curvature(x: Any) -> Any:
    """The second derivative of `x / 2 * erfc(-x / sqrt(2))`: `slope * exp(-x**2 / 2) * (1 - x**2 / 2)`.

    The exponential comes first: it is 0 before the square overflows.
    """
    minus_half, slope = _constants(x, -(_ROOT_HALF**2), _ERF_SLOPE)
    bell = exp(x * x * minus_half) * slope
    return bell + bell * x * x * minus_half


def _tanh_curvature(x: Any) -> Any:
    """The second derivative of `x / 2 * (1 + tanh(u))` with `u = k * (x + c * x**3)`."""
    k, kc = _TANH_SCALE, _TANH_SCALE * _CUBIC
    half, one, k1, kc1, kc3, kc6 = _constants(x, 0.5, 1.0, k, kc, 3.0 * kc, 6.0 * kc)
    square = x * x
    t = tanh(x * (k1 + square * kc1))
    du = k1 + square * kc3
    slope = one - t * t  # first: it is 0 before the powers overflow
    return slope * du + x * half * (slope * x * kc6 - slope * (t + t) * du * du)


elementwise("Silu", "SiluGrad", "Gelu", "GeluGrad")
