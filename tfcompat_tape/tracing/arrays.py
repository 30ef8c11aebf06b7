"""The elements of a `TensorArray` as one value of a trace, so that loops and branches can carry them.

Within a trace an array is a value like any other: who writes gets another one. An array is a list of Tensors (see
`control/array_store.py`) until a loop, or a branch, or its size asks for more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.control.array_store import Store, preferring
from tfcompat_tape.control.tensor_array import TensorArray
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.joining import pack, unpack
from tfcompat_tape.tracing import rows
from tfcompat_tape.tracing.sizes import LIKELY, symbolic
from tfcompat_tape.tracing.texts import OBJECT, described

CPU = torch.device("cpu")


class StagedStore(Store):
    """The store of an array whose elements are `token`.

    Attributes:
      count: how many there are: an integer, a size of the trace, or `None` where only a call knows.
      element: shape and device of the elements, as raw tensors have them; `None` until there is one.
    """

    def __init__(self, like: Store, token: Tensor, count: Any, element: Any) -> None:
        super().__init__(like.dtype, 0, like.dynamic, like.clears, like.infers, like.shape)
        self.token = token
        self.count = None if self.dynamic and type(count) is not int else count
        self.element = element

    def with_token(self, token: Tensor, element: Any = None, count: Any = None) -> StagedStore:
        """The same kind of array with other elements."""
        return StagedStore(self, token, count, self.element if element is None else element)

    def within(self, token: Tensor) -> StagedStore:
        """The array as the body of a loop sees it: what it knows of sizes is its own."""
        found = self.with_token(
            token, None, self.count if type(self.count) is int and not self.dynamic else None
        )
        if self.element is not None and symbolic(self.element[0]):
            found.element = _here(self.element)
        return found

    def past(self, token: Tensor, after: StagedStore, outward: Callable[[Any], Any]) -> StagedStore:
        """The array after a loop that leaves it as `after`, in whose trace sizes are what `outward` says here."""
        element = after.element
        if element is not None:
            element = tuple([outward(n) for n in element[0]]), element[1]
            if self.element is not None and not _alike(element, self.element):
                raise UntraceableError("elements of different shapes in a TensorArray")
        count = (
            self.count
            if after.count is None or after.count is self.count or after.count == self.count
            else None
        )
        found = self.with_token(token, element, None if self.dynamic else count)
        found.shape = after.shape
        return found

    @property
    def _like(self) -> tuple[Any, torch.dtype, torch.device]:
        dtype = _torch(self.dtype)
        if self.element is None:
            if not self.shape.is_fully_defined():
                raise UntraceableError("the shape of the elements of a TensorArray is not known")
            return tuple(self.shape.as_list()), dtype, CPU
        found = _here(self.element)
        if found is None:
            raise UntraceableError("the shape of the elements of a TensorArray is not known within a loop")
        shape, device = found
        return shape, dtype, device

    # -- what a TensorArray does ---------------------------------------------------------------------------------------

    def size(self) -> Tensor:
        if type(self.count) is int:
            return convert(self.count)
        if self.count is not None:
            return Tensor(reading.sized(self.count, torch.int32), None)
        return rows.size(self.token)

    def close(self) -> None:
        pass

    def read(self, index: Any) -> Tensor:
        like = self._like
        return rows.read(self.token, rows.checked(self.token, _index(index)), like)

    def write(self, index: Any, value: Any) -> Store:
        tensor = self.fitting(value)
        shape, _, device = described(tensor._t)
        element = tuple(shape), device
        if self.element is not None and not _alike(element, self.element):
            raise UntraceableError("elements of different shapes in a TensorArray")
        token = rows.write(self.token, _index(index), tensor, self.dynamic)
        found = self.with_token(token, element, None if self.dynamic else self.count)
        if self.infers and not symbolic(element[0]):
            found.shape = TensorShape(element[0])
        return found

    def stack(self) -> Tensor:
        like = self._like
        if self.count is None:
            count = _any_size()
            if count is not None:
                return rows.stack(self.token, ((count, *like[0]), *like[1:]))
            return rows.stacked_at_call(self.token, like)
        return rows.stack(self.token, ((self.count, *like[0]), *like[1:]))

    def gather(self, indices: Any) -> Tensor:
        indices = convert(indices)
        if symbolic(indices._t.shape):
            from tfcompat_tape import arrays

            gather: Any = arrays.gather
            return gather(self.stack(), indices)  # type: ignore[no-any-return]
        picked = unpack(indices, axis=0)
        return pack(*[self.read(i) for i in picked], axis=0) if picked else convert([])

    def concat(self) -> Tensor:
        from tfcompat_tape import arrays

        if not self._like[0]:
            raise invalid("TensorArray: concat saw a scalar, but requires at least vectors. Use stack.")
        stacked = self.stack()
        raw = stacked._t.shape
        reshape: Any = arrays.reshape
        return reshape(stacked, [raw[0] * raw[1], *raw[2:]])  # type: ignore[no-any-return]

    def unstack(self, value: Any) -> Store:
        return _unstacked(self, preferring(value, self.dtype))

    def scatter(self, indices: Any, value: Any) -> Store:
        store: Store = self
        parts = unpack(preferring(value, self.dtype), axis=0)
        for i, part in zip(unpack(convert(indices), axis=0), parts, strict=False):
            store = store.write(i, part)
        return store

    def split(self, value: Any, lengths: Any) -> Store:
        raise UntraceableError("pieces of different sizes in a TensorArray")


def _here(element: Any) -> Any:
    """Shape and device of elements as the trace that is active has them; `None` where it cannot say the sizes.

    In a graph nothing decides about sizes, so those of a trace around it are new open ones.
    """
    sizes = getattr(reading.current.tracer, "sizes", None)
    shape, device = element
    if not symbolic(shape):
        return element
    if sizes is not None:
        met = tuple([sizes.met(n) for n in shape])
        if None not in met:
            return met, device
    if _any_size() is None:
        return None
    return tuple([n if type(n) is int else _any_size() for n in shape]), device


def _any_size() -> Any:
    """A new open size in a graph; `None` where calls decide about sizes."""
    tracer: Any = reading.current.tracer
    return None if tracer.notes is None or tracer.sizes is None else tracer.sizes.new(LIKELY, -1, 0)


def _alike(a: Any, b: Any) -> bool:
    return (
        len(a[0]) == len(b[0]) and all(bool(m == n) for m, n in zip(a[0], b[0], strict=True)) and a[1] == b[1]
    )


def _index(index: Any) -> Any:
    """An index as an integer or a raw tensor."""
    if type(index) is int:
        return index
    tensor = convert(index)
    if not tensor.dtype.is_integer:
        raise TypeError(f"TensorArray: an index must be an integer, got {tensor.dtype.name}.")
    known = reading.known(tensor._t)
    return tensor._t if known is None else int(known)


def _unstacked(store: Store, tensor: Tensor) -> StagedStore:
    raw = tensor._t
    found = StagedStore(store, rows.unstack(tensor), None, (tuple(raw.shape[1:]), described(raw)[2]))
    found.count = raw.shape[0]
    if store.infers and not symbolic(raw.shape[1:]):
        found.shape = TensorShape(raw.shape[1:])
    return found


def of_open_size(dtype: DType, size: Any, dynamic: bool, infers: bool, shape: TensorShape) -> Store | None:
    """The store of a new array whose size is not the same at each call; `None` where it is."""
    tensor = convert(size)
    if not tensor.dtype.is_integer or tensor._t.numel() != 1 or reading.known(tensor._t) is not None:
        return None
    raw = tensor._t.reshape(())
    tracer = reading.current.tracer
    assert tracer is not None
    count = tracer.sizes_in(raw)
    like = Store(dtype, 0, dynamic, False, infers, shape)
    return StagedStore(like, rows.empty(raw if count is None else count, _torch(dtype)), count, None)


def staged(store: Store) -> StagedStore:
    """The same store as one value."""
    if isinstance(store, StagedStore):
        return store
    there = [x for x in store.items if x is not None]
    raws = [x._t for x in there]
    likes = [described(x) for x in raws]
    element = (tuple(likes[0][0]), likes[0][2]) if likes else None
    if any(not _alike((shape, device), element) for shape, _, device in likes):
        raise UntraceableError("elements of different shapes in a TensorArray")
    missing = [x is None for x in store.items]
    token = (
        rows.pack(there, _torch(store.dtype), missing)
        if there
        else rows.empty(len(missing), _torch(store.dtype))
    )
    return StagedStore(store, token, len(missing), element)


def _torch(dtype: DType) -> Any:
    """The dtype of raw values; of strings, that of arrays."""
    if dtype.torch is None and dtype is not string:
        raise UntraceableError(f"a TensorArray of {dtype.name}")
    return OBJECT if dtype is string else dtype.torch


def array_of(store: Store) -> TensorArray:
    """A handle on a store."""
    found = TensorArray.__new__(TensorArray)
    found._store = store
    return found


def merged(stores: Sequence[StagedStore], token: Tensor) -> TensorArray:
    """The array that is one of several, with the elements `token`: what they have in common is known of it."""
    first = stores[0]
    element = next((store.element for store in stores if store.element is not None), None)
    for store in stores:
        if store.element is not None and not _same(store.element, element):
            raise UntraceableError("TensorArrays with elements of different shapes")
    count = first.count if all(type(s.count) is int and s.count == first.count for s in stores) else None
    found = StagedStore(first, token, count, element)
    found.shape = next((s.shape for s in stores if s.shape.is_fully_defined()), first.shape)
    return array_of(found)


def _same(a: Any, b: Any) -> bool:
    return not symbolic(a[0]) and a == b
