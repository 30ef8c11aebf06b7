"""Between RaggedTensors and Tensors with padding."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.arrays import broadcast_to, gather, reshape, tensor_scatter_nd_update
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.partitions import offsets, partition, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def to_tensor(value: RaggedTensor, default_value: Any, shape: Any) -> Tensor:
    """See `RaggedTensor.to_tensor`."""
    if reading.noting():
        return reading.current.tracer.notes.described(to_tensor, value, default_value, shape)  # type: ignore[no-any-return, union-attr]
    flat = value.flat_values
    if default_value is None:
        default_value = "" if flat.dtype is dtypes.string else 0
        default_value = False if flat.dtype is dtypes.bool_ else default_value
    fill = convert(default_value, flat.dtype)
    bounds = [int(n) for n in value.bounding_shape().numpy()]
    if shape is not None:
        wanted = shape if isinstance(shape, TensorShape) else _as_shape(shape)
        if wanted.rank is not None:
            if wanted.rank != len(bounds):
                raise invalid(
                    f"rt_input.shape and shape={wanted} are incompatible: rt_input.rank = {len(bounds)} but "
                    f"shape.rank = {wanted.rank}"
                )
            bounds = [b if w is None else w for b, w in zip(bounds, wanted.as_list(), strict=True)]
    depth = value.ragged_rank
    inner = list(flat._t.shape[1:])
    if bounds[depth + 1 :] != inner:
        raise invalid(
            f"rt_input.shape and shape are incompatible: the inner dimensions are {inner}, not {bounds[depth + 1 :]}"
        )
    if fill._t.ndim > len(inner) or not _broadcasts(list(fill._t.shape), inner):
        raise invalid(
            f"default_value.shape={fill.shape} and rt_input.flat_values.shape={flat.shape} are incompatible: "
            "the default does not broadcast to the inner dimensions"
        )
    # The place of each flat value in the result, and whether there is one.
    rows = torch.arange(len(value.row_splits._t) - 1)
    kept = rows < bounds[0]
    for at, splits in enumerate(value.nested_row_splits, 1):
        lengths = splits._t.long().diff()
        inside = offsets(lengths)
        rows = torch.repeat_interleave(rows, lengths) * bounds[at] + inside
        kept = torch.repeat_interleave(kept, lengths) & (inside < bounds[at])
    outer = bounds[: depth + 1]
    result = broadcast_to(fill, [math.prod(outer), *inner])
    if not bool(kept.all()):
        flat = gather(flat, Tensor(torch.nonzero(kept)[:, 0], None))
        rows = rows[kept]
    return reshape(tensor_scatter_nd_update(result, Tensor(rows[:, None], None), flat), bounds)


def _broadcasts(small: list[int], large: list[int]) -> bool:
    return all(s in (1, b) for s, b in zip(reversed(small), reversed(large), strict=False))


def _as_shape(shape: Any) -> TensorShape:
    numbers = shape.numpy().tolist() if isinstance(shape, Tensor) else shape
    if any(n is not None and int(n) < -1 for n in numbers):
        raise ValueError(f"Dimension must be >= -1, got shape {list(numbers)}")
    if isinstance(shape, Tensor):
        return TensorShape([None if n < 0 else int(n) for n in shape.numpy()])
    return TensorShape([None if n is None or int(n) < 0 else int(n) for n in shape])


def from_tensor(
    tensor: Any, lengths: Any, padding: Any, ragged_rank: Any, row_splits_dtype: Any
) -> RaggedTensor:
    """See `RaggedTensor.from_tensor`."""
    dtype = dtypes.as_dtype(row_splits_dtype)
    if dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"RaggedTensor.from_tensor: row_splits_dtype must be int32 or int64, not {dtype.name}.")
    if lengths is not None and padding is not None:
        raise ValueError("Specify argument `lengths` or `padding`, but not both.")
    if not isinstance(ragged_rank, int):
        raise TypeError(f"Argument `ragged_rank` must be an int. Received {ragged_rank!r}.")
    if ragged_rank <= 0:
        raise ValueError(f"Argument `ragged_rank` must be greater than 0. Received {ragged_rank}.")
    tensor = convert(tensor)
    sizes = list(tensor._t.shape)
    if len(sizes) < 2:
        raise ValueError(
            "The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't have ragged dimensions. "
            f"Received argument `tensor` with rank {len(sizes)}."
        )
    several = (
        isinstance(lengths, (list, tuple)) and bool(lengths) and not isinstance(lengths[0], (int, float))
    )
    if several:
        return _by_nested_lengths(tensor, lengths, dtype)
    if len(sizes) <= ragged_rank:
        raise ValueError(f"Shape {tensor.shape} must have rank at least {ragged_rank + 1}")
    if ragged_rank > 1:
        if lengths is not None:
            raise ValueError("If Tensor.rank > ragged_rank > 1, `lengths` must be a tuple of vectors.")
        inner = from_tensor(
            reshape(tensor, [sizes[0] * sizes[1], *sizes[2:]]), None, padding, ragged_rank - 1, dtype
        )
        splits = torch.arange(sizes[0] + 1, dtype=dtype.torch) * sizes[1]
        return RaggedTensor._of(inner, Tensor(splits, None), sizes[1])
    rows, columns = sizes[:2]
    if padding is not None:
        lengths = Tensor(_unpadded(tensor, convert(padding, tensor.dtype), ragged_rank), None)
    if lengths is None:
        splits = torch.arange(rows + 1, dtype=dtype.torch) * columns
        return RaggedTensor._of(reshape(tensor, [rows * columns, *sizes[2:]]), Tensor(splits, None), columns)
    given = partition(lengths, "lengths")
    if len(given._t) != rows:
        raise ValueError(f"Shapes ({rows}, {columns}) and ({len(given._t)}, {columns}) are incompatible")
    count = given._t.clamp(0, columns).to(dtype.torch)
    places = torch.repeat_interleave(torch.arange(rows) * columns, count) + offsets(count)
    values = gather(reshape(tensor, [rows * columns, *sizes[2:]]), Tensor(places, None))
    return RaggedTensor._of(values, Tensor(splits_of_lengths(count), None))


def _unpadded(tensor: Tensor, padding: Tensor, ragged_rank: int) -> torch.Tensor:
    """The length of each row without the padding at its end."""
    raw = tensor._t
    if padding._t.shape != raw.shape[2:]:
        raise ValueError(
            f"Shapes {padding.shape} and {tensor.shape[2:]} are incompatible: padding is one value."
        )
    same = raw == padding._t
    if same.ndim > 2:
        same = same.flatten(2).all(2)
    places = torch.arange(1, same.shape[1] + 1)
    return torch.where(same, 0, places).amax(1) if same.shape[1] else torch.zeros(len(same), dtype=torch.long)


def _by_nested_lengths(tensor: Tensor, lengths: Any, dtype: Any) -> RaggedTensor:
    """Cut by several vectors of lengths, each of the rows that the one before keeps."""
    outer = from_tensor(tensor, lengths[0], None, 1, dtype)
    if len(lengths) == 1:
        return outer
    rest = lengths[1:]
    inner = (
        from_tensor(outer.values, rest[0], None, 1, dtype)
        if len(rest) == 1
        else _by_nested_lengths(outer.values, rest, dtype)
    )
    return outer.with_values(inner)
