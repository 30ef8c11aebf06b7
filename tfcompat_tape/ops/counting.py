"""Counting how often each small integer occurs."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep

_SUMS = frozenset({torch.int32, torch.int64, torch.float32, torch.float64})


def _bincount_kernel(values: Any, weights: Any, *, size: int, binary_output: bool = False) -> Any:
    """Counts of `0 .. size - 1` in a vector, or in each row of a matrix; sums of weights where there are any."""
    if values.dim() > 2:
        raise invalid(f"DenseBincount: the shape must be at most rank 2 but is rank {values.dim()}")
    if weights.dtype not in _SUMS:
        raise invalid(
            f"DenseBincount: weights and counts must be int32, int64, float32 or float64, got {weights.dtype}"
        )
    if weights.numel() and weights.shape != values.shape:
        raise invalid(f"DenseBincount: weights must have the shape of arr, {list(values.shape)}, or length 0")
    if size < 0:
        raise invalid(f"DenseBincount: size must not be negative, got {size}")
    if values.numel() and reading.known(values) is not None and reading.item((values < 0).any()):
        raise invalid("DenseBincount: Input arr must be non-negative!")
    rows = values if values.dim() == 2 else values.reshape(1, -1)
    amounts = weights.reshape(rows.shape) if weights.numel() else torch.ones_like(rows, dtype=weights.dtype)
    counts = torch.zeros((rows.shape[0], size + 1), dtype=weights.dtype, device=values.device)
    counts = counts.scatter_add(1, rows.to(torch.int64).clamp(max=size), amounts)[:, :size]
    if binary_output:
        counts = (counts > 0).to(counts.dtype)
    return counts if values.dim() == 2 else counts[0]


dense_bincount = primitive(
    "DenseBincount",
    _bincount_kernel,
    inputs="input weights",
    defaults={"binary_output": False},
    dtypes=frozenset({torch.int32, torch.int64}),
    keep=Keep.NOTHING,
)
