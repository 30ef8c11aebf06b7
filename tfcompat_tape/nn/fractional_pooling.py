"""Pooling by a ratio that is no whole number."""

from __future__ import annotations

from typing import Any, NamedTuple

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import fractional_pooling as ops
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.arguments import as_bool

__all__ = ["fractional_avg_pool", "fractional_max_pool"]


class FractionalPool(NamedTuple):
    """What fractional pools return."""

    output: Tensor
    row_pooling_sequence: Tensor
    col_pooling_sequence: Tensor


def _ratios(value: Any) -> list[float]:
    if isinstance(value, (int, float)):
        if value < 1.0:
            raise ValueError(f"`pooling_ratio` should be >= 1.0. Received: pooling_ratio={value}")
        return [1.0, value, value, 1.0]
    if not isinstance(value, (list, tuple)) or len(value) == 0:
        raise ValueError(
            f"`pooling_ratio` should be an int or a list of ints. Received: pooling_ratio={value}"
        )
    if value[0] != 1 or value[-1] != 1:
        raise ValueError(
            f"`pooling_ratio` should have first and last elements with value 1.0. Received: pooling_ratio={value}"
        )
    return list(value) if len(value) > 1 else [1.0] * 4


def _pooled(
    op: Any, value: Any, ratios: Any, pseudo_random: Any, overlapping: Any, seed: Any
) -> FractionalPool:
    first, second = (0, 0) if seed == 0 else seeds.get_seed(seed)
    result = op(
        convert(value),
        pooling_ratio=tuple(ratios),
        pseudo_random=as_bool(pseudo_random, "pseudo_random"),
        overlapping=as_bool(overlapping, "overlapping"),
        deterministic=seed != 0,
        seed=first,
        seed2=second,
    )
    return FractionalPool(*result)


def fractional_max_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: Any = 0,
    name: Any = None,
) -> FractionalPool:
    """The greatest element of each window, where windows of two lengths come in a random order.

    Args:
      value: float32, float64, int32 or int64 of shape `(batch, height, width, channels)`.
      pooling_ratio: how many times smaller the result is, at least 1.0: a number, or `[1.0, rows, columns, 1.0]`.
      pseudo_random: whether the windows are as even as they can be, from a random start, and not in a random order.
      overlapping: whether each window also has the first row and column of the next.
      seed: 0 for other windows with each call.

    Returns:
      `output`, and the bounds of the windows, `row_pooling_sequence` and `col_pooling_sequence` (int64).

    Raises:
      ValueError: the ratios are less than 1.0, no numbers, or not 1.0 for batch and channels.
      InvalidArgumentError: another dtype or rank, or an image that is smaller than the ratio.

    Source: `tf.nn.fractional_max_pool`.

    >>> import tfcompat_tape as tf
    >>> pooled = tf.nn.fractional_max_pool(tf.reshape(tf.range(16.0), [1, 4, 4, 1]), 2.0, seed=1)
    >>> pooled.output.numpy().reshape(2, 2)
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """
    return _pooled(ops.fractional_max_pool, value, _ratios(pooling_ratio), pseudo_random, overlapping, seed)


def fractional_avg_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: Any = 0,
    name: Any = None,
) -> FractionalPool:
    """The mean of each window; as `tf.nn.fractional_max_pool` otherwise.

    Args:
      value: float32, float64, int32 or int64 of shape `(batch, height, width, channels)`.
      pooling_ratio: `[1.0, rows, columns, 1.0]`: how many times smaller the result is, at least 1.0.
      pseudo_random, overlapping, seed: as for `tf.nn.fractional_max_pool`.

    Raises:
      TypeError: `pooling_ratio` is no list.
      InvalidArgumentError: another dtype or rank, a ratio less than 1.0, or an image that is smaller than the ratio.

    Source: `tf.nn.fractional_avg_pool`.

    >>> import tfcompat_tape as tf
    >>> image = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    >>> tf.nn.fractional_avg_pool(image, [1.0, 2.0, 2.0, 1.0], seed=1).output.numpy().reshape(2, 2)
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """
    if pooling_ratio is None:
        raise invalid("Length for attr 'pooling_ratio' of 0 must be at least minimum 4")
    if not isinstance(pooling_ratio, (list, tuple)):
        raise TypeError(
            f"Expected list for 'pooling_ratio' argument to 'fractional_avg_pool' Op, not {pooling_ratio!r}."
        )
    return _pooled(ops.fractional_avg_pool, value, pooling_ratio, pseudo_random, overlapping, seed)
