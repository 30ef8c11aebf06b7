"""The elements of a `TensorArray`, as a list of Tensors; `tracing/arrays.py` has those that a trace's node gives."""

from __future__ import annotations

import contextlib
from typing import Any

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import OpError, OutOfRangeError, invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_ints
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.joining import concat, pack, split_v, unpack


def out_of_range(message: str) -> OpError:
    """The exception for an index that is out of range; graphs have another one."""
    return invalid(message) if reading.current.tracer is not None else OutOfRangeError(None, None, message)


class Store:
    """What all handles on one array share.

    In a function that is traced no handle changes: what writes gives another store, and reading clears nothing. That is
    how TensorFlow's graphs have it.
    """

    def __init__(
        self, dtype: DType, size: int, dynamic: bool, clears: bool, infers: bool, shape: TensorShape
    ) -> None:
        self.dtype = dtype
        self.items: list[Tensor | None] = [None] * size
        self.cleared: set[int] = set()
        self.dynamic = dynamic
        self.clears = clears
        self.infers = infers
        self.shape = shape

    def _to_write(self) -> Store:
        """The store that is written to."""
        if reading.current.tracer is None:
            return self
        other = Store(self.dtype, 0, self.dynamic, self.clears, self.infers, self.shape)
        other.items = self.items.copy()
        return other

    def _zeros(self) -> Tensor:
        """What stands where nothing was written."""
        if not self.shape.is_fully_defined():
            raise ValueError(
                f"TensorArray: an element that was never written, or cleared by reading it, is needed. Zeros cannot "
                f"stand in for it, as the element shape is {self.shape}. Give element_shape=, or write every element."
            )
        return zeros(self.shape, self.dtype)

    def _get(self, index: int) -> Tensor:
        item = self.items[index]
        return self._zeros() if item is None else item

    def _filled(self) -> list[Tensor]:
        return [self._get(i) for i in range(len(self.items))]

    def _put(self, index: int, value: Any) -> None:
        if index < 0:
            raise out_of_range(f"TensorArray: writing to negative indices (index {index}) is not allowed.")
        if index >= len(self.items):
            if not self.dynamic:
                raise out_of_range(
                    f"TensorArray: tried to write to index {index}, but the array has size {len(self.items)} and is "
                    "not resizeable. Use dynamic_size=True."
                )
            self.items.extend([None] * (index + 1 - len(self.items)))
        tensor = self.fitting(value)
        if self.infers and not self.shape.is_fully_defined():
            self.shape = tensor.shape
        self.items[index] = tensor
        self.cleared.discard(index)

    def fitting(self, value: Any) -> Tensor:
        """`value` as a Tensor, if it can be an element."""
        tensor = preferring(value, self.dtype)
        if tensor.dtype != self.dtype:
            raise invalid(
                f"TensorArray: its dtype is {self.dtype.name}, but a value of dtype {tensor.dtype.name} is written."
            )
        if not self.shape.is_compatible_with(tensor.shape):
            raise ValueError(
                f"TensorArray: Inconsistent shapes: incompatible shape for value ({tensor.shape}), expected "
                f"({self.shape}). Use infer_shape=False for elements of different shapes."
            )
        return tensor

    # -- what a TensorArray does; what writes returns the store to go on with ------------------------------------------

    def size(self) -> Tensor:
        """The number of elements."""
        return convert(len(self.items))

    def close(self) -> None:
        """Let go of the elements."""
        self.items.clear()

    def read(self, index: Any) -> Tensor:
        """One element."""
        if _open(index):
            with contextlib.suppress(reading.UntraceableError):
                return _staged(self).read(index)
        i = as_index(index)
        if i < 0:
            raise out_of_range(f"TensorArray: reading from negative indices (index {i}) is not allowed.")
        if i >= len(self.items):
            raise out_of_range(
                f"TensorArray: tried to read from index {i}, but the array has size {len(self.items)}."
            )
        if i in self.cleared:
            raise invalid(
                f"TensorArray: could not read index {i} twice, because it was cleared after a previous read "
                "(perhaps try setting clear_after_read=False?)."
            )
        value = self._get(i)
        if self.clears and reading.current.tracer is None:
            self.items[i] = None
            self.cleared.add(i)
        return value

    def write(self, index: Any, value: Any) -> Store:
        """With `value` as element `index`."""
        if _open(index):
            with contextlib.suppress(reading.UntraceableError):
                return _staged(self).write(index, value)
        store = self._to_write()
        store._put(as_index(index), value)
        return store

    def stack(self) -> Tensor:
        """All elements along a new first axis."""
        if not self.items:
            return zeros([0, *self.shape] if self.shape.is_fully_defined() else [0], self.dtype)
        return self._of_dtype(pack(*self._filled(), axis=0))

    def _of_dtype(self, tensor: Tensor) -> Tensor:
        return tensor if tensor.dtype == self.dtype else cast(tensor, self.dtype)

    def gather(self, indices: Any) -> Tensor:
        """Some elements along a new first axis."""
        picked = [self._get(i) for i in as_ints(indices, "indices")]
        return self._of_dtype(pack(*picked, axis=0)) if picked else convert([])  # without the dtype, too

    def concat(self) -> Tensor:
        """All elements along their first axis."""
        items = self._filled()
        if not items:
            raise invalid("TensorArray: concat needs at least one element.")
        if any(not item.ndim for item in items):
            raise invalid("TensorArray: concat saw a scalar, but requires at least vectors. Use stack.")
        return self._of_dtype(concat(*items, axis=0))

    def unstack(self, value: Any) -> Store:
        """With the slices of `value`."""
        tensor = preferring(value, self.dtype)
        if not tensor.ndim:
            raise ValueError("TensorArray: unstack needs a value of at least one axis, got a scalar.")
        if reading.current.tracer is not None and type(tensor._t.shape[0]) is not int:
            return _staged(self).unstack(tensor)
        parts = list(unpack(tensor, num=len(tensor), axis=0))
        if len(parts) > len(self.items) and not self.dynamic:
            raise ValueError(
                f"TensorArray: cannot unstack {len(parts)} tensors into an array of static size {len(self.items)}."
            )
        store = self._to_write()
        store.items = list(parts)
        store.cleared.clear()
        if parts and store.infers and store is not self and not store.shape.is_fully_defined():
            store.shape = parts[0].shape
        return store

    def scatter(self, indices: Any, value: Any) -> Store:
        """With the slices of `value` at `indices`."""
        tensor = preferring(value, self.dtype)
        numbers = as_ints(indices, "indices")
        store = self._to_write()
        for i, part in zip(numbers, unpack(tensor, num=len(tensor), axis=0), strict=False):
            store._put(i, part)
        return store

    def split(self, value: Any, lengths: Any) -> Store:
        """With pieces of `value`."""
        tensor = preferring(value, self.dtype)
        sizes = as_ints(lengths, "lengths")
        if not tensor.ndim:
            raise invalid("TensorArray: split expects a value of at least one axis, got a scalar.")
        if sum(sizes) != len(tensor):
            raise invalid(
                f"TensorArray: the lengths must add up to the first axis of the value, but {list(sizes)} gives "
                f"{sum(sizes)} and the shape is {tensor.shape}."
            )
        if len(sizes) != len(self.items) and not self.dynamic:
            raise invalid(
                f"TensorArray: its size is {len(self.items)}, but there are {len(sizes)} lengths, and it is not "
                "marked as dynamically resizeable."
            )
        store = self._to_write()
        store.items = list(split_v(tensor, size_splits=sizes, split_dim=0))
        store.cleared.clear()
        return store


def _open(index: Any) -> bool:
    """Whether an index is another one at each call of a function that is being traced."""
    if reading.current.tracer is None or type(index) is int:
        return False
    tensor = convert(index)
    return tensor.dtype.is_integer and not tensor.ndim and reading.known(tensor._t) is None


def _staged(store: Store) -> Store:
    staged: Store = reading.current.tracer.arrays.staged(store)  # type: ignore[union-attr]
    return staged


def preferring(value: Any, dtype: DType) -> Tensor:
    """`value` as a Tensor, of `dtype` if it has none of its own and can take it."""
    return value if type(value) is Tensor else own(value, dtype)


def as_index(index: Any) -> int:
    """An index as an integer."""
    if type(index) is int:
        return index
    tensor = convert(index)
    if not tensor.dtype.is_integer:
        raise TypeError(f"TensorArray: an index must be an integer, got {tensor.dtype.name}.")
    return tensor.__index__()
