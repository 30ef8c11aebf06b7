"""`tf.compat.v1.losses`: losses that weigh their elements, and how these become one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1 import collections
from tfcompat_tape.compat._v1.arguments import either
from tfcompat_tape.compat._v1.weights import check_weights
from tfcompat_tape.core.convert import convert


class Reduction:
    """How the losses of elements become one. Source: `tf.compat.v1.losses.Reduction`."""

    NONE = "none"
    SUM = "weighted_sum"
    MEAN = "weighted_mean"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    SUM_OVER_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_BY_NONZERO_WEIGHTS = SUM_OVER_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All of them."""
        return (
            cls.NONE,
            cls.SUM,
            cls.MEAN,
            cls.SUM_OVER_BATCH_SIZE,
            cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )

    @classmethod
    def validate(cls, key: Any) -> None:
        """ValueError for anything else."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}. Key should be one of {cls.all()}.")


_BY_NONZERO = Reduction.SUM_BY_NONZERO_WEIGHTS


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """Losses times their weights, as one number.

    Args:
      losses: a Tensor; the result has its dtype, and is computed in float32.
      weights: a number, or a Tensor of as many axes as `losses`, each of its size or 1.
      reduction: one of `Reduction`; by default the sum over how many weights are not 0.

    Raises:
      ValueError: weights of another shape, or no such reduction.

    Source: `tf.compat.v1.losses.compute_weighted_loss`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.losses.compute_weighted_loss([1.0, 3.0], weights=[1.0, 0.0]).numpy().item()
    1.0
    """
    Reduction.validate(reduction)
    losses = convert(losses)
    dtype = losses.dtype
    losses = tf.cast(losses, tf.float32)
    weights = tf.cast(weights, tf.float32)
    check_weights(weights, losses)
    weighed = losses * weights
    if reduction == Reduction.NONE:
        return tf.cast(weighed, dtype)
    total = tf.reduce_sum(weighed)
    if reduction == Reduction.MEAN:
        total = _mean(total, tf.reduce_sum(tf.ones_like(losses) * weights))
    elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
        total = _mean(total, tf.cast(tf.size(losses), tf.float32))
    elif reduction == _BY_NONZERO:
        total = _mean(total, tf.reduce_sum(_present(losses, weights)))
    return tf.cast(total, dtype)


def _mean(total: Any, count: Any) -> Any:
    return tf.math.divide_no_nan(total, count)


def _present(losses: Any, weights: Any) -> Any:
    """Which elements have a weight that is not 0, as numbers."""
    return tf.broadcast_to(tf.cast(tf.not_equal(weights, 0.0), tf.float32), losses.shape)


def _pair(labels: Any, predictions: Any, name: str = "predictions") -> tuple[Any, Any]:
    """Both as float32, of the same shape."""
    for given, called in ((labels, "labels"), (predictions, name)):
        if given is None:
            raise ValueError(f"Argument `{called}` must not be None.")
    predictions, labels = tf.cast(predictions, tf.float32), tf.cast(labels, tf.float32)
    predictions.shape.assert_is_compatible_with(labels.shape)
    return labels, predictions


def _loss(name: str, of_elements: Callable[[Any, Any], Any], title: str) -> Any:
    def loss(
        labels: Any,
        predictions: Any,
        weights: Any = 1.0,
        scope: Any = None,
        loss_collection: Any = "losses",
        reduction: str = _BY_NONZERO,
    ) -> Any:
        if weights is None:
            raise ValueError("Argument `weights` must not be None.")
        labels, predictions = _pair(labels, predictions)
        return compute_weighted_loss(
            of_elements(labels, predictions), weights, scope, loss_collection, reduction
        )

    loss.__name__ = loss.__qualname__ = name
    loss.__doc__ = f"{title} Source: `tf.compat.v1.losses.{name}`."
    return loss


absolute_difference = _loss(
    "absolute_difference", lambda labels, p: tf.abs(p - labels), "The absolute differences, weighed."
)
mean_squared_error = _loss(
    "mean_squared_error", tf.math.squared_difference, "The squared differences, weighed."
)


def log_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """The cross entropy of probabilities, weighed. Source: `tf.compat.v1.losses.log_loss`."""
    labels, p = _pair(labels, predictions)
    losses = -labels * tf.math.log(p + epsilon) - (1 - labels) * tf.math.log(1 - p + epsilon)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def hinge_loss(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """The hinge loss of labels 0 and 1, weighed. Source: `tf.compat.v1.losses.hinge_loss`."""
    labels, logits = _pair(labels, logits, "logits")
    losses = tf.nn.relu(1.0 - (2.0 * labels - 1.0) * logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    delta: float = 1.0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """Half of the squared differences up to `delta`, linear beyond it. Source: `tf.compat.v1.losses.huber_loss`."""
    labels, predictions = _pair(labels, predictions)
    error = tf.abs(predictions - labels)
    quadratic = tf.minimum(error, delta)
    losses = 0.5 * quadratic * quadratic + delta * (error - quadratic)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: Any = None, loss_collection: Any = "losses"
) -> Any:
    """The squared differences of how pairs within an example differ.

    Source: `tf.compat.v1.losses.mean_pairwise_squared_error`.
    """
    labels, predictions = _pair(labels, predictions)
    weights = tf.cast(weights, tf.float32)
    diffs = predictions - labels
    check_weights(weights, diffs)
    axes = list(range(1, diffs.ndim))
    squares = tf.reduce_sum(diffs * diffs, axis=axes, keepdims=True)
    if weights.ndim == 0:  # as in TensorFlow, whose eager code then counts the elements of all examples
        count = tf.cast(tf.size(diffs), tf.float32)
    else:
        count = tf.reduce_sum(_present(diffs, weights), axis=axes, keepdims=True)
    first = 2.0 * _mean(squares, tf.maximum(count - 1, 0))
    total = tf.reduce_sum(diffs, axis=axes, keepdims=True)
    second = 2.0 * _mean(total * total, tf.maximum(count * (count - 1), 0))
    loss = tf.reduce_sum((first - second) * weights)
    return tf.where(tf.reduce_sum(count) > 0, loss, tf.zeros_like(loss))


def cosine_distance(
    labels: Any,
    predictions: Any,
    axis: Any = None,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
    dim: Any = None,
) -> Any:
    """One minus the inner products along an axis. Source: `tf.compat.v1.losses.cosine_distance`."""
    axis = either("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify argument `axis`.")
    labels, predictions = _pair(labels, predictions)
    losses = 1 - tf.reduce_sum(predictions * labels, axis=(axis,), keepdims=True)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(
    multi_class_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: Any = 0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """Sigmoid cross entropies, weighed. Source: `tf.compat.v1.losses.sigmoid_cross_entropy`."""
    if multi_class_labels is None or logits is None:
        raise ValueError("Arguments `multi_class_labels` and `logits` must not be None.")
    logits = convert(logits)
    labels = tf.cast(multi_class_labels, logits.dtype)
    logits.shape.assert_is_compatible_with(labels.shape)
    if label_smoothing > 0:
        labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: Any = 0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """Softmax cross entropies, weighed; labels have no gradient.

    Source: `tf.compat.v1.losses.softmax_cross_entropy`.
    """
    if onehot_labels is None or logits is None:
        raise ValueError("Arguments `onehot_labels` and `logits` must not be None.")
    logits = convert(logits)
    labels = tf.cast(onehot_labels, logits.dtype)
    logits.shape.assert_is_compatible_with(labels.shape)
    if label_smoothing > 0:
        labels = labels * (1.0 - label_smoothing) + label_smoothing / labels.shape[1]
    losses = tf.nn.softmax_cross_entropy_with_logits(tf.stop_gradient(labels), logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: Any = None,
    loss_collection: Any = "losses",
    reduction: str = _BY_NONZERO,
) -> Any:
    """Softmax cross entropies of indices of classes, weighed.

    Source: `tf.compat.v1.losses.sparse_softmax_cross_entropy`.
    """
    if labels is None or logits is None:
        raise ValueError("Arguments `labels` and `logits` must not be None.")
    labels, logits, weights = convert(labels), convert(logits), convert(weights)
    if logits.ndim == labels.ndim and labels.shape[-1] == 1:
        labels = tf.squeeze(labels, [-1])
    if weights.ndim == labels.ndim + 1 and weights.shape[-1] == 1:
        weights = tf.squeeze(weights, [-1])
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def add_loss(loss: Any, loss_collection: Any = "losses") -> None:
    """Nothing happens: losses are collected in graphs only. Source: `tf.compat.v1.losses.add_loss`."""


def get_losses(scope: Any = None, loss_collection: Any = "losses") -> list[Any]:
    """The losses that a collection holds. Source: `tf.compat.v1.losses.get_losses`."""
    return collections.get_collection(loss_collection, scope)


def get_regularization_losses(scope: Any = None) -> list[Any]:
    """What the collection of regularization losses holds. Source: `tf.compat.v1.losses.get_regularization_losses`."""
    return collections.get_collection(collections.GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope: Any = None, name: str = "total_regularization_loss") -> Any:
    """The sum of the regularization losses. Source: `tf.compat.v1.losses.get_regularization_loss`."""
    losses = get_regularization_losses(scope)
    return tf.add_n(losses) if losses else tf.constant(0.0)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: Any = None
) -> Any:
    """The sum of all losses; ValueError if there are none. Source: `tf.compat.v1.losses.get_total_loss`."""
    losses = get_losses(scope)
    return tf.add_n(losses + (get_regularization_losses(scope) if add_regularization_losses else []))
