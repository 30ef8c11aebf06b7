"""Tables that do not change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, shape_of
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, as_dtype
from tfcompat_tape.core.errors import FailedPreconditionError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.lookup.keys import STATIC, array_of, stacked, supported, within
from tfcompat_tape.trackable.resource import TrackableResource

__all__ = ["StaticHashTable"]


class StaticHashTable(TrackableResource):
    """Values by keys, with a default for keys that are not there.

    Args:
      initializer: `tf.lookup.KeyValueTensorInitializer` or `tf.lookup.TextFileInitializer`.
      default_value: a scalar of the dtype of the values.

    Raises:
      FailedPreconditionError: a key with two values.
      InvalidArgumentError: as many values as keys are wanted; no keys; a file that does not have them.
      OutOfRangeError: an empty file.
      ValueError: a default that is no scalar.
      NotFoundError: dtypes that tables do not have, a file that there is not.

    Source: `tf.lookup.StaticHashTable`.

    >>> import tfcompat_tape as tf
    >>> table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    >>> table.lookup(tf.constant(["b", "c"])).numpy().tolist()
    [2, -1]
    """

    def __init__(
        self,
        initializer: Any,
        default_value: Any,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        self._key_dtype, self._value_dtype = (
            as_dtype(initializer.key_dtype),
            as_dtype(initializer.value_dtype),
        )
        self._default = convert(default_value, self._value_dtype)
        if self._default.ndim:
            raise ValueError(
                f"Shapes {self._default.shape} and () are not compatible: default_value is a scalar"
            )
        supported("HashTableV2", self._key_dtype, self._value_dtype, STATIC)
        self._filled: dict[Any, Any] | None = None
        self._initializer = initializer
        initializer.initialize(self)

    def _fill(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        """Take in keys and values."""
        entries = self._filled = {}
        for key, value in pairs:
            if entries.setdefault(key, value) != value:
                shown = key.decode("utf-8", "replace") if isinstance(key, bytes) else key
                raise FailedPreconditionError(
                    None,
                    None,
                    f"HashTable has different value for same key. Key {shown} has {entries[key]} and trying "
                    f"to add value {value}",
                )

    @property
    def _entries(self) -> dict[Any, Any]:
        if self._filled is None:
            raise FailedPreconditionError(
                None, None, "Table not initialized: its initializer filled in nothing."
            )
        return self._filled

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return self._value_dtype

    @property
    def default_value(self) -> Tensor:
        return self._default

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys, int64."""
        return convert(np.int64(len(self._filled or ())))

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """The values of `keys`, a Tensor of their dtype; the default where a key is not there.

        Of a SparseTensor or RaggedTensor those of the keys in it, at their places.

        Raises:
          TypeError: keys of another dtype.
        """
        if keys.dtype != self._key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype!r}, received: {keys.dtype!r}")
        if isinstance(keys, CompositeTensor):
            return within(keys, self.lookup)
        return self._found(convert(keys))  # type: ignore[no-any-return]

    @at_call(lambda self, keys: (shape_of(keys), self._value_dtype))
    def _found(self, keys: Tensor) -> Tensor:
        array = array_of(keys)
        default = array_of(self._default).item()
        found = [self._entries.get(key, default) for key in array.ravel().tolist()]
        return stacked(found, array.shape, self._value_dtype)

    __getitem__ = lookup

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and their values, in one order."""
        count = (len(self._entries),)
        return (
            stacked(list(self._entries), count, self._key_dtype),
            stacked(list(self._entries.values()), count, self._value_dtype),
        )
