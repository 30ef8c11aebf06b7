"""Lookups: GatherV2 (rows along one axis) and GatherNd (elements or slices at coordinates).

On the CPU an index out of range raises InvalidArgumentError; on a GPU it gives zeros, as in TensorFlow, which cannot
look at the indices there either.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT, Keep, gradient
from tfcompat_tape.ops.arguments import MOVED, VALUES
from tfcompat_tape.ops.bounds import check_indices, coordinates, index_dtype, readable
from tfcompat_tape.ops.helpers import raw_of, shape_of
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.shapes import reshape
from tfcompat_tape.ops.tangents import multilinear


def take(x: Any, axis: int, index: Any) -> Any:
    """Rows of `x` along `axis`, for a vector of indices."""
    return take_or_zero(x, axis, index) if index.is_cuda else x.index_select(axis, index)


def take_or_zero(x: Any, axis: int, index: Any) -> Any:
    """Rows of `x` along `axis`, zeros for an index out of range."""
    size = x.shape[axis]
    if not size:
        return x.new_zeros([index.shape[0] if i == axis else n for i, n in enumerate(x.shape)])
    inside = (index >= 0) & (index < size)
    rows = x.index_select(axis, torch.where(inside, index, 0))
    return torch.where(_along(inside, x, axis), rows, rows.new_zeros(()))


def add_rows(x: Any, axis: int, index: Any, rows: Any) -> Any:
    """`x` with `rows` added along `axis` at a vector of indices."""
    return add_rows_inside(x, axis, index, rows) if index.is_cuda else torch.index_add(x, axis, index, rows)


def add_rows_inside(x: Any, axis: int, index: Any, rows: Any) -> Any:
    """`x` with `rows` added along `axis`, except those whose index is out of range."""
    if not x.shape[axis]:
        return x
    inside = (index >= 0) & (index < x.shape[axis])
    rows = torch.where(_along(inside, x, axis), rows, rows.new_zeros(()))
    return torch.index_add(x, axis, torch.where(inside, index, 0), rows)


def _along(inside: Any, x: Any, axis: int) -> Any:
    """A vector as a tensor that lies along `axis` of `x`."""
    return inside.reshape([-1] + [1] * (x.dim() - axis - 1))


# -- rows along one axis -----------------------------------------------------------------------------------------------


def _normal(shape: Any, index_shape: Any, axis: int, batch_dims: int) -> tuple[int, int]:
    """Axis and number of batch axes, counted from the front and checked."""
    rank = len(shape)
    if not rank:
        raise invalid("GatherV2: params must be at least 1 dimensional")
    if not -rank <= axis < rank:
        raise invalid(
            f"GatherV2: Shape must be at least rank {axis + 1 if axis >= 0 else -axis} but is rank {rank}: "
            f"there is no axis {axis}."
        )
    axis %= rank
    if not -len(index_shape) <= batch_dims <= len(index_shape):
        raise invalid(
            f"GatherV2: batch_dims {batch_dims} is out of range for indices of {len(index_shape)} axes."
        )
    if batch_dims < 0:
        batch_dims += len(index_shape)
    if batch_dims > axis:
        raise invalid(f"GatherV2: batch_dims {batch_dims} must not exceed axis {axis}.")
    if shape[:batch_dims] != index_shape[:batch_dims]:
        raise invalid(
            f"GatherV2: params of shape {list(shape)} and indices of shape {list(index_shape)} must agree in their "
            f"first {batch_dims} axes."
        )
    return axis, batch_dims


def _gather(x: Any, indices: Any, *, axis: int = 0, batch_dims: int = 0) -> Any:
    indices = index_dtype("GatherV2", indices)
    if isinstance(x, np.ndarray):
        return _gather_strings(x, indices, axis, batch_dims)
    if axis == 0 and batch_dims == 0 and indices.dim() == 1 and x.dim():
        return take(x, 0, indices)
    shape = x.shape
    axis, batch = _normal(shape, indices.shape, axis, batch_dims)
    if not batch:
        rows = take(x, axis, indices.reshape(-1))
        return rows if indices.dim() == 1 else rows.reshape(shape[:axis] + indices.shape + shape[axis + 1 :])
    # The batch joins the axis that is looked up: rows of a matrix whose columns are all other axes.
    size, inner, found = shape[axis], shape[batch:axis], indices.shape[batch:]
    matrix = x.movedim(axis, batch).reshape(
        math.prod(shape[:batch]) * size, math.prod(inner + shape[axis + 1 :])
    )
    rows = take(matrix, 0, _batched(indices, batch, size))
    rows = rows.reshape(shape[:batch] + found + inner + shape[axis + 1 :])
    start = list(range(batch, batch + len(found)))
    return rows.movedim(start, [i + len(inner) for i in start])


def _batched(indices: Any, batch: int, size: int) -> Any:
    """Indices into each of a batch of tensors as indices into all of them, one after the other."""
    check_indices(indices, size, "GatherV2: indices")
    count = math.prod(indices.shape[:batch])
    flat = indices.reshape(count, math.prod(indices.shape[batch:])).to(torch.int64)
    moved = flat + torch.arange(0, count * size, max(size, 1), device=indices.device)[:count].unsqueeze(1)
    if not readable(indices):  # out of range here must not be in range there
        moved = torch.where((flat >= 0) & (flat < size), moved, -1)
    return moved.reshape(-1)


def _gather_strings(x: Any, indices: Any, axis: int, batch_dims: int) -> Any:
    """Strings are found by their positions, gathered as numbers."""
    positions = torch.arange(x.size).reshape(x.shape)
    found = _gather(positions, indices, axis=axis, batch_dims=batch_dims)
    return np.asarray(x.reshape(-1)[found.numpy()], dtype=object)


def _gather_grad(dy: Any, indices: Any, *, shape: Any, axis: int, batch_dims: int) -> Any:
    indices = index_dtype("GatherV2Grad", indices)
    axis, batch = _normal(shape, indices.shape, axis, batch_dims)
    if not batch:
        count = indices.numel()
        rows = dy.reshape((*shape[:axis], count, *shape[axis + 1 :]))
        return add_rows(dy.new_zeros(shape), axis, indices.reshape(-1), rows)
    size, inner, found = shape[axis], shape[batch:axis], indices.shape[batch:]
    start = list(range(batch, batch + len(found)))
    columns = math.prod(inner + shape[axis + 1 :])
    rows = dy.movedim([i + len(inner) for i in start], start).reshape(indices.numel(), columns)
    matrix = add_rows(
        dy.new_zeros((math.prod(shape[:batch]) * size, columns)), 0, _batched(indices, batch, size), rows
    )
    return matrix.reshape((*shape[:batch], size, *inner, *shape[axis + 1 :])).movedim(batch, axis)


gather = primitive(
    "GatherV2",
    _gather,
    inputs="params indices",
    defaults={"axis": 0, "batch_dims": 0},
    dtypes=MOVED,
    keep=Keep.INPUTS,
    keep_inputs=(1,),
)
# TensorFlow composes this; as one op it runs on every axis and in every batch alike.
gather_grad = primitive(
    "GatherV2Grad", _gather_grad, inputs="dy indices", dtypes=INEXACT, keep=Keep.INPUTS, keep_inputs=(1,)
)


@gradient("GatherV2")
def _gather_rule(op: Any, dy: Any) -> Any:
    indices = op.inputs[1]
    shape = op.shapes[0]
    axis, batch_dims = op.get_attr("axis"), op.get_attr("batch_dims")
    if axis == 0 and batch_dims == 0:
        count = raw_of(indices).numel()
        if len(shape_of(indices)) != 1:
            indices = reshape(indices, shape=(count,))
        return IndexedSlices(reshape(dy, shape=(count, *shape[1:])), indices, shape), None
    return gather_grad(dy, indices, shape=shape, axis=axis, batch_dims=batch_dims), None


@gradient("GatherV2Grad")
def _gather_grad_rule(op: Any, dy: Any) -> Any:
    return gather(dy, op.inputs[1], axis=op.attrs["axis"], batch_dims=op.attrs["batch_dims"]), None


# -- elements or slices at coordinates ---------------------------------------------------------------------------------


def _gather_nd(x: Any, indices: Any, *, bad_indices_policy: str = "") -> Any:
    indices = index_dtype("GatherNd", indices)
    if not indices.dim():
        raise invalid("GatherNd: indices must have at least one axis.")
    depth = indices.shape[-1]
    shape = tuple(x.shape)
    if depth > len(shape):
        raise invalid(
            f"GatherNd: index innermost dimension length must be <= params rank; saw: {depth} vs. {len(shape)}"
        )
    lead, rest = tuple(indices.shape[:-1]), shape[depth:]
    if math.prod(lead) and not math.prod(shape) and not bad_indices_policy:
        raise invalid(
            f"GatherNd: Requested more than 0 entries, but params is empty: its shape is {list(shape)}."
        )
    flat, inside = coordinates(indices, shape[:depth], "GatherNd", bad_indices_policy)
    if isinstance(x, np.ndarray):
        return x.reshape(math.prod(shape[:depth]), *rest)[flat.numpy()].reshape(lead + rest)
    matrix = x.reshape(math.prod(shape[:depth]), math.prod(rest))
    if inside is not None and not matrix.shape[0]:
        return x.new_zeros(lead + rest)
    rows = matrix.index_select(0, flat)
    if inside is not None:
        rows = torch.where(inside.unsqueeze(1), rows, rows.new_zeros(()))
    return rows.reshape(lead + rest)


gather_nd = primitive(
    "GatherNd",
    _gather_nd,
    inputs="params indices",
    defaults={"bad_indices_policy": ""},
    dtypes=VALUES,
    keep=Keep.INPUTS,
    keep_inputs=(1,),
)


@gradient("GatherNd")
def _gather_nd_rule(op: Any, dy: Any) -> Any:
    indices = op.inputs[1]
    shape, index_shape = op.shapes
    if len(index_shape) == 2 and index_shape[1] == 1:
        return IndexedSlices(dy, reshape(indices, shape=index_shape[:1]), shape), None
    if len(index_shape) == 1:  # ScatterNd wants a list of coordinates
        indices, dy = reshape(indices, shape=(1, *index_shape)), reshape(dy, shape=(1, *shape_of(dy)))
    policy = op.get_attr("bad_indices_policy")
    return registry.OPS["ScatterNd"].call(indices, dy, shape=tuple(shape), bad_indices_policy=policy), None


multilinear("GatherV2", "GatherV2Grad", "GatherNd", of=(0,))
moves_elements(gather, gather_nd)
