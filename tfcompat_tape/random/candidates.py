"""Candidate samplers: a few classes among many, for losses that do not look at all of them.

With a seed the classes are those that TensorFlow draws.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int64
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import candidates as ops
from tfcompat_tape.ops import seeds

__all__ = [
    "all_candidate_sampler",
    "fixed_unigram_candidate_sampler",
    "learned_unigram_candidate_sampler",
    "log_uniform_candidate_sampler",
    "uniform_candidate_sampler",
]


class Candidates(NamedTuple):
    """What a candidate sampler returns."""

    sampled_candidates: Tensor
    true_expected_count: Tensor
    sampled_expected_count: Tensor


def _drawn(sampler: Any, true_classes: Any, seed: Any, **attrs: Any) -> Candidates:
    first, second = seeds.get_seed(seed)
    return Candidates(*sampler(convert(true_classes, preferred=int64), **attrs, seed=first, seed2=second))


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    seed: Any = None,
    name: Any = None,
) -> Candidates:
    """Classes in `[0, range_max)`, all of them equally likely.

    Args:
      true_classes: int64 of shape `(batch, num_true)`.
      num_sampled: how many classes.
      unique: whether each may come just once.

    Returns:
      `sampled_candidates` (int64, `(num_sampled,)`), `true_expected_count` (float32, shape of `true_classes`) and
      `sampled_expected_count` (float32, `(num_sampled,)`): how often each class may be expected among the sampled.

    Raises:
      InvalidArgumentError: `true_classes` is no matrix of `num_true` columns or holds what is no class; or there are
        too few different classes.

    Source: `tf.random.uniform_candidate_sampler`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_seed(1)
    >>> found = tf.random.uniform_candidate_sampler([[3]], 1, 4, True, 10, seed=2)
    >>> len(set(found.sampled_candidates.numpy().tolist()))
    4
    """
    return _drawn(
        ops.uniform_candidate_sampler,
        true_classes,
        seed,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
    )


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    seed: Any = None,
    name: Any = None,
) -> Candidates:
    """Classes in `[0, range_max)` by Zipf's law: for classes that are sorted by falling frequency.

    Args:
      true_classes: int64 of shape `(batch, num_true)`.
      num_sampled: how many classes.
      unique: whether each may come just once.

    Returns:
      `sampled_candidates` (int64, `(num_sampled,)`), `true_expected_count` (float32, shape of `true_classes`) and
      `sampled_expected_count` (float32, `(num_sampled,)`): how often each class may be expected among the sampled.

    Raises:
      InvalidArgumentError: `true_classes` is no matrix of `num_true` columns or holds what is no class; or there are
        too few different classes.

    Source: `tf.random.log_uniform_candidate_sampler`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_seed(1)
    >>> found = tf.random.log_uniform_candidate_sampler([[3]], 1, 4, True, 10, seed=2)
    >>> len(set(found.sampled_candidates.numpy().tolist()))
    4
    """
    return _drawn(
        ops.log_uniform_candidate_sampler,
        true_classes,
        seed,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
    )


def learned_unigram_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    seed: Any = None,
    name: Any = None,
) -> Candidates:
    """Classes in `[0, range_max)`, as often as they were among the true classes of earlier calls.

    Args:
      true_classes: int64 of shape `(batch, num_true)`.
      num_sampled: how many classes.
      unique: whether each may come just once.

    Returns:
      `sampled_candidates` (int64, `(num_sampled,)`), `true_expected_count` (float32, shape of `true_classes`) and
      `sampled_expected_count` (float32, `(num_sampled,)`): how often each class may be expected among the sampled.

    Raises:
      InvalidArgumentError: `true_classes` is no matrix of `num_true` columns or holds what is no class; or there are
        too few different classes.

    Source: `tf.random.learned_unigram_candidate_sampler`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_seed(1)
    >>> found = tf.random.learned_unigram_candidate_sampler([[3]], 1, 4, True, 10, seed=2)
    >>> len(set(found.sampled_candidates.numpy().tolist()))
    4
    """
    return _drawn(
        ops.learned_unigram_candidate_sampler,
        true_classes,
        seed,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
    )


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    range_max: Any,
    vocab_file: Any = "",
    distortion: Any = 1.0,
    num_reserved_ids: Any = 0,
    num_shards: Any = 1,
    shard: Any = 0,
    unigrams: Any = (),
    seed: Any = None,
    name: Any = None,
) -> Candidates:
    """Classes in `[0, range_max)` by weights: those in `unigrams`, or in the last column of the file `vocab_file`.

    Args:
      true_classes: int64 of shape `(batch, num_true)`.
      num_sampled: how many classes.
      unique: whether each may come just once.

    Returns:
      `sampled_candidates` (int64, `(num_sampled,)`), `true_expected_count` (float32, shape of `true_classes`) and
      `sampled_expected_count` (float32, `(num_sampled,)`): how often each class may be expected among the sampled.

    Raises:
      InvalidArgumentError: `true_classes` is no matrix of `num_true` columns or holds what is no class; or there are
        too few different classes.

    Source: `tf.random.fixed_unigram_candidate_sampler`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_seed(1)
    >>> found = tf.random.fixed_unigram_candidate_sampler([[3]], 1, 4, True, 4, unigrams=[1.0, 2.0, 3.0, 4.0], seed=2)
    >>> len(set(found.sampled_candidates.numpy().tolist()))
    4
    """
    return _drawn(
        ops.fixed_unigram_candidate_sampler,
        true_classes,
        seed,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        vocab_file=vocab_file,
        distortion=distortion,
        num_reserved_ids=num_reserved_ids,
        num_shards=num_shards,
        shard=shard,
        unigrams=unigrams,
    )


def all_candidate_sampler(
    true_classes: Any,
    num_true: Any,
    num_sampled: Any,
    unique: Any,
    seed: Any = None,
    name: Any = None,
) -> Candidates:
    """All classes from 0 to `num_sampled - 1`.

    Args:
      true_classes: int64 of shape `(batch, num_true)`.
      num_sampled: how many classes.
      unique: whether each may come just once.

    Returns:
      `sampled_candidates` (int64, `(num_sampled,)`), `true_expected_count` (float32, shape of `true_classes`) and
      `sampled_expected_count` (float32, `(num_sampled,)`): how often each class may be expected among the sampled.

    Raises:
      InvalidArgumentError: `true_classes` is no matrix of `num_true` columns or holds what is no class; or there are
        too few different classes.

    Source: `tf.random.all_candidate_sampler`.

    >>> import tfcompat_tape as tf
    >>> tf.random.all_candidate_sampler([[3]], 1, 4, True).sampled_candidates.numpy()
    array([0, 1, 2, 3])
    """
    return _drawn(
        ops.all_candidate_sampler,
        true_classes,
        seed,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
    )
