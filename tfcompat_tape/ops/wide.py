"""Unsigned integers by way of int64: torch has few CPU kernels for uint16, uint32 and uint64.

Sums and products only need the same bits modulo 2**64; comparisons need the same order.
"""

from __future__ import annotations

from typing import Any

import torch

LACKING = frozenset({torch.uint16, torch.uint32, torch.uint64})
_SIGN = torch.iinfo(torch.int64).min


def bits(x: Any) -> Any:
    """`x` as int64, equal modulo 2**64; anything but a wide unsigned tensor stays as it is."""
    return x.to(torch.int64) if x.dtype in LACKING else x


def ordered(x: Any) -> Any:
    """`x` as int64 in the same order: in uint64 the upper half comes after the lower one."""
    if x.dtype is torch.uint64:
        return x.to(torch.int64) ^ _SIGN
    return bits(x)


def unordered(x: Any, dtype: torch.dtype) -> Any:
    """Back from `ordered`."""
    if dtype is torch.uint64:
        return (x ^ _SIGN).to(dtype)
    return x.to(dtype) if x.dtype is not dtype else x


def lowest(dtype: torch.dtype) -> Any:
    """The least finite number of a real dtype."""
    return torch.finfo(dtype).min if dtype.is_floating_point else torch.iinfo(dtype).min


def highest(dtype: torch.dtype) -> Any:
    """The greatest finite number of a real dtype."""
    return torch.finfo(dtype).max if dtype.is_floating_point else torch.iinfo(dtype).max
