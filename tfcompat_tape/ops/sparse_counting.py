"""Counts of values: dense from sparse values (SparseBincount), and sparse counts (the CountSparseOutput ops)."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import ANY
from tfcompat_tape.ops.sparse_indices import WHOLE, allowed, coordinates, grouped, positions, sizes

_WEIGHTS = frozenset({torch.int32, torch.int64, torch.float32, torch.float64})


def _bincount(
    indices: Any, values: Any, dense_shape: Any, size: Any, weights: Any, *, binary_output: bool = False
) -> Any:
    rows, whole = coordinates("SparseBincount", indices, dense_shape), sizes(dense_shape)
    allowed("SparseBincount", values, WHOLE)
    allowed("SparseBincount", weights, _WEIGHTS)
    length = reading.item(size)
    if length < 0:
        raise invalid(f"size ({length}) must be non-negative")
    if weights.numel() and weights.shape != values.shape:
        raise invalid(
            f"SparseBincount: weights of shape {compact(list(weights.shape))} do not fit values of shape "
            f"{compact(list(values.shape))}"
        )
    if len(whole) not in (1, 2):
        raise invalid(f"SparseBincount: Tensor must be of rank 1 or 2, got dense_shape {list(whole)}")
    positions("SparseBincount", rows, whole)
    batch = rows[:, 0] if len(whole) == 2 else torch.zeros_like(values, dtype=torch.int64)
    count = whole[0] if len(whole) == 2 else 1
    inside = (values >= 0) & (values < length)
    flat = (batch * length + values.to(torch.int64))[inside]
    amounts = weights[inside] if weights.numel() else weights.new_ones(len(flat))
    result = torch.index_add(weights.new_zeros(count * length), 0, flat, amounts)
    if binary_output:
        result = torch.zeros_like(result).index_fill(0, flat, 1)
    return result.reshape((count, length) if len(whole) == 2 else (length,))


sparse_bincount = primitive(
    "SparseBincount",
    _bincount,
    inputs="indices values dense_shape size weights",
    defaults={"binary_output": False},
    dtypes=WHOLE,
)


def _counted(
    batch: Any,
    values: Any,
    weights: Any,
    shape: tuple[int, ...],
    binary: bool,
    minlength: int,
    maxlength: int,
) -> Any:
    """Coordinates, counts and shape: `batch` holds a row of coordinates for each value."""
    with reading.outside():
        plain = reading.plain(values)
        if len(plain) and int(plain.min()) < 0:
            raise invalid("Input values must all be non-negative")
        most = int(plain.max()) + 1 if len(plain) else 0
        most = max(most, minlength)
        kept = torch.ones(len(plain), dtype=torch.bool)
        if maxlength > 0:
            most = min(most, maxlength)
            kept = plain < maxlength
        rows = torch.cat([batch, plain.to(torch.int64).unsqueeze(1)], 1)[kept]
        found, number = grouped(rows)
    amounts = weights.reshape(-1)[kept] if weights.numel() else weights.new_ones(len(rows))
    result = torch.index_add(weights.new_zeros(len(found)), 0, number, amounts)
    if binary:
        result = torch.ones_like(result)
    return found, result, torch.tensor([*shape, most], dtype=torch.int64)


def _check_weights(values: Any, weights: Any) -> None:
    if weights.numel() and weights.shape != values.shape:
        raise invalid(
            f"Weights and data must have the same shape. Weight shape: {compact(list(weights.shape))}; data shape: "
            f"{compact(list(values.shape))}"
        )
    allowed("CountSparseOutput", weights, _WEIGHTS)


def _dense_count(
    values: Any, weights: Any, *, binary_output: bool, minlength: int = -1, maxlength: int = -1
) -> Any:
    allowed("DenseCountSparseOutput", values, WHOLE)
    if values.dim() not in (1, 2):
        raise invalid(f"Input must be a 1 or 2-dimensional tensor. Got: {compact(list(values.shape))}")
    _check_weights(values, weights)
    shape = tuple(values.shape[:-1])
    with reading.outside():
        batch = torch.zeros((values.numel(), 0), dtype=torch.int64)
        if shape:
            batch = torch.arange(shape[0]).repeat_interleave(values.shape[1]).unsqueeze(1)
    return _counted(batch, values.reshape(-1), weights, shape, binary_output, minlength, maxlength)


dense_count_sparse_output = primitive(
    "DenseCountSparseOutput",
    _dense_count,
    inputs="values weights",
    defaults={"binary_output": False, "minlength": -1, "maxlength": -1},
    outputs=3,
    dtypes=ANY,
)


def _sparse_count(
    indices: Any,
    values: Any,
    dense_shape: Any,
    weights: Any,
    *,
    binary_output: bool,
    minlength: int = -1,
    maxlength: int = -1,
) -> Any:
    name = "SparseCountSparseOutput"
    rows, whole = coordinates(name, indices, dense_shape, values), sizes(dense_shape)
    allowed(name, values, WHOLE)
    _check_weights(values, weights)
    if not whole:
        raise invalid("The shape argument requires at least one element.")
    positions(name, rows, whole)
    shape = whole[:1] if len(whole) > 1 else ()
    batch = rows[:, : len(shape)]
    return _counted(batch, values, weights, shape, binary_output, minlength, maxlength)


sparse_count_sparse_output = primitive(
    "SparseCountSparseOutput",
    _sparse_count,
    inputs="indices values dense_shape weights",
    defaults={"binary_output": False, "minlength": -1, "maxlength": -1},
    outputs=3,
    dtypes=WHOLE,
)
