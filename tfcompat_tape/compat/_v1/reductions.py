"""Reductions with the arguments of version 1: `keep_dims`, `reduction_indices`, `dimension`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.arguments import either


def _reduction(name: str, apply: Callable[..., Any]) -> Any:
    def reduce(
        input_tensor: Any,
        axis: Any = None,
        keepdims: Any = None,
        name: str | None = None,
        reduction_indices: Any = None,
        keep_dims: Any = None,
    ) -> Any:
        axis = either("axis", axis, "reduction_indices", reduction_indices)
        keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
        return apply(input_tensor, axis=axis, keepdims=False if keepdims is None else keepdims)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = (
        f"`tf.{name}` with the arguments of version 1; ValueError for one that is given by both of its names.\n\n"
        f"    Source: `tf.compat.v1.{name}`.\n    "
    )
    return reduce


reduce_all = _reduction("reduce_all", tf.reduce_all)
reduce_any = _reduction("reduce_any", tf.reduce_any)
reduce_logsumexp = _reduction("reduce_logsumexp", tf.reduce_logsumexp)
reduce_max = _reduction("reduce_max", tf.reduce_max)
reduce_mean = _reduction("reduce_mean", tf.reduce_mean)
reduce_min = _reduction("reduce_min", tf.reduce_min)
reduce_prod = _reduction("reduce_prod", tf.reduce_prod)
reduce_sum = _reduction("reduce_sum", tf.reduce_sum)


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: Any = None,
    dtype: Any = tf.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
    input: Any = None,
) -> Any:
    """`tf.math.count_nonzero` with the arguments of version 1. Source: `tf.compat.v1.count_nonzero`."""
    axis = either("axis", axis, "reduction_indices", reduction_indices)
    keepdims = either("keepdims", keepdims, "keep_dims", keep_dims)
    value = either("input", input, "input_tensor", input_tensor)
    return tf.math.count_nonzero(value, axis, bool(keepdims), dtype)


def argmax(
    input: Any, axis: Any = None, name: str | None = None, dimension: Any = None, output_type: Any = tf.int64
) -> Any:
    """`tf.argmax` with the arguments of version 1. Source: `tf.compat.v1.argmax`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.argmax([[1, 3], [4, 2]], dimension=1).numpy()
    array([1, 0])
    """
    return tf.argmax(input, either("axis", axis, "dimension", dimension), output_type)


def argmin(
    input: Any, axis: Any = None, name: str | None = None, dimension: Any = None, output_type: Any = tf.int64
) -> Any:
    """`tf.argmin` with the arguments of version 1. Source: `tf.compat.v1.argmin`."""
    return tf.argmin(input, either("axis", axis, "dimension", dimension), output_type)


def arg_max(input: Any, dimension: Any, output_type: Any = tf.int64, name: str | None = None) -> Any:
    """The index of the greatest element along an axis. Source: `tf.compat.v1.arg_max`."""
    return tf.raw_ops.ArgMax(input=input, dimension=dimension, output_type=output_type)


def arg_min(input: Any, dimension: Any, output_type: Any = tf.int64, name: str | None = None) -> Any:
    """The index of the least element along an axis. Source: `tf.compat.v1.arg_min`."""
    return tf.raw_ops.ArgMin(input=input, dimension=dimension, output_type=output_type)


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    keep_dims: Any = None,
) -> Any:
    """`tf.norm` with the arguments of version 1. Source: `tf.compat.v1.norm`."""
    return tf.norm(tensor, ord, axis, bool(either("keepdims", keepdims, "keep_dims", keep_dims)))


def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = tf.int32
) -> Any:
    """`tf.math.bincount` with the arguments of version 1. Source: `tf.compat.v1.bincount`."""
    return tf.math.bincount(arr, weights, minlength, maxlength, dtype)


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = tf.int32,
    name: str | None = None,
    weights: Any = None,
) -> Any:
    """`tf.math.confusion_matrix` with the arguments of version 1. Source: `tf.compat.v1.confusion_matrix`."""
    return tf.math.confusion_matrix(labels, predictions, num_classes, weights, dtype)


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Any:
    """`tf.math.in_top_k` with predictions before targets. Source: `tf.compat.v1.math.in_top_k`."""
    return tf.math.in_top_k(targets, predictions, k)
