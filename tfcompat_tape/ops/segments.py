"""Reductions over segments: rows with one id go into one row of the result.

Unsorted ops are told the number of segments and drop rows with negative ids. Sorted ones take increasing ids and have
as many segments as the last id says.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.registry import FLOATS, HALVES, INEXACT, NUMERIC, REALS, Keep, gradient, jvp
from tfcompat_tape.ops.arguments import INT16_32_64, INT32_64
from tfcompat_tape.ops.arithmetic import mul, real_div, where
from tfcompat_tape.ops.helpers import dtype_of, raw_of
from tfcompat_tape.ops.tangents import multilinear
from tfcompat_tape.ops.wide import bits, highest, lowest, ordered, unordered


def _zero(dtype: torch.dtype) -> Any:
    return 0


def _one(dtype: torch.dtype) -> Any:
    return 1


def _add(base: Any, ids: Any, rows: Any) -> Any:
    if (
        rows.dtype in HALVES and rows.dim() > 1
    ):  # as in TensorFlow each sum is rounded, but not those of scalars
        return base.index_put((ids,), rows, accumulate=True)
    return base.index_add(0, ids, rows)


def _reduce(how: str) -> Any:
    def reduce(base: Any, ids: Any, rows: Any) -> Any:
        ids = ids.reshape(-1, *[1] * (rows.dim() - 1)).expand(rows.shape)
        return base.scatter_reduce(0, ids, rows, how)

    return reduce


# How rows are combined: the function, the value of no rows, and an integer form of unsigned rows to do it in.
_SUM = (_add, _zero, bits, None)
_PROD = (_reduce("prod"), _one, bits, None)
_MAX = (_reduce("amax"), lowest, ordered, unordered)
_MIN = (_reduce("amin"), highest, ordered, unordered)
# The extrema of sorted segments start from the first row: infinities that stand alone stay.
_SORTED_MAX = (
    _reduce("amax"),
    lambda dtype: -math.inf if dtype in FLOATS else lowest(dtype),
    ordered,
    unordered,
)
_SORTED_MIN = (
    _reduce("amin"),
    lambda dtype: math.inf if dtype in FLOATS else highest(dtype),
    ordered,
    unordered,
)


def _combine(way: Any, rows: Any, ids: Any, count: int) -> Any:
    """Combine `rows` by `ids`, of which the negative ones do not count."""
    reduce, empty, enter, leave = way
    dtype = rows.dtype
    inner = enter(rows)
    # One row more than asked for takes what is dropped. An id that is too large stays out of range, so that torch
    # objects on the CPU; on other devices, where that would end the process, such rows are dropped, as in TensorFlow.
    ids = ids.to(torch.int64)
    if rows.device.type == "cpu":
        ids = torch.where(ids < 0, count, torch.where(ids >= count, count + 1, ids))
    else:
        ids = torch.where((ids < 0) | (ids >= count), count, ids)
    start = empty(inner.dtype)
    base = torch.full((count + 1, *rows.shape[1:]), start, dtype=inner.dtype, device=rows.device)
    result = reduce(base, ids, inner).narrow(0, 0, count)
    return leave(result, dtype) if leave is not None else result.to(dtype)


def _unsorted(way: Any, index_dtypes: Any) -> Any:
    def kernel(data: Any, segment_ids: Any, *, num_segments: int) -> Any:
        if segment_ids.dtype not in index_dtypes:
            raise _not_ids(segment_ids)
        rank = segment_ids.dim()
        if data.shape[:rank] != segment_ids.shape:
            raise invalid(
                f"data.shape = {list(data.shape)} does not start with segment_ids.shape = {list(segment_ids.shape)}"
            )
        if num_segments < 0:
            raise invalid(f"num_segments must not be negative, got {num_segments}")
        rows = data if rank == 1 else data.reshape(segment_ids.numel(), *data.shape[rank:])
        return _combine(way, rows, segment_ids if rank == 1 else segment_ids.reshape(-1), num_segments)

    return kernel


def _unsorted_op(name: str, way: Any, dtypes: Any, keep: Keep = Keep.BOTH, **options: Any) -> Any:
    return primitive(
        name,
        _unsorted(way, INT16_32_64 if way is _SUM else INT32_64),
        inputs="data segment_ids",
        dtypes=dtypes,
        keep=keep,
        **options,
    )


unsorted_segment_sum = _unsorted_op("UnsortedSegmentSum", _SUM, NUMERIC, Keep.INPUTS, keep_inputs=(1,))
unsorted_segment_prod = _unsorted_op("UnsortedSegmentProd", _PROD, NUMERIC)
unsorted_segment_max = _unsorted_op("UnsortedSegmentMax", _MAX, REALS)
unsorted_segment_min = _unsorted_op("UnsortedSegmentMin", _MIN, REALS)


def _gather_kernel(rows: Any, segment_ids: Any) -> Any:
    count = rows.shape[0]
    shape = (*segment_ids.shape, *rows.shape[1:])
    if not count:
        return rows.new_zeros(shape)
    place = segment_ids.clamp(0, count - 1)
    found = bits(rows).index_select(0, place.reshape(-1)).reshape(shape)
    there = (place == segment_ids).reshape(segment_ids.shape + (1,) * (rows.dim() - 1))
    return torch.where(there, found, 0).to(rows.dtype)


# The transpose of UnsortedSegmentSum: for each id its row, zeros for ids that were dropped.
gather_segments = primitive(
    "GatherSegments", _gather_kernel, inputs="rows segment_ids", keep=Keep.INPUTS, keep_inputs=(1,)
)


@gradient("GatherSegments")
def _gather_segments(op: Any, dy: Any) -> Any:
    return unsorted_segment_sum(dy, raw_of(op.inputs[1]), num_segments=op.shapes[0][0]), None


# -- sorted ids --------------------------------------------------------------------------------------------------------


def _not_ids(ids: Any) -> Exception:
    return invalid(
        f"Value for attr 'Tindices' of {type_name(ids.dtype)} is not in the list of allowed values: int32, int64: "
        "segment_ids must be integers."
    )


def check_sorted(ids: Any, rows: int) -> int:
    """The number of segments of increasing `ids`, one for each of `rows` rows."""
    if ids.dtype not in INT32_64:
        raise _not_ids(ids)
    if ids.dim() != 1:
        raise invalid(f"segment_ids should be a vector, got shape {list(ids.shape)}")
    if len(ids) != rows:
        raise invalid(
            f"segment_ids should be the same size as dimension 0 of input. Got {len(ids)} and {rows}."
        )
    if not rows:
        return 0
    ids = reading.plain(ids)
    with reading.outside():
        first, last, falls = torch.stack([ids[0], ids[-1], (ids[1:] < ids[:-1]).any().to(ids.dtype)]).tolist()
    if falls or first < 0:
        if first < 0:
            raise invalid(
                f"Segment id {first} out of range [0, {max(last + 1, 1)}), possibly because 'segment_ids' "
                f"input is not sorted."
            )
        raise invalid("segment ids are not increasing; the unsorted_segment_* functions take others")
    return int(last) + 1


def counts(ids: Any, count: int, dtype: torch.dtype, rank: int) -> Any:
    """How many rows each segment has, at least 1, shaped to broadcast against results of `rank` axes."""
    ones = torch.ones(ids.shape, dtype=torch.int64, device=ids.device)
    return _combine(_SUM, ones, ids, count).clamp(min=1).to(dtype).reshape(count, *[1] * (rank - 1))


def _sorted(way: Any, fill: bool = False) -> Any:
    """The kernel of a sorted op; `fill`: segments without rows are 0 whatever the value of no rows is."""

    def kernel(data: Any, segment_ids: Any) -> Any:
        if not data.dim():
            raise invalid("data must have at least one axis")
        count = check_sorted(segment_ids, data.shape[0])
        result = _combine(way, data, segment_ids, count)
        if fill:
            rows = torch.ones(segment_ids.shape, dtype=torch.bool, device=data.device)
            there = torch.zeros(count, dtype=torch.bool, device=data.device).index_put(
                (segment_ids.to(torch.int64),), rows
            )
            result = torch.where(there.reshape(count, *[1] * (data.dim() - 1)), result, 0).to(data.dtype)
        return result

    return kernel


def _mean_kernel(data: Any, segment_ids: Any) -> Any:
    totals = _sorted(_SUM)(data, segment_ids)
    if data.dtype in INEXACT:
        return totals / counts(segment_ids, totals.shape[0], data.dtype, data.dim())
    held = counts(segment_ids, totals.shape[0], torch.int64, data.dim())
    return torch.div(bits(totals), held, rounding_mode="trunc").to(data.dtype)


def _sorted_op(name: str, kernel: Any, dtypes: Any, keep: Keep = Keep.BOTH, **options: Any) -> Any:
    return primitive(name, kernel, inputs="data segment_ids", dtypes=dtypes, keep=keep, **options)


segment_sum = _sorted_op("SegmentSum", _sorted(_SUM), NUMERIC, Keep.INPUTS, keep_inputs=(1,))
segment_mean = _sorted_op("SegmentMean", _mean_kernel, NUMERIC, Keep.INPUTS, keep_inputs=(1,))
segment_prod = _sorted_op("SegmentProd", _sorted(_PROD), NUMERIC)
segment_max = _sorted_op("SegmentMax", _sorted(_SORTED_MAX, fill=True), REALS)
segment_min = _sorted_op("SegmentMin", _sorted(_SORTED_MIN, fill=True), REALS)


# -- gradients ---------------------------------------------------------------------------------------------------------


@gradient("UnsortedSegmentSum", "SegmentSum")
def _sum(op: Any, dy: Any) -> Any:
    return gather_segments(dy, raw_of(op.inputs[1])), None


def _sizes(op: Any, segments: int, dtype: torch.dtype) -> Any:
    """Raw: how many rows each segment has, in a form that divides the results."""
    ids = raw_of(op.inputs[1])
    rows = torch.ones(ids.shape, dtype=dtype, device=ids.device)
    sizes = unsorted_segment_sum(rows, ids, num_segments=segments)
    return sizes.reshape(-1, *[1] * (len(op.shapes[0]) - 1))


@gradient("SegmentMean")
def _mean(op: Any, dy: Any) -> Any:
    sizes = _sizes(op, raw_of(dy).shape[0], dtype_of(dy))
    return gather_segments(real_div(dy, sizes), raw_of(op.inputs[1])), None


@jvp("SegmentMean")
def _mean_jvp(op: Any, t: Any, _: Any) -> Any:
    """As in TensorFlow, NaN for a segment without rows."""
    sums = segment_sum(t, raw_of(op.inputs[1]))
    return real_div(sums, _sizes(op, raw_of(sums).shape[0], dtype_of(t)))


@gradient("UnsortedSegmentMax", "UnsortedSegmentMin", "SegmentMax", "SegmentMin")
def _max_min(op: Any, dy: Any) -> Any:
    chosen, ties, ids = _extremes(op)
    share = gather_segments(real_div(dy, ties), ids)
    return where(chosen, share, torch.zeros_like(raw_of(op.inputs[0]))), None


@jvp("UnsortedSegmentMax", "UnsortedSegmentMin", "SegmentMax", "SegmentMin")
def _max_min_jvp(op: Any, t: Any, _: Any) -> Any:
    """As in TensorFlow, NaN for a segment without rows."""
    chosen, ties, ids = _extremes(op)
    rows = where(chosen, t, torch.zeros_like(raw_of(t)))
    return real_div(unsorted_segment_sum(rows, ids, num_segments=ties.shape[0]), ties)


def _extremes(op: Any) -> tuple[Any, Any, Any]:
    """Raw: which elements are extremal, how many of them each segment has, and the ids. They share equally."""
    data, ids = raw_of(op.inputs[0]), raw_of(op.inputs[1])
    result = raw_of(op.outputs[0])
    shape = ids.shape + (1,) * (data.dim() - ids.dim())
    chosen = (data == gather_segments(result, ids)) & (ids >= 0).reshape(shape)
    return chosen, unsorted_segment_sum(chosen.to(data.dtype), ids, num_segments=result.shape[0]), ids


@gradient("UnsortedSegmentProd", "SegmentProd")
def _prod(op: Any, dy: Any) -> Any:
    """The product of the others: by division, but where a factor is zero, by leaving out the zeros."""
    data, ids = op.inputs[0], raw_of(op.inputs[1])
    segments = raw_of(dy).shape[0]
    is_zero = raw_of(data) == 0
    zeros = unsorted_segment_sum(is_zero.to(torch.int32), ids, num_segments=segments)
    dy = where(zeros > 1, torch.zeros_like(raw_of(dy)), dy)
    factors = where(is_zero, torch.ones_like(raw_of(data)), data)
    others = unsorted_segment_prod(factors, ids, num_segments=segments)
    near = raw_of(ids).clamp(min=0)
    # TensorFlow's unsorted rule divides by zeros before it drops the quotient; second derivatives there are NaN.
    divisor = factors if op.type == "SegmentProd" else data
    quotient = real_div(gather_segments(op.outputs[0], near), divisor)
    partial = where(is_zero, gather_segments(others, near), quotient)
    return mul(gather_segments(dy, ids), partial), None


multilinear("UnsortedSegmentSum", "GatherSegments", "SegmentSum", of=(0,))
