"""How rows are cut out of a list of values: row splits and what can be said in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast

_SPLITS = (dtypes.int32, dtypes.int64)


def partition(value: Any, name: str) -> Tensor:
    """A vector of integers that says how rows are cut, int64 where nothing says its dtype.

    Raises:
      ValueError: another dtype than int32 and int64, or another rank than 1.
    """
    own = getattr(value, "dtype", None) == np.int32  # an array keeps its dtype
    tensor = convert(value) if own else convert(value, preferred=dtypes.int64)
    if tensor.dtype not in _SPLITS:
        raise ValueError(f"{name} must have dtype int32 or int64, not {tensor.dtype.name}.")
    if tensor._t.ndim != 1:
        raise ValueError(f"{name}: Shape {tensor.shape} must have rank 1")
    return tensor


def splits_of_lengths(lengths: torch.Tensor) -> torch.Tensor:
    """Raw row splits from raw row lengths."""
    return torch.cat([lengths.new_zeros(1), lengths.cumsum(0).to(lengths.dtype)])


def rowids(splits: torch.Tensor, count: Any = None) -> torch.Tensor:
    """The row that each of `count` values belongs to."""
    return torch.repeat_interleave(splits.diff().clamp(min=0), output_size=count)


def offsets(lengths: torch.Tensor) -> torch.Tensor:
    """The place of each value in its row: 0, 1, ... for each row."""
    splits = splits_of_lengths(lengths)
    return torch.arange(int(splits[-1]), dtype=lengths.dtype) - torch.repeat_interleave(splits[:-1], lengths)


def coordinates(nested_splits: Sequence[Any]) -> list[torch.Tensor]:
    """For each value its place along each dimension, from the outer one."""
    columns: list[torch.Tensor] = []
    index = torch.arange(int(nested_splits[-1]._t[-1]))
    for splits in reversed(nested_splits):
        lengths = splits._t.long().diff()
        columns.insert(0, offsets(lengths)[index])
        index = torch.repeat_interleave(torch.arange(len(lengths)), lengths)[index]
    return [index, *columns]


def check(holds: bool, source: str, what: str) -> None:
    """InvalidArgumentError unless a partition is one."""
    if not holds:
        raise invalid(f"Arguments to {source} do not form a valid RaggedTensor: {what}.")


def check_splits(splits: torch.Tensor, count: int, source: str) -> None:
    """Row splits start at 0, do not descend, and end at the number of values."""
    check(int(splits[0]) == 0, source, f"zero: row_splits[0] is {int(splits[0])}, not 0")
    check(bool((splits.diff() >= 0).all()), source, "monotonic: row_splits must not descend")
    check(
        int(splits[-1]) == count, source, f"row_splits end at {int(splits[-1])}, but there are {count} values"
    )


def row_splits_to_segment_ids(splits: Any, name: Any = None, out_type: Any = None) -> Tensor:
    """The row of each value, from row splits.

    Args:
      splits: int32 or int64 vector that starts at 0 and does not descend; int64 where nothing says its dtype.
      out_type: the dtype of the result, that of `splits` by default.

    Raises:
      ValueError: another dtype or rank, or no splits at all.

    Source: `tf.ragged.row_splits_to_segment_ids`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.row_splits_to_segment_ids([0, 2, 2, 5]).numpy()
    array([0, 0, 2, 2, 2])
    """
    found = partition(splits, "splits")
    if not len(found._t):
        raise ValueError("Invalid row_splits: []")
    ids = Tensor(rowids(found._t), None)
    return ids if out_type is None else cast(ids, dtypes.as_dtype(out_type))


def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: Any = None
) -> Tensor:
    """The row splits of values that belong to these rows.

    Args:
      segment_ids: int32 or int64 vector that does not descend; int64 where nothing says its dtype.
      num_segments: the number of rows, one more than the last of the ids by default.
      out_type: the dtype of the result, that of `segment_ids` by default.

    Raises:
      TypeError: ids of another dtype.
      ValueError: ids of another rank.

    Source: `tf.ragged.segment_ids_to_row_splits`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.segment_ids_to_row_splits([0, 0, 2]).numpy()
    array([0, 2, 2, 3])
    """
    ids = convert(segment_ids, preferred=dtypes.int64)
    if ids.dtype not in _SPLITS:
        raise TypeError(f"segment_ids must be of type integer, not {ids.dtype.name}.")
    ids = partition(ids, "segment_ids")
    raw = ids._t
    if num_segments is None:
        count = int(raw.max()) + 1 if len(raw) else 0
    else:
        count = int(convert(num_segments)._t)
    lengths = torch.bincount(raw[raw < count].long(), minlength=count).to(raw.dtype)
    splits = Tensor(splits_of_lengths(lengths), None)
    return splits if out_type is None else cast(splits, dtypes.as_dtype(out_type))
