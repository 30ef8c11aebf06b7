"""Lists of tensors in TensorFlow's graphs: what a TensorArray and the accumulators of loops become there.

A list is a value like any other: an op that changes it gives another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.ops.raw import calls as raw_calls

Outputs = dict[str, list[Any]]


class TensorList:
    """Tensors of one dtype, of which some may not be there yet."""

    __slots__ = ("dtype", "items", "shape")

    def __init__(self, items: Sequence[Any], shape: TensorShape, dtype: Any) -> None:
        self.items = tuple(items)
        self.shape = shape
        self.dtype = dtype

    def of(self, items: Sequence[Any]) -> TensorList:
        """A list of other tensors, of the same kind."""
        return TensorList(items, self.shape, self.dtype)

    def at(self, index: Any) -> int:
        """The place that an index says."""
        place = int(index)
        if not 0 <= place < len(self.items):
            raise invalid(f"Trying to access element {place} in a list with {len(self.items)} elements.")
        return place

    def item(self, place: int, shape: TensorShape) -> Any:
        """One tensor; zeros where it is not there yet."""
        found = self.items[place]
        if found is not None:
            return found
        whole = self.shape.merge_with(shape)
        if not whole.is_fully_defined():
            known = next((one.shape for one in self.items if one is not None), None)
            whole = whole if known is None else whole.merge_with(known)
        if not whole.is_fully_defined():
            raise invalid(
                f"Trying to read an uninitialized tensor but element_shape is not fully defined: {whole}"
            )
        return raw_calls.named("Fill")(dims=whole.as_list(), value=convert(0, self.dtype))


def _shape(value: Any) -> TensorShape:
    """The shape that a tensor of sizes says: -1 is any size, a scalar -1 any shape."""
    sizes = value.numpy().tolist() if hasattr(value, "numpy") else value
    if isinstance(sizes, int):
        return TensorShape(None)
    return TensorShape([None if size < 0 else size for size in sizes])


def _reserve(attrs: Mapping[str, Any], element_shape: Any, num_elements: Any) -> Outputs:
    found = TensorList([None] * int(num_elements), _shape(element_shape), attrs["element_dtype"])
    return {"handle": [found]}


def _empty(attrs: Mapping[str, Any], element_shape: Any, max_num_elements: Any) -> Outputs:
    return {"handle": [TensorList([], _shape(element_shape), attrs["element_dtype"])]}


def _from_tensor(attrs: Mapping[str, Any], tensor: Any, element_shape: Any) -> Outputs:
    tensor = convert(tensor)
    count = tensor.shape[0]
    rows = raw_calls.named("Unpack")(value=tensor, num=count, axis=0)
    return {"output_handle": [TensorList(rows, _shape(element_shape), tensor.dtype)]}


def _set(attrs: Mapping[str, Any], input_handle: TensorList, index: Any, item: Any) -> Outputs:
    items, place = list(input_handle.items), int(index)
    if place >= len(items) and attrs.get("resize_if_index_out_of_bounds"):
        items += [None] * (place + 1 - len(items))
    items[place if place < len(items) and place >= 0 else input_handle.at(place)] = convert(item)
    return {"output_handle": [input_handle.of(items)]}


def _get(attrs: Mapping[str, Any], input_handle: TensorList, index: Any, element_shape: Any) -> Outputs:
    return {"item": [input_handle.item(input_handle.at(index), _shape(element_shape))]}


def _stack(attrs: Mapping[str, Any], input_handle: TensorList, element_shape: Any) -> Outputs:
    count, shape = attrs.get("num_elements", -1), _shape(element_shape)
    if count not in (-1, len(input_handle.items)):
        raise invalid(
            f"Operation expected a list with {count} elements but got a list with {len(input_handle.items)} elements."
        )
    if not input_handle.items:
        sizes = input_handle.shape.merge_with(shape)
        if not sizes.is_fully_defined():
            raise invalid(
                f"Tried to stack elements of an empty list with non-fully-defined element_shape: {sizes}"
            )
        zeros = raw_calls.named("Fill")(dims=[0, *sizes.as_list()], value=convert(0, input_handle.dtype))
        return {"tensor": [zeros]}
    items = [input_handle.item(i, shape) for i in range(len(input_handle.items))]
    return {"tensor": [raw_calls.named("Pack")(values=items, axis=0)]}


def _push(attrs: Mapping[str, Any], input_handle: TensorList, tensor: Any) -> Outputs:
    return {"output_handle": [input_handle.of([*input_handle.items, convert(tensor)])]}


def _pop(attrs: Mapping[str, Any], input_handle: TensorList, element_shape: Any) -> Outputs:
    if not input_handle.items:
        raise invalid("Trying to pop from an empty list.")
    last = input_handle.item(len(input_handle.items) - 1, _shape(element_shape))
    return {"output_handle": [input_handle.of(input_handle.items[:-1])], "tensor": [last]}


def _length(attrs: Mapping[str, Any], input_handle: TensorList) -> Outputs:
    return {"length": [convert(len(input_handle.items))]}


def _resize(attrs: Mapping[str, Any], input_handle: TensorList, size: Any) -> Outputs:
    count, items = int(size), input_handle.items
    found = [*items[:count], *[None] * (count - len(items))]
    return {"output_handle": [input_handle.of(found)]}


def _gather(attrs: Mapping[str, Any], input_handle: TensorList, indices: Any, element_shape: Any) -> Outputs:
    shape = _shape(element_shape)
    items = [input_handle.item(input_handle.at(i), shape) for i in indices.numpy().tolist()]
    return {"values": [raw_calls.named("Pack")(values=items, axis=0)]}


def _concat(
    attrs: Mapping[str, Any], input_handle: TensorList, element_shape: Any, leading_dims: Any
) -> Outputs:
    shape = _shape(element_shape)
    items = [input_handle.item(i, shape) for i in range(len(input_handle.items))]
    if not items:
        raise invalid("TensorListConcatV2 of a list without elements is not run here.")
    lengths = convert([item.shape[0] for item in items], dtypes.int64)
    whole = items[0] if len(items) == 1 else raw_calls.named("ConcatV2")(values=items, axis=0)
    return {"tensor": [whole], "lengths": [lengths]}


LISTS: dict[str, Callable[..., Outputs]] = {
    "EmptyTensorList": _empty,
    "TensorListConcatV2": _concat,
    "TensorListFromTensor": _from_tensor,
    "TensorListGather": _gather,
    "TensorListGetItem": _get,
    "TensorListLength": _length,
    "TensorListPopBack": _pop,
    "TensorListPushBack": _push,
    "TensorListReserve": _reserve,
    "TensorListResize": _resize,
    "TensorListSetItem": _set,
    "TensorListStack": _stack,
}
