"""`TensorProto`: a tensor as a message, and NumPy arrays from and to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.messages import Descriptor, Field, Message
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor, to_numpy

__all__ = ["make_ndarray", "make_tensor_proto"]

_NAMES = {0: "DT_INVALID"} | {
    made.as_datatype_enum: f"DT_{name.upper()}"
    for made in dtypes._BY_ENUM.values()
    for name in [{"float16": "half", "float32": "float", "float64": "double"}.get(made.name, made.name)]
}


class TensorProto(Message):
    """The message `tensorflow.TensorProto`: dtype, shape, and the elements as bytes or in the list for their kind."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.TensorProto",
        (
            Field("dtype", 1, "int32", names=_NAMES),
            Field("tensor_shape", 2, "message", False, TensorShapeProto),
            Field("version_number", 3, "int32"),
            Field("tensor_content", 4, "bytes"),
            Field("half_val", 13, "int32", True),
            Field("float_val", 5, "float", True),
            Field("double_val", 6, "double", True),
            Field("int_val", 7, "int32", True),
            Field("string_val", 8, "bytes", True),
            Field("scomplex_val", 9, "float", True),
            Field("int64_val", 10, "int64", True),
            Field("bool_val", 11, "bool", True),
            Field("dcomplex_val", 12, "double", True),
            Field("uint32_val", 16, "uint32", True),
            Field("uint64_val", 17, "uint64", True),
            Field("float8_val", 18, "bytes"),
        ),
    )


_LISTS = {
    "float32": "float_val",
    "float64": "double_val",
    "int64": "int64_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "bool": "bool_val",
    "string": "string_val",
    "complex64": "scomplex_val",
    "complex128": "dcomplex_val",
    "float16": "half_val",
    "bfloat16": "half_val",
    **dict.fromkeys(("int8", "int16", "int32", "uint8", "uint16"), "int_val"),
}
# Several elements of these are written one by one all the same.
_NEVER_BYTES = ("string", "bool", "complex64", "complex128", "uint16")


def make_tensor_proto(
    values: Any,
    dtype: Any = None,
    shape: Any = None,
    verify_shape: bool = False,
    allow_broadcast: bool = False,
) -> TensorProto:
    """A tensor as a message `TensorProto`, with the fields and bytes that TensorFlow gives it.

    Args:
      values: what converts to a tensor.
      dtype: of the message, in place of that of the values.
      shape: of the message; a shape with more elements than `values` repeats the last of them.
      verify_shape: whether `values` must have this shape.

    Raises:
      TypeError: values that the dtype does not hold; another shape, with `verify_shape`.
      ValueError: None, or more elements than the shape has.

    Source: `tf.make_tensor_proto`.

    >>> import tfcompat_tape as tf
    >>> proto = tf.make_tensor_proto([1.5, 2.5])
    >>> proto.tensor_shape.dim[0].size, tf.make_ndarray(proto).tolist()
    (2, [1.5, 2.5])
    """
    if values is None:
        raise ValueError("None values not supported.")
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    array, found = _array(values, wanted)
    sizes = list(array.shape) if shape is None else [int(size) for size in TensorShape(shape).as_list()]
    exact = list(array.shape) == sizes
    if verify_shape and not exact:
        raise TypeError(f"Expected Tensor's shape: {tuple(sizes)}, but got {array.shape}.")
    count = int(np.prod(sizes, dtype=np.int64))
    proto = TensorProto(dtype=found.as_datatype_enum, tensor_shape=TensorShape(sizes).as_proto())
    if array.size == count and count > 1 and found.name not in _NEVER_BYTES:
        proto.tensor_content = array.tobytes()
        return proto
    if array.size > count and not (array.size == 1 and count == 0):
        raise ValueError(f"Too many elements provided. Takes at most {count}, but got {array.size}.")
    if count:
        getattr(proto, _LISTS[found.name]).extend(_listed(array, found))
    return proto


def _array(values: Any, wanted: DType | None) -> tuple[np.ndarray[Any, Any], DType]:
    """`values` as an array whose elements lie in order, and their dtype."""
    if isinstance(values, (np.ndarray, np.generic)) and values.dtype.kind not in "OSU":
        found = wanted or dtypes.as_dtype(values.dtype)
        return np.ascontiguousarray(values, found.as_numpy_dtype).reshape(np.shape(values)), found
    if isinstance(values, Tensor) or hasattr(values, "_read"):
        raw = to_numpy(convert(values)._t)
        found = wanted or values.dtype
        return (raw if found == dtypes.string else np.ascontiguousarray(raw, found.as_numpy_dtype)), found
    if wanted is None and not isinstance(values, (np.ndarray, np.generic)):
        numbers = np.array(values)  # of complex numbers, complex128
        if numbers.dtype.kind == "c":
            return numbers, dtypes.complex128
    tensor = convert(values, wanted)
    return np.ascontiguousarray(to_numpy(tensor._t)).reshape(tensor.shape.as_list()), tensor.dtype


def _listed(array: np.ndarray[Any, Any], dtype: DType) -> list[Any]:
    flat = array.ravel()
    if dtype.is_complex:
        return flat.view(flat.real.dtype).tolist()
    if _LISTS[dtype.name] == "half_val":
        return flat.view(np.uint16).tolist()
    return flat.tolist()


def make_ndarray(tensor: Any) -> np.ndarray[Any, Any]:
    """The array that a `TensorProto` holds.

    Raises:
      TypeError: a dtype that there is not. AttributeError: no TensorProto.

    Source: `tf.make_ndarray`.

    >>> import tfcompat_tape as tf
    >>> tf.make_ndarray(tf.make_tensor_proto(7, shape=[2])).tolist()
    [7, 7]
    """
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    if not tensor.dtype:
        raise TypeError("Cannot convert the argument `type_value`: 0 to a TensorFlow DType.")
    return elements(tensor, dtypes.as_dtype(tensor.dtype), shape)


def elements(proto: Any, dtype: DType, shape: list[int]) -> np.ndarray[Any, Any]:
    """The elements of a message as an array; the last one is repeated where there are too few, and what is too much
    left out.

    Raises:
      ValueError: bytes that are not as many as the shape needs.
    """
    count = int(np.prod(shape, dtype=np.int64))
    text = dtype == dtypes.string
    kind = object if text else np.dtype(dtype.as_numpy_dtype)
    if proto.tensor_content:
        return np.frombuffer(proto.tensor_content, kind).reshape(shape).copy()
    name = _LISTS.get(dtype.name)
    if name is None:
        raise TypeError(f"Unsupported tensor type: {dtype.name}")
    listed = list(getattr(proto, name))
    if text:
        flat = np.empty(len(listed), object)
        flat[:] = listed
    elif dtype.is_complex:
        parts = np.float32 if dtype.size == 8 else np.float64
        flat = np.array(listed, parts).view(kind)
    elif name == "half_val":
        flat = np.array(listed, np.uint16).view(kind)
    else:
        flat = np.array(listed).astype(kind) if listed else np.zeros(0, kind)
    whole = np.full(count, flat[-1] if len(flat) else (b"" if text else np.zeros((), kind)), kind)
    whole[: len(flat)] = flat[:count]
    return whole.reshape(shape)
