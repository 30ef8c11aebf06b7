"""RaggedTensors looked up in, or by: `gather`, `gather_nd`, `where`, `reverse`, `one_hot`, `split`, sizes."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape import arrays
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.nn import embedding
from tfcompat_tape.ragged._parts.elementwise import elementwise
from tfcompat_tape.ragged._parts.gathering import check
from tfcompat_tape.ragged._parts.indexing import take
from tfcompat_tape.ragged._parts.joining import as_ragged, stack
from tfcompat_tape.ragged._parts.partitions import offsets
from tfcompat_tape.ragged._parts.tensor import RaggedTensor, _axis


def gather_nd(
    params: Any, indices: Any, batch_dims: Any = 0, name: Any = None, bad_indices_policy: Any = ""
) -> Any:
    """`tf.gather_nd` of a RaggedTensor."""
    if int(batch_dims):
        raise ValueError("tf.gather_nd: batch_dims != 0 is not supported for RaggedTensors.")
    if bad_indices_policy not in ("", "DEFAULT"):
        raise ValueError(
            "tf.gather_nd: non-default bad_indices_policy not supported for ragged gather, "
            f"got {bad_indices_policy!r}."
        )
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
    check(rows, len(params.row_splits._t) - 1)
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


def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: Any = None) -> Any:
    """`tf.nn.embedding_lookup` of ragged ids."""
    if not isinstance(ids, RaggedTensor):
        raise TypeError("tf.nn.embedding_lookup takes a RaggedTensor only as ids.")
    return ids.with_flat_values(embedding.embedding_lookup(params, ids.flat_values, max_norm))


def size(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """`tf.size` of a RaggedTensor: how many values it has."""
    return arrays.size(input.flat_values, dtypes.int32 if out_type is None else out_type)


def rank(input: Any, name: Any = None) -> Any:
    """`tf.rank` of a RaggedTensor."""
    return convert(int(input.shape.rank))


def split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: Any = None) -> Any:
    """`tf.split` of a RaggedTensor along an axis of one length."""
    sizes = convert(num_or_size_splits)._t
    if sizes.ndim == 0 and int(sizes) == 1:
        return [value]
    at = _axis(axis, int(value.shape.rank))
    count = value.shape[at]
    if count is None:
        raise ValueError(f"tf.split: axis {axis} is ragged: its rows differ in length.")
    if sizes.ndim == 0:
        parts = int(sizes)
        if parts <= 0 or count % parts:
            raise invalid(f"tf.split: {count} cannot be split into {parts} equal parts")
        lengths = [count // parts] * parts
    else:
        lengths = sizes.tolist()
    if sum(lengths) != count or min(lengths, default=0) < 0:
        raise invalid(f"tf.split: the sizes {lengths} do not sum to {count}")
    inner = at - value.ragged_rank
    if inner > 0:
        parts = arrays.split(value.flat_values, lengths, axis=inner)
        return [value.with_flat_values(part) for part in parts]
    found, start = [], 0
    for length in lengths:
        found.append(value[(*[slice(None)] * at, slice(start, start + length))])
        start += length
    return found


def like(function: Any) -> Any:
    """`tf.zeros_like` and `tf.ones_like` of a RaggedTensor."""

    def call(input: Any, dtype: Any = None, name: Any = None, layout: Any = None) -> Any:
        return input.with_flat_values(function(input.flat_values, dtype, layout=layout))

    return call


def dynamic_partition(data: Any, partitions: Any, num_partitions: Any, name: Any = None) -> Any:
    """`tf.dynamic_partition` of a RaggedTensor."""
    from tfcompat_tape.ragged._parts.masks import stack_dynamic_partitions

    stacked = stack_dynamic_partitions(data, partitions, num_partitions)
    return [stacked[at] for at in range(int(num_partitions))]
