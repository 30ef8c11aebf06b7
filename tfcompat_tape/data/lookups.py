"""Tables for looking things up, filled from datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.lookup.tables import StaticHashTable
from tfcompat_tape.lookup.vocabulary import StaticVocabularyTable

__all__ = ["DatasetInitializer", "index_table_from_dataset", "table_from_dataset"]


class DatasetInitializer:
    """Fills a table with the pairs of key and value that a dataset holds.

    Raises:
      TypeError, ValueError: elements that are no pairs.

    Source: `tf.data.experimental.DatasetInitializer`.

    >>> import tfcompat_tape as tf
    >>> pairs = tf.data.Dataset.from_tensor_slices((["a", "b"], [1, 2]))
    >>> table = tf.lookup.StaticHashTable(tf.data.experimental.DatasetInitializer(pairs), -1)
    >>> table.lookup(tf.constant(["b", "z"])).numpy()
    array([ 2, -1], dtype=int32)
    """

    def __init__(self, dataset: Dataset) -> None:
        spec = dataset.element_spec
        if not isinstance(spec, tuple):
            raise TypeError(f"DatasetInitializer: elements must be pairs of key and value, not {spec}.")
        if len(spec) != 2:
            raise ValueError(f"DatasetInitializer: elements must be pairs of key and value, not {spec}.")
        for leaf in spec:
            if not isinstance(leaf, TensorSpec) or leaf.shape.rank not in (0, None):
                raise TypeError(f"DatasetInitializer: keys and values must be scalars, not {leaf}.")
        self._dataset = dataset
        self._spec = spec

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        found: DType = self._spec[0].dtype
        return found

    @property
    def value_dtype(self) -> DType:
        """The dtype of the values."""
        found: DType = self._spec[1].dtype
        return found

    def initialize(self, table: Any) -> None:
        """Fill a table."""
        table._fill(self._pairs())

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        for key, value in self._dataset._started()[1]:
            yield _item(key), _item(value)


def _item(raw: Any) -> Any:
    found = Tensor(raw, None).numpy()
    return found if isinstance(found, bytes) else found.item()


def table_from_dataset(
    dataset: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: Any = None,
    default_value: Any = None,
    hasher_spec: Any = None,
    key_dtype: Any = dtypes.string,
    name: Any = None,
) -> Any:
    """A table of the pairs of key and value that a dataset holds.

    Args:
      num_oov_buckets: how many values stand for keys that are not there; `default_value` does if there are none.
      vocab_size: how many pairs to take; all by default.
      the others: no effect.

    Source: `tf.data.experimental.table_from_dataset`.

    >>> import tfcompat_tape as tf
    >>> pairs = tf.data.Dataset.from_tensor_slices((["a", "b"], tf.constant([0, 1], tf.int64)))
    >>> tf.data.experimental.table_from_dataset(pairs, num_oov_buckets=1).lookup(tf.constant(["b", "z"])).numpy()
    array([1, 2])
    """
    wanted = dtypes.as_dtype(key_dtype)
    found = dataset.element_spec
    if num_oov_buckets < 0:
        raise ValueError(f"`num_oov_buckets` must be greater than or equal to 0, got {num_oov_buckets}.")
    if not wanted.is_integer and wanted is not dtypes.string:
        raise TypeError(f"Only integer and string keys are supported, not {wanted!r}.")
    if vocab_size is not None:
        if vocab_size < 1:
            raise ValueError(f"`vocab_size` must be greater than 0, got {vocab_size}.")
        dataset = dataset.take(vocab_size)
    initializer = DatasetInitializer(dataset)
    if num_oov_buckets:
        return StaticVocabularyTable(initializer, num_oov_buckets)
    if default_value is None:
        default_value = b"" if found[1].dtype is dtypes.string else -1
    return StaticHashTable(initializer, default_value)


def index_table_from_dataset(
    dataset: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: Any = None,
    default_value: Any = -1,
    hasher_spec: Any = None,
    key_dtype: Any = dtypes.string,
    name: Any = None,
) -> Any:
    """A table of the number of each element of a dataset.

    Args: as of `table_from_dataset`.

    Source: `tf.data.experimental.index_table_from_dataset`.

    >>> import tfcompat_tape as tf
    >>> words = tf.data.Dataset.from_tensor_slices(["x", "y", "z"])
    >>> tf.data.experimental.index_table_from_dataset(words).lookup(tf.constant(["y", "q"])).numpy()
    array([ 1, -1])
    """
    pairs = dataset.enumerate().map(_turned)
    return table_from_dataset(pairs, num_oov_buckets, vocab_size, default_value, hasher_spec, key_dtype)


def _turned(number: Any, word: Any) -> Any:
    return word, number
