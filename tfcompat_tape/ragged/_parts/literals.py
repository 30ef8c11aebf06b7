"""`tf.ragged.constant` and `tf.ragged.range`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ragged._parts.partitions import offsets, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def _nested(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _depths(value: Any) -> tuple[int | None, int]:
    """How deep the scalars are (None: there are none), and how deep the deepest list is."""
    if not _nested(value):
        return 0, 0
    scalar: int | None = None
    most = 1
    for item in value:
        depth, deepest = _depths(item)
        most = max(most, deepest + 1)
        if depth is not None:
            if scalar is not None and scalar != depth + 1:
                raise ValueError("all scalar values must have the same nesting depth")
            scalar = depth + 1
    return scalar, most


def _inner_shape(value: Any) -> tuple[int, ...]:
    """The shape of what lies in the inner lists, by the first of each."""
    shape: tuple[int, ...] = ()
    while _nested(value):
        shape = (*shape, len(value))
        value = value[0] if len(value) else None
    return shape


def constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: Any = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:
    """A RaggedTensor from nested lists whose lengths differ.

    Args:
      pylist: lists, tuples or NumPy arrays, nested; scalars all at one depth.
      dtype: dtype of the values; found from them by default.
      ragged_rank: how many dimensions are ragged: all but the first, less those of `inner_shape`, by default.
      inner_shape: shape of the innermost, uniform part of the values.
      row_splits_dtype: tf.int32 or tf.int64.

    Returns:
      A RaggedTensor, or a Tensor where no dimension is ragged.

    Raises:
      ValueError: scalars at several depths, too few levels for `ragged_rank`, inner values of several shapes.

    Source: `tf.ragged.constant`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.constant([[1, 2], [], [3]])
    <tf.RaggedTensor [[1, 2], [], [3]]>
    """
    splits_dtype = dtypes.as_dtype(row_splits_dtype)
    if splits_dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError("row_splits must have dtype int32 or int64")
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    flat, rows, inner_shape = rows_of(pylist, ragged_rank, inner_shape)
    if isinstance(flat, list) and not flat and inner_shape:
        result: Any = Tensor(torch.zeros((0, *inner_shape), dtype=(dtype or dtypes.float32).torch), None)
    else:
        result = convert(flat, dtype)
    for lengths in reversed(rows):
        cut = splits_of_lengths(torch.tensor(lengths, dtype=splits_dtype.torch))
        result = RaggedTensor._of(result, Tensor(cut, None))
    return result


def rows_of(
    pylist: Any, ragged_rank: int | None, inner_shape: Any
) -> tuple[Any, list[list[int]], tuple[int, ...] | None]:
    """Nested lists as the innermost values, the lengths of the rows of each ragged dimension, and the inner shape.

    Raises:
      ValueError: as of `constant`.
    """
    scalar, deepest = _depths(pylist)
    if not _nested(pylist):
        if ragged_rank:
            raise ValueError(f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank}")
        return pylist, [], None
    if scalar is not None and deepest > scalar:
        raise ValueError(
            f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting"
        )
    if inner_shape is not None:
        inner_shape = tuple(int(n) for n in inner_shape)
        if ragged_rank is None:
            ragged_rank = max(deepest - 1 - len(inner_shape), 0)
    if ragged_rank is None:
        ragged_rank = deepest - 1
    if scalar is not None and ragged_rank >= scalar:
        raise ValueError(
            f"Invalid pylist={pylist!r}: pylist has scalar values depth {scalar}, but ragged_rank={ragged_rank} "
            f"requires scalar value depth greater than {ragged_rank}"
        )
    values = list(pylist)
    rows = []
    for _ in range_(ragged_rank):
        rows.append([len(row) for row in values])
        values = [item for row in values for item in row]
    if ragged_rank and inner_shape is None and values:
        shape = _inner_shape(values[0])
        if any(_inner_shape(value) != shape for value in values):
            raise ValueError(f"Invalid pylist={pylist!r}: inner values have inconsistent shape")
    if inner_shape is not None and values and _inner_shape(values[0]) != inner_shape:
        raise ValueError(f"Invalid pylist={pylist!r}: inner values do not have the shape {inner_shape}")
    flat = [value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value for value in values]
    return flat, rows, inner_shape


range_ = range


def range(
    starts: Any,
    limits: Any = None,
    deltas: Any = 1,
    dtype: Any = None,
    name: Any = None,
    row_splits_dtype: Any = dtypes.int64,
) -> RaggedTensor:
    """A row `starts[i], starts[i] + deltas[i], ...` below `limits[i]` for each `i`.

    Args:
      starts, limits, deltas: scalars or vectors of one length; with one argument, it is the limits from 0.
      dtype: their dtype.
      row_splits_dtype: tf.int32 or tf.int64.

    Returns:
      A RaggedTensor of shape `(n, None)`.

    Raises:
      InvalidArgumentError: a delta of 0, other ranks, or vectors of different lengths.

    Source: `tf.ragged.range`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.range([0, 5], [3, 3], [1, -1])
    <tf.RaggedTensor [[0, 1, 2], [5, 4]]>
    """
    if limits is None:
        starts, limits = 0, starts
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    given = [convert(value, wanted) for value in (starts, limits, deltas)]
    if wanted is None:
        order = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
        if any(value.dtype not in order for value in given):
            raise ValueError(
                "tf.ragged.range: starts, limits and deltas must be int32, int64, float32 or float64."
            )
        wanted = max((value.dtype for value in given), key=order.index)
        given = [cast(value, wanted) for value in given]
    raws = [value._t for value in given]
    for what, raw in zip(("starts", "limits", "deltas"), raws, strict=True):
        if raw.ndim > 1:
            raise invalid(f"RaggedRange: {what} must be a scalar or vector")
    sizes = {len(raw) for raw in raws if raw.ndim}
    if len(sizes) > 1:
        raise invalid("RaggedRange: starts, limits, and deltas must have the same shape")
    start, limit, delta = (raw.expand(max(sizes, default=1)) for raw in raws)
    if bool((delta == 0).any()):
        raise invalid("RaggedRange: Requires delta != 0")
    count = limit.double() - start.double() if delta.is_floating_point() else limit.long() - start.long()
    if delta.is_floating_point():
        lengths = torch.ceil(count / delta.double()).clamp(min=0).long()
    else:
        step = delta.long()
        lengths = (-torch.div(-count, step, rounding_mode="floor")).clamp(min=0)
    lengths = lengths.to(dtypes.as_dtype(row_splits_dtype).torch)
    steps = offsets(lengths)
    values = torch.repeat_interleave(start, lengths) + steps.to(start.dtype) * torch.repeat_interleave(
        delta, lengths
    )
    return RaggedTensor._of(Tensor(values, None), Tensor(splits_of_lengths(lengths), None))
