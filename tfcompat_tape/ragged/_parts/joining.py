"""RaggedTensors joined and reshaped: `concat`, `stack`, `expand_dims`, `squeeze`, `tile`, merged dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape import arrays
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts import graph_rows
from tfcompat_tape.ragged._parts.indexing import take
from tfcompat_tape.ragged._parts.partitions import offsets, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor, _axis


def _given(value: Any) -> Any:
    return value if isinstance(value, RaggedTensor) else convert(value)


def as_ragged(value: Any, depth: int, dtype: torch.dtype = torch.int64) -> Any:
    """`value` with at least `depth` dimensions cut by row splits."""
    if isinstance(value, RaggedTensor):
        if value.ragged_rank >= depth:
            return value
        return RaggedTensor._of(as_ragged(value.values, depth - 1, dtype), value.row_splits, value._length)
    if depth <= 0:
        return value
    sizes = list(value._t.shape)
    splits = torch.arange(sizes[0] + 1, dtype=dtype) * sizes[1]
    inner = arrays.reshape(value, [sizes[0] * sizes[1], *sizes[2:]])
    return RaggedTensor._of(as_ragged(inner, depth - 1, dtype), Tensor(splits, None), sizes[1])


def concat(values: Any, axis: Any, name: Any = "concat") -> Any:
    """`tf.concat` of RaggedTensors and Tensors."""
    items = [_given(value) for value in (values if isinstance(values, (list, tuple)) else [values])]
    rank = int(items[0].shape.rank)
    for item in items[1:]:
        if item.shape.rank != rank:
            raise ValueError(f"Shape {item.shape} must have rank {rank}")
    return _concat(items, _axis(axis, rank))


def _concat(items: list[Any], axis: int) -> Any:
    if len(items) == 1:
        return items[0]
    ragged = [item for item in items if isinstance(item, RaggedTensor)]
    if not ragged:
        return arrays.concat(items, axis)
    dtype = torch.int64
    if all(item.row_splits._t.dtype is torch.int32 for item in ragged):
        dtype = torch.int32
    depth = max(item.ragged_rank for item in ragged)
    parts = [as_ragged(item, depth, dtype) for item in items]
    if axis == 0:
        lengths = torch.cat([part.row_splits._t.diff().to(dtype) for part in parts])
        uniform = parts[0]._length
        if any(type(part._length) is not type(uniform) or part._length != uniform for part in parts[1:]):
            uniform = None
        return RaggedTensor._of(
            _concat([part.values for part in parts], 0),
            Tensor(splits_of_lengths(lengths), None),
            uniform,
        )
    first = parts[0].row_splits._t
    if any(len(part.row_splits._t) != len(first) for part in parts):
        sizes = [len(part.row_splits._t) - 1 for part in parts]
        raise invalid(f"Input tensors have incompatible shapes: they have {sizes} rows")
    if axis == 1:
        count = len(first) - 1
        whole = _concat(parts, 0)
        order = torch.arange(count * len(parts)).reshape(len(parts), count).T.reshape(-1)
        mixed = take(whole, order)
        splits = mixed.row_splits._t[:: len(parts)]
        return RaggedTensor._of(mixed.values, Tensor(splits, None))
    if any(not torch.equal(part.row_splits._t.long(), first.long()) for part in parts):
        raise invalid("Inputs must have identical ragged splits")
    return parts[0].with_values(_concat([part.values for part in parts], axis - 1))


def stack(values: Any, axis: Any = 0, name: Any = None) -> Any:
    """RaggedTensors and Tensors of one rank stacked along a new axis, whatever the lengths of their rows.

    Args:
      values: tensors of one rank and dtype.
      axis: where the new axis stands.

    Raises:
      ValueError: no values, other ranks, or there is no such axis.
      InvalidArgumentError: dtypes that differ.

    Source: `tf.ragged.stack`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.stack([[1, 2], [3]])
    <tf.RaggedTensor [[1, 2], [3]]>
    """
    items = [_given(value) for value in (values if isinstance(values, (list, tuple)) else [values])]
    if not items:
        raise ValueError("rt_inputs may not be empty.")
    rank = int(items[0].shape.rank)
    for item in items[1:]:
        if item.shape.rank != rank:
            raise ValueError(f"Shape {item.shape} must have rank {rank}")
    axis = _axis(axis, rank + 1)
    if rank == 0:
        return arrays.stack(items)
    if axis == 0:
        if not any(isinstance(item, RaggedTensor) for item in items) and rank == 1:
            lengths = torch.tensor([int(item.shape[0]) for item in items], dtype=torch.int32)
            return RaggedTensor._of(arrays.concat(items, 0), Tensor(splits_of_lengths(lengths), None))
        return _outer_stack(items)
    return _concat([expand_dims(item, axis) for item in items], axis)


def _outer_stack(items: Sequence[Any]) -> Any:
    kinds = [item.row_splits._t.dtype for item in items if isinstance(item, RaggedTensor)]
    dtype = torch.int64 if torch.int64 in kinds else torch.int32
    lengths = torch.tensor([int(item.shape[0]) for item in items], dtype=dtype)
    joined = _concat([as_ragged(item, 1, dtype) for item in items], 0)
    return RaggedTensor._of(joined, Tensor(splits_of_lengths(lengths), None))


def expand_dims(input: Any, axis: Any, name: Any = None) -> Any:
    """`tf.expand_dims` of a RaggedTensor."""
    if not isinstance(input, RaggedTensor):
        return arrays.expand_dims(input, axis)
    axis = _axis(axis, int(input.shape.rank) + 1)  # type: ignore[arg-type]
    splits = input.row_splits._t
    count = splits.shape[0] - 1
    if axis == 0:
        if type(count) is not int:
            return graph_rows.item(input, [None])
        return RaggedTensor._of(input, Tensor(splits.new_tensor([0, count]), None), count)
    if axis == 1:
        ones = torch.arange(count + 1, dtype=splits.dtype)
        return RaggedTensor._of(input, Tensor(ones, None), 1)
    return input.with_values(expand_dims(input.values, axis - 1))


def squeeze(input: Any, axis: Any = None, name: Any = None) -> Any:
    """`tf.squeeze` of a RaggedTensor."""
    if not isinstance(input, RaggedTensor):
        return arrays.squeeze(input, axis)
    if axis is None:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    rank = int(input.shape.rank)  # type: ignore[arg-type]
    axes = sorted({_axis(one, rank) for one in (axis if isinstance(axis, (list, tuple)) else [axis])})
    result: Any = input
    for one in reversed(axes):
        result = _squeezed(result, one)
    return result


def _squeezed(value: Any, axis: int) -> Any:
    if not isinstance(value, RaggedTensor):
        return arrays.squeeze(value, [axis])
    lengths = value.row_splits._t.diff()
    if axis == 0:
        if len(lengths) != 1:
            raise invalid(f"the given axis (axis = 0) is not squeezable! There are {len(lengths)} rows.")
        return value.values
    if axis == 1:
        if not bool((lengths == 1).all()):
            raise invalid("the given axis (axis = 1) is not squeezable! Not all rows have one value.")
        return value.values
    return value.with_values(_squeezed(value.values, axis - 1))


def tile(input: Any, multiples: Any, name: Any = None) -> Any:
    """`tf.tile` of a RaggedTensor."""
    times = [int(n) for n in convert(multiples).numpy().reshape(-1)]
    rank = int(input.shape.rank)
    if len(times) < rank:
        raise IndexError(f"tf.tile: multiples has {len(times)} numbers, for a tensor of rank {rank}.")
    if min(times) < 0:
        raise invalid(f"Tile: Expected multiples >= 0, got {times}.")
    result = input
    for axis, count in enumerate(times[:rank]):
        result = _repeated(result, axis, count)
    return result


def _repeated(value: Any, axis: int, times: int) -> Any:
    if times == 1:
        return value
    if not isinstance(value, RaggedTensor):
        return arrays.tile(value, [times if at == axis else 1 for at in range(value._t.ndim)])
    if axis == 0:
        return take(value, torch.arange(len(value.row_splits._t) - 1).repeat(times))
    if axis == 1:
        splits = value.row_splits._t
        lengths = splits.diff()
        places = torch.repeat_interleave(splits[:-1], lengths * times)
        inner = offsets(lengths * times) % torch.repeat_interleave(lengths, lengths * times)
        length = None if value._length is None else value._length * times
        return RaggedTensor._of(
            take(value.values, places + inner), Tensor(splits_of_lengths(lengths * times), None), length
        )
    inner_value = _repeated(value.values, axis - 1, times)
    return value.with_values(inner_value)


def merge_dims(value: Any, outer_axis: Any, inner_axis: Any) -> Any:
    """See `RaggedTensor.merge_dims`."""
    rank = int(value.shape.rank)
    outer, inner = _axis(outer_axis, rank, "outer_axis"), _axis(inner_axis, rank, "inner_axis")
    if outer > inner:
        raise ValueError(
            f"Expected outer_axis ({outer_axis}) to be less than or equal to inner_axis ({inner_axis})."
        )
    return _merged(value, outer, inner)


def _merged(value: Any, outer: int, inner: int) -> Any:
    if outer == inner:
        return value
    if not isinstance(value, RaggedTensor):
        sizes = list(value._t.shape)
        merged = 1
        for size in sizes[outer : inner + 1]:
            merged *= size
        return arrays.reshape(value, [*sizes[:outer], merged, *sizes[inner + 1 :]])
    if outer == 0:
        return _merged(value.values, 0, inner - 1)
    if outer > 1:
        return value.with_values(_merged(value.values, outer - 1, inner - 1))
    values = as_ragged(value.values, 1, value.row_splits._t.dtype)
    splits = values.row_splits._t[value.row_splits._t]
    length = None
    if value._length is not None and values._length is not None:
        length = value._length * values._length
    joined = RaggedTensor._of(values.values, Tensor(splits, None), length)
    return _merged(joined, 1, inner - 1)
