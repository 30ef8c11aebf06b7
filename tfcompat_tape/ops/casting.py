"""Casting. A gradient passes back through it between floating and complex dtypes."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.indexed_slices import IndexedSlices, takes_slices
from tfcompat_tape.core.registry import ANY, FLOATS, INEXACT, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import EIGHT_BITS
from tfcompat_tape.ops.tangents import acts_on_elements
from tfcompat_tape.ops.unsigned import STRING


def _cast_kernel(x: torch.Tensor, DstT: DType, Truncate: bool = False, **attrs: Any) -> torch.Tensor:
    if DstT.torch is None:
        raise unimplemented(f"Cast {type_name(x.dtype)} to {type_name(DstT)} is not supported")
    if x.dtype in EIGHT_BITS or DstT.torch in EIGHT_BITS:
        return _cast_eight_bits(x, DstT)
    if x.is_complex() and not DstT.is_complex:
        x = x.real
    if DstT.torch is torch.uint64 and x.is_floating_point():
        # What a processor makes of numbers that are out of range, as in TensorFlow.
        return torch.where(x < 2.0**64, x.to(torch.float64), 2.0**63).to(torch.uint64)
    return x.to(DstT.torch)


_NARROW = (torch.float8_e5m2, torch.float8_e4m3fn)  # those that TensorFlow casts


def _cast_eight_bits(x: torch.Tensor, DstT: DType) -> torch.Tensor:
    """From and to floats of eight bits: from other floats, and to numbers of any kind."""
    to = DstT.torch
    assert to is not None
    if x.dtype is to:
        return x.clone()
    if (x.dtype in EIGHT_BITS and x.dtype not in _NARROW) or (
        to in EIGHT_BITS and (to not in _NARROW or x.dtype not in {*FLOATS, *_NARROW})
    ):
        raise unimplemented(f"Cast {type_name(x.dtype)} to {type_name(DstT)} is not supported")
    if x.dtype in EIGHT_BITS:
        x = x.to(torch.float32)
        return _cast_kernel(x, DstT)
    if (
        to is torch.float8_e4m3fn
    ):  # it has no infinity: what is out of range is NaN, where torch takes the bound
        x = torch.where(x.abs() > 464.0, torch.nan, x)
    return x.to(to)


_call = primitive(
    "Cast",
    _cast_kernel,
    inputs="x",
    defaults={"Truncate": False},
    dtypes=ANY | EIGHT_BITS,
    keep=Keep.NOTHING,
)


def cast(x: Any, DstT: DType, Truncate: bool = False, SrcT: Any = None) -> Any:
    """The op Cast, which notes the dtype that its input has."""
    if type(x) is not Tensor:
        if isinstance(x, torch.Tensor):
            return _cast_kernel(x, DstT)
        x = convert(x)
    if x._t.dtype == STRING:
        raise unimplemented(f"Cast string to {type_name(DstT)} is not supported")
    return _call(x, SrcT=x.dtype, DstT=DstT)


cast.op = _call.op  # type: ignore[attr-defined]
cast.op.call = cast  # type: ignore[attr-defined]


@gradient("Cast")
@takes_slices
def _cast(op: Any, dy: Any) -> Any:
    dtype = op.attrs["SrcT"]
    if dtype.torch not in INEXACT:
        return None
    if type(dy) is IndexedSlices:
        return IndexedSlices(cast(dy.values, dtype), dy.indices, dy.dense_shape)
    return cast(dy, dtype)


@jvp("Cast")
def _cast_jvp(op: Any, t: Any) -> Any:
    return cast(t, op.attrs["DstT"])


acts_on_elements("Cast")
