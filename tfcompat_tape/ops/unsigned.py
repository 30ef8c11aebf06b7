"""Kernels for what torch has none: arithmetic of uint16, uint32 and uint64, and strings.

An op takes them as its fallback: they run only after torch's own kernel has refused the dtype, so they cost the others
nothing. NumPy computes; its integers wrap around as TensorFlow's do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.errors import invalid

WIDE_UNSIGNED = frozenset({torch.uint16, torch.uint32, torch.uint64})
STRING = np.dtype(object)


def by_numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    """A fallback that lets NumPy's `function` compute what torch cannot: unsigned integers."""

    def fallback(*raws: Any) -> Any:
        if not all(isinstance(raw, torch.Tensor) and raw.dtype in WIDE_UNSIGNED for raw in raws):
            return NotImplemented
        return _computed(function, raws)

    return fallback


def by_numpy_or_strings(function: Callable[..., Any], on_strings: Callable[..., Any]) -> Callable[..., Any]:
    """The same for an op that takes strings as well: `on_strings` gets arrays of bytes."""
    numbers = by_numpy(function)

    def fallback(*raws: Any) -> Any:
        if not all(isinstance(raw, np.ndarray) for raw in raws):
            return numbers(*raws)
        try:
            found = on_strings(*raws)
        except ValueError as error:
            raise invalid(f"Incompatible shapes: {[list(raw.shape) for raw in raws]} ({error})") from None
        if isinstance(found, bytes):  # of arrays without axes; as it is, so that no zero at its end gets lost
            result = np.empty((), object)
            result[()] = found
            return result
        result = np.asarray(found)
        return torch.from_numpy(result) if result.dtype == np.bool_ else result

    return fallback


def _computed(function: Callable[..., Any], raws: Any) -> torch.Tensor:
    with np.errstate(all="ignore"):
        try:
            result = np.asarray(function(*[raw.detach().cpu().numpy() for raw in raws]))
        except ValueError as error:
            raise invalid(f"Incompatible shapes: {[list(raw.shape) for raw in raws]} ({error})") from None
    return torch.from_numpy(np.ascontiguousarray(result).reshape(result.shape)).to(raws[0].device)
