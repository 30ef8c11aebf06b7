"""Tensors of the values of one feature, of many examples or steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.arrays.shaping import reshape
from tfcompat_tape.core import devices, dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.io.example_bytes import Values, on_end
from tfcompat_tape.io.features import (
    RaggedFeature,
    RowLengths,
    RowLimits,
    RowSplits,
    RowStarts,
    UniformRowLength,
)

Array = np.ndarray[Any, Any]


def kind_of(dtype: DType) -> Any:
    """The type of arrays of a dtype."""
    return object if dtype == dtypes.string else dtype.as_numpy_dtype


def tensor_of(array: Array, dtype: DType) -> Tensor:
    """An array as a Tensor."""
    return Tensor(array, None) if dtype == dtypes.string else convert(array, dtype)


def values_of(found: Values | None, dtype: DType, where: str) -> Array | None:
    """The values of a feature, None where it is missing. InvalidArgumentError: they are of another dtype."""
    if found is None:
        return None
    if found.dtype != dtype:
        raise invalid(
            f"{where}.  Data types don't match. Data type: {type_name(found.dtype)} but expected type: "
            f"{type_name(dtype)}"
        )
    return found.array


def lists_of(rows: Sequence[Values | None], dtype: DType, where: Sequence[str]) -> list[Array]:
    """The values of a feature in each example; none where it is missing."""
    none = np.zeros(0, kind_of(dtype))
    found = [values_of(row, dtype, place) for row, place in zip(rows, where, strict=True)]
    return [none if values is None else values for values in found]


def default_of(default: Any, dtype: DType, sizes: Sequence[int]) -> Array | None:
    """What stands for a missing feature, in its shape.

    Raises:
      InvalidArgumentError: as many values as another shape has. TypeError: of another dtype.
    """
    if default is None:
        return None
    array = np.asarray(to_numpy(convert(default, dtype)._t), kind_of(dtype))
    if array.size != int(np.prod(sizes, dtype=np.int64)):
        raise invalid(
            f"Reshape: Input to reshape is a tensor with {array.size} values, but the requested shape has "
            f"{int(np.prod(sizes, dtype=np.int64))}"
        )
    return array.reshape(tuple(sizes))


Where = Callable[[int], str]  # what errors call a row, by its number


def column(rows: Sequence[Values | None], dtype: DType, where: Where) -> tuple[Array, Array]:
    """The values of a feature in all examples on end, and how many each has; none where it is missing."""
    none: Any = [] if dtype == dtypes.string else b""
    several = []
    for i, row in enumerate(rows):
        if row is not None and row.dtype is not dtype:
            values_of(row, dtype, where(i))
        several.append(none if row is None else row.data)
    return on_end(dtype, several)


def dense(
    rows: Sequence[Values | None],
    dtype: DType,
    sizes: list[int],
    default: Array | None,
    key: str,
    where: Where,
    name: Where,
) -> Array:
    """Features that all have one shape, stacked."""
    count = math.prod(sizes)
    if all(row is not None and row.dtype is dtype for row in rows):
        flat, counts = column(rows, dtype, where)
        if (counts == count).all():
            return flat.reshape(len(rows), *sizes)
    whole = np.zeros((len(rows), *sizes), kind_of(dtype))
    for i, row in enumerate(rows):
        place = where(i)
        values = values_of(row, dtype, place)
        if values is None:
            if default is None:
                raise invalid(
                    f"{name(i)}Feature: {key} (data type: {type_name(dtype)}) is required but could not be found."
                )
            whole[i, ...] = default
        elif len(values) != count:
            raise invalid(
                f"{place}.  Number of {type_name(dtype)} values != expected.  Values size: {len(values)} but output "
                f"shape: {sizes}"
            )
        else:
            whole[i, ...] = values.reshape(sizes)
    return whole


def filled(flat: Array, counts: Array, dtype: DType, sizes: list[int], filler: Any, where: Where) -> Array:
    """Features with any number of values of one shape, filled up to the longest and stacked."""
    stride = math.prod(sizes)
    for i, count in enumerate(counts.tolist()):
        if stride == 0 or count % stride:
            raise invalid(
                f"{where(i)}.  Number of {type_name(dtype)} values is not a multiple of stride length. Saw {count} "
                f"values but output shape is: {[None, *sizes]}"
            )
    rows = counts // stride if stride else counts
    whole = np.full((len(rows), int(rows.max(initial=0)), *sizes), filler, kind_of(dtype))
    whole[np.arange(whole.shape[1]) < rows[:, None]] = flat.reshape(-1, *sizes)
    return whole


def joined(lists: Sequence[Array], dtype: DType) -> Array:
    """All values on end."""
    return np.concatenate(lists) if lists else np.zeros(0, kind_of(dtype))


def sparse(flat: Array, counts: Array, dtype: DType, single: bool) -> SparseTensor:
    """Values of rows that have so many as a SparseTensor of rank 2, or of rank 1 if `single`."""
    longest, columns = int(counts.max(initial=0)), np.arange(len(flat), dtype=np.int64)
    if single:
        places, shape = columns[:, None], [longest]
    else:
        rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        columns -= np.repeat(np.cumsum(counts) - counts, counts)
        places, shape = np.stack([rows, columns], axis=1), [len(counts), longest]
    return SparseTensor(convert(places), tensor_of(flat, dtype), convert(np.array(shape, np.int64)))


def single_sparse(flat: Array, dtype: DType) -> SparseTensor:
    """The values of one example as a SparseTensor of rank 1."""
    count = len(flat)
    if devices.current().type != "cpu":
        return sparse(flat, np.array([count]), dtype, True)
    places = Tensor(torch.arange(count).unsqueeze(1), None)
    return SparseTensor(places, own_tensor(flat, dtype), Tensor(torch.tensor([count]), None))


def own_tensor(array: Array, dtype: DType) -> Tensor:
    """An array of the dtype that nobody else has, as a Tensor."""
    if dtype is dtypes.string:
        return Tensor(array, None)
    return Tensor(torch.from_numpy(array), None) if devices.current().type == "cpu" else convert(array, dtype)


def cut(feature: RaggedFeature, count: int, keys: dict[str, Array], where: str) -> list[Array]:
    """The lengths of the rows of `count` values of one example, for each partition, from the outer one."""
    found: list[Array] = []
    for partition in reversed(feature.partitions):
        if isinstance(partition, UniformRowLength):
            length = int(partition.length)
            lengths = np.full(count // length if length else 0, length, np.int64)
        else:
            lengths = _lengths(partition, keys[partition.key], count)
        if feature.validate and (np.any(lengths < 0) or lengths.sum() != count):
            raise invalid(
                f"{where}: Arguments to _from_row_partition do not form a valid RaggedTensor: {partition} has "
                f"{lengths.sum()} values, there are {count}"
            )
        found.insert(0, lengths)
        count = len(lengths)
    return found


def _lengths(partition: Any, values: Array, count: int) -> Array:
    if isinstance(partition, RowLengths):
        return values
    if isinstance(partition, RowSplits):
        return np.diff(values)
    if isinstance(partition, RowStarts):
        return np.diff(np.append(values, count))
    if isinstance(partition, RowLimits):
        return np.diff(np.append(0, values))
    return np.bincount(values) if len(values) else np.zeros(0, np.int64)


def ragged(
    feature: RaggedFeature, lists: Sequence[Array], keys: Sequence[dict[str, Array]], where: Sequence[str]
) -> tuple[Any, list[int]]:
    """The values of all examples, cut by the partitions of each, and how many rows (or values) each example has."""
    from tfcompat_tape.ragged._parts.tensor import RaggedTensor

    dtype, splits_dtype = dtypes.as_dtype(feature.dtype), dtypes.as_dtype(feature.row_splits_dtype)
    cuts = [
        cut(feature, len(values), theirs, place)
        for values, theirs, place in zip(lists, keys, where, strict=True)
    ]
    whole: Any = tensor_of(joined(lists, dtype), dtype)
    for level in reversed(range(len(feature.partitions))):
        partition = feature.partitions[level]
        lengths = [one[level] for one in cuts]
        if isinstance(partition, UniformRowLength) and type(whole) is Tensor:
            whole = reshape(
                whole, [sum(len(one) for one in lengths), int(partition.length), *whole.shape[1:]]
            )
        elif isinstance(partition, UniformRowLength):
            rows = sum(len(one) for one in lengths)
            length = convert(int(partition.length), splits_dtype)
            whole = RaggedTensor.from_uniform_row_length(whole, length, rows, validate=False)
        else:
            flat = np.concatenate([np.zeros(1, np.int64), *lengths]).cumsum()
            whole = RaggedTensor.from_row_splits(whole, convert(flat, splits_dtype), validate=False)
    outer = [len(one[0]) if one else len(values) for one, values in zip(cuts, lists, strict=True)]
    return whole, outer


def in_rows(whole: Any, counts: Sequence[int], splits_dtype: DType) -> Any:
    """`whole` cut into rows of these lengths."""
    from tfcompat_tape.ragged._parts.tensor import RaggedTensor

    splits = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    return RaggedTensor.from_row_splits(whole, convert(splits, splits_dtype), validate=False)


def sizes_of(shape: Any) -> list[int]:
    """The sizes of a shape that must be known."""
    return [int(size) for size in TensorShape(shape).as_list()]
