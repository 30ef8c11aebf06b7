"""DynamicPartition and DynamicStitch: rows dealt out to several tensors, and woven together again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.ops.arguments import VALUES
from tfcompat_tape.ops.bounds import check_indices
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.shapes import reshape
from tfcompat_tape.ops.tangents import multilinear


def _check_int32(name: str, what: str, raw: Any) -> None:
    if not isinstance(raw, torch.Tensor) or raw.dtype is not torch.int32:
        raise invalid(f"{name}: {what} must be int32, got {getattr(raw, 'dtype', raw)}. Use tf.cast.")


def _dealt(partitions: Any, count: int) -> list[Any]:
    """The positions of the rows that each partition gets."""
    partitions = reading.plain(partitions)  # what the shapes of the results depend on
    with reading.outside():
        flat = partitions.reshape(-1)
        return [torch.nonzero(flat == i).reshape(-1) for i in range(count)]


def _dynamic_partition(data: Any, partitions: Any, *, num_partitions: int) -> Any:
    _check_int32("DynamicPartition", "partitions", partitions)
    if num_partitions < 1:
        raise invalid(f"DynamicPartition: num_partitions must be at least 1, got {num_partitions}.")
    form = tuple(partitions.shape)
    if tuple(data.shape[: len(form)]) != form:
        raise invalid(
            f"DynamicPartition: data.shape must start with partitions.shape, got {list(data.shape)} and {list(form)}."
        )
    check_indices(partitions, num_partitions, "DynamicPartition: partitions")
    rows = data.reshape((math.prod(form), *data.shape[len(form) :]))
    found = _dealt(partitions, num_partitions)
    if isinstance(data, np.ndarray):
        return tuple([rows[index.numpy()] for index in found])
    return tuple([rows.index_select(0, index) for index in found])


dynamic_partition = primitive(
    "DynamicPartition",
    _dynamic_partition,
    inputs="data partitions",
    outputs=0,
    dtypes=VALUES,
    keep=Keep.INPUTS,
    keep_inputs=(1,),
)


@gradient("DynamicPartition")
def _dynamic_partition_rule(op: Any, *dys: Any) -> Any:
    partitions = raw_of(op.inputs[1])
    data_shape = op.shapes[0]
    found = _dealt(partitions, op.attrs["num_partitions"])
    with reading.outside():
        indices = [index.to(torch.int32) for index in found]
    return reshape(dynamic_stitch(*indices, *dys), shape=data_shape), None


def _dynamic_stitch(*inputs: Any) -> Any:
    count = len(inputs) // 2
    indices, data = inputs[:count], inputs[count:]
    if count == 0 or len(data) != count:
        raise invalid("DynamicStitch: indices and data must be lists of the same length, at least one.")
    rest = tuple(data[0].shape[indices[0].dim() :])
    for index, rows in zip(indices, data, strict=True):
        _check_int32("DynamicStitch", "indices", index)
        form = tuple(index.shape)
        if tuple(rows.shape[: len(form)]) != form:
            raise invalid(
                f"DynamicStitch: data of shape {list(rows.shape)} must start with its indices' shape, {list(form)}."
            )
        if tuple(rows.shape[len(form) :]) != rest:
            raise invalid(
                f"DynamicStitch: what each index stands for must have one shape, got {list(rest)} and "
                f"{list(rows.shape[len(form) :])}."
            )
    indices = [reading.plain(index) for index in indices]  # what the shape of the result depends on
    with reading.outside():
        flat = torch.cat([index.reshape(-1) for index in indices]).to(torch.int64)
        if not flat.numel():
            return data[0].reshape((0, *rest))
        low, high = flat.aminmax()
        if int(low) < 0:
            raise invalid(f"DynamicStitch: index {int(low)} is out of range.")
        size = int(high) + 1
    if isinstance(data[0], np.ndarray):
        result = np.full((size, *rest), b"", dtype=object)
        result[flat.numpy()] = np.concatenate([rows.reshape(-1, *rest) for rows in data])
        return result
    rows = torch.cat(
        [rows.reshape((index.numel(), *rest)) for index, rows in zip(indices, data, strict=True)]
    )
    # The last of several rows for one index wins: look each one up, so that the order cannot matter.
    with reading.outside():
        last = torch.full((size,), -1, dtype=torch.int64, device=rows.device)
        places = torch.arange(flat.numel(), device=rows.device)
        last = last.scatter_reduce(0, flat.to(rows.device), places, "amax")
        last = torch.where(last < 0, flat.numel(), last)
    zero = torch.cat([rows, rows.new_zeros((1, *rest))])
    return zero.index_select(0, last)


dynamic_stitch = primitive(
    "DynamicStitch", _dynamic_stitch, inputs="*indices", same=(), dtypes=VALUES, keep=Keep.INPUTS
)


@gradient("DynamicStitch")
def _dynamic_stitch_rule(op: Any, dy: Any) -> Any:
    count = len(op.inputs) // 2
    grads = [None] * count
    for index, needed in zip(op.inputs[:count], op.needs[count:], strict=True):
        grads.append(gather(dy, index, axis=0, batch_dims=0) if needed else None)
    return grads


multilinear("DynamicPartition", of=(0,))
moves_elements(dynamic_partition, dynamic_stitch)
