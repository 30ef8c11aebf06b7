"""Activations, normalization, losses and lookups of `tf.compat.v1.nn`, with the arguments of version 1."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape import nest
from tfcompat_tape.compat._v1.arguments import either
from tfcompat_tape.core.convert import convert


def softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Any:
    """`tf.nn.softmax` with the arguments of version 1. Source: `tf.compat.v1.nn.softmax`."""
    axis = either("axis", axis, "dim", dim)
    return tf.nn.softmax(logits, -1 if axis is None else axis)


def log_softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Any:
    """`tf.nn.log_softmax` with the arguments of version 1. Source: `tf.compat.v1.nn.log_softmax`."""
    axis = either("axis", axis, "dim", dim)
    return tf.nn.log_softmax(logits, -1 if axis is None else axis)


def crelu(features: Any, name: str | None = None, axis: Any = -1) -> Any:
    """`tf.nn.crelu` with the arguments of version 1. Source: `tf.compat.v1.nn.crelu`."""
    return tf.nn.crelu(features, axis)


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: Any = None,
    name: str | None = None,
    rate: Any = None,
) -> Any:
    """`tf.nn.dropout` by how much is kept. ValueError for a probability outside of (0, 1], or none.

    Source: `tf.compat.v1.nn.dropout`.
    """
    if keep_prob is not None:
        if isinstance(keep_prob, (int, float)) and not 0 < keep_prob <= 1:
            raise ValueError(
                f"`keep_prob` must be a scalar tensor or a float in the range (0, 1], got {keep_prob}"
            )
        kept = 1.0 - keep_prob
        if rate is not None and rate != kept:
            raise ValueError("Cannot specify both 'keep_prob' and 'rate'.")
        rate = kept
    if rate is None:
        raise ValueError("`rate` must be provided.")
    return tf.nn.dropout(x, rate, noise_shape, seed)


def _mean_of(labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError("Both `labels` and `logits` must be provided.")


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """`tf.nn.sigmoid_cross_entropy_with_logits`. Source: `tf.compat.v1.nn.sigmoid_cross_entropy_with_logits`."""
    _mean_of(labels, logits)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)


def softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, dim: int = -1, name: str | None = None, axis: Any = None
) -> Any:
    """`tf.nn.softmax_cross_entropy_with_logits` without a gradient of the labels.

    Source: `tf.compat.v1.nn.softmax_cross_entropy_with_logits`.
    """
    _mean_of(labels, logits)
    if axis is not None and dim != -1:
        raise ValueError("Cannot specify both 'axis' and 'dim'.")
    labels = tf.stop_gradient(labels)
    return tf.nn.softmax_cross_entropy_with_logits(labels, logits, dim if axis is None else axis)


def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: Any = None, name: str | None = None, dim: Any = None
) -> Any:
    """`tf.nn.softmax_cross_entropy_with_logits`.

    Source: `tf.compat.v1.nn.softmax_cross_entropy_with_logits_v2`.
    """
    axis = either("axis", axis, "dim", dim)
    return tf.nn.softmax_cross_entropy_with_logits(labels, logits, -1 if axis is None else axis)


def sparse_softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Any:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`.

    Source: `tf.compat.v1.nn.sparse_softmax_cross_entropy_with_logits`.
    """
    _mean_of(labels, logits)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def weighted_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    pos_weight: Any = None,
    name: str | None = None,
    targets: Any = None,
) -> Any:
    """`tf.nn.weighted_cross_entropy_with_logits` with the arguments of version 1.

    Source: `tf.compat.v1.nn.weighted_cross_entropy_with_logits`.
    """
    labels = either("labels", labels, "targets", targets)
    return tf.nn.weighted_cross_entropy_with_logits(labels, logits, pos_weight)


def moments(
    x: Any, axes: Any, shift: Any = None, name: str | None = None, keep_dims: Any = None, keepdims: Any = None
) -> Any:
    """`tf.nn.moments` with the arguments of version 1. Source: `tf.compat.v1.nn.moments`."""
    return tf.nn.moments(x, axes, keepdims=bool(either("keepdims", keepdims, "keep_dims", keep_dims)))


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: Any = None,
    keepdims: Any = None,
) -> Any:
    """`tf.nn.weighted_moments` with the arguments of version 1. Source: `tf.compat.v1.nn.weighted_moments`."""
    kept = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
    return tf.nn.weighted_moments(x, axes, frequency_weights, keepdims=kept)


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keep_dims: Any = None, name: str | None = None, keepdims: Any = None
) -> Any:
    """`tf.nn.sufficient_statistics` with the arguments of version 1.

    Source: `tf.compat.v1.nn.sufficient_statistics`.
    """
    kept = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
    return tf.nn.sufficient_statistics(x, axes, shift, keepdims=kept)


def batch_norm_with_global_normalization(
    t: Any = None,
    m: Any = None,
    v: Any = None,
    beta: Any = None,
    gamma: Any = None,
    variance_epsilon: Any = None,
    scale_after_normalization: Any = None,
    name: str | None = None,
    input: Any = None,
    mean: Any = None,
    variance: Any = None,
) -> Any:
    """`tf.nn.batch_norm_with_global_normalization`.

    Source: `tf.compat.v1.nn.batch_norm_with_global_normalization`.
    """
    t = either("input", input, "t", t)
    m = either("mean", mean, "m", m)
    v = either("variance", variance, "v", v)
    return tf.nn.batch_normalization(
        t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon
    )


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
    exponential_avg_factor: Any = 1.0,
) -> Any:
    """Batch normalization of images, with the statistics that it used.

    Args:
      x: images `(b, h, w, c)`, or `(b, c, h, w)` with `data_format="NCHW"`.
      scale, offset: vectors of `c` elements.
      mean, variance: running ones; what is normalized by unless `is_training`.
      exponential_avg_factor: how much of the returned statistics is that of the batch, the rest that of `mean` and
        `variance`.

    Returns:
      `(y, running_mean, running_var)`.

    Source: `tf.compat.v1.nn.fused_batch_norm`.

    >>> import tfcompat_tape as tf
    >>> y, mean, _ = tf.compat.v1.nn.fused_batch_norm(tf.ones([2, 1, 1, 3]), tf.ones([3]), tf.zeros([3]))
    >>> y.shape, mean.numpy()
    (TensorShape([2, 1, 1, 3]), array([1., 1., 1.], dtype=float32))
    """
    x = convert(x)
    scale, offset = convert(scale, tf.float32), convert(offset, tf.float32)
    if not is_training and (mean is None or variance is None):
        raise ValueError("Both `mean` and `variance` must be a 1D tensor when `is_training` is False.")
    mean = tf.constant([]) if mean is None else mean
    variance = tf.constant([]) if variance is None else variance
    found = tf.raw_ops.FusedBatchNormV3(
        x=x,
        scale=scale,
        offset=offset,
        mean=mean,
        variance=variance,
        epsilon=max(epsilon, 1.001e-5),
        exponential_avg_factor=exponential_avg_factor,
        data_format=data_format,
        is_training=is_training,
    )
    return found[0], found[1], found[2]


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Any:
    """`x @ weights + biases`. Source: `tf.compat.v1.nn.xw_plus_b`."""
    return tf.nn.bias_add(tf.matmul(x, weights), biases)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Any:
    """`relu(x @ weights + biases)`. Source: `tf.compat.v1.nn.relu_layer`."""
    return tf.nn.relu(xw_plus_b(x, weights, biases))


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: Any = None,
) -> Any:
    """Rows of a matrix, or of several among which they are dealt out as `partition_strategy` says.

    Raises:
      ValueError: no matrix, or a strategy that is neither "mod" nor "div".

    Source: `tf.compat.v1.nn.embedding_lookup`.
    """
    if params is None or (isinstance(params, (list, tuple)) and not params):
        raise ValueError("Need at least one param")
    several = isinstance(params, (list, tuple)) and len(params) > 1
    if not several:
        return tf.nn.embedding_lookup(
            params[0] if isinstance(params, (list, tuple)) else params, ids, max_norm
        )
    if partition_strategy not in ("mod", "div"):
        raise ValueError(f"Unrecognized partition strategy: {partition_strategy}")
    ids = convert(ids)
    flat = tf.reshape(ids, [-1])
    count = len(params)
    sizes = [int(tf.convert_to_tensor(part).shape[0]) for part in params]
    if partition_strategy == "mod":
        of, within = flat % count, flat // count
    else:
        each, extra = divmod(sum(sizes), count)
        of = tf.maximum(flat // (each + 1), (flat - extra) // each) if each else flat
        first = of * each + tf.minimum(of, tf.cast(extra, of.dtype))
        within = flat - first
    of = tf.cast(of, tf.int32)
    places = tf.dynamic_partition(tf.range(tf.size(flat)), of, count)
    found = [
        tf.gather(part, rows)
        for part, rows in zip(params, tf.dynamic_partition(within, of, count), strict=True)
    ]
    stitched = tf.dynamic_stitch(places, found)
    result = tf.reshape(stitched, [*ids.shape, *stitched.shape[1:]])
    if max_norm is None:
        return result
    return tf.clip_by_norm(result, max_norm, axes=list(range(ids.ndim, result.ndim)))


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str = "nce_loss",
) -> Any:
    """`tf.nn.nce_loss` with the arguments of version 1. Source: `tf.compat.v1.nn.nce_loss`."""
    _one_part(weights, "nce_loss")
    return tf.nn.nce_loss(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
    )


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str = "sampled_softmax_loss",
    seed: Any = None,
) -> Any:
    """`tf.nn.sampled_softmax_loss` with the arguments of version 1. Source: `tf.compat.v1.nn.sampled_softmax_loss`."""
    _one_part(weights, "sampled_softmax_loss")
    return tf.nn.sampled_softmax_loss(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        seed,
    )


def _one_part(weights: Any, name: str) -> None:
    if isinstance(weights, (list, tuple)) and len(nest.flatten(weights)) > 1:
        raise NotImplementedError(
            f"{name}: weights in several parts are not supported; join them with tf.concat."
        )


def ctc_loss_v2(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.nn.ctc_loss`. Source: `tf.compat.v1.nn.ctc_loss_v2`."""
    return tf.nn.ctc_loss(labels, logits, label_length, logit_length, logits_time_major, unique, blank_index)


def ctc_loss(
    labels: Any,
    inputs: Any = None,
    sequence_length: Any = None,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
    logits: Any = None,
) -> Any:
    """The CTC loss of labels in a SparseTensor: the op `CTCLoss`. Source: `tf.compat.v1.nn.ctc_loss`."""
    if not isinstance(labels, tf.SparseTensor):
        raise TypeError("Expected argument `labels` to be a SparseTensor. Please make sure that it is one.")
    inputs = convert(either("inputs", inputs, "logits", logits))
    found = tf.raw_ops.CTCLoss(
        inputs=inputs if time_major else tf.transpose(inputs, [1, 0, 2]),
        labels_indices=labels.indices,
        labels_values=labels.values,
        sequence_length=sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated,
        ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )
    return found[0]
