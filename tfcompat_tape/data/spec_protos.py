"""Structures of specs as the bytes of TensorFlow's message StructuredValue, and back."""

from __future__ import annotations

import collections
from operator import itemgetter
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import DataLossError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec
from tfcompat_tape.core.wire import DecodeError, block, fields, signed, tag, varint
from tfcompat_tape.data.specs import DatasetSpec

_SHAPE, _DTYPE, _SPEC, _TYPE_SPEC = 31, 32, 33, 34
_LIST, _TUPLE, _DICT, _NAMED = 51, 52, 53, 54
_INTEGER = 12
_CLASSES = {
    1: "SparseTensorSpec",
    3: "RaggedTensorSpec",
    5: "DatasetSpec",
    7: "OptionalSpec",
    12: "tf.NoneTensorSpec",
}


def encoded(value: Any) -> bytes:
    """The bytes of a structure of specs. TypeError: something in it has no such form."""
    if isinstance(value, TensorSpec):
        name = block(1, value.name.encode()) if value.name else b""
        return block(
            _SPEC, name + block(2, _shape(value.shape)) + tag(3, 0) + varint(value.dtype.as_datatype_enum)
        )
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        pairs = [
            block(2, block(1, key.encode()) + block(2, encoded(x)))
            for key, x in zip(value._fields, value, strict=True)
        ]
        return block(_NAMED, block(1, type(value).__name__.encode()) + b"".join(pairs))
    if isinstance(value, tuple):
        return block(_TUPLE, b"".join(block(1, encoded(x)) for x in value))
    if isinstance(value, list):
        return block(_LIST, b"".join(block(1, encoded(x)) for x in value))
    if isinstance(value, dict):
        return block(
            _DICT,
            b"".join(block(1, block(1, key.encode()) + block(2, encoded(x))) for key, x in value.items()),
        )
    if isinstance(value, TensorShape):
        return block(_SHAPE, _shape(value))
    if isinstance(value, dtypes.DType):
        return tag(_DTYPE, 0) + varint(value.as_datatype_enum)
    if isinstance(value, int):
        return tag(_INTEGER, 0) + varint(value << 1 if value >= 0 else (-value << 1) - 1)
    name = "tf.NoneTensorSpec" if isinstance(value, NoneTensorSpec) else type(value).__name__
    number = next((n for n, known in _CLASSES.items() if known == name), None)
    if number is None:
        raise TypeError(f"{value!r} cannot be written as a spec of elements.")
    state = encoded(value._serialize())
    count = (
        0 if name == "tf.NoneTensorSpec" else {1: 3, 3: getattr(value, "_ragged_rank", 0) + 1}.get(number, 1)
    )
    components = tag(4, 0) + varint(count) if count else b""
    return block(
        _TYPE_SPEC, tag(1, 0) + varint(number) + block(2, state) + block(3, name.encode()) + components
    )


def _shape(shape: TensorShape) -> bytes:
    if shape.rank is None:
        return tag(3, 0) + varint(1)
    return b"".join(
        block(2, tag(1, 0) + varint((1 << 64) - 1 if n is None else n) if n != 0 else b"")
        for n in shape.as_list()
    )


def decoded(data: bytes) -> Any:
    """The structure of specs that `encoded` wrote, or TensorFlow; DataLossError if it is none."""
    try:
        return _value(data)
    except (DecodeError, ValueError, KeyError, TypeError) as error:
        raise DataLossError(None, None, f"The specs of a saved dataset cannot be read: {error}.") from error


def _value(data: bytes) -> Any:
    for number, _, value, _ in fields(data):
        if number == _SPEC:
            return _tensor_spec(_bytes(value))
        if number in (_TUPLE, _LIST):
            parts = [_value(_bytes(x)) for _, _, x, _ in fields(_bytes(value))]
            return tuple(parts) if number == _TUPLE else parts
        if number == _DICT:
            return dict(sorted([_pair(_bytes(x)) for _, _, x, _ in fields(_bytes(value))], key=itemgetter(0)))
        if number == _NAMED:
            return _named(_bytes(value))
        if number == _SHAPE:
            return _shape_of(_bytes(value))
        if number == _DTYPE:
            return dtypes.as_dtype(value)
        if number == _INTEGER:
            assert isinstance(value, int)
            return (value >> 1) ^ -(value & 1)
        if number == _TYPE_SPEC:
            return _type_spec(_bytes(value))
    raise ValueError("an unknown kind of value")


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a number where a message is expected")
    return value


def _tensor_spec(data: bytes) -> TensorSpec:
    name, shape, dtype = None, TensorShape([]), None
    for number, _, value, _ in fields(data):
        if number == 1:
            name = _bytes(value).decode()
        elif number == 2:
            shape = _shape_of(_bytes(value))
        elif number == 3:
            dtype = dtypes.as_dtype(value)
    return TensorSpec(shape, dtype, name)


def _shape_of(data: bytes) -> TensorShape:
    sizes: list[int | None] = []
    for number, _, value, _ in fields(data):
        if number == 3 and value:
            return TensorShape(None)
        if number == 2:
            size = 0
            for inner, _, n, _ in fields(_bytes(value)):
                if inner == 1 and isinstance(n, int):
                    size = signed(n)
            sizes.append(None if size < 0 else size)
    return TensorShape(sizes)


def _pair(data: bytes) -> tuple[str, Any]:
    key, found = "", None
    for number, _, value, _ in fields(data):
        if number == 1:
            key = _bytes(value).decode()
        elif number == 2:
            found = _value(_bytes(value))
    return key, found


def _named(data: bytes) -> Any:
    name, pairs = "", []
    for number, _, value, _ in fields(data):
        if number == 1:
            name = _bytes(value).decode()
        elif number == 2:
            pairs.append(_pair(_bytes(value)))
    return collections.namedtuple(name, [key for key, _ in pairs])(*[x for _, x in pairs])


def _type_spec(data: bytes) -> Any:
    number, state = 0, ()
    for field, _, value, _ in fields(data):
        if field == 1 and isinstance(value, int):
            number = value
        elif field == 2:
            state = _value(_bytes(value))
    from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
    from tfcompat_tape.experimental._optional import OptionalSpec
    from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec

    kinds = {1: SparseTensorSpec, 3: RaggedTensorSpec, 5: DatasetSpec, 7: OptionalSpec, 12: NoneTensorSpec}
    return kinds[number](*state)
