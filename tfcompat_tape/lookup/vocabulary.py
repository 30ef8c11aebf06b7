"""Tables of a vocabulary, where words that are not in it have buckets."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, shape_of
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.lookup.keys import array_of, stacked, within
from tfcompat_tape.lookup.tables import StaticHashTable
from tfcompat_tape.ops.farmhash import fingerprint
from tfcompat_tape.trackable.resource import TrackableResource

__all__ = ["StaticVocabularyTable"]


class StaticVocabularyTable(TrackableResource):
    """Numbers of words: those of a vocabulary, and behind them buckets that other words are hashed into.

    Args:
      initializer: keys that are strings or int64, values int64; `None` for no vocabulary, just buckets.
      num_oov_buckets: how many buckets.
      lookup_key_dtype: the dtype of the keys that are looked up: that of the vocabulary, or another integer one.

    Raises:
      ValueError: no buckets.
      TypeError: other dtypes.

    Source: `tf.lookup.StaticVocabularyTable`.

    >>> import tfcompat_tape as tf
    >>> words = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64))
    >>> tf.lookup.StaticVocabularyTable(words, 2).lookup(tf.constant(["b", "x", "y"])).numpy().tolist()
    [1, 2, 3]
    """

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable.")
        self._buckets = num_oov_buckets
        self._table: StaticHashTable | None = None
        self._key_dtype = dtypes.string
        if initializer is None:
            return
        key = initializer.key_dtype
        if key not in (dtypes.int64, dtypes.string):
            raise TypeError(f"Invalid `key_dtype`, expected one of (tf.int64, tf.string), but got {key!r}.")
        if initializer.value_dtype != dtypes.int64:
            raise TypeError(
                f"Invalid `value_dtype`, expected {dtypes.int64!r} but got {initializer.value_dtype!r}."
            )
        self._key_dtype = key if lookup_key_dtype is None else dtypes.as_dtype(lookup_key_dtype)
        if self._key_dtype.is_integer != key.is_integer:
            expected = "integer" if self._key_dtype.is_integer else "non-integer"
            raise TypeError(f"Invalid `key_dtype`, expected {expected} but got {key!r}.")
        self._table = StaticHashTable(initializer, -1)

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return dtypes.int64

    def size(self, name: str | None = None) -> Tensor:
        """The number of words and buckets, int64."""
        return convert(np.int64(self._words + self._buckets))

    @property
    def _words(self) -> int:
        return 0 if self._table is None else len(self._table._entries)

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """The numbers of `keys`, int64. An integer that is no word has the bucket of its decimal digits.

        Raises:
          TypeError: keys of another dtype.
        """
        if keys.dtype != self._key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype!r}, received: {keys.dtype!r}")
        if isinstance(keys, CompositeTensor):
            return within(keys, self.lookup)
        return self._found(convert(keys))  # type: ignore[no-any-return]

    @at_call(lambda self, keys: (shape_of(keys), dtypes.int64))
    def _found(self, keys: Tensor) -> Tensor:
        array = array_of(keys)
        words = {} if self._table is None else self._table._entries
        found = [
            words[key] if key in words else self._words + self._bucket(key) for key in array.ravel().tolist()
        ]
        return stacked(found, array.shape, dtypes.int64)

    __getitem__ = lookup

    def _bucket(self, key: Any) -> int:
        return fingerprint(key if isinstance(key, bytes) else str(key).encode()) % self._buckets
