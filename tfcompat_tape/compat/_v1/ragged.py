"""`tf.compat.v1.ragged`: the values of RaggedTensors, as sessions gave them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tfcompat_tape.ragged._parts.literals import rows_of

__all__ = ["RaggedTensorValue", "constant_value"]


class RaggedTensorValue:
    """The value of a RaggedTensor, of NumPy arrays.

    Args:
      values: an array, or another RaggedTensorValue.
      row_splits: an int32 or int64 array of one dimension: where each row of `values` begins, and the last one ends.

    Raises:
      TypeError: other types, dtypes or dimensions.
      ValueError: `values` is a RaggedTensorValue with `row_splits` of another dtype.

    Source: `tf.compat.v1.ragged.RaggedTensorValue`.

    >>> import numpy as np
    >>> import tfcompat_tape as tf
    >>> value = tf.compat.v1.ragged.RaggedTensorValue(np.array([1, 2, 3]), np.array([0, 2, 3]))
    >>> value.to_list(), value.shape, value.ragged_rank
    ([[1, 2], [3]], (2, None), 1)
    """

    def __init__(self, values: Any, row_splits: Any) -> None:
        if not (
            isinstance(row_splits, (np.ndarray, np.generic))
            and row_splits.dtype in (np.int32, np.int64)
            and row_splits.ndim == 1
        ):
            raise TypeError("row_splits must be a 1D int32 or int64 numpy array")
        if not isinstance(values, (np.ndarray, np.generic, RaggedTensorValue)):
            raise TypeError("values must be a numpy array or a RaggedTensorValue")
        if isinstance(values, RaggedTensorValue) and values.row_splits.dtype != row_splits.dtype:
            raise ValueError("row_splits and values.row_splits must have the same dtype")
        self._values = values
        self._row_splits = row_splits

    @property
    def values(self) -> Any:
        """The rows, one after the other: an array, or a RaggedTensorValue."""
        return self._values

    @property
    def row_splits(self) -> Any:
        """Where each row begins, and the last one ends."""
        return self._row_splits

    @property
    def flat_values(self) -> Any:
        """The innermost values: an array."""
        return self._values.flat_values if isinstance(self._values, RaggedTensorValue) else self._values

    @property
    def nested_row_splits(self) -> tuple[Any, ...]:
        """The `row_splits` of all ragged dimensions, outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensorValue) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are ragged."""
        return len(self.nested_row_splits)

    @property
    def dtype(self) -> Any:
        """The NumPy dtype of the values."""
        return self._values.dtype

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The sizes, `None` for a ragged dimension."""
        return (len(self._row_splits) - 1, None, *self._values.shape[1:])

    def to_list(self) -> list[Any]:
        """The rows, as lists."""
        inner = (
            self._values.to_list() if isinstance(self._values, RaggedTensorValue) else self._values.tolist()
        )
        return [inner[start:end] for start, end in itertools.pairwise(self._row_splits)]

    def __str__(self) -> str:
        return f"<tf.RaggedTensorValue {self.to_list()}>"

    def __repr__(self) -> str:
        return f"tf.RaggedTensorValue(values={self._values!r}, row_splits={self._row_splits!r})"


def constant_value(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    row_splits_dtype: Any = "int64",
) -> RaggedTensorValue | np.ndarray[Any, Any]:
    """A RaggedTensorValue from nested lists whose lengths differ; an array where no dimension is ragged.

    Args:
      pylist, ragged_rank, inner_shape: as of `tf.ragged.constant`.
      dtype: a NumPy dtype for the values; what NumPy finds by default. A DType will do.
      row_splits_dtype: "int32" or "int64".

    Raises:
      ValueError: as of `tf.ragged.constant`.
      TypeError: another dtype for the splits.

    Source: `tf.compat.v1.ragged.constant_value`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.ragged.constant_value([[1, 2], [], [3]])
    tf.RaggedTensorValue(values=array([1, 2, 3]), row_splits=array([0, 2, 2, 3]))
    """
    kind = getattr(dtype, "as_numpy_dtype", dtype)
    splits = np.dtype(getattr(row_splits_dtype, "as_numpy_dtype", row_splits_dtype))
    values, rows, shape = rows_of(pylist, ragged_rank, inner_shape)
    found: RaggedTensorValue | np.ndarray[Any, Any] = np.array(values, dtype=kind)
    if shape and not len(values):
        found = found.reshape((0, *shape))
    for lengths in reversed(rows):
        found = RaggedTensorValue(found, np.cumsum([0, *lengths], dtype=splits))
    return found
