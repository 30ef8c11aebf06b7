"""Reductions over segments: rows that carry one id are combined into one row."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import segments as ops
from tfcompat_tape.ops.arguments import as_int
from tfcompat_tape.ops.arithmetic import real_div
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.extrema import maximum
from tfcompat_tape.ops.roots import sqrt

__all__ = [
    "segment_max",
    "segment_mean",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "unsorted_segment_max",
    "unsorted_segment_mean",
    "unsorted_segment_min",
    "unsorted_segment_prod",
    "unsorted_segment_sqrt_n",
    "unsorted_segment_sum",
]

_SHORT = (
    dtypes.int8,
    dtypes.uint8,
    dtypes.int16,
    dtypes.uint16,
)  # divided as float32, longer integers as float64


def segment_sum(data: Any, segment_ids: Any, name: Any = None) -> Tensor:
    """The sums of the rows of `data` that have one id; ids increase, and ids that do not occur give 0.

    Args:
      data: Tensor of shape `(n, ...)`.
      segment_ids: int32 or int64 vector of `n` ids, in increasing order.

    Returns:
      A Tensor of shape `(last id + 1, ...)`.

    Raises:
      InvalidArgumentError: the ids are negative or decrease, or there is not one for each row.

    Source: `tf.math.segment_sum`.

    >>> import tfcompat_tape as tf
    >>> tf.math.segment_sum([1, 2, 3], [0, 0, 2]).numpy()
    array([3, 0, 3], dtype=int32)
    """
    return ops.segment_sum(convert(data), convert(segment_ids))


def segment_mean(data: Any, segment_ids: Any, name: Any = None) -> Tensor:
    """The means of the rows that have one id; as `tf.math.segment_sum` otherwise. Integers divide towards zero.

    Source: `tf.math.segment_mean`.

    >>> import tfcompat_tape as tf
    >>> tf.math.segment_mean([1.0, 2.0, 3.0], [0, 0, 1]).numpy()
    array([1.5, 3. ], dtype=float32)
    """
    return ops.segment_mean(convert(data), convert(segment_ids))


def segment_prod(data: Any, segment_ids: Any, name: Any = None) -> Tensor:
    """The products of the rows that have one id, 1 for ids without rows; as `tf.math.segment_sum` otherwise.

    Source: `tf.math.segment_prod`.

    >>> import tfcompat_tape as tf
    >>> tf.math.segment_prod([2, 3, 4], [0, 0, 1]).numpy()
    array([6, 4], dtype=int32)
    """
    return ops.segment_prod(convert(data), convert(segment_ids))


def segment_max(data: Any, segment_ids: Any, name: Any = None) -> Tensor:
    """The maxima of the rows that have one id, 0 for ids without rows; as `tf.math.segment_sum` otherwise.

    Source: `tf.math.segment_max`.

    >>> import tfcompat_tape as tf
    >>> tf.math.segment_max([1, 5, 4], [0, 0, 2]).numpy()
    array([5, 0, 4], dtype=int32)
    """
    return ops.segment_max(convert(data), convert(segment_ids))


def segment_min(data: Any, segment_ids: Any, name: Any = None) -> Tensor:
    """The minima of the rows that have one id, 0 for ids without rows; as `tf.math.segment_sum` otherwise.

    Source: `tf.math.segment_min`.

    >>> import tfcompat_tape as tf
    >>> tf.math.segment_min([1, 5, 4], [0, 0, 1]).numpy()
    array([1, 4], dtype=int32)
    """
    return ops.segment_min(convert(data), convert(segment_ids))


def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Tensor:
    """The sums of the rows of `data` that have one id, in any order; rows with a negative id are dropped.

    Args:
      data: Tensor whose shape starts with that of `segment_ids`.
      segment_ids: ids below `num_segments`.
      num_segments: length of the result; ids that do not occur give 0.

    Raises:
      InvalidArgumentError: an id is too large (on the CPU; dropped on other devices), or the shapes do not fit.

    Source: `tf.math.unsorted_segment_sum`.

    >>> import tfcompat_tape as tf
    >>> tf.math.unsorted_segment_sum([1, 2, 3], [1, -1, 1], num_segments=3).numpy()
    array([0, 4, 0], dtype=int32)
    """
    count = as_int(num_segments, "num_segments")
    return ops.unsorted_segment_sum(convert(data), convert(segment_ids), num_segments=count)


def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Tensor:
    """The products of the rows that have one id, 1 for ids without rows; as `tf.math.unsorted_segment_sum` otherwise.

    Source: `tf.math.unsorted_segment_prod`.

    >>> import tfcompat_tape as tf
    >>> tf.math.unsorted_segment_prod([2, 3, 4], [1, 0, 1], num_segments=2).numpy()
    array([3, 8], dtype=int32)
    """
    count = as_int(num_segments, "num_segments")
    return ops.unsorted_segment_prod(convert(data), convert(segment_ids), num_segments=count)


def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Tensor:
    """The maxima of the rows that have one id; ids without rows give the least finite number of the dtype.

    As `tf.math.unsorted_segment_sum` otherwise. Source: `tf.math.unsorted_segment_max`.

    >>> import tfcompat_tape as tf
    >>> tf.math.unsorted_segment_max([2, 3, 4], [1, 0, 1], num_segments=2).numpy()
    array([3, 4], dtype=int32)
    """
    count = as_int(num_segments, "num_segments")
    return ops.unsorted_segment_max(convert(data), convert(segment_ids), num_segments=count)


def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Tensor:
    """The minima of the rows that have one id; ids without rows give the greatest finite number of the dtype.

    As `tf.math.unsorted_segment_sum` otherwise. Source: `tf.math.unsorted_segment_min`.

    >>> import tfcompat_tape as tf
    >>> tf.math.unsorted_segment_min([2, 3, 4], [1, 0, 1], num_segments=2).numpy()
    array([3, 2], dtype=int32)
    """
    count = as_int(num_segments, "num_segments")
    return ops.unsorted_segment_min(convert(data), convert(segment_ids), num_segments=count)


def _sum_and_size(data: Any, segment_ids: Any, num_segments: Any) -> tuple[Tensor, Tensor]:
    """The sum of each segment and how many rows it has (at least 1), of one dtype and broadcastable."""
    x, ids = convert(data), convert(segment_ids)
    count = as_int(num_segments, "num_segments")
    total = ops.unsorted_segment_sum(x, ids, num_segments=count)
    rank = ids._t.dim()
    ones = Tensor(torch.ones(ids._t.shape, dtype=x._t.dtype, device=x._t.device), None)
    size = ops.unsorted_segment_sum(ones, ids, num_segments=count)._t
    size = Tensor(size.reshape(count, *[1] * (x._t.dim() - rank)), None)
    return total, maximum(size, 1)


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Tensor:
    """The means of the rows that have one id, 0 for ids without rows; as `tf.math.unsorted_segment_sum` otherwise.

    Means of integers are float32, of int32 and longer float64. Source: `tf.math.unsorted_segment_mean`.

    >>> import tfcompat_tape as tf
    >>> tf.math.unsorted_segment_mean([1.0, 2.0, 4.0], [1, 0, 1], num_segments=2).numpy()
    array([2. , 2.5], dtype=float32)
    """
    total, size = _sum_and_size(data, segment_ids, num_segments)
    if total.dtype.is_integer:
        dtype = dtypes.float32 if total.dtype in _SHORT else dtypes.float64
        total, size = cast(total, DstT=dtype), cast(size, DstT=dtype)
    return real_div(total, size)


def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Tensor:
    """The sums of the rows that have one id, divided by the roots of their numbers; 0 for ids without rows.

    As `tf.math.unsorted_segment_sum` otherwise, for floating dtypes. Source: `tf.math.unsorted_segment_sqrt_n`.

    >>> import tfcompat_tape as tf
    >>> tf.math.unsorted_segment_sqrt_n([1.0, 1.0, 1.0, 1.0], [0, 0, 0, 0], num_segments=1).numpy()
    array([2.], dtype=float32)
    """
    total, size = _sum_and_size(data, segment_ids, num_segments)
    return real_div(total, sqrt(size))
