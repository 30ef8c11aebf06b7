"""What `tf.io.parse_example` and its kin are told of each feature."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from tfcompat_tape.core.dtypes import int32


class FixedLenFeature(NamedTuple):
    """A feature with as many values as `shape` has: a dense tensor.

    Fields: `shape`; `dtype`, float32, int64 or string; `default_value` where the feature is missing, None if it must
    not.

    Source: `tf.io.FixedLenFeature`.

    >>> import tfcompat_tape as tf
    >>> tf.io.FixedLenFeature([2], tf.float32, default_value=[0.0, 0.0]).shape
    [2]
    """

    shape: Any
    dtype: Any
    default_value: Any = None


class FixedLenSequenceFeature(NamedTuple):
    """A feature with any number of values of a `shape`: a dense tensor, filled up to the longest.

    Fields: `shape` of one value; `dtype`; `allow_missing`; `default_value` to fill up with, 0 or "" if None.

    Source: `tf.io.FixedLenSequenceFeature`.

    >>> import tfcompat_tape as tf
    >>> tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True).allow_missing
    True
    """

    shape: Any
    dtype: Any
    allow_missing: Any = False
    default_value: Any = None


class VarLenFeature(NamedTuple):
    """A feature with any number of values: a SparseTensor. Field: `dtype`. Source: `tf.io.VarLenFeature`.

    >>> import tfcompat_tape as tf
    >>> tf.io.VarLenFeature(tf.string)
    VarLenFeature(dtype=tf.string)
    """

    dtype: Any


class SparseFeature(NamedTuple):
    """Two or more features that are a SparseTensor: its values, and where they stand along each axis.

    Fields: `index_key`, of the feature with the places, or a list of one for each axis; `value_key`; `dtype` of the
    values; `size` along the axis, or a list; `already_sorted`, whether the places ascend.

    Source: `tf.io.SparseFeature`.

    >>> import tfcompat_tape as tf
    >>> tf.io.SparseFeature("places", "values", tf.float32, size=10).size
    10
    """

    index_key: Any
    value_key: Any
    dtype: Any
    size: Any
    already_sorted: Any = False


class RowSplits(NamedTuple):
    """Rows that begin and end where the values of the feature `key` say."""

    key: Any


class RowLengths(NamedTuple):
    """Rows as long as the values of the feature `key` say."""

    key: Any


class RowStarts(NamedTuple):
    """Rows that begin where the values of the feature `key` say."""

    key: Any


class RowLimits(NamedTuple):
    """Rows that end where the values of the feature `key` say."""

    key: Any


class ValueRowIds(NamedTuple):
    """Each value in the row that the values of the feature `key` say."""

    key: Any


class UniformRowLength(NamedTuple):
    """Rows that are all of one `length`."""

    length: Any


PARTITIONS = (RowSplits, RowLengths, RowStarts, RowLimits, ValueRowIds, UniformRowLength)


class _RaggedFields(NamedTuple):
    dtype: Any
    value_key: Any = None
    partitions: Any = ()
    row_splits_dtype: Any = int32
    validate: Any = False


class RaggedFeature(_RaggedFields):
    """A feature with any number of values: a RaggedTensor, whose rows may be cut further.

    Fields: `dtype`; `value_key`, of the feature with the values, if not that of this one; `partitions`, from the outer
    one: `RaggedFeature.RowLengths(key)`, `RowSplits`, `RowStarts`, `RowLimits`, `ValueRowIds`, each of another feature,
    or `UniformRowLength(length)`; `row_splits_dtype`; `validate`, whether to check that they fit.

    Errors: TypeError for other partitions. Source: `tf.io.RaggedFeature`.

    >>> import tfcompat_tape as tf
    >>> tf.io.RaggedFeature(tf.int64, partitions=[tf.io.RaggedFeature.RowLengths("lengths")]).partitions
    (RowLengths(key='lengths'),)
    """

    __slots__ = ()

    RowSplits: ClassVar[type] = RowSplits
    RowLengths: ClassVar[type] = RowLengths
    RowStarts: ClassVar[type] = RowStarts
    RowLimits: ClassVar[type] = RowLimits
    ValueRowIds: ClassVar[type] = ValueRowIds
    UniformRowLength: ClassVar[type] = UniformRowLength

    def __new__(
        cls,
        dtype: Any,
        value_key: Any = None,
        partitions: Any = (),
        row_splits_dtype: Any = int32,
        validate: Any = False,
    ) -> RaggedFeature:
        given = partitions if isinstance(partitions, (list, tuple)) else [partitions]
        if isinstance(partitions, PARTITIONS):
            given = [partitions]
        for one in given:
            if not isinstance(one, PARTITIONS):
                raise TypeError(
                    f"Argument `partitions` cannot be cast to any of the partition types in {PARTITIONS}: {one!r}"
                )
        return super().__new__(cls, dtype, value_key, tuple(given), row_splits_dtype, validate)
