"""The factory methods of RaggedTensor: from row splits, lengths, starts, limits and row ids, and from a Tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.partitions import check, check_splits, partition, splits_of_lengths

_class: Any = None


def bind(cls: Any) -> None:
    """Say which class RaggedTensor is."""
    global _class
    _class = cls


def _values(values: Any) -> Any:
    if isinstance(values, _class):
        return values
    tensor = convert(values)
    if not tensor.shape.rank:
        raise invalid(f"Shape {tensor.shape} must have rank at least 1: a scalar has no rows.")
    return tensor


def _count(values: Any) -> int:
    return int(values.shape[0])


def _nrows(value: Any) -> int:
    count = convert(value)
    if count.dtype not in (dtypes.int32, dtypes.int64):
        raise TypeError(f"nrows must be an integer, got {value!r}.")
    return int(count._t)


class Factories:
    """The class methods that make a RaggedTensor."""

    __slots__ = ()

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, name: Any = None, validate: Any = True) -> Any:
        """Rows `values[row_splits[i]:row_splits[i + 1]]`.

        Args:
          values: Tensor of shape `(n, ...)`, or a RaggedTensor of `n` rows.
          row_splits: int32 or int64 vector from 0 to `n` that does not descend.
          validate: whether the splits are checked.

        Raises:
          InvalidArgumentError: the splits do not start at 0, descend, or do not end at `n`.
          ValueError: another dtype or rank, or no splits at all.
        """
        splits = partition(row_splits, "row_splits")
        if not len(splits._t):
            raise ValueError("row_splits tensor may not be empty.")
        found = _values(values)
        if validate:
            check_splits(splits._t, _count(found), "from_row_splits")
        return _make(found, splits)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, name: Any = None, validate: Any = True) -> Any:
        """Rows of these lengths; InvalidArgumentError where one is negative or they do not sum to the values."""
        lengths = partition(row_lengths, "row_lengths")
        found = _values(values)
        if validate:
            check(bool((lengths._t >= 0).all()), "from_row_lengths", "row_lengths must not be negative")
        splits = splits_of_lengths(lengths._t)
        if validate:
            check_splits(splits, _count(found), "from_row_lengths")
        return _make(found, Tensor(splits, None))

    @classmethod
    def from_row_starts(cls, values: Any, row_starts: Any, name: Any = None, validate: Any = True) -> Any:
        """Rows that begin at these places; InvalidArgumentError where they do not begin at 0, or descend."""
        starts = partition(row_starts, "row_starts")
        found = _values(values)
        splits = torch.cat([starts._t, starts._t.new_tensor([_count(found)])])
        if validate and len(starts._t):
            check_splits(splits, _count(found), "from_row_starts")
        return _make(found, Tensor(splits, None))

    @classmethod
    def from_row_limits(cls, values: Any, row_limits: Any, name: Any = None, validate: Any = True) -> Any:
        """Rows that end at these places; InvalidArgumentError where they descend, or do not end with the values."""
        limits = partition(row_limits, "row_limits")
        found = _values(values)
        splits = torch.cat([limits._t.new_zeros(1), limits._t])
        if validate:
            check_splits(splits, _count(found), "from_row_limits")
        return _make(found, Tensor(splits, None))

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, name: Any = None, validate: Any = True
    ) -> Any:
        """Rows of the values with the same row id.

        Args:
          values: Tensor of shape `(n, ...)`, or a RaggedTensor of `n` rows.
          value_rowids: int32 or int64 vector of length `n` that does not descend.
          nrows: the number of rows, one more than the last id by default.
          validate: whether the ids are checked.

        Raises:
          InvalidArgumentError: ids that are negative or descend.
          ValueError: `nrows` is negative or too small, or there are not as many ids as values.
        """
        ids = partition(value_rowids, "value_rowids")
        found = _values(values)
        raw = ids._t
        count = (int(raw[-1]) + 1 if len(raw) else 0) if nrows is None else _nrows(nrows)
        if count < 0:
            if nrows is None:
                check(False, "from_value_rowids", "row ids must not be negative")
            raise ValueError(f"Expected nrows >= 0; got {count}")
        if nrows is not None and len(raw) and int(raw[-1]) >= count:
            raise ValueError(
                f"Expected nrows >= value_rowids[-1] + 1; got nrows={count}, value_rowids[-1]={int(raw[-1])}"
            )
        if len(raw) != _count(found):
            raise ValueError(f"Shapes ({_count(found)},) and ({len(raw)},) are incompatible")
        if validate:
            check(bool((raw.diff() >= 0).all()), "from_value_rowids", "row ids must not descend")
            check(not len(raw) or int(raw[0]) >= 0, "from_value_rowids", "row ids must not be negative")
        lengths = torch.bincount(raw.long(), minlength=count).to(raw.dtype)
        return _make(found, Tensor(splits_of_lengths(lengths), None))

    @classmethod
    def from_uniform_row_length(
        cls, values: Any, uniform_row_length: Any, nrows: Any = None, validate: Any = True, name: Any = None
    ) -> Any:
        """Rows of one length; ValueError where it is negative, or does not divide the number of values."""
        found = _values(values)
        given = convert(uniform_row_length, preferred=dtypes.int64)
        if given.dtype not in (dtypes.int32, dtypes.int64) or given.ndim:
            raise ValueError(f"uniform_row_length must be an integer, got {uniform_row_length!r}.")
        length = int(given._t)
        if length < 0:
            raise ValueError("uniform_row_length must be >= 0.")
        count = _count(found)
        rows = (count // length if length else 0) if nrows is None else _nrows(nrows)
        if rows < 0:
            raise ValueError("nrows must be >= 0.")
        if rows * length != count:
            raise ValueError(f"uniform_row_length={length} times nrows={rows} must equal nvals={count}")
        splits = torch.arange(rows + 1, dtype=given._t.dtype) * length
        return _make(found, Tensor(splits, None), length)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Sequence[Any], name: Any = None, validate: Any = True
    ) -> Any:
        """Flat values cut by row splits for each dimension, the outer one first."""
        _several(nested_row_splits, "nested_row_splits")
        result = flat_values
        for splits in reversed([*nested_row_splits]):
            result = cls.from_row_splits(result, splits, validate=validate)
        return result

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Sequence[Any], name: Any = None, validate: Any = True
    ) -> Any:
        """Flat values cut by row lengths for each dimension, the outer one first."""
        _several(nested_row_lengths, "nested_row_lengths")
        result = flat_values
        for lengths in reversed([*nested_row_lengths]):
            result = cls.from_row_lengths(result, lengths, validate=validate)
        return result

    @classmethod
    def from_nested_value_rowids(
        cls,
        flat_values: Any,
        nested_value_rowids: Sequence[Any],
        nested_nrows: Any = None,
        name: Any = None,
        validate: Any = True,
    ) -> Any:
        """Flat values cut by row ids for each dimension, the outer one first."""
        _several(nested_value_rowids, "nested_value_rowids")
        if nested_nrows is None:
            nested_nrows = [None] * len(nested_value_rowids)
        _several(nested_nrows, "nested_nrows")
        if len(nested_nrows) != len(nested_value_rowids):
            raise ValueError(
                "Argument `nested_nrows` must have the same length as argument `nested_value_rowids`. "
                f"len(nested_nrows) = {len(nested_nrows)} vs. len(nested_values_rowids) = {len(nested_value_rowids)}."
            )
        result = flat_values
        for ids, rows in reversed([*zip(nested_value_rowids, nested_nrows, strict=True)]):
            result = cls.from_value_rowids(result, ids, rows, validate=validate)
        return result

    @classmethod
    def from_tensor(
        cls,
        tensor: Any,
        lengths: Any = None,
        padding: Any = None,
        ragged_rank: int = 1,
        name: Any = None,
        row_splits_dtype: Any = dtypes.int64,
    ) -> Any:
        """The rows of a Tensor, cut off where they are padded.

        Args:
          tensor: Tensor of a rank above `ragged_rank`.
          lengths: how much of each row is kept; a tuple of such for several ragged dimensions.
          padding: the value at the end of rows that is left out.
          ragged_rank: how many dimensions are cut.
          row_splits_dtype: tf.int32 or tf.int64.

        Raises:
          ValueError: both `lengths` and `padding`, a rank that is too small, lengths for other rows.
        """
        from tfcompat_tape.ragged._parts.padding import from_tensor

        return from_tensor(tensor, lengths, padding, ragged_rank, row_splits_dtype)

    @classmethod
    def from_sparse(cls, st_input: Any, name: Any = None, row_splits_dtype: Any = dtypes.int64) -> Any:
        """The rows of a SparseTensor of rank 2 whose values stand at the beginning of each row.

        Raises:
          TypeError: no SparseTensor.
          ValueError: another rank.
          InvalidArgumentError: a row with gaps.
        """
        from tfcompat_tape.ragged._parts.sparse import from_sparse

        return from_sparse(st_input, row_splits_dtype)


def _several(value: Any, name: str) -> None:
    if isinstance(value, Tensor):
        raise TypeError(f"Argument `{name}` must be a list of Tensors. Received {value!r}.")
    iter(value)


def _make(values: Any, splits: Tensor, length: int | None = None) -> Any:
    if isinstance(values, _class) and values.row_splits.dtype is not splits.dtype:
        values = values.with_row_splits_dtype(dtypes.int64)
        splits = Tensor(splits._t.long(), None)
    return _class._of(values, splits, length)
