"""Bits under another name: unsigned integers that torch moves as signed ones, and the op Bitcast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import NUMERIC, Keep
from tfcompat_tape.core.tensor import to_numpy

SIGNED_FORM = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}


def by_signed(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """A fallback for a kernel that only moves elements: wide unsigned integers travel as signed ones of their size."""

    def fallback(*raws: Any, **attrs: Any) -> Any:
        dtype = next((raw.dtype for raw in raws if raw.dtype in SIGNED_FORM), None)
        if dtype is None:
            return NotImplemented
        signed = SIGNED_FORM[dtype]
        result = kernel(*[raw.view(signed) if raw.dtype is dtype else raw for raw in raws], **attrs)
        if isinstance(result, torch.Tensor):
            return result.view(dtype) if result.dtype is signed else result
        return tuple([item.view(dtype) if item.dtype is signed else item for item in result])

    return fallback


def moves_elements(*calls: Any) -> None:
    """Give ops that only move elements the fallback `by_signed`."""
    for call in calls:
        call.op.fallback = by_signed(call.op.kernel)


def _bitcast(x: Any, *, type: Any) -> Any:
    """Torch's bits under another name; those of quantized integers, which torch lacks, by way of plain ones."""
    if not isinstance(x, torch.Tensor):
        return _bitcast(torch.from_numpy(np.array(to_numpy(x))), type=type)
    if type in dtypes.QUANTIZED_DTYPES:
        form = type.as_numpy_dtype
        plain = _bitcast(x, type=dtypes.FROM_NUMPY[form[0].type].torch)
        return np.ascontiguousarray(to_numpy(plain)).view(form).reshape(tuple(plain.shape))
    if type not in NUMERIC:
        raise invalid(f"Bitcast: {dtypes.FROM_TORCH[type].name} is no dtype of numbers.")
    have, want = x.element_size(), type.itemsize
    if want > have and (not x.shape or x.shape[-1] != want // have):
        raise invalid(
            f"Bitcast: Cannot bitcast from {x.shape[-1] if x.shape else 1} to {want // have}: the last "
            f"axis must hold the "
            f"parts of each {dtypes.FROM_TORCH[type].name}, got shape {list(x.shape)}."
        )
    if have > want:
        return x.contiguous().unsqueeze(-1).view(type)
    if want > have:
        return x.contiguous().view(type).squeeze(-1)
    return x.view(type)


bitcast = primitive(
    "Bitcast", _bitcast, inputs="input", dtypes=NUMERIC | dtypes.OF_ARRAYS.keys(), keep=Keep.NOTHING
)
