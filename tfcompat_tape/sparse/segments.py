"""`tf.sparse.segment_sum` and its kin: rows that are looked up by indices, reduced where they have one segment id."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import sparse_segments as ops
from tfcompat_tape.ops.arguments import as_bool, as_int

__all__ = ["segment_mean", "segment_sqrt_n", "segment_sum"]


def _positions(value: Any) -> Tensor:
    """Indices or segment ids; a list without any has no dtype of its own."""
    return convert(value, int32) if isinstance(value, (list, tuple)) and not value else convert(value)


def _reduced(
    forms: Any, data: Any, indices: Any, ids: Any, num_segments: Any, sparse_gradient: bool
) -> Tensor:
    x, rows, ids = convert(data), _positions(indices), _positions(ids)
    if num_segments is None:
        return forms[0](x, rows, ids, sparse_gradient=as_bool(sparse_gradient, "sparse_gradient"))
    count = as_int(num_segments, "num_segments")
    return forms[1](
        x, rows, ids, num_segments=count, sparse_gradient=as_bool(sparse_gradient, "sparse_gradient")
    )


def segment_sum(
    data: Any,
    indices: Any,
    segment_ids: Any,
    num_segments: Any = None,
    name: Any = None,
    sparse_gradient: bool = False,
) -> Tensor:
    """The sums of the rows `data[indices]` that have one id: `tf.math.segment_sum` of looked-up rows.

    Args:
      data: Tensor of shape `(n, ...)`.
      indices: vector of row numbers.
      segment_ids: one id for each index, in increasing order.
      num_segments: length of the result, at least the last id + 1, which it is by default.
      sparse_gradient: let the gradient of `data` be IndexedSlices.

    Raises:
      InvalidArgumentError: an index is out of range, ids decrease or are negative, or the lengths differ.

    Source: `tf.sparse.segment_sum`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.segment_sum([1.0, 2.0, 3.0], indices=[0, 2, 2], segment_ids=[0, 0, 1]).numpy()
    array([4., 3.], dtype=float32)
    """
    forms = (ops.sparse_segment_sum, ops.sparse_segment_sum_with_num_segments)
    return _reduced(forms, data, indices, segment_ids, num_segments, sparse_gradient)


def segment_mean(
    data: Any,
    indices: Any,
    segment_ids: Any,
    num_segments: Any = None,
    name: Any = None,
    sparse_gradient: bool = False,
) -> Tensor:
    """The means of the rows `data[indices]` that have one id; as `tf.sparse.segment_sum` otherwise.

    Source: `tf.sparse.segment_mean`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.segment_mean([1.0, 2.0, 3.0], indices=[0, 2, 2], segment_ids=[0, 0, 1]).numpy()
    array([2., 3.], dtype=float32)
    """
    forms = (ops.sparse_segment_mean, ops.sparse_segment_mean_with_num_segments)
    return _reduced(forms, data, indices, segment_ids, num_segments, sparse_gradient)


def segment_sqrt_n(
    data: Any,
    indices: Any,
    segment_ids: Any,
    num_segments: Any = None,
    name: Any = None,
    sparse_gradient: bool = False,
) -> Tensor:
    """The sums of the rows `data[indices]` that have one id, divided by the roots of their numbers.

    As `tf.sparse.segment_sum` otherwise. Source: `tf.sparse.segment_sqrt_n`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.segment_sqrt_n([1.0, 1.0, 1.0, 1.0], indices=[0, 1, 2, 3], segment_ids=[0, 0, 0, 0]).numpy()
    array([2.], dtype=float32)
    """
    forms = (ops.sparse_segment_sqrt_n, ops.sparse_segment_sqrt_n_with_num_segments)
    return _reduced(forms, data, indices, segment_ids, num_segments, sparse_gradient)
