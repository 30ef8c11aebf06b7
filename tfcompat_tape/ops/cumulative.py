"""Running sums, products and log-sum-exps along one axis, in either direction, with or without the element itself."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.registry import FLOATS, NUMERIC, OPS, Keep, gradient, jvp
from tfcompat_tape.ops.arithmetic import div_no_nan, mul, where
from tfcompat_tape.ops.helpers import conj, dtype_of, raw_of
from tfcompat_tape.ops.tangents import linear
from tfcompat_tape.ops.wide import bits

_ATTRS = {"exclusive": False, "reverse": False}


def _scan(cumulate: Any, start: float) -> Any:
    """The kernel for `cumulate(x, axis)`; `start` is the value of no elements."""

    def kernel(x: Any, *, axis: int, exclusive: bool = False, reverse: bool = False) -> Any:
        if not -x.dim() <= axis < x.dim():
            raise IndexError(f"axis {axis} is out of range for an input of rank {x.dim()}")
        y = bits(x)
        if reverse:
            y = y.flip(axis)
        if exclusive and y.shape[axis]:
            size = y.shape[axis]
            first = torch.full_like(y.narrow(axis, 0, 1), start)
            y = torch.cat([first, cumulate(y.narrow(axis, 0, size - 1), axis)], axis)
        else:
            y = cumulate(y, axis)
        if reverse:
            y = y.flip(axis)
        return y.to(x.dtype)

    return kernel


def _cumsum_kernel(y: Any, axis: int) -> Any:
    return torch.cumsum(y, axis, dtype=y.dtype)


def _cumprod_kernel(y: Any, axis: int) -> Any:
    return torch.cumprod(y, axis, dtype=y.dtype)


cumsum = primitive(
    "Cumsum", _scan(_cumsum_kernel, 0), inputs="x", defaults=_ATTRS, dtypes=NUMERIC, keep=Keep.NOTHING
)
cumprod = primitive(
    "Cumprod", _scan(_cumprod_kernel, 1), inputs="x", defaults=_ATTRS, dtypes=NUMERIC, keep=Keep.INPUTS
)
cumulative_logsumexp = primitive(
    "CumulativeLogsumexp",
    _scan(torch.logcumsumexp, -float("inf")),
    inputs="x",
    defaults=_ATTRS,
    dtypes=FLOATS,
    keep=Keep.BOTH,
)


def _attrs(op: Any) -> tuple[int, bool, bool]:
    return op.get_attr("axis"), op.get_attr("exclusive"), op.get_attr("reverse")


@gradient("Cumsum")
def _cumsum(op: Any, dy: Any) -> Any:
    axis, exclusive, reverse = _attrs(op)
    return cumsum(dy, axis=axis, exclusive=exclusive, reverse=not reverse)


@gradient("Cumprod")
def _cumprod(op: Any, dy: Any) -> Any:
    """As in TensorFlow: 0 where `x` is 0, though the derivative may differ there, and complex `x` is not conjugated."""
    x = op.inputs[0]
    axis, exclusive, reverse = _attrs(op)
    products = cumprod(x, axis=axis, exclusive=exclusive, reverse=reverse)
    sums = cumsum(mul(products, dy), axis=axis, exclusive=exclusive, reverse=not reverse)
    return div_no_nan(sums, x)


linear("Cumsum")


@jvp("Cumprod")
def _cumprod_jvp(op: Any, t: Any) -> Any:
    """The transpose, with the same peculiarities: 0 where `x` is 0, and the conjugate of complex `x`."""
    x = op.inputs[0]
    attrs = dict(zip(("axis", "exclusive", "reverse"), _attrs(op), strict=True))
    return conj(cumprod(x, **attrs)) * cumsum(div_no_nan(t, conj(x)), **attrs)


@gradient("CumulativeLogsumexp")
def _cumulative_logsumexp(op: Any, dy: Any) -> Any:
    """Sum of `dy exp(x - y)`, in logarithms so that it does not overflow: positive and negative cotangents apart."""
    x, y = op.inputs[0], op.outputs[0]
    axis, exclusive, reverse = _attrs(op)
    log, exp = OPS["Log"].call, OPS["Exp"].call
    signs = raw_of(dy)
    least = torch.full_like(signs, torch.finfo(dtype_of(dy)).min)

    def part(weights: Any, there: Any) -> Any:
        logs = where(there, log(weights), least)
        sums = cumulative_logsumexp(logs - y, axis=axis, exclusive=exclusive, reverse=not reverse)
        return exp(sums + x)

    return part(dy, signs > 0) - part(-dy, signs < 0)
