"""Losses of logits. None of them reduces over the batch; `compute_average_loss` does.

Labels get gradients like logits, wherever they are floating and watched.
"""

from __future__ import annotations

import math
from typing import Any

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, float32, float64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.registry import HALVES
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import losses as ops
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.activations import relu
from tfcompat_tape.ops.arguments import as_axis
from tfcompat_tape.ops.arithmetic import abs_, add_v2, mul, neg, real_div, sub, where, zeros_like
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.comparison import greater_equal, less_equal, logical_and
from tfcompat_tape.ops.elementary import exp, log, log1p
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.shapes import reshape, transpose

__all__ = [
    "compute_average_loss",
    "l2_loss",
    "log_poisson_loss",
    "scale_regularization_loss",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
    "weighted_cross_entropy_with_logits",
]


def _tensor(value: Any) -> Tensor:
    return value if type(value) is Tensor else convert(value)


def _as(x: Tensor, dtype: DType) -> Tensor:
    return x if x.dtype == dtype else cast(x, SrcT=x.dtype, DstT=dtype)


def _check_shapes(what: str, other: str, x: Tensor, y: Tensor) -> None:
    if x._t.shape != y._t.shape:
        raise ValueError(
            f"`{what}` and `{other}` must have the same shape, received ({x.shape} vs {y.shape})."
        )


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: Any = -1, name: str | None = None
) -> Tensor:
    """-sum(labels * log_softmax(logits)) along `axis`.

    logits: floating; labels: class probabilities that broadcast to the logits' shape, cast to their dtype. The result
    has the logits' shape without `axis`. Errors: InvalidArgumentError for shapes that do not fit.
    Source: `tf.nn.softmax_cross_entropy_with_logits`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.softmax_cross_entropy_with_logits([[1.0, 0.0]], [[0.0, 0.0]]).numpy().round(4))
    [0.6931]
    """
    z = _tensor(logits)
    p = _tensor(labels)
    dtype = z.dtype
    if z._t.dtype in HALVES:  # the sums are taken in float32
        z = _as(z, float32)
    if p._t.dtype is not z._t.dtype:
        p = _as(p, z.dtype)
    rank = len(z._t.shape)
    if not rank:
        raise invalid("SoftmaxCrossEntropyWithLogits: logits must have at least one axis, got a scalar.")
    where_ = as_axis(axis, rank)
    if where_ != rank - 1:
        order = tuple([i for i in range(rank) if i != where_])
        z, p = transpose(z, perm=(*order, where_)), transpose(p, perm=(*order, where_))
    shape = z._t.shape
    if p._t.shape == shape:
        loss = ops.softmax_cross_entropy(z, p)[0]
    else:  # broadcast as matrices
        z, p = _matrix(z), _matrix(p)
        loss = reshape(ops.softmax_cross_entropy(z, p)[0], shape=tuple(shape[:-1]))
    return loss if loss.dtype == dtype else _as(loss, dtype)


def _matrix(x: Tensor) -> Tensor:
    shape = x._t.shape
    if not shape:
        raise invalid("SoftmaxCrossEntropyWithLogits: labels must have at least one axis, got a scalar.")
    return reshape(x, shape=(math.prod(shape[:-1]), shape[-1]))


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Tensor:
    """-log_softmax(logits) at the class that `labels` names.

    logits: floating, of shape (..., classes); labels: int32 or int64 of shape (...). Errors: ValueError for shapes that
    do not fit, InvalidArgumentError for a label that is no class (on a GPU the loss is NaN there).
    Source: `tf.nn.sparse_softmax_cross_entropy_with_logits`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.sparse_softmax_cross_entropy_with_logits([1], [[0.0, 0.0]]).numpy().round(4))
    [0.6931]
    """
    _check_given("sparse_softmax_cross_entropy_with_logits", labels, logits)
    z = _tensor(logits)
    classes = _tensor(labels)
    dtype = z.dtype
    shape, given = z._t.shape, classes._t.shape
    if not shape:
        raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}")
    if len(given) != len(shape) - 1:
        raise ValueError(
            "`labels.shape.rank` must equal `logits.shape.rank - 1`. "
            f"Received: labels.shape={classes.shape} and logits.shape={z.shape}"
        )
    if given != shape[:-1]:
        raise ValueError(
            "`labels.shape` must equal `logits.shape` except for the last dimension. "
            f"Received: labels.shape={classes.shape} and logits.shape={z.shape}"
        )
    if z._t.dtype in HALVES:
        return _as(ops.sparse_softmax_cross_entropy(_as(z, float32), classes)[0], dtype)
    loss: Tensor = ops.sparse_softmax_cross_entropy(z, classes)[0]
    return loss


def _check_given(function: str, labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError(
            f"Both `labels` and `logits` must be provided for {function}. Received: labels={labels}, logits={logits}"
        )


def sigmoid_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """-labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits)), elementwise and without overflow.

    labels, logits: floating, of one shape and dtype. Errors: ValueError for different shapes, InvalidArgumentError for
    different dtypes. Source: `tf.nn.sigmoid_cross_entropy_with_logits`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.sigmoid_cross_entropy_with_logits([1.0, 0.0], [0.0, 100.0]).numpy().round(2))
    [  0.69 100.  ]
    """
    _check_given("sigmoid_cross_entropy_with_logits", labels, logits)
    x, z = _tensor(logits), _tensor(labels)
    _check_shapes("logits", "labels", x, z)
    result: Tensor = ops.sigmoid_cross_entropy(x, z)
    return result


def weighted_cross_entropy_with_logits(
    labels: Any, logits: Any, pos_weight: Any, name: str | None = None
) -> Tensor:
    """`sigmoid_cross_entropy_with_logits` with the term of the positive labels multiplied by `pos_weight`.

    As in TensorFlow it is not smooth at logits of 0. Errors: as there. Source:
    `tf.nn.weighted_cross_entropy_with_logits`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.weighted_cross_entropy_with_logits([1.0], [0.0], 2.0).numpy().round(4))
    [1.3863]
    """
    x, z = _tensor(logits), _tensor(labels)
    _check_shapes("logits", "labels", x, z)
    if isinstance(pos_weight, (list, tuple)):
        raise TypeError(f"`pos_weight` must be a number or a Tensor, not {pos_weight!r}.")
    weight = add_v2(1, mul(pos_weight - 1, z))
    spread = add_v2(log1p(exp(neg(abs_(x)))), relu(neg(x)))
    result: Tensor = add_v2(mul(sub(1, z), x), mul(weight, spread))
    return result


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """exp(log_input) - targets * log_input, plus Stirling's approximation of log(targets!) with `compute_full_loss`.

    Errors: ValueError for different shapes. Source: `tf.nn.log_poisson_loss`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.log_poisson_loss([2.0], [0.0]).numpy().tolist()
    [1.0]
    """
    x, z = _tensor(log_input), _tensor(targets)
    _check_shapes("log_input", "targets", x, z)
    loss = sub(exp(x), mul(x, z))
    if compute_full_loss:
        stirling = add_v2(sub(mul(z, log(z)), z), mul(0.5, log(mul(2.0 * math.pi, z))))
        held = Tensor(z._t, None)
        small = logical_and(greater_equal(held, 0), less_equal(held, 1))
        loss = add_v2(loss, where(small, zeros_like(z), stirling))
    result: Tensor = loss
    return result


def l2_loss(t: Any, name: str | None = None) -> Tensor:
    """sum(t ** 2) / 2, a scalar.

    t: floating, of any shape. Errors: InvalidArgumentError for another dtype. Source: `tf.nn.l2_loss`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.l2_loss([3.0, 4.0]).numpy()
    np.float32(12.5)
    """
    result: Tensor = ops.l2_loss(_tensor(t))
    return result


@composed
def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None
) -> Tensor:
    """sum(per_example_loss * sample_weight) / global_batch_size.

    By default the global batch is so many examples for each replica as there are here.

    Errors: ValueError for a scalar loss or a batch size that is not a scalar, TypeError for one that is not an integer.
    Source: `tf.nn.compute_average_loss`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=4).numpy()
    np.float32(0.75)
    """
    loss = _tensor(per_example_loss)
    if not loss._t.shape:
        raise ValueError(
            "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1. "
            f"Received per_example_loss={per_example_loss} with rank 0"
        )
    dtype = loss.dtype
    if sample_weight is not None:  # weighted in float32, as TensorFlow does
        loss = _as(loss, float32)
        weight = _as(_tensor(sample_weight), float32)
        more = len(loss._t.shape) - len(weight._t.shape)
        if more > 0:  # a weight per example
            weight = reshape(weight, shape=(*weight._t.shape, *[1] * more))
        loss = _as(mul(loss, weight), dtype)
    size = loss._t.shape[0] * seeds.turn()[1]
    if global_batch_size is not None:
        size = _batch_size(global_batch_size)
    total = sum_(loss)
    if total.dtype.is_integer:
        total = _as(total, float32 if total.dtype.size < 4 else float64)
    if size == 0:
        return mul(total, 0)
    result: Tensor = real_div(total, float(size))
    return result


def _batch_size(value: Any) -> int:
    raw = _tensor(value)._t
    if raw.shape:
        raise ValueError(
            f"global_batch_size must be scalar. Expected scalar shape, saw shape: {tuple(raw.shape)}."
        )
    if raw.is_floating_point() or raw.is_complex():
        raise TypeError(f"global_batch_size must be an integer, found {value!r}.")
    size = int(reading.item(raw))
    if size < 0:
        raise invalid(f"global_batch_size must be non-negative, got {size}.")
    return size


def scale_regularization_loss(regularization_loss: Any) -> Tensor:
    """The sum of a regularization loss, divided by the number of replicas.

    Source: `tf.nn.scale_regularization_loss`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.scale_regularization_loss([1.0, 2.0]).numpy()
    np.float32(3.0)
    """
    total: Tensor = sum_(_tensor(regularization_loss))
    if total.dtype.is_integer:  # the division makes floats of them
        total = _as(total, float32 if total.dtype.size < 4 else float64)
    _, replicas = seeds.turn()
    return total if replicas == 1 else real_div(total, float(replicas))
