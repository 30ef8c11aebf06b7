"""Ops on values as keys: Unique, searching in sorted rows, histograms, and arithmetic of positions.

None has a gradient. For Unique, whose values may be floats, TensorFlow does not say so: a tape that meets it fails.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive, unary
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.registry import ANY, COMPLEX, REALS, Keep
from tfcompat_tape.ops.arguments import INT32_64, VALUES
from tfcompat_tape.ops.bounds import readable
from tfcompat_tape.ops.wide import LACKING


def _first_seen(x: Any) -> tuple[Any, Any, Any]:
    """Distinct values in the order of their first occurrence, the position of each element among them, and counts."""
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    places = torch.arange(x.shape[0], device=x.device)
    first = torch.full(values.shape, x.shape[0], dtype=torch.int64, device=x.device)
    first = first.scatter_reduce(0, inverse, places, "amin")
    order = first.argsort()
    rank = torch.empty_like(order)
    rank[order] = torch.arange(order.shape[0], device=x.device)
    return x[first[order]], rank[inverse], counts[order]


def _first_seen_strings(x: Any) -> tuple[Any, Any, Any]:
    seen: dict[Any, int] = {}
    index = [seen.setdefault(value, len(seen)) for value in x.tolist()]
    values = np.empty(len(seen), dtype=object)
    values[:] = list(seen)
    return (
        values,
        torch.tensor(index, dtype=torch.int64),
        torch.tensor(np.bincount(index, minlength=len(seen))),
    )


def _unique(x: Any, out_idx: Any) -> tuple[Any, Any, Any]:
    if out_idx not in INT32_64:
        raise invalid(f"Unique: out_idx must be int32 or int64, got {out_idx}.")
    if x.dtype in COMPLEX:
        raise not_found(f"Could not find device for node: Unique has no kernel for {x.dtype}.")
    if len(x.shape) != 1:
        raise invalid(f"Unique: the input must be a vector, got shape {list(x.shape)}.")
    values, index, counts = (_first_seen if isinstance(x, torch.Tensor) else _first_seen_strings)(x)
    return values, index.to(out_idx), counts.to(out_idx)


_OUT_IDX = {"out_idx": torch.int32}
unique = primitive(
    "Unique",
    lambda x, *, out_idx=torch.int32: _unique(x, out_idx)[:2],
    inputs="x",
    outputs=2,
    defaults=_OUT_IDX,
    dtypes=VALUES,
    keep=Keep.NOTHING,
)
unique_with_counts = primitive(
    "UniqueWithCounts",
    lambda x, *, out_idx=torch.int32: _unique(x, out_idx),
    inputs="x",
    outputs=3,
    defaults=_OUT_IDX,
    dtypes=VALUES,
    keep=Keep.NOTHING,
)


# -- slices along an axis as keys --------------------------------------------------------------------------------------


def _along(name: str, x: Any, axis: tuple[int, ...] | int, out_idx: Any) -> tuple[Any, Any, Any]:
    """The different slices of `x` along an axis, in the order in which they come; of a vector, without an axis, too."""
    if out_idx not in INT32_64:
        raise invalid(f"{name}: out_idx must be int32 or int64, got {out_idx}.")
    if x.dtype in COMPLEX:
        raise not_found(f"Could not find device for node: {name} has no kernel for {x.dtype}.")
    if not isinstance(axis, tuple):
        raise invalid(f"{name}: axis expects a 1D vector.")
    if len(axis) > 1:
        raise invalid(f"{name}: axis does not support input tensors larger than 1 elements, got {axis}")
    rank = len(x.shape)
    if not axis and rank != 1:
        raise invalid(f"{name}: unique expects a 1D vector, got shape {list(x.shape)}.")
    place = axis[0] if axis else 0
    if not -rank <= place < rank:
        raise invalid(f"{name}: axis has to be between [0, {rank}), got {place}")
    if rank == 1:
        return _unique(x, out_idx)
    strings = not isinstance(x, torch.Tensor)
    rows = np.moveaxis(x, place, 0) if strings else x.movedim(place, 0)
    count, width = rows.shape[0], math.prod(rows.shape[1:])
    # Elements become the numbers of the values that they have: rows of numbers are then numbered in turn.
    first, index = list(range(count)), torch.arange(count)
    counts = torch.ones(count, dtype=torch.int64)
    if not width and count:
        first, index, counts = [0], torch.zeros(count, dtype=torch.int64), torch.tensor([count])
    elif count:
        numbers = (_first_seen if not strings else _first_seen_strings)(rows.reshape(-1))[1].reshape(
            count, width
        )
        seen: dict[Any, int] = {}
        index = torch.tensor([seen.setdefault(tuple(row), len(seen)) for row in numbers.tolist()])
        counts = torch.bincount(index)
        first = [int(n) for n in np.unique(index.numpy(), return_index=True)[1]]
    found = rows[first] if strings else rows[torch.tensor(first, dtype=torch.int64, device=x.device)]
    found = np.moveaxis(found, 0, place) if strings else found.movedim(0, place)
    return found, index.to(out_idx), counts.to(out_idx)


def _define_along(name: str, outputs: int) -> None:
    primitive(
        name,
        lambda x, *, axis, out_idx=torch.int32: _along(name, x, axis, out_idx)[:outputs],
        inputs="x",
        outputs=outputs,
        defaults=_OUT_IDX,
        dtypes=VALUES,
        keep=Keep.NOTHING,
    )


_define_along("UniqueV2", 2)
_define_along("UniqueWithCountsV2", 3)


def _list_diff(x: Any, y: Any, *, out_idx: Any = torch.int32) -> tuple[Any, Any]:
    """The elements of `x` that are not in `y`, and where they stand."""
    if len(x.shape) != 1 or len(y.shape) != 1:
        raise invalid(f"ListDiff: x and y must be vectors, got shapes {list(x.shape)} and {list(y.shape)}.")
    if x.dtype != y.dtype:
        raise invalid(f"cannot compute ListDiff as input #1 was expected to be {x.dtype}, but is {y.dtype}.")
    if x.dtype in COMPLEX or x.dtype is torch.bool:
        raise not_found(f"Could not find device for node: ListDiff has no kernel for {x.dtype}.")
    if isinstance(x, torch.Tensor) and x.dtype in LACKING:
        places = (~torch.isin(x.to(torch.int64), y.to(torch.int64))).nonzero().squeeze(1)
        return x.to(torch.int64)[places].to(x.dtype), places.to(out_idx)
    if isinstance(x, torch.Tensor):
        places = (~torch.isin(x, y)).nonzero().squeeze(1)
        return x[places], places.to(out_idx)
    found = np.flatnonzero(~np.isin(x, y))
    return x[found], torch.tensor(found, dtype=out_idx)


list_diff = primitive(
    "ListDiff",
    _list_diff,
    inputs="x y",
    outputs=2,
    defaults=_OUT_IDX,
    dtypes=VALUES,
    keep=Keep.NOTHING,
)


def _bound(name: str, side: str) -> Any:
    def kernel(rows: Any, values: Any, *, out_type: Any = torch.int32) -> Any:
        if out_type not in INT32_64:
            raise invalid(f"{name}: out_type must be int32 or int64, got {out_type}.")
        if rows.dtype not in REALS:
            raise not_found(f"Could not find device for node: {name} has no kernel for {rows.dtype}.")
        if rows.dim() != 2 or values.dim() != 2 or rows.shape[0] != values.shape[0]:
            raise invalid(
                f"{name}: sorted rows of shape {list(rows.shape)} and values of shape {list(values.shape)} must be "
                "matrices with the same number of rows."
            )
        if rows.dtype in (torch.uint16, torch.uint32):
            rows, values = rows.to(torch.int64), values.to(torch.int64)
        elif rows.dtype is torch.uint64:  # the order of uint64 is that of int64 with the sign bit flipped
            flip = torch.tensor(-(2**63))
            rows, values = rows.view(torch.int64) ^ flip, values.view(torch.int64) ^ flip
        found = torch.searchsorted(rows.contiguous(), values.contiguous(), side=side)
        if side == "left" and values.is_floating_point():  # nothing in the row is less than NaN
            found = torch.where(values.isnan(), 0, found)
        return found.to(out_type)

    return primitive(
        name,
        kernel,
        inputs="sorted_inputs values",
        defaults={"out_type": torch.int32},
        dtypes=ANY,
        same=(0, 1),
        differentiable=False,
    )


lower_bound = _bound("LowerBound", "left")
upper_bound = _bound("UpperBound", "right")


def _impermutable(numbers: list[int], size: int) -> str:
    """Why numbers are no permutation."""
    for place, n in enumerate(numbers):
        if not 0 <= n < size:
            return f"{n} is not between 0 and {size}"
        if n in numbers[:place]:
            return f"{n} is duplicated in the input."
    return "no permutation"


def _invert_permutation(x: Any) -> Any:
    if x.dim() != 1:
        raise invalid(f"InvertPermutation: the input must be a vector, got shape {list(x.shape)}.")
    size = x.shape[0]
    if readable(x) and sorted(x.tolist()) != list(range(size)):
        raise invalid(f"InvertPermutation: {_impermutable(x.tolist(), size)}")
    places = torch.arange(size, dtype=x.dtype, device=x.device)
    return torch.index_copy(torch.zeros_like(x), 0, x.to(torch.int64), places)


invert_permutation = unary("InvertPermutation", _invert_permutation, dtypes=INT32_64, differentiable=False)


def _unravel_index(indices: Any, dims: Any) -> Any:
    if indices.dim() > 1:
        raise invalid(f"UnravelIndex: indices must be a scalar or a vector, got shape {list(indices.shape)}.")
    if dims.dim() != 1:
        raise invalid(f"UnravelIndex: dims must be a vector, got shape {list(dims.shape)}.")
    sizes = reading.listed(dims)
    if 0 in sizes:
        raise invalid(f"UnravelIndex: dims {sizes} must not contain zero.")
    if min(sizes, default=0) < 0:
        raise invalid(f"UnravelIndex: dims {sizes} cannot be negative.")
    if not indices.numel():
        raise invalid("UnravelIndex: received empty tensor indices.")
    if math.prod(sizes) > torch.iinfo(dims.dtype).max:
        raise invalid(f"UnravelIndex: the product of dims {sizes} overflows {FROM_TORCH[dims.dtype].name}.")
    if readable(indices) and indices.numel() and int(indices.max()) >= math.prod(sizes):
        raise invalid(f"UnravelIndex: index is out of bound as with dims: {int(indices.max())} for {sizes}.")
    columns = []
    rest = indices
    for n in reversed(sizes):
        columns.append(torch.fmod(rest, n))
        rest = torch.div(rest, n, rounding_mode="trunc")
    return torch.stack(columns[::-1]) if columns else indices.new_zeros((0, *indices.shape))


unravel_index = primitive(
    "UnravelIndex",
    _unravel_index,
    inputs="indices dims",
    dtypes=INT32_64,
    same=(0, 1),
    differentiable=False,
)


def _histogram(values: Any, value_range: Any, *, nbins: int, dtype: Any = torch.int32) -> Any:
    if dtype not in INT32_64:
        raise invalid(f"HistogramFixedWidth: dtype must be int32 or int64, got {dtype}.")
    low, high = reading.listed(value_range)
    if not low < high:
        raise invalid(
            f"HistogramFixedWidth: value_range should satisfy value_range[0] < value_range[1], but got "
            f"'[{low:g}, {high:g}]'"
        )
    if nbins <= 0:
        raise invalid(f"HistogramFixedWidth: nbins should be a positive number, got {nbins}.")
    step = (high - low) / nbins
    bins = ((values.flatten().to(torch.float64) - low) / step).floor().clamp(0, nbins - 1).to(torch.int64)
    return torch.bincount(bins, minlength=nbins).to(dtype)


histogram_fixed_width = primitive(
    "HistogramFixedWidth",
    _histogram,
    inputs="values value_range",
    defaults={"dtype": torch.int32},
    dtypes=frozenset({torch.int32, torch.int64, torch.float32, torch.float64}),
    same=(0, 1),
    differentiable=False,
)
