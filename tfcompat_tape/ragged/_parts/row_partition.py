"""`tf.experimental.RowPartition`: how values are cut into rows, apart from the values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.partitions import check_splits, offsets, rowids, splits_of_lengths


def _vector(value: Any, name: str, dtype: Any, hint: Any) -> torch.Tensor:
    """A partition tensor, raw; of the dtype asked for, or else of the hint where nothing says its dtype."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if wanted is not None and wanted not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"{name} must have dtype int32 or int64, not {wanted.name}.")
    preferred = dtypes.int64 if hint is None else dtypes.as_dtype(hint)
    typed = isinstance(value, (Tensor, np.ndarray))
    tensor = convert(value, None if typed else wanted, None if typed else preferred)
    if tensor.dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"{name} must have dtype int32 or int64, not {tensor.dtype.name}.")
    if len(tensor._t.shape) != 1:
        raise ValueError(f"{name}: Shape {tensor.shape} must have rank 1")
    return tensor._t if wanted is None else tensor._t.to(wanted.torch)


class RowPartition(CompositeTensor):
    """How a list of values is cut into rows. Make one with `RowPartition.from_row_splits` and its kin.

    Source: `tf.experimental.RowPartition`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.RowPartition.from_row_lengths([2, 0, 1])
    tf.RowPartition(row_splits=[0 2 2 3])
    """

    __slots__ = ("__weakref__", "_length", "_splits")

    _splits: Tensor
    _length: int | None

    def __init__(
        self,
        row_splits: Any,
        row_lengths: Any = None,
        value_rowids: Any = None,
        nrows: Any = None,
        uniform_row_length: Any = None,
        nvals: Any = None,
        internal: Any = None,
    ) -> None:
        raise ValueError(
            "RowPartition constructor is private; please use one of the factory methods instead "
            "(e.g., RowPartition.from_row_lengths())"
        )

    @classmethod
    def _of(cls, splits: Tensor, length: int | None = None) -> RowPartition:
        self = object.__new__(cls)
        self._splits = splits
        self._length = length
        return self

    # -- factories -----------------------------------------------------------------------------------------------------

    @classmethod
    def from_row_splits(
        cls, row_splits: Any, validate: Any = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        """Rows that begin and end at these places: from 0, not descending.

        Raises:
          ValueError: another dtype or rank, or no splits at all.
          InvalidArgumentError: splits that are none, if `validate`.
        """
        splits = _vector(row_splits, "row_splits", dtype, dtype_hint)
        if not len(splits):
            raise ValueError("row_splits tensor may not be empty.")
        if validate:
            check_splits(splits, int(splits[-1]), "from_row_splits")
        return cls._of(Tensor(splits, None))

    @classmethod
    def from_row_lengths(
        cls, row_lengths: Any, validate: Any = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        """Rows of these lengths.

        Raises:
          ValueError: another dtype or rank.
          InvalidArgumentError: a negative length, if `validate`.
        """
        lengths = _vector(row_lengths, "row_lengths", dtype, dtype_hint)
        if validate and bool((lengths < 0).any()):
            raise invalid("row_lengths must be non-negative.")
        return cls._of(Tensor(splits_of_lengths(lengths), None))

    @classmethod
    def from_row_starts(
        cls, row_starts: Any, nvals: Any, validate: Any = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        """Rows that begin at these places, of `nvals` values.

        Raises:
          ValueError: another dtype or rank.
          InvalidArgumentError: starts that do not ascend from 0 to `nvals`, if `validate`.
        """
        starts = _vector(row_starts, "row_starts", dtype, dtype_hint)
        count = int(convert(nvals)._t)
        splits = torch.cat([starts, starts.new_tensor([count])])
        if validate:
            check_splits(splits, count, "from_row_starts")
        return cls._of(Tensor(splits, None))

    @classmethod
    def from_row_limits(
        cls, row_limits: Any, validate: Any = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        """Rows that end at these places.

        Raises:
          ValueError: another dtype or rank.
          InvalidArgumentError: limits that descend, if `validate`.
        """
        limits = _vector(row_limits, "row_limits", dtype, dtype_hint)
        splits = torch.cat([limits.new_zeros(1), limits])
        if validate:
            check_splits(splits, int(splits[-1]), "from_row_limits")
        return cls._of(Tensor(splits, None))

    @classmethod
    def from_value_rowids(
        cls,
        value_rowids: Any,
        nrows: Any = None,
        validate: Any = True,
        dtype: Any = None,
        dtype_hint: Any = None,
    ) -> RowPartition:
        """The rows that the values belong to, which do not descend; `nrows` if the last rows may be empty.

        Raises:
          ValueError: another dtype or rank, or a row beyond `nrows`.
          InvalidArgumentError: rows that descend or are negative, if `validate`.
        """
        ids = _vector(value_rowids, "value_rowids", dtype, dtype_hint)
        if validate and (bool((ids.diff() < 0).any()) or bool((ids < 0).any())):
            raise invalid("value_rowids must not descend, and not be negative.")
        count = int(ids[-1]) + 1 if len(ids) else 0
        if nrows is not None:
            given = int(convert(nrows)._t)
            if given < 0 or (validate and given < count):
                raise ValueError(f"Expected nrows >= value_rowids[-1] + 1; got nrows={given}")
            count = given
        lengths = torch.bincount(ids.long(), minlength=count).to(ids.dtype)
        return cls._of(Tensor(splits_of_lengths(lengths), None))

    @classmethod
    def from_uniform_row_length(
        cls,
        uniform_row_length: Any,
        nvals: Any = None,
        nrows: Any = None,
        validate: Any = True,
        dtype: Any = None,
        dtype_hint: Any = None,
    ) -> RowPartition:
        """Rows of one length: `nrows` of them, or as many as `nvals` values fill.

        Raises:
          TypeError: a dtype that is neither int32 nor int64.
          ValueError: a negative length, neither of both numbers, or numbers that do not fit.
        """
        kind = dtypes.as_dtype(dtype if dtype is not None else dtype_hint or dtypes.int64)
        if kind not in (dtypes.int32, dtypes.int64):
            raise TypeError(f"row lengths must be int32 or int64, not {kind.name}.")
        length = int(convert(uniform_row_length)._t)
        if length < 0:
            raise ValueError(f"uniform_row_length={length} must not be negative.")
        if nvals is None and nrows is None:
            raise ValueError("Either nvals or nrows must be specified.")
        values = None if nvals is None else int(convert(nvals)._t)
        count = int(convert(nrows)._t) if nrows is not None else (values or 0) // length if length else 0
        if values is not None and values != count * length:
            raise ValueError(f"{values} values are not {count} rows of {length}.")
        splits = torch.arange(count + 1, dtype=kind.torch) * length
        return cls._of(Tensor(splits, None), length)

    # -- what it says --------------------------------------------------------------------------------------------------

    @property
    def dtype(self) -> DType:
        """The dtype of the splits: int32 or int64."""
        return self._splits.dtype

    @property
    def static_nrows(self) -> int:
        """The number of rows."""
        return len(self._splits._t) - 1

    @property
    def static_nvals(self) -> int:
        """The number of values."""
        return int(self._splits._t[-1])

    @property
    def static_uniform_row_length(self) -> int | None:
        """The length of all rows, if they were made of one length."""
        return self._length

    def _scalar(self, value: int) -> Tensor:
        return Tensor(torch.tensor(value, dtype=self.dtype.torch), None)

    def row_splits(self) -> Tensor:
        """Where each row begins, and where the last one ends."""
        return self._splits

    def nrows(self) -> Tensor:
        """The number of rows, as a scalar."""
        return self._scalar(self.static_nrows)

    def nvals(self) -> Tensor:
        """The number of values, as a scalar."""
        return self._scalar(self.static_nvals)

    def row_lengths(self) -> Tensor:
        """The length of each row."""
        return Tensor(self._splits._t.diff(), None)

    def row_starts(self) -> Tensor:
        """Where each row begins."""
        return Tensor(self._splits._t[:-1], None)

    def row_limits(self) -> Tensor:
        """Where each row ends."""
        return Tensor(self._splits._t[1:], None)

    def value_rowids(self) -> Tensor:
        """The row that each value belongs to."""
        return Tensor(rowids(self._splits._t), None)

    def offsets_in_rows(self) -> Tensor:
        """The place of each value in its row."""
        return Tensor(offsets(self._splits._t.diff()), None)

    def uniform_row_length(self) -> Tensor | None:
        """The length of all rows as a scalar, if they were made of one length."""
        return None if self._length is None else self._scalar(self._length)

    def is_uniform(self) -> bool:
        """Whether the rows were made of one length."""
        return self._length is not None

    def with_dtype(self, dtype: Any) -> RowPartition:
        """The same rows by splits of another dtype; ValueError unless that is int32 or int64."""
        kind = dtypes.as_dtype(dtype)
        if kind not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"dtype must be int32 or int64, not {kind.name}.")
        return RowPartition._of(Tensor(self._splits._t.to(kind.torch), None), self._length)

    @property
    def _type_spec(self) -> RowPartitionSpec:
        return RowPartitionSpec(self.static_nrows, self.static_nvals, self._length, self.dtype)

    def __repr__(self) -> str:
        if self._length is not None:
            return f"tf.RowPartition(nrows={self.static_nrows}, uniform_row_length={self._length})"
        return f"tf.RowPartition(row_splits={self._splits.numpy()})"


class RowPartitionSpec(TypeSpec):
    """What is known of a RowPartition: numbers of rows and values, the length of all rows, the dtype."""

    __slots__ = ("_parts",)

    def __init__(
        self, nrows: Any = None, nvals: Any = None, uniform_row_length: Any = None, dtype: Any = dtypes.int64
    ) -> None:
        self._parts = (nrows, nvals, uniform_row_length, dtypes.as_dtype(dtype))

    @property
    def value_type(self) -> type:
        """The class RowPartition."""
        return RowPartition

    def _serialize(self) -> tuple[Any, ...]:
        return self._parts

    @property
    def _component_specs(self) -> tuple[TensorSpec, ...]:
        rows = self._parts[0]
        return (TensorSpec([None if rows is None else rows + 1], self._parts[3]),)

    def _to_components(self, value: Any) -> tuple[Any, ...]:
        return (value.row_splits(),)

    def _from_components(self, components: Any) -> RowPartition:
        (splits,) = components
        return RowPartition._of(splits, self._parts[2])

    def __repr__(self) -> str:
        rows, values, length, dtype = self._parts
        return f"RowPartitionSpec(nrows={rows}, nvals={values}, uniform_row_length={length}, dtype={dtype!r})"


RowPartition.__module__ = "tfcompat_tape.experimental"
