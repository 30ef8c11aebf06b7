"""Tensors and SparseTensors as the bytes of `TensorProto`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, scalar
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.io.tensor_protos import TensorProto, elements
from tfcompat_tape.strings.texts import made, strings


@at_call(scalar(dtypes.string))
def serialize_tensor(tensor: Any, name: str | None = None) -> Tensor:
    """A tensor as one string, which TensorFlow reads, too.

    Source: `tf.io.serialize_tensor`.

    >>> import tfcompat_tape as tf
    >>> data = tf.io.serialize_tensor([[1.0, 2.0]])
    >>> tf.io.parse_tensor(data, tf.float32).numpy().tolist()
    [[1.0, 2.0]]
    """
    given = convert(tensor)
    return made([_bytes(given._read() if hasattr(given, "_read") else given)], ())


def _bytes(tensor: Tensor) -> bytes:
    dtype, shape = tensor.dtype, tensor.shape
    proto = TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=shape.as_proto())
    array = to_numpy(tensor._t)
    if dtype == dtypes.string:
        proto.string_val.extend(array.ravel().tolist())
    elif dtype.is_numpy_compatible or dtype.is_quantized:
        proto.tensor_content = np.ascontiguousarray(array).tobytes()
    else:
        raise unimplemented(f"SerializeTensor: tensors of {dtype.name} cannot be serialized.")
    return proto.SerializeToString()


@at_call()
def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Tensor:
    """The tensor that a string of `tf.io.serialize_tensor` holds.

    Args:
      serialized: one string.
      out_type: the dtype that it must have.

    Raises:
      InvalidArgumentError: another dtype, or bytes that are no tensor. TypeError: what is no string.

    Source: `tf.io.parse_tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.io.parse_tensor(tf.io.serialize_tensor([1, 2]), tf.int32).numpy().tolist()
    [1, 2]
    """
    wanted = dtypes.as_dtype(out_type)
    array = strings(serialized, "ParseTensor")
    if array.ndim:
        raise invalid(f"ParseTensor: Expected `serialized` to be a scalar, got shape: {list(array.shape)}")
    return _parsed(array.item(), wanted, "ParseTensor")


def _parsed(data: bytes, wanted: DType | None, what: str) -> Tensor:
    try:
        proto = TensorProto.FromString(data)
    except DecodeError:
        raise invalid(f"{what}: Could not parse `serialized` as TensorProto: {data[:60]!r}") from None
    try:
        found = dtypes.as_dtype(proto.dtype)
        shape = TensorShape(proto.tensor_shape)
        sizes = [] if shape.rank is None else [dim.size for dim in proto.tensor_shape.dim]
        if min(sizes, default=0) < 0:
            raise ValueError(f"negative size in {sizes}")
        if wanted is not None and found != wanted:
            raise invalid(
                f"{what}: Type mismatch between parsed tensor ({type_name(found)}) and dtype ({type_name(wanted)})"
            )
        return _tensor(elements(proto, found, sizes), found)
    except (TypeError, ValueError) as error:
        raise invalid(f"{what}: Cannot parse tensor from proto: {error}\n{proto}") from None


def _tensor(array: np.ndarray[Any, Any], dtype: DType) -> Tensor:
    return Tensor(array, None) if dtype == dtypes.string else convert(array, dtype)


# -- SparseTensors -----------------------------------------------------------------------------------------------------


def _checked(sp_input: Any, out_type: Any, what: str) -> SparseTensor:
    if not isinstance(sp_input, SparseTensor):
        if type(sp_input).__name__ != "SparseTensorValue":
            raise TypeError("Input must be a SparseTensor.")
        sp_input = SparseTensor.from_value(sp_input)
    dtype = dtypes.as_dtype(out_type)
    if dtype == dtypes.variant:
        raise unimplemented(f"{what}: tensors of dtype variant are not there. Use out_type=tf.string.")
    if dtype != dtypes.string:
        raise invalid(
            f"{what}: Value for attr 'out_type' of {type_name(dtype)} is not in the list of allowed values: "
            "string, variant"
        )
    return sp_input


@at_call()
def serialize_sparse(sp_input: Any, out_type: Any = dtypes.string, name: str | None = None) -> Tensor:
    """A SparseTensor as three strings: of its indices, its values and its shape.

    Errors: TypeError for what is no SparseTensor, InvalidArgumentError for another `out_type`, UnimplementedError for
    the dtype variant. Source: `tf.io.serialize_sparse`.

    >>> import tfcompat_tape as tf
    >>> tf.io.serialize_sparse(tf.sparse.eye(2)).shape
    TensorShape([3])
    """
    sparse = _checked(sp_input, out_type, "SerializeSparse")
    return made([_bytes(part) for part in (sparse.indices, sparse.values, sparse.dense_shape)], (3,))


@at_call()
def serialize_many_sparse(sp_input: Any, out_type: Any = dtypes.string, name: str | None = None) -> Tensor:
    """The slices of a SparseTensor along its first axis, three strings each.

    Errors: InvalidArgumentError for a SparseTensor of rank 1 or less, or whose indices are out of order or range;
    else as `tf.io.serialize_sparse`. Source: `tf.io.serialize_many_sparse`.

    >>> import tfcompat_tape as tf
    >>> tf.io.serialize_many_sparse(tf.sparse.eye(2)).shape
    TensorShape([2, 3])
    """
    sparse = _checked(sp_input, out_type, "SerializeManySparse")
    places, shape = to_numpy(sparse.indices._t), to_numpy(sparse.dense_shape._t)
    if len(shape) < 2:
        raise invalid(
            f"SerializeManySparse: Rank of input SparseTensor should be > 1, but saw rank: {len(shape)}"
        )
    rows = places[:, 0]
    if np.any(rows < 0) or np.any(rows >= shape[0]) or np.any(np.diff(rows) < 0):
        raise invalid(
            "SerializeManySparse: indices are out of order or out of bounds; see tf.sparse.reorder."
        )
    ends = np.searchsorted(rows, np.arange(shape[0] + 1))
    values = sparse.values._t
    tail = _bytes(convert(shape[1:]))
    texts = []
    for start, end in pairwise(ends.tolist()):
        texts += [_bytes(convert(places[start:end, 1:])), _bytes(Tensor(values[start:end], None)), tail]
    return made(texts, (int(shape[0]), 3))


@at_call()
def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: Any = None, name: str | None = None
) -> SparseTensor:
    """One SparseTensor of those that were serialized, along a new first axis; its shape has the largest of each size.

    Args:
      serialized_sparse: strings, (number, 3).
      dtype: the dtype of the values.
      rank: of the result, if it is to be checked.

    Raises:
      InvalidArgumentError: bytes that are no SparseTensor, other dtypes, ranks that differ. ValueError: another rank.

    Source: `tf.io.deserialize_many_sparse`.

    >>> import tfcompat_tape as tf
    >>> data = tf.io.serialize_many_sparse(tf.sparse.eye(2))
    >>> tf.io.deserialize_many_sparse(data, tf.float32).indices.numpy().tolist()
    [[0, 0], [1, 1]]
    """
    what = "DeserializeManySparse"
    wanted = dtypes.as_dtype(dtype)
    array = strings(serialized_sparse, what)
    if array.ndim < 1 or array.shape[-1] != 3:
        raise invalid(f"{what}: Serialized sparse should have 3 as the last dimension: {list(array.shape)}")
    batch = array.shape[:-1]
    parts = [[_parsed(text, None, what) for text in row] for row in array.reshape(-1, 3).tolist()]
    if not parts:
        raise invalid(f"{what}: Must have at least 1 serialized SparseTensor, but input matrix has 0 rows")
    places, values, shapes = [], [], []
    for i, (index, value, shape) in enumerate(parts):
        if value.dtype != wanted:
            raise invalid(
                f"{what}: Requested SparseTensor of type {type_name(wanted)} but SparseTensor[{i}].values.dtype() == "
                f"{type_name(value.dtype)}"
            )
        _fitting(what, i, index, value, shape)
        if shapes and len(shapes[0]) != len(shape):
            raise invalid(
                f"{what}: Inconsistent rank across SparseTensors: rank prior to SparseTensor[{i}] was: "
                f"{len(shapes[0])} but rank of SparseTensor[{i}] is: {len(shape)}"
            )
        own = to_numpy(index._t)
        before = np.array(np.unravel_index(i, batch), np.int64) if batch else np.zeros(0, np.int64)
        places.append(np.concatenate([np.tile(before, (len(own), 1)), own], axis=1))
        values.append(value._t)
        shapes.append(to_numpy(shape._t))
    whole = [*batch, *np.max(shapes, axis=0).tolist()]
    if rank is not None and len(whole) != int(rank):
        raise ValueError(
            f"Tensor's shape {places[0].shape} is not compatible with supplied shape (None, {int(rank)})."
        )
    joined = np.concatenate(values) if isinstance(values[0], np.ndarray) else torch.cat(values)
    return SparseTensor(
        convert(np.concatenate(places).astype(np.int64)),
        Tensor(joined, None),
        convert(np.array(whole, np.int64)),
    )


def _fitting(what: str, i: int, index: Tensor, value: Tensor, shape: Tensor) -> None:
    fits = (
        index.dtype == shape.dtype == dtypes.int64
        and (index.shape.rank, value.shape.rank, shape.shape.rank) == (2, 1, 1)
        and index.shape[0] == value.shape[0]
        and index.shape[1] == shape.shape[0]
    )
    if not fits:
        raise invalid(
            f"{what}: SparseTensor[{i}] is none: indices {index.dtype.name}{index.shape}, values {value.shape}, "
            f"shape {shape.dtype.name}{shape.shape}"
        )
