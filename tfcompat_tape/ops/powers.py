"""Powers.

An exponent that is a Python number is known when the op runs, so `x ** 2` is a multiplication, forwards and backwards.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import binary, listed, primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, INEXACT, SIGNED, Keep, gradient
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, append, listening, state
from tfcompat_tape.ops.arithmetic import ZERO, where
from tfcompat_tape.ops.bounds import concrete
from tfcompat_tape.ops.elementary import log
from tfcompat_tape.ops.helpers import both, conj, dtype_of, raw_of
from tfcompat_tape.ops.tangents import elementwise


def _pow_kernel(x: torch.Tensor, y: torch.Tensor, *, exponent: Any = None) -> torch.Tensor:
    """`exponent` is the number that `y` holds, if that is known."""
    if x.dtype in SIGNED and concrete(y) and bool((y < 0).any()):
        raise invalid("Pow: integers to negative integer powers are not allowed.")
    return torch.pow(x, y)


pow_ = binary("Pow", _pow_kernel, dtypes=INEXACT | SIGNED, keep=Keep.BOTH)


def _raw_power(x: torch.Tensor, exponent: float) -> torch.Tensor:
    if exponent == 2.0:
        return torch.square(x)
    if exponent == 0.5 or exponent == -0.5:
        # torch takes a root, many times faster than a power. They differ at -inf, and in the sign of 1 / sqrt(-0.0).
        x = torch.nan_to_num(x, nan=math.nan, posinf=math.inf, neginf=math.inf) + ZERO[x.dtype]
    return torch.pow(x, exponent)


def _power(op: Any, kernel: Any) -> Any:
    def power(x: Any, exponent: Any) -> Any:
        """`x ** exponent`, in the form of `x` (raw or Tensor), where the exponent is a Python number."""
        if type(x) is not Tensor:
            return kernel(x, exponent)
        raw = x._t
        if raw.dtype not in FLOATS:
            return pow_(x, exponent)
        y = number(exponent, raw.dtype)
        exponent = y.item()  # as exact as the dtype, which may be less than Python's numbers are
        result = kernel(raw, exponent)
        node = x._node
        if node is None or not listening:
            return Tensor(result, None)
        tapes = node.tapes & state.recording
        if not tapes:
            return Tensor(result, None)
        if tapes == state.recording:
            tapes = state.recording
        shapes = (raw.shape, y.shape) if raw.shape else None
        entry = Entry(op, (node, None), (raw, y), (), shapes, {"exponent": exponent}, (True, False), tapes)
        append(entry, result)
        return Tensor(result, entry)

    return listed(op, power)


power = _power(pow_.op, _raw_power)


def _scaled_power_kernel(x: torch.Tensor, *, exponent: float, scale: float) -> torch.Tensor:
    if exponent == 1.0:
        return x + x if scale == 2.0 else x * scale
    return _raw_power(x, exponent) * scale


# Derivatives of powers are one entry of the list, and of the same form; so in the end they are zeros, not `None`.
scaled_power = primitive("ScaledPower", _scaled_power_kernel, inputs="x", dtypes=FLOATS, keep=Keep.INPUTS)


@gradient("ScaledPower")
def _scaled_power(op: Any, dy: Any) -> Any:
    exponent, scale = op.attrs["exponent"], op.attrs["scale"]
    if exponent == 1 and type(dy) is not Tensor:
        return dy * scale
    return dy * scaled_power(op.inputs[0], exponent=exponent - 1, scale=scale * exponent)


elementwise("ScaledPower")


@gradient("Pow")
def _pow(op: Any, dy: Any) -> Any:
    need_x, need_y = op.needs
    x = conj(op.inputs[0])
    exponent = op.attrs.get("exponent")
    if exponent is not None:
        if exponent == 2 and type(dy) is not Tensor:
            return dy * (x + x), None
        return dy * scaled_power(x, exponent=exponent - 1, scale=exponent), None
    y = conj(op.inputs[1])
    gx = dy * y * pow_(x, y - number(1.0, dtype_of(y))) if need_x else None
    gy = None
    if need_y:
        mask = raw_of(x) != 0 if raw_of(x).is_complex() else raw_of(x) > 0
        gy = dy * conj(op.outputs[0]) * log(where(mask, x, number(1.0, dtype_of(x))))
    return both(op, gx, gy)


elementwise("Pow")
