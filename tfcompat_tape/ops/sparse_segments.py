"""Sums, means and sqrt(n)-scaled sums over segments of rows that are looked up by index first."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import FLOATS, HALVES, REALS, Keep, gradient
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import real_div
from tfcompat_tape.ops.bounds import first_outside
from tfcompat_tape.ops.helpers import dtype_of, raw_of
from tfcompat_tape.ops.segments import check_sorted, counts, gather_segments, unsorted_segment_sum
from tfcompat_tape.ops.tangents import multilinear


def _scale(kind: str, ids: Any, segments: int, dtype: torch.dtype, rank: int) -> Any:
    """What the sum of each segment is divided by: its size, or the root of it."""
    held = counts(ids, segments, dtype, rank)
    return held if kind == "Mean" else held.sqrt()


def _check_range(indices: Any, size: int) -> None:
    """Raise for indices outside of `[0, size)`, where they are known."""
    if indices is None or not len(indices):
        return
    with reading.outside():
        if not bool(((indices >= 0) & (indices < size)).all()):
            found = str(first_outside(indices, size))
            raise invalid(f"Bad: indices{found.replace(' = ', ' == ').replace('is not in', 'out of range')}")


def _kernel(kind: str) -> Any:
    def kernel(
        data: Any,
        indices: Any,
        segment_ids: Any,
        *,
        num_segments: int | None = None,
        sparse_gradient: bool = False,
    ) -> Any:
        if not data.dim():
            raise invalid("data must have at least one axis")
        if indices.dim() != 1:
            raise invalid(f"indices should be a vector, got shape {list(indices.shape)}")
        if num_segments is None or reading.known(segment_ids) is not None:
            segments = check_sorted(segment_ids, len(indices))
        if num_segments is not None:
            if reading.known(segment_ids) is not None and num_segments < segments:
                raise invalid(
                    f"segment ids must be less than num_segments = {num_segments}; the last is {segments - 1}"
                )
            segments = num_segments
        rows = gather_segments(data, indices)
        _check_range(reading.known(indices), len(data))
        wide = (
            torch.float32 if data.dtype in HALVES else data.dtype
        )  # halves are summed, and divided, as float32
        sums = unsorted_segment_sum(rows.to(wide), segment_ids, num_segments=segments)
        if kind != "Sum":
            sums = sums / _scale(kind, segment_ids, segments, wide, data.dim())
        return sums.to(data.dtype)

    return kernel


def _rule(kind: str) -> Any:
    def rule(op: Any, dy: Any) -> Any:
        indices, ids = raw_of(op.inputs[1]), raw_of(op.inputs[2])
        rows = op.shapes[0][0]
        if kind != "Sum":
            dy = real_div(dy, _scale(kind, ids, raw_of(dy).shape[0], dtype_of(dy), len(op.shapes[0])))
        spread = gather_segments(dy, ids)
        if not op.get_attr("sparse_gradient"):
            return unsorted_segment_sum(spread, indices, num_segments=rows), None, None
        found, values = indices, spread
        if (plain := reading.known(indices)) is not None:
            with reading.outside():
                found, where = torch.unique(plain, return_inverse=True)
            values = unsorted_segment_sum(spread, where, num_segments=len(found))
        shape = torch.tensor(op.shapes[0], dtype=torch.int32)
        if type(dy) is Tensor:
            found, shape = Tensor(found, None), Tensor(shape, None)
        return IndexedSlices(values, found, shape), None, None

    return rule


def _define(kind: str) -> tuple[Any, Any]:
    """The op and its form that is told the number of segments."""
    dtypes = REALS if kind == "Sum" else FLOATS
    forms = []
    for name in (f"SparseSegment{kind}", f"SparseSegment{kind}WithNumSegments"):
        form = primitive(
            name,
            _kernel(kind),
            inputs="data indices segment_ids",
            defaults={"sparse_gradient": False},
            dtypes=dtypes,
            keep=Keep.INPUTS,
            keep_inputs=(1, 2),
        )
        gradient(name)(_rule(kind))
        multilinear(name, of=(0,))
        forms.append(form)
    return forms[0], forms[1]


sparse_segment_sum, sparse_segment_sum_with_num_segments = _define("Sum")
sparse_segment_mean, sparse_segment_mean_with_num_segments = _define("Mean")
sparse_segment_sqrt_n, sparse_segment_sqrt_n_with_num_segments = _define("SqrtN")
