"""Square roots and their inverses, each with the op that is its gradient."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import binary, unary
from tfcompat_tape.core.registry import INEXACT, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import divide, real_div, square
from tfcompat_tape.ops.helpers import conj, dtype_of
from tfcompat_tape.ops.tangents import acts_on_elements, elementwise


# As in TensorFlow, a cotangent of zero gives zero even at a pole: what tf.where did not choose stays out.
def _sqrt_grad_kernel(y: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    return (dy * divide(number(0.5, dy.dtype), y.conj())).masked_fill(dy == 0, 0)


def _rsqrt_grad_kernel(y: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    y = y.conj()
    return (dy * y * number(-0.5, dy.dtype) * (y * y)).masked_fill(dy == 0, 0)


def _rsqrt_kernel(x: torch.Tensor) -> torch.Tensor:
    if not x.is_complex():
        return torch.rsqrt(x)
    wild = torch.isinf(x.real) | torch.isinf(x.imag)
    return torch.rsqrt(x + 0.0).masked_fill(wild, 0)  # there is no other side of the branch cut, below -0.0


sqrt = unary("Sqrt", torch.sqrt, keep=Keep.OUTPUTS)
sqrt_grad = binary("SqrtGrad", _sqrt_grad_kernel, dtypes=INEXACT, keep=Keep.BOTH)
rsqrt = unary("Rsqrt", _rsqrt_kernel, keep=Keep.OUTPUTS)
rsqrt_grad = binary("RsqrtGrad", _rsqrt_grad_kernel, dtypes=INEXACT)
for _call in (sqrt_grad, rsqrt_grad):
    _call.op.inputs = ("y", "dy")


@gradient("Sqrt")
def _sqrt(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return sqrt_grad(y, dy) if type(dy) is Tensor else _sqrt_grad_kernel(y, dy)


@gradient("SqrtGrad")
def _sqrt_grad(op: Any, dy: Any) -> Any:
    need_y, need_g = op.needs
    g = real_div(dy, op.inputs[0])
    return -(conj(g) * op.outputs[0]) if need_y else None, g * number(0.5, dtype_of(g)) if need_g else None


@gradient("Rsqrt")
def _rsqrt(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return rsqrt_grad(y, dy) if type(dy) is Tensor else _rsqrt_grad_kernel(y, dy)


@gradient("RsqrtGrad")
def _rsqrt_grad(op: Any, dy: Any) -> Any:
    need_y, need_g = op.needs
    y = conj(op.inputs[0])
    gy = conj(dy) * number(-1.5, dtype_of(dy)) * op.inputs[1] * square(y) if need_y else None
    return gy, rsqrt_grad(y, dy) if need_g else None


@jvp("Sqrt")
def _sqrt_jvp(op: Any, t: Any) -> Any:
    """The transpose, not the rule: a tangent of zero at the pole is NaN, as in TensorFlow."""
    return real_div(t, op.outputs[0]) * number(0.5, dtype_of(t))


acts_on_elements("Sqrt")
elementwise("Rsqrt")


@jvp("SqrtGrad")
def _sqrt_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    y = op.inputs[0]
    slope = None if t is None else real_div(t * number(0.5, dtype_of(t)), conj(y))
    if s is None:
        return slope
    turn = -(conj(real_div(s, y)) * op.outputs[0])
    return turn if slope is None else turn + slope


@jvp("RsqrtGrad")
def _rsqrt_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    y, dy = op.inputs
    slope = None if t is None else rsqrt_grad(y, t)
    if s is None:
        return slope
    turn = conj(s) * number(-1.5, dtype_of(s)) * dy * square(conj(y))
    return turn if slope is None else turn + slope


acts_on_elements("SqrtGrad", "RsqrtGrad")
