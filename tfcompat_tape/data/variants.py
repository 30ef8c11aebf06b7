"""Ragged and sparse values as TensorFlow writes them to files: tensors of variants, each with tensors of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.errors import DataLossError
from tfcompat_tape.core.sparse_tensor import SparseTensor, SparseTensorSpec
from tfcompat_tape.core.tensor import Tensor, from_numpy
from tfcompat_tape.core.wire import block, fields, read_varint, varint
from tfcompat_tape.io.tensor_protos import TensorProto, make_ndarray, make_tensor_proto

VARIANT = 21  # the number of the dtype


def as_proto(value: Any) -> TensorProto | None:
    """The message of a ragged or sparse value; `None` if it is neither."""
    if isinstance(value, SparseTensor):
        rows = [[value.indices], [value.values], [value.dense_shape]]
        return _proto([_variant("tensorflow::Tensor", row) for row in rows])
    if not hasattr(value, "row_splits"):
        return None
    rows = []
    for row in value._unstacked():
        inner = [row] if isinstance(row, Tensor) else [*row.nested_row_splits, row.flat_values]
        rows.append(inner)
    return _proto([_variant("RaggedTensorVariant", row) for row in rows])


def _variant(name: str, tensors: list[Tensor]) -> bytes:
    parts = [block(3, make_tensor_proto(x).SerializeToString()) for x in tensors]
    return block(1, name.encode()) + b"".join(parts)


def _proto(variants: list[bytes]) -> TensorProto:
    from tfcompat_tape.core.shapes import TensorShape

    proto = TensorProto(dtype=VARIANT, tensor_shape=TensorShape([len(variants)]).as_proto())
    proto.tensor_content = b"".join(varint(len(x)) for x in variants) + b"".join(variants)
    return proto


def of_proto(proto: TensorProto, spec: Any) -> Any:
    """The ragged or sparse value of a message."""
    count = proto.tensor_shape.dim[0].size if proto.tensor_shape.dim else 1
    rows = [_tensors(x) for x in cut(proto.tensor_content, count)]
    if isinstance(spec, SparseTensorSpec):
        if len(rows) != 3:
            raise DataLossError(
                None, None, f"A SparseTensor is written as three tensors, not as {len(rows)}."
            )
        return SparseTensor(*[row[0] for row in rows])
    if not spec._ragged_rank:
        return rows[0][0]._t
    if not proto.tensor_shape.dim:  # one variant is the whole value, several are its rows
        return _row(rows[0])
    return spec._stack([_row(row) for row in rows]) if rows else _empty(spec)


def _row(parts: list[Tensor]) -> Any:
    from tfcompat_tape.ragged._parts.tensor import RaggedTensor

    *splits, values = parts
    return RaggedTensor.from_nested_row_splits(values, splits) if splits else values


def _empty(spec: Any) -> Any:
    import tfcompat_tape.ragged as ragged

    return ragged.constant(
        [], spec._dtype, ragged_rank=spec._ragged_rank, row_splits_dtype=spec._row_splits_dtype
    )


def cut(data: bytes, count: int) -> list[bytes]:
    """Texts that stand one after another, with their lengths before all of them."""
    sizes, at = [], 0
    for _ in range(count):
        size, at = read_varint(data, at)
        sizes.append(size)
    found = []
    for size in sizes:
        found.append(data[at : at + size])
        at += size
    return found


def _tensors(data: bytes) -> list[Tensor]:
    found = []
    for number, _, value, _ in fields(data):
        if number == 3 and isinstance(value, bytes):
            proto = TensorProto()
            proto.ParseFromString(value)
            array = make_ndarray(proto)
            raw = array if array.dtype == object else from_numpy(np.ascontiguousarray(array))
            found.append(Tensor(raw, None))
    return found
