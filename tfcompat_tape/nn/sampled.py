"""Losses over very many classes that look at a sample of them only."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.arrays.creation import ones_like, zeros_like
from tfcompat_tape.arrays.joining import concat
from tfcompat_tape.arrays.scattering import scatter_nd
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32, int64
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.linalg.products import matmul
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.elementary import log
from tfcompat_tape.math.reductions import reduce_sum
from tfcompat_tape.nn.embedding import embedding_lookup
from tfcompat_tape.nn.losses import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits
from tfcompat_tape.ops import candidates as ops
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.arithmetic import add_v2, mul, real_div, sub
from tfcompat_tape.ops.identity import stop_gradient
from tfcompat_tape.ops.shapes import reshape
from tfcompat_tape.random.candidates import (
    all_candidate_sampler,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
    log_uniform_candidate_sampler,
)

__all__ = [
    "all_candidate_sampler",
    "compute_accidental_hits",
    "fixed_unigram_candidate_sampler",
    "learned_unigram_candidate_sampler",
    "nce_loss",
    "sampled_softmax_loss",
]


def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: Any, seed: Any = None, name: Any = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Where sampled classes are among the true ones.

    true_classes: int64 of shape `(batch, num_true)`; sampled_candidates: int64 vector. Three vectors come back: the row
    of each hit (int32), its place among the sampled (int64), and the least float32, to be added to its logit.
    Errors: InvalidArgumentError for other shapes, ValueError for other dtypes. Source: `tf.nn.compute_accidental_hits`.

    >>> import tfcompat_tape as tf
    >>> rows, places, _ = tf.nn.compute_accidental_hits([[1, 5], [2, 3]], [2, 7, 1], 2)
    >>> rows.numpy(), places.numpy()
    (array([0, 1], dtype=int32), array([2, 0]))
    """
    first, second = seeds.get_seed(seed)
    wanted = None if all(isinstance(x, Tensor) for x in (true_classes, sampled_candidates)) else int64
    true, sampled = convert(true_classes, wanted), convert(sampled_candidates, wanted)
    found: tuple[Tensor, Tensor, Tensor] = ops.compute_accidental_hits(
        true, sampled, num_true=num_true, seed=first, seed2=second
    )
    return tuple(found)  # type: ignore[return-value]


def _logits_and_labels(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: Any,
    sampled_values: Any,
    remove_accidental_hits: Any,
    seed: Any,
) -> tuple[Tensor, Tensor]:
    """Logits of the true classes, then of the sampled ones, less the logarithm of how often they are expected."""
    parts = weights if isinstance(weights, list) else [weights]
    if labels.dtype != int64:
        labels = cast(labels, int64)
    inputs = convert(inputs)
    flat = reshape(labels, shape=(-1,))
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(
            labels, num_true, num_sampled, True, num_classes, seed=seed
        )
    sampled, true_expected, sampled_expected = [stop_gradient(convert(value)) for value in sampled_values]
    sampled = cast(sampled, int64)
    count = int(flat.shape[0])
    ids = concat([flat, sampled], 0)
    rows, offsets = embedding_lookup(parts, ids), embedding_lookup(biases, ids)
    size = int(rows.shape[-1])
    sampled_logits = add_v2(matmul(inputs, rows[count:], transpose_b=True), offsets[count:])
    true_rows = reshape(rows[:count], shape=(-1, num_true, size))
    products = mul(inputs[:, None, :], true_rows)
    true_logits = add_v2(reduce_sum(products, -1), reshape(offsets[:count], shape=(-1, num_true)))
    if remove_accidental_hits:
        found, places, least = compute_accidental_hits(labels, sampled, num_true)
        where = concat([reshape(found, shape=(-1, 1)), reshape(cast(places, int32), shape=(-1, 1))], 1)
        shape = (int(labels.shape[0]), num_sampled)
        if least.dtype != sampled_logits.dtype:
            least = cast(least, sampled_logits.dtype)
        sampled_logits = add_v2(sampled_logits, scatter_nd(where, least, shape))
    true_logits = sub(true_logits, log(true_expected))
    sampled_logits = sub(sampled_logits, log(sampled_expected))
    wanted = real_div(ones_like(true_logits), convert(num_true, true_logits.dtype))
    return concat([true_logits, sampled_logits], 1), concat([wanted, zeros_like(sampled_logits)], 1)


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: Any = 1,
    sampled_values: Any = None,
    remove_accidental_hits: Any = False,
    name: Any = "nce_loss",
) -> Tensor:
    """The loss of noise-contrastive estimation: each example's true classes against a sample of all classes.

    weights: `(num_classes, dim)`, or a list of parts of it; biases: `(num_classes,)`; labels: int64 Tensor of shape
    `(batch, num_true)`; inputs: float32 `(batch, dim)`. The result has shape `(batch,)`; gradients flow to weights,
    biases (as IndexedSlices) and inputs. `sampled_values` is what a candidate sampler returned; the log-uniform one is
    asked otherwise. Errors: InvalidArgumentError for labels that are no classes and for shapes that do not fit.
    Source: `tf.nn.nce_loss`.

    >>> import tfcompat_tape as tf
    >>> loss = tf.nn.nce_loss(tf.ones([10, 2]), tf.zeros([10]), tf.constant([[1], [2]]), tf.ones([2, 2]), 3, 10)
    >>> loss.shape
    TensorShape([2])
    """
    logits, wanted = _logits_and_labels(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        None,
    )
    return reduce_sum(sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits), 1)


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: Any,
    num_classes: Any,
    num_true: Any = 1,
    sampled_values: Any = None,
    remove_accidental_hits: Any = True,
    seed: Any = None,
    name: Any = "sampled_softmax_loss",
) -> Tensor:
    """The cross entropy of a softmax over the true classes of each example and a sample of all classes.

    The arguments are those of `tf.nn.nce_loss`. A sampled class that is a true one of an example does not count for it,
    unless `remove_accidental_hits=False`. Errors: InvalidArgumentError for labels that are no classes and for shapes
    that do not fit. Source: `tf.nn.sampled_softmax_loss`.

    >>> import tfcompat_tape as tf
    >>> data = tf.ones([10, 2]), tf.zeros([10]), tf.constant([[1], [2]]), tf.ones([2, 2])
    >>> tf.nn.sampled_softmax_loss(*data, num_sampled=3, num_classes=10).shape
    TensorShape([2])
    """
    logits, wanted = _logits_and_labels(
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
    return softmax_cross_entropy_with_logits(labels=stop_gradient(wanted), logits=logits)
