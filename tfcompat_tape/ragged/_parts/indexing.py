"""`ragged[...]`: rows, slices of rows, and slices of what lies in the rows."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.arrays import gather
from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts import graph_rows
from tfcompat_tape.ragged._parts.partitions import offsets, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def take(value: Any, rows: torch.Tensor) -> Any:
    """The rows of a RaggedTensor or Tensor at these raw places, in their order."""
    if reading.graph() is not None:
        return graph_rows.rows(value, Tensor(rows, None))
    if not isinstance(value, RaggedTensor):
        count = len(rows)
        if count and bool((rows.diff() == 1).all()):
            start = int(rows[0])
            return value if count == value._t.shape[0] else value[start : start + count]
        return gather(value, Tensor(rows, None))
    splits = value.row_splits._t
    lengths = splits.diff()[rows]
    places = torch.repeat_interleave(splits[:-1][rows], lengths) + offsets(lengths)
    return RaggedTensor._of(
        take(value.values, places), Tensor(splits_of_lengths(lengths), None), value._length
    )


def item(value: RaggedTensor, key: Any) -> Any:
    """`value[key]`.

    Raises:
      TypeError: a key that is none.
      IndexError: there is no such row; InvalidArgumentError where it is counted from the end, or a step is 0.
      ValueError: several ellipses, or a single place within rows that differ in length, which some do not have.
    """
    keys = list(key) if isinstance(key, (tuple, list)) else [key]
    for one in keys:
        if isinstance(one, bool):
            raise ValueError(f"{one} is no index.")
        if not _is_key(one):
            raise TypeError(
                "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 "
                f"tensors are valid indices, got {one!r}"
            )
    dots = [place for place, one in enumerate(keys) if one is Ellipsis]
    if len(dots) > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed: an index has at most one `...`.")
    if dots:
        others = sum(one is not None for one in keys) - 1
        keys[dots[0] : dots[0] + 1] = [slice(None)] * (len(value.shape) - others)
    return (_item if reading.graph() is None else graph_rows.item)(value, keys)


def _is_key(key: Any) -> bool:
    if key is None or key is Ellipsis or isinstance(key, slice):
        return True
    if isinstance(key, Tensor):
        return key._t.ndim == 0 and not key._t.is_floating_point()
    return hasattr(key, "__index__") and not isinstance(key, bool)


def _number(key: Any) -> Any:
    return int(key._t) if isinstance(key, Tensor) else key if key is None else key.__index__()


def _sliced(key: slice, count: int) -> torch.Tensor:
    if key.step is not None and _number(key.step) == 0:
        raise invalid("slice index 0 must be non-zero: the step of a slice is 0.")
    return torch.tensor(
        range(count)[slice(_number(key.start), _number(key.stop), _number(key.step))], dtype=torch.long
    )


def _item(value: Any, keys: list[Any]) -> Any:
    if not keys:
        return value
    if not isinstance(value, RaggedTensor):
        return value[tuple(keys)]
    first, *rest = keys
    if first is None:
        inner = _item(value, rest)
        count = int(inner.shape[0])
        return RaggedTensor._of(inner, Tensor(value.row_splits._t.new_tensor([0, count]), None), count)
    if isinstance(first, slice):
        rows = _sliced(first, len(value.row_splits._t) - 1)
        return _inside(value if first == slice(None) else take(value, rows), rest)
    row = _number(first)
    count = len(value.row_splits._t) - 1
    if not -count <= row < count:
        if row < 0:
            raise invalid(f"slice index {row + count} of dimension 0 out of bounds: there are {count} rows.")
        raise IndexError(f"Row key {row} out of bounds")
    splits = value.row_splits._t
    start, stop = int(splits[row % count]), int(splits[row % count + 1])
    return _item(_between(value.values, start, stop), rest)


def _between(values: Any, start: int, stop: int) -> Any:
    return take(values, torch.arange(start, stop)) if isinstance(values, RaggedTensor) else values[start:stop]


def _inside(value: Any, keys: list[Any]) -> Any:
    """`value[:, keys]`."""
    if not keys:
        return value
    if not isinstance(value, RaggedTensor):
        return value[(slice(None), *keys)]
    first, *rest = keys
    splits = value.row_splits._t
    if first is None:
        inner = _inside(value, rest)
        count = len(inner.row_splits._t) - 1 if isinstance(inner, RaggedTensor) else int(inner.shape[0])
        return RaggedTensor._of(inner, Tensor(torch.arange(count + 1, dtype=splits.dtype), None), 1)
    if isinstance(first, slice):
        if first != slice(None):
            value = _sliced_rows(value, first)
        return value.with_values(_inside(value.values, rest)) if rest else value
    if value._length is None:
        raise ValueError("Cannot index into an inner ragged dimension.")
    place = _number(first)
    if not -value._length <= place < value._length:
        raise IndexError(f"Row key {place} out of bounds: the rows have {value._length} values.")
    column = take(value.values, splits[:-1] + place % value._length)
    return _inside(column, rest)


def _sliced_rows(value: RaggedTensor, key: slice) -> RaggedTensor:
    """`value[:, key]` for a slice."""
    splits = value.row_splits._t
    starts, lengths = splits[:-1], splits.diff()
    if key.step is not None and _number(key.step) == 0:
        raise invalid("slice index 0 must be non-zero: the step of a slice is 0.")
    start, stop, step = _number(key.start), _number(key.stop), _number(key.step) or 1
    forward = step > 0
    low, high = torch.zeros_like(lengths), lengths
    if not forward:
        low, high = low - 1, lengths - 1

    def bound(place: int | None, default: torch.Tensor) -> torch.Tensor:
        if place is None:
            return default
        found = torch.full_like(lengths, place) if place >= 0 else lengths + place
        return torch.minimum(torch.maximum(found, low), high)

    begin = bound(start, low if forward else high)
    end = bound(stop, high if forward else low)
    count = (-torch.div(begin - end, step, rounding_mode="floor")).clamp(min=0)
    places = torch.repeat_interleave(starts + begin, count) + offsets(count) * step
    length = None if value._length is None else (int(count[0]) if len(count) else 0)
    return RaggedTensor._of(take(value.values, places), Tensor(splits_of_lengths(count), None), length)
