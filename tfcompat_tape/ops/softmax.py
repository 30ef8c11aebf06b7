"""Softmax and its logarithm, along any axis, with the ops that are their gradients.

TensorFlow's ops know the last axis only and its Python transposes around them; here `axis` is an attribute.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.elementary import exp
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.tangents import symmetric

_softmax_backward = torch.ops.aten._softmax_backward_data.default._op
_log_softmax_backward = torch.ops.aten._log_softmax_backward_data.default._op


def _softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    if not x.dim():
        raise invalid("Softmax: logits must have >= 1 dimension, got []")
    return torch.softmax(x, axis)


def _log_softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    if not x.dim():
        raise invalid("LogSoftmax: logits must have >= 1 dimension, got []")
    return torch.log_softmax(x, axis)


def _define(name: str, kernel: Any, inputs: str, **options: Any) -> Any:
    return primitive(name, kernel, inputs=inputs, defaults={"axis": -1}, dtypes=FLOATS, **options)


softmax = _define("Softmax", _softmax, "logits", keep=Keep.OUTPUTS)
log_softmax = _define("LogSoftmax", _log_softmax, "logits", keep=Keep.OUTPUTS)
# y * (dy - sum(y * dy)) and dy - exp(y) * sum(dy)
softmax_grad = _define(
    "SoftmaxGrad",
    lambda dy, y, axis=-1: _softmax_backward(dy, y, axis, y.dtype),
    "gradients softmax",
    same=(0, 1),
)
log_softmax_grad = _define(
    "LogSoftmaxGrad",
    lambda dy, y, axis=-1: _log_softmax_backward(dy, y, axis, y.dtype),
    "gradients logsoftmax",
    same=(0, 1),
)


@gradient("Softmax")
def _softmax_rule(op: Any, dy: Any) -> Any:
    y, axis = op.outputs[0], op.get_attr("axis")
    return softmax_grad(dy, y, axis=axis) if type(dy) is Tensor else _softmax_backward(dy, y, axis, y.dtype)


@gradient("LogSoftmax")
def _log_softmax_rule(op: Any, dy: Any) -> Any:
    y, axis = op.outputs[0], op.get_attr("axis")
    if type(dy) is Tensor:
        return log_softmax_grad(dy, y, axis=axis)
    return _log_softmax_backward(dy, y, axis, y.dtype)


@gradient("SoftmaxGrad")
def _softmax_grad_rule(op: Any, dz: Any) -> Any:
    dy, y = op.inputs
    need_dy, need_y = op.needs
    axis = op.get_attr("axis")
    gy = None
    if need_y:
        gy = dz * (dy - sum_(y * dy, axis=(axis,), keep_dims=True)) - dy * sum_(
            y * dz, axis=(axis,), keep_dims=True
        )
    return softmax_grad(dz, y, axis=axis) if need_dy else None, gy


@gradient("LogSoftmaxGrad")
def _log_softmax_grad_rule(op: Any, dz: Any) -> Any:
    dy, y = op.inputs
    need_dy, need_y = op.needs
    axis = (op.get_attr("axis"),)
    p = exp(y)
    overlap = sum_(p * dz, axis=axis, keep_dims=True)
    gy = -(p * dz * sum_(dy, axis=axis, keep_dims=True)) if need_y else None
    return dz - overlap if need_dy else None, gy


symmetric("Softmax")


@jvp("LogSoftmax")
def _log_softmax_jvp(op: Any, t: Any) -> Any:
    y, axis = op.outputs[0], op.get_attr("axis")
    return t - sum_(t * exp(y), axis=(axis,), keep_dims=True)


@jvp("SoftmaxGrad")
def _softmax_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    dy, y = op.inputs
    axis = op.get_attr("axis")
    slope = None if s is None else softmax_grad(s, y, axis=axis)
    if t is None:
        return slope
    over = (axis,)
    turn = t * (dy - sum_(y * dy, axis=over, keep_dims=True)) - y * sum_(t * dy, axis=over, keep_dims=True)
    return turn if slope is None else turn + slope


@jvp("LogSoftmaxGrad")
def _log_softmax_grad_jvp(op: Any, s: Any, t: Any) -> Any:
    dy, y = op.inputs
    axis = (op.get_attr("axis"),)
    p = exp(y)
    slope = None if s is None else s - p * sum_(s, axis=axis, keep_dims=True)
    if t is None:
        return slope
    turn = -(p * t * sum_(dy, axis=axis, keep_dims=True))
    return turn if slope is None else turn + slope
