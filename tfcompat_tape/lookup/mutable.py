"""Tables that change."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, nothing, scalar, shape_of
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.lookup.keys import DENSE, MUTABLE, array_of, given, of_one_shape, stacked, supported
from tfcompat_tape.trackable.resource import TrackableResource

__all__ = ["DenseHashTable", "MutableHashTable"]


def _as_found(self: Any, keys: Any, *args: Any, **kwargs: Any) -> Any:
    shape = shape_of(keys)
    return (*shape[: len(shape) - len(self._key_shape)], *self._default.shape), self._value_dtype


class MutableHashTable(TrackableResource):
    """Values by keys, which are put in and taken out.

    Args:
      key_dtype: string, int32 or int64.
      value_dtype: the dtype of the values.
      default_value: what a key has that is not there; its shape is that of each value.

    Raises:
      NotFoundError: dtypes that tables do not have.

    Source: `tf.lookup.experimental.MutableHashTable`.

    >>> import tfcompat_tape as tf
    >>> table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    >>> table.insert(["a", "b"], [5, 6])
    >>> table.lookup(tf.constant(["b", "c"])).numpy().tolist()
    [6, -1]
    """

    _op = "MutableHashTableV2"
    _checkpoint_attribute = "table"
    _kinds = MUTABLE
    _key_shape: tuple[int, ...] = ()

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        self._key_dtype, self._value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        self._default = given(default_value, self._value_dtype, "default_value")
        supported(self._op, self._key_dtype, self._value_dtype, self._kinds)
        if self._default.ndim > 1:
            raise invalid(
                f"{self._op}: Default value must be a vector, got shape {list(self._default.shape)}"
            )
        self._entries: dict[Any, Any] = {}
        self._saved = checkpoint
        self._lock = threading.Lock()

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return self._value_dtype

    @at_call(scalar(dtypes.int64), effect=True, always=True)
    def size(self, name: str | None = None) -> Tensor:
        """The number of keys, int64."""
        return convert(np.int64(len(self._entries)))

    def _checked(self, keys: np.ndarray[Any, Any]) -> list[Any]:
        found: list[Any] = keys.ravel().tolist()
        return found

    def _shape_of(self, keys: np.ndarray[Any, Any]) -> tuple[int, ...]:
        """How the keys lie in an array, which for keys that are vectors has one axis more."""
        rank = keys.ndim - len(self._key_shape)
        if rank < 0 or keys.shape[rank:] != self._key_shape:
            raise invalid(f"{self._op}: Expected key shape {list(self._key_shape)} got {list(keys.shape)}")
        return keys.shape[:rank]

    @at_call(nothing, effect=True, always=True)
    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Put in these keys, or give those that are there these values; all of them or, where one is refused, none.

        Raises:
          ValueError: Tensors of other dtypes.
          InvalidArgumentError: not a value for each key.
        """
        array = given(keys, self._key_dtype, "keys")
        rows = given(values, self._value_dtype, "values")
        tail = self._default.shape
        of_one_shape(self._shape_of(array), rows, tail)
        listed = self._checked(array)
        flat = rows.reshape(len(listed), *tail)
        fresh = [flat[i].copy() for i in range(len(listed))] if tail else flat.tolist()
        with self._lock:
            self._entries.update(zip(listed, fresh, strict=True))

    @at_call(nothing, effect=True, always=True)
    def remove(self, keys: Any, name: str | None = None) -> None:
        """Take out these keys; what is not there is left out.

        Raises:
          TypeError: a Tensor of another dtype.
        """
        if keys.dtype != self._key_dtype:
            raise TypeError(
                f"Signature mismatch. Keys must be dtype {self._key_dtype!r}, got {keys.dtype!r}."
            )
        listed = self._checked(given(keys, self._key_dtype, "keys"))
        with self._lock:
            for key in listed:
                self._entries.pop(key, None)

    @at_call(_as_found, effect=True, always=True)
    def lookup(self, keys: Any, dynamic_default_values: Any = None, name: str | None = None) -> Tensor:
        """The values of these keys.

        Args:
          dynamic_default_values: the defaults, one for all keys or one for each, in place of the table's.

        Raises:
          ValueError: a Tensor of another dtype.
          InvalidArgumentError: defaults of another dtype or shape, keys of another shape.
        """
        array = given(keys, self._key_dtype, "keys")
        shape, tail = self._shape_of(array), self._default.shape
        listed = self._checked(array)
        if dynamic_default_values is None:
            defaults = [self._default] * len(listed)
        else:
            values = convert(dynamic_default_values)
            if values.dtype != self._value_dtype:
                raise invalid(
                    f"{self._op}: Signature mismatch: dynamic_default_values have dtype {values.dtype.name}, the "
                    f"values {self._value_dtype.name}"
                )
            other = array_of(values)
            if other.shape not in (tail, (*shape, *tail)):
                raise invalid(
                    f"{self._op}: Expected shape {list(tail)} or {[*shape, *tail]} for default value, got "
                    f"{list(other.shape)}"
                )
            defaults = list(np.broadcast_to(other, (*shape, *tail)).reshape(len(listed), *tail))
        found = [self._entries.get(key, default) for key, default in zip(listed, defaults, strict=True)]
        return stacked(found, (*shape, *tail), self._value_dtype)

    def __getitem__(self, keys: Any) -> Tensor:
        return self.lookup(keys)

    @at_call(effect=True, always=True)
    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys and their values, in one order."""
        with self._lock:
            keys, values = list(self._entries), list(self._entries.values())
        return (
            stacked(keys, (len(keys), *self._key_shape), self._key_dtype),
            stacked(values, (len(keys), *self._default.shape), self._value_dtype),
        )

    def _serialize_to_tensors(self) -> dict[str, Any]:
        if not self._saved:
            return {}
        keys, values = self.export()
        return {"-keys": keys, "-values": values}

    def _restore_from_tensors(self, restored_tensors: Mapping[str, Any]) -> None:
        keys, values = restored_tensors["-keys"], restored_tensors["-values"]
        with self._lock:
            before, self._entries = self._entries, {}
        try:
            self.insert(*self._kept(keys, values))
        except BaseException:
            self._entries = before
            raise

    def _kept(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """The keys and values of a checkpoint that count."""
        return keys, values


class DenseHashTable(MutableHashTable):
    """The same with two keys that cannot be put in, as TensorFlow's needs them.

    Args:
      empty_key, deleted_key: two different keys, which never come; where these are vectors, all keys are.
      initial_num_buckets: a power of 2, at least 4; what a table has here needs no buckets.

    Raises:
      InvalidArgumentError: the two keys are equal; another number of buckets.
      NotFoundError: dtypes that tables do not have.

    Source: `tf.lookup.experimental.DenseHashTable`.

    >>> import tfcompat_tape as tf
    >>> table = tf.lookup.experimental.DenseHashTable(tf.int64, tf.float32, 0.0, empty_key=0, deleted_key=-1)
    >>> table.insert([3], [0.5])
    >>> table[[3, 4]].numpy().tolist()
    [0.5, 0.0]
    """

    _op = "MutableDenseHashTableV2"
    _kinds = DENSE

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(key_dtype, value_dtype, default_value, name, checkpoint, experimental_is_anonymous)
        empty, deleted = [array_of(convert(key, self._key_dtype)) for key in (empty_key, deleted_key)]
        if empty.shape != deleted.shape:
            raise invalid(
                f"{self._op}: Empty and deleted keys must have same shape, got shapes: {list(empty.shape)} and "
                f"{list(deleted.shape)}"
            )
        self._key_shape = empty.shape
        self._empty, self._deleted = self._keys(empty)[0], self._keys(deleted)[0]
        if self._empty == self._deleted:
            raise invalid(f"{self._op}: Empty and deleted keys cannot be equal")
        buckets = initial_num_buckets
        if buckets is not None and (buckets < 4 or buckets & (buckets - 1)):
            raise invalid(
                f"{self._op}: Number of buckets must be at least 4 and a power of 2, got: {buckets}"
            )

    def _checked(self, keys: np.ndarray[Any, Any]) -> list[Any]:
        listed = self._keys(keys)
        for what, key in (("empty_key", self._empty), ("deleted_key", self._deleted)):
            if key in listed:
                raise invalid(f"Using the {what} as a table key is not allowed")
        return listed

    def _keys(self, array: np.ndarray[Any, Any]) -> list[Any]:
        found: list[Any] = array.reshape(-1, *self._key_shape).tolist()
        return [tuple(key) for key in found] if self._key_shape else found

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> None:
        """The same as `insert`."""
        self.insert(keys, values)

    def erase(self, keys: Any, name: str | None = None) -> None:
        """The same as `remove`."""
        self.remove(keys)

    def _kept(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        # TensorFlow writes all places of a table, the empty ones too.
        names = self._keys(array_of(keys).reshape(-1, *self._key_shape))
        places = [i for i, key in enumerate(names) if key not in (self._empty, self._deleted)]
        rows = array_of(values).reshape(-1, *self._default.shape)
        return convert(array_of(keys).reshape(-1, *self._key_shape)[places]), convert(rows[places])
