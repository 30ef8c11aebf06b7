"""Reductions of sparse tensors: sums and maxima along axes, softmax along the last one."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import internal, invalid
from tfcompat_tape.core.registry import NUMERIC, REALS, Keep, gradient
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.segments import gather_segments, unsorted_segment_max, unsorted_segment_sum
from tfcompat_tape.ops.sparse_indices import (
    WHOLE,
    allowed,
    coordinates,
    dense_sizes,
    elements,
    grouped,
    positions,
    sizes,
)
from tfcompat_tape.ops.tangents import multilinear

_INPUTS = "input_indices input_values input_shape reduction_axes"


def _axes(axes: Any, rank: int) -> list[int]:
    """The axes that stay, in order."""
    given = reading.listed(axes)
    given = given if isinstance(given, list) else [given]
    for axis in given:
        if not -rank <= axis < rank:
            raise invalid(f"Invalid reduction dimension {axis}, for input with {rank} dimensions.")
    gone = {axis % rank for axis in given}
    return [axis for axis in range(rank) if axis not in gone]


def _kept(rows: Any, axes: list[int]) -> Any:
    with reading.outside():
        return rows[:, axes]


def _places(name: str, indices: Any, shape: Any, axes: Any) -> tuple[Any, tuple[int, ...], list[int]]:
    """Where in the result each element goes, the result's shape without the reduced axes, and the axes that stay."""
    rows, whole = coordinates(name, indices, shape), dense_sizes(name, shape)
    stay = _axes(axes, len(whole))
    size = tuple([whole[axis] for axis in stay])
    return positions(name, _kept(rows, stay), size, error=internal), size, stay


def _dense(name: str, reduce: Any, dtypes: Any) -> Any:
    def kernel(indices: Any, values: Any, shape: Any, axes: Any, *, keep_dims: bool = False) -> Any:
        coordinates(name, indices, shape, values)
        allowed(name, values, dtypes)
        flat, size, stay = _places(name, indices, shape, axes)
        count = 1
        for n in size:
            count *= n
        result = reduce(values, flat, num_segments=count)
        if name == "SparseReduceMax":  # where nothing is stands zero
            with reading.outside():
                there = torch.bincount(flat, minlength=count) > 0
            result = torch.where(there, result, 0)
        full = [sizes(shape)[axis] if axis in stay else 1 for axis in range(len(sizes(shape)))]
        return result.reshape(tuple(full) if keep_dims else size)

    return primitive(
        name,
        kernel,
        inputs=_INPUTS,
        defaults={"keep_dims": False},
        dtypes=WHOLE,
        keep=Keep.INPUTS,
        keep_inputs=(0, 2, 3),
    )


def _sparse(name: str, reduce: Any, dtypes: Any) -> Any:
    def kernel(indices: Any, values: Any, shape: Any, axes: Any, *, keep_dims: bool = False) -> Any:
        rows, whole = coordinates(name, indices, shape, values), dense_sizes(name, shape)
        allowed(name, values, dtypes)
        stay = _axes(axes, len(whole))
        found, number = grouped(_kept(rows, stay))
        result = reduce(values, number, num_segments=len(found))
        if keep_dims:
            with reading.outside():
                full = rows.new_zeros((len(found), len(whole)))
                full[:, stay] = found
                found = full
        size = [whole[axis] if axis in stay else 1 for axis in range(len(whole)) if keep_dims or axis in stay]
        return found, result, torch.tensor(size, dtype=torch.int64, device=rows.device)

    return primitive(name, kernel, inputs=_INPUTS, defaults={"keep_dims": False}, outputs=3, dtypes=WHOLE)


sparse_reduce_sum = _dense("SparseReduceSum", unsorted_segment_sum, NUMERIC)
sparse_reduce_max = _dense("SparseReduceMax", unsorted_segment_max, REALS)
sparse_reduce_sum_sparse = _sparse("SparseReduceSumSparse", unsorted_segment_sum, NUMERIC)
sparse_reduce_max_sparse = _sparse("SparseReduceMaxSparse", unsorted_segment_max, REALS)


@gradient("SparseReduceSum")
def _reduce_sum_rule(op: Any, dy: Any) -> Any:
    flat, _, _ = _places("SparseReduceSum", *[raw_of(op.inputs[i]) for i in (0, 2, 3)])
    return None, elements(dy, flat), None, None


multilinear("SparseReduceSum", of=(1,))


# -- softmax ----------------------------------------------------------------------------------------------------------

_SOFTMAX = frozenset({torch.float16, torch.float32, torch.float64})


def _rows_of(indices: Any, shape: Any) -> tuple[Any, int]:
    """For each element the number of the row, along the last axis, that it stands in; and how many rows there are."""
    rows = coordinates("SparseSoftmax", indices, shape)
    found, number = grouped(_kept(rows, list(range(rows.shape[1] - 1))))
    return number, len(found)


def _softmax(indices: Any, values: Any, shape: Any) -> Any:
    rank = coordinates("SparseSoftmax", indices, shape, values).shape[1]
    allowed("SparseSoftmax", values, _SOFTMAX)
    if rank < 2:
        raise invalid(f"Input should have rank >= 2, but received shape {list(sizes(shape))}")
    dense_sizes("SparseSoftmax", shape)
    number, count = _rows_of(indices, shape)
    top = gather_segments(unsorted_segment_max(values, number, num_segments=count), number)
    powers = torch.exp(values - top)
    return powers / gather_segments(unsorted_segment_sum(powers, number, num_segments=count), number)


sparse_softmax = primitive(
    "SparseSoftmax", _softmax, inputs="sp_indices sp_values sp_shape", dtypes=WHOLE, keep=Keep.BOTH
)


@gradient("SparseSoftmax")
def _softmax_rule(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    number, count = _rows_of(raw_of(op.inputs[0]), raw_of(op.inputs[2]))
    product = dy * y
    sums = gather_segments(unsorted_segment_sum(product, number, num_segments=count), number)
    return None, product - y * sums, None


__all__ = [
    "sparse_reduce_max",
    "sparse_reduce_max_sparse",
    "sparse_reduce_sum",
    "sparse_reduce_sum_sparse",
    "sparse_softmax",
]
