"""`tf.gather` where the params, the indices or both are ragged: along any axis, in batches of any depth."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape import arrays
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts import graph_rows
from tfcompat_tape.ragged._parts.indexing import take
from tfcompat_tape.ragged._parts.joining import as_ragged, stack
from tfcompat_tape.ragged._parts.partitions import coordinates, rowids
from tfcompat_tape.ragged._parts.tensor import RaggedTensor, _axis


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: Any = 0,
    name: Any = None,
) -> Any:
    """`tf.gather` of RaggedTensors."""
    params = params if isinstance(params, RaggedTensor) else convert(params)
    indices = indices if isinstance(indices, RaggedTensor) else convert(indices, preferred=dtypes.int32)
    if indices.dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"tf.gather: indices must be int32 or int64, not {indices.dtype.name}")
    rank, depth = int(params.shape.rank), int(indices.shape.rank)
    batch = int(batch_dims)
    if batch < 0:
        batch += depth
    if not 0 <= batch <= depth or batch >= rank:
        raise ValueError(f"tf.gather: batch_dims={batch_dims} is out of bounds for indices of rank {depth}.")
    along = batch if axis is None else _axis(axis, rank)
    if along < batch:
        raise ValueError(f"tf.gather: axis={axis} must not be less than batch_dims={batch_dims}.")
    return _gathered(params, indices, along, batch)


def _gathered(params: Any, indices: Any, axis: int, batch: int) -> Any:
    if not isinstance(params, RaggedTensor) and not isinstance(indices, RaggedTensor):
        return arrays.gather(params, indices, axis=axis, batch_dims=batch)
    if batch > 1:
        return _in_rows_of_rows(params, indices, axis, batch)
    if batch == 1:
        if axis == 1:
            return _in_rows(params, indices)
        # Each row of the params looks up what its batch does.
        params = as_ragged(params, 1)
        _alike(params, indices)
        repeated = take(indices, rowids(params.row_splits._t).long())
        return params.with_values(_gathered(params.values, repeated, axis - 1, 1))
    if axis > 1:
        params = as_ragged(params, 1)
        return params.with_values(_gathered(params.values, indices, axis - 1, 0))
    if axis == 1:
        return _in_rows(params, _repeated(indices, int(params.shape[0])))
    return _rows(params, indices)


def _alike(params: Any, indices: Any) -> None:
    """InvalidArgumentError unless both are batches of one size."""
    if int(params.shape[0]) != int(indices.shape[0]):
        raise invalid(f"tf.gather: params have {params.shape[0]} rows, and indices {indices.shape[0]}")


def _in_rows_of_rows(params: Any, indices: Any, axis: int, batch: int) -> Any:
    if (params.shape[1] is None) != (indices.shape[1] is None):
        raise ValueError(
            "batch shape from indices does not match params shape: one dimension is ragged, the other not"
        )
    params, indices = as_ragged(params, 1), as_ragged(indices, 1)
    if not torch.equal(params.row_splits._t.long(), indices.row_splits._t.long()):
        raise ValueError("batch shape from indices does not match params shape: row lengths differ")
    return indices.with_values(_gathered(params.values, indices.values, axis - 1, batch - 1))


def _in_rows(params: Any, indices: Any) -> Any:
    """For each batch what stands at these places of its row."""
    params = as_ragged(params, 1)
    _alike(params, indices)
    flat = indices.flat_values if isinstance(indices, RaggedTensor) else indices
    if isinstance(indices, RaggedTensor):
        row = coordinates(indices.nested_row_splits)[0]
    else:
        row = torch.arange(flat._t.shape[0])
    row = row.reshape(-1, *[1] * (flat._t.ndim - 1))
    splits = params.row_splits._t.long()
    size = splits.diff()[row]
    picked = flat._t.long()
    wrong = (picked < 0) | (picked >= size)
    if bool(wrong.any()):
        at = tuple(wrong.nonzero()[0].tolist())
        length = int(size.expand(picked.shape)[at])
        raise invalid(f"tf.gather: indices[{list(at)}] = {int(picked[at])} is not in [0, {length})")
    places = Tensor(picked + splits[:-1][row], None)
    moved = indices.with_flat_values(places) if isinstance(indices, RaggedTensor) else places
    return _gathered(params.values, moved, 0, 0)


def _repeated(indices: Any, count: int) -> Any:
    """The indices once for each of so many rows."""
    if not isinstance(indices, RaggedTensor):
        return arrays.broadcast_to(indices, [count, *indices._t.shape])
    if count:
        rows = stack([indices] * count)
        return RaggedTensor._of(rows.values, rows.row_splits, int(indices.shape[0]))
    nothing = take(indices, torch.zeros(0, dtype=torch.long))
    return RaggedTensor._of(nothing, Tensor(torch.zeros(1, dtype=indices.row_splits._t.dtype), None))


def _rows(params: Any, indices: Any) -> Any:
    """Whole rows, along the first axis."""
    if isinstance(indices, RaggedTensor):
        return indices.with_values(_gathered(params, indices.values, 0, 0))
    if indices._t.ndim == 1 and reading.graph() is not None:
        return graph_rows.rows(params, indices)
    if indices._t.ndim == 0:
        if reading.graph() is not None:
            return params[indices]
        check(indices._t.reshape(1), len(params.row_splits._t) - 1)
        return params[int(indices._t)]
    if indices._t.ndim > 1:
        picked = _rows(params, arrays.reshape(indices, [-1, *indices._t.shape[2:]]))
        return RaggedTensor._of(picked, as_ragged(indices, 1).row_splits)
    check(indices._t, len(params.row_splits._t) - 1)
    return _of_any_length(take(params, indices._t.long()))


def _of_any_length(value: Any) -> Any:
    """Rows of which nothing says that they are of one length."""
    if not isinstance(value, RaggedTensor):
        return value
    return RaggedTensor._of(_of_any_length(value.values), value.row_splits)


def check(indices: torch.Tensor, count: int) -> None:
    """InvalidArgumentError unless there are such rows."""
    for at in torch.nonzero((indices < 0) | (indices >= count))[:1, 0].tolist():
        raise invalid(f"RaggedGather: indices[{at}] = {int(indices[at])} is not in [0, {count})")
