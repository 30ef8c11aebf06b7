"""RaggedTensors looked up in, or by: `gather`, `gather_nd`, `where`, `reverse`, `one_hot`, `split`, sizes."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape import arrays
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.elementwise import elementwise
from tfcompat_tape.ragged._parts.indexing import take
from tfcompat_tape.ragged._parts.joining import as_ragged, stack
from tfcompat_tape.ragged._parts.partitions import offsets
from tfcompat_tape.ragged._parts.tensor import RaggedTensor, _axis


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: Any = 0,
    name: Any = None,
) -> Any:
    """`tf.gather` where the params, the indices or both are ragged: along the first axis, or in batches."""
    params = params if isinstance(params, RaggedTensor) else convert(params)
    indices = indices if isinstance(indices, RaggedTensor) else convert(indices, preferred=dtypes.int32)
    rank = int(indices.shape.rank)
    batch = int(batch_dims)
    if batch < 0:
        batch += rank
    along = batch if axis is None else _axis(axis, int(params.shape.rank))
    if along != batch or batch > 1:
        raise NotImplementedError(
            f"tf.gather of RaggedTensors with axis={axis} and batch_dims={batch_dims} is not covered: "
            "only axis == batch_dims in (0, 1) is."
        )
    if batch == 1:
        return _gather_in_rows(params, indices)
    if isinstance(indices, RaggedTensor):
        return indices.with_values(gather(params, indices.values))
    if indices._t.is_floating_point() or indices.dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"tf.gather: indices must be int32 or int64, not {indices.dtype.name}")
    if not isinstance(params, RaggedTensor):
        return arrays.gather(params, indices)
    if indices._t.ndim == 0:
        _check(indices._t.reshape(1), len(params.row_splits._t) - 1)
        return params[int(indices._t)]
    if indices._t.ndim > 1:
        picked = gather(params, arrays.reshape(indices, [-1, *indices._t.shape[2:]]))
        return RaggedTensor._of(picked, as_ragged(indices, 1).row_splits)
    _check(indices._t, len(params.row_splits._t) - 1)
    return take(params, indices._t.long())


def _check(indices: torch.Tensor, count: int) -> None:
    for at in torch.nonzero((indices < 0) | (indices >= count))[:1, 0].tolist():
        raise invalid(f"RaggedGather: indices[{at}] = {int(indices[at])} is not in [0, {count})")


def _gather_in_rows(params: Any, indices: Any) -> Any:
    params, indices = as_ragged(params, 1), as_ragged(indices, 1)
    rows = len(params.row_splits._t) - 1
    if len(indices.row_splits._t) - 1 != rows:
        raise invalid(f"tf.gather: params have {rows} rows, and indices {len(indices.row_splits._t) - 1}")
    if isinstance(indices.values, RaggedTensor) or indices.values._t.ndim > 1:
        raise NotImplementedError("tf.gather with batch_dims=1 and indices of a rank above 2 is not covered.")
    lengths = indices.row_splits._t.diff()
    picked = indices.values._t.long()
    size = torch.repeat_interleave(params.row_splits._t.diff(), lengths)
    for at in torch.nonzero((picked < 0) | (picked >= size))[:1, 0].tolist():
        raise invalid(f"tf.gather: indices[{at}] = {int(picked[at])} is not in [0, {int(size[at])})")
    starts = torch.repeat_interleave(params.row_splits._t[:-1], lengths)
    return indices.with_values(take(params.values, starts + picked))


def gather_nd(
    params: Any, indices: Any, batch_dims: Any = 0, name: Any = None, bad_indices_policy: Any = ""
) -> Any:
    """`tf.gather_nd` of a RaggedTensor."""
    if int(batch_dims):
        raise NotImplementedError("tf.gather_nd of RaggedTensors with batch_dims is not covered.")
    params = params if isinstance(params, RaggedTensor) else convert(params)
    if isinstance(indices, RaggedTensor):
        return indices.with_values(gather_nd(params, indices.values))
    indices = convert(indices)
    if indices._t.ndim == 0:
        raise ValueError("indices must be statically known to have rank at least 1.")
    if not isinstance(params, RaggedTensor):
        return arrays.gather_nd(params, indices)
    size = int(indices._t.shape[-1])
    if indices._t.ndim > 2:
        return as_ragged(indices, 1).with_values(
            gather_nd(params, arrays.reshape(indices, [-1, *indices._t.shape[2:]]))
        )
    if indices._t.ndim == 1:
        return params[tuple(indices._t.tolist())]
    if size == 0:
        return stack([params] * len(indices._t))
    if size > int(params.shape.rank):  # type: ignore[arg-type]
        raise invalid(f"tf.gather_nd: indices of {size} numbers, for params of shape {params.shape}")
    value: Any = params
    rows = indices._t[:, 0].long()
    _check(rows, len(params.row_splits._t) - 1)
    for at in range(1, size):
        if not isinstance(value, RaggedTensor):
            rest = indices._t[:, at:].long()
            whole = torch.cat([rows[:, None], rest], 1)
            return arrays.gather_nd(value, Tensor(whole, None))
        starts, lengths = value.row_splits._t[:-1][rows], value.row_splits._t.diff()[rows]
        place = indices._t[:, at].long()
        for bad in torch.nonzero((place < 0) | (place >= lengths))[:1, 0].tolist():
            raise invalid(f"tf.gather_nd: indices[{bad}] = {indices._t[bad].tolist()} is outside of its row")
        rows = starts + place
        value = value.values
    return take(value, rows) if isinstance(value, RaggedTensor) else arrays.gather(value, Tensor(rows, None))


def where(condition: Any, x: Any = None, y: Any = None, name: Any = None) -> Any:
    """`tf.where` of RaggedTensors."""
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    if x is not None:
        return elementwise(arrays.where, (condition, x, y))
    places = [torch.nonzero(condition.flat_values._t)]
    found = places[0]
    columns = [found[:, at] for at in range(1, found.shape[1])]
    index = found[:, 0]
    for splits in reversed(condition.nested_row_splits):
        lengths = splits._t.diff()
        columns.insert(0, offsets(lengths).long()[index])
        index = torch.repeat_interleave(torch.arange(len(lengths)), lengths)[index]
    return Tensor(torch.stack([index, *columns], 1), None)


def reverse(tensor: Any, axis: Any, name: Any = None) -> Any:
    """`tf.reverse` of a RaggedTensor."""
    rank = int(tensor.shape.rank)
    given = axis.numpy().reshape(-1).tolist() if isinstance(axis, Tensor) else axis
    keys = [slice(None)] * rank
    for at, one in enumerate(given if isinstance(given, (list, tuple)) else [given]):
        keys[_axis(one, rank, f"axis[{at}]")] = slice(None, None, -1)
    return tensor[tuple(keys)]


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: Any = None,
    dtype: Any = None,
    name: Any = None,
) -> Any:
    """`tf.one_hot` of a RaggedTensor: along a new last axis, or one after the ragged ones."""
    if axis is not None and axis >= 0:
        if axis <= indices.ragged_rank:
            raise ValueError("axis may not be less than or equal to indices.ragged_rank.")
        axis -= indices.ragged_rank
    flat = arrays.one_hot(indices.flat_values, depth, on_value, off_value, axis, dtype)
    return indices.with_flat_values(flat)


def size(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """`tf.size` of a RaggedTensor: how many values it has."""
    return arrays.size(input.flat_values, dtypes.int32 if out_type is None else out_type)


def rank(input: Any, name: Any = None) -> Any:
    """`tf.rank` of a RaggedTensor."""
    return convert(int(input.shape.rank))


def split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: Any = None) -> Any:
    """`tf.split` of a RaggedTensor along its first axis."""
    if _axis(axis, int(value.shape.rank)) != 0:
        raise NotImplementedError("tf.split of RaggedTensors along an inner axis is not covered.")
    count = len(value.row_splits._t) - 1
    sizes = convert(num_or_size_splits)._t
    if sizes.ndim == 0:
        parts = int(sizes)
        if parts <= 0 or count % parts:
            raise invalid(f"tf.split: {count} rows cannot be split into {parts} equal parts")
        lengths = [count // parts] * parts
    else:
        lengths = sizes.tolist()
    if sum(lengths) != count or min(lengths, default=0) < 0:
        raise invalid(f"tf.split: the sizes {lengths} do not sum to {count} rows")
    found, start = [], 0
    for length in lengths:
        found.append(value[start : start + length])
        start += length
    return found


def like(function: Any) -> Any:
    """`tf.zeros_like` and `tf.ones_like` of a RaggedTensor."""

    def call(input: Any, dtype: Any = None, name: Any = None, layout: Any = None) -> Any:
        return input.with_flat_values(function(input.flat_values, dtype))

    return call


def dynamic_partition(data: Any, partitions: Any, num_partitions: Any, name: Any = None) -> Any:
    """`tf.dynamic_partition` of a RaggedTensor."""
    from tfcompat_tape.ragged._parts.masks import stack_dynamic_partitions

    stacked = stack_dynamic_partitions(data, partitions, num_partitions)
    return [stacked[at] for at in range(int(num_partitions))]
