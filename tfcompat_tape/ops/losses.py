"""Losses that are ops: cross entropies of logits and half the squared norm.

The cross entropies of classes have a second output, `backprop`: the loss's gradient by the logits, found on the way. It
is differentiable itself, and so second derivatives come about.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact, type_name
from tfcompat_tape.core.registry import FLOATS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.activations import sigmoid
from tfcompat_tape.ops.arithmetic import zeros_like
from tfcompat_tape.ops.helpers import raw_of, shape_of, unbroadcast
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.shapes import broadcast_to, expand_dims
from tfcompat_tape.ops.softmax import log_softmax, softmax, softmax_grad
from tfcompat_tape.ops.tangents import elementwise

_INDICES = (torch.int32, torch.int64)


def _column(x: Any) -> Any:
    """`x` with a last axis of size 1."""
    return expand_dims(x, dim=-1) if type(x) is Tensor else x.unsqueeze(-1)


def _softmax_xent(features: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    if features.shape != labels.shape:
        features, labels = _broadcast(features, labels)
    if not features.dim():
        raise invalid(
            "SoftmaxCrossEntropyWithLogits: logits and labels must have at least one axis, got scalars."
        )
    logs = torch.log_softmax(features, -1)
    return torch.rsub((labels * logs).sum(-1), 0), logs.exp() - labels  # 0 - sum: a perfect loss is 0, not -0


def _broadcast(features: torch.Tensor, labels: torch.Tensor) -> list[torch.Tensor]:
    shapes = [list(features.shape), list(labels.shape)]
    try:
        return list(torch.broadcast_tensors(features, labels))
    except RuntimeError:
        raise invalid(
            "SoftmaxCrossEntropyWithLogits: logits and labels must be broadcastable: "
            f"logits_size={compact(shapes[0])} labels_size={compact(shapes[1])}."
        ) from None


softmax_cross_entropy = primitive(
    "SoftmaxCrossEntropyWithLogits",
    _softmax_xent,
    inputs="features labels",
    outputs=2,
    dtypes=FLOATS,
    same=(0, 1),
    keep=Keep.BOTH,
    keep_inputs=(0,),
    none_ok=True,
)


def _as_wide(x: Any, like: Any) -> Any:
    """`x` broadcast to the shape of `like`."""
    shape = shape_of(like)
    return x if shape_of(x) == shape else broadcast_to(x, shape=tuple(shape))


@gradient("SoftmaxCrossEntropyWithLogits")
def _softmax_xent_rule(op: Any, dloss: Any, dbackprop: Any) -> Any:
    """As in TensorFlow, `backprop` is the gradient for labels that sum to 1, whatever they sum to."""
    need_features, need_labels = op.needs
    features = _as_wide(op.inputs[0], op.outputs[1])
    shape, labels_shape = op.shapes
    gfeatures = glabels = None
    if need_features:
        gfeatures = unbroadcast(_logits_gradient(features, op.outputs[1], dloss, dbackprop), shape)
    if need_labels:
        dloss = _no_loss(features) if dloss is None else dloss
        glabels = unbroadcast(-(_column(dloss) * log_softmax(features)), labels_shape)
    return gfeatures, glabels


@jvp("SoftmaxCrossEntropyWithLogits")
def _softmax_xent_jvp(op: Any, t: Any, dlabels: Any) -> Any:
    features = _as_wide(op.inputs[0], op.outputs[1])
    loss, backprop = _logits_jvp(features, op.outputs[1], None if t is None else _as_wide(t, features))
    if dlabels is not None:
        of_labels = -_over_classes(dlabels * log_softmax(features))
        loss = of_labels if loss is None else loss + of_labels
    return loss, backprop


def _logits_jvp(features: Any, backprop: Any, t: Any) -> tuple[Any, Any]:
    """The tangents of the loss and of `backprop` for one of the logits, 0 for that of `backprop` without one."""
    if t is None:
        return None, softmax_grad(zeros_like(features), softmax(features))
    return _over_classes(t * backprop), softmax_grad(t, softmax(features))


def _over_classes(x: Any) -> Any:
    return sum_(x, axis=(-1,), keep_dims=False)


def _no_loss(features: Any) -> Any:
    """The cotangent of a loss that the target does not depend on."""
    raw = raw_of(features)
    zeros = torch.zeros(raw.shape[:-1], dtype=raw.dtype, device=raw.device)
    return Tensor(zeros, None) if type(features) is Tensor else zeros


def _logits_gradient(features: Any, backprop: Any, dloss: Any, dbackprop: Any) -> Any:
    grad = _column(_no_loss(features) if dloss is None else dloss) * backprop
    return grad if dbackprop is None else grad + softmax_grad(dbackprop, softmax(features))


def _sparse_softmax_xent(features: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    shape = features.shape
    if labels.dtype not in _INDICES:
        raise invalid(
            f"SparseSoftmaxCrossEntropyWithLogits: Value for attr 'Tlabels' of {type_name(labels.dtype)} is not in "
            "the list of allowed values: int32, int64"
        )
    if not shape or labels.shape != shape[:-1]:
        raise invalid(
            f"SparseSoftmaxCrossEntropyWithLogits: labels must have the shape of logits {list(shape)} without the "
            f"classes, got {list(labels.shape)}."
        )
    if shape[-1] == 0:
        raise invalid(
            f"SparseSoftmaxCrossEntropyWithLogits: there must be at least one class, got {list(shape)}."
        )
    logs = torch.log_softmax(features, -1)
    index = labels.to(torch.int64).unsqueeze(-1)
    if features.is_cuda:  # as TensorFlow does there: NaN for a label that is no class
        valid = (index >= 0) & (index < shape[-1])
        index = torch.where(valid, index, 0)
        logs = torch.where(valid, logs, torch.nan)
    try:
        loss = torch.rsub(logs.gather(-1, index).squeeze(-1), 0)
    except RuntimeError as error:
        if features.is_cuda:
            raise
        bad = index[(index < 0) | (index >= shape[-1])].flatten()[0].item()
        raise invalid(
            f"SparseSoftmaxCrossEntropyWithLogits: Received a label value of {bad} which is outside the valid range of "
            f"[0, {shape[-1]}).  Label values: {' '.join(map(str, index.flatten().tolist()))}"
        ) from error
    minus_one = torch.full_like(index, -1, dtype=features.dtype)
    return loss, logs.exp().scatter_add(-1, index, minus_one)


sparse_softmax_cross_entropy = primitive(
    "SparseSoftmaxCrossEntropyWithLogits",
    _sparse_softmax_xent,
    inputs="features labels",
    outputs=2,
    dtypes=FLOATS,
    keep=Keep.BOTH,
    keep_inputs=(0,),
    none_ok=True,
)


@gradient("SparseSoftmaxCrossEntropyWithLogits")
def _sparse_softmax_xent_rule(op: Any, dloss: Any, dbackprop: Any) -> Any:
    return _logits_gradient(op.inputs[0], op.outputs[1], dloss, dbackprop), None


@jvp("SparseSoftmaxCrossEntropyWithLogits")
def _sparse_softmax_xent_jvp(op: Any, t: Any, _: Any) -> Any:
    return _logits_jvp(op.inputs[0], op.outputs[1], t)


def _sigmoid_xent(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The small term is added last: a confident, right prediction has a loss that is small but not 0."""
    linear = torch.addcmul(torch.relu(logits), logits, labels, value=-1)
    return linear + torch.nn.functional.softplus(-logits.abs(), 1.0, 40.0)


# TensorFlow composes it of eight ops; the derivatives are the same, at 0 and at the infinities too.
sigmoid_cross_entropy = primitive(
    "SigmoidCrossEntropyWithLogits", _sigmoid_xent, inputs="logits labels", dtypes=FLOATS, same=(0, 1)
)


@gradient("SigmoidCrossEntropyWithLogits")
def _sigmoid_xent_rule(op: Any, dy: Any) -> Any:
    x, z = op.inputs
    need_x, need_z = op.needs
    return dy * (sigmoid(x) - z) if need_x else None, -(dy * x) if need_z else None


l2_loss = primitive("L2Loss", lambda t: (t * t).sum() * 0.5, inputs="t", dtypes=FLOATS)


@gradient("L2Loss")
def _l2_loss_rule(op: Any, dy: Any) -> Any:
    return op.inputs[0] * dy


@jvp("L2Loss")
def _l2_loss_jvp(op: Any, t: Any) -> Any:
    return sum_(t * op.inputs[0])


elementwise("SigmoidCrossEntropyWithLogits")
