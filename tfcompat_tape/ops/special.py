"""The gamma function and its relatives, and the inverses of the error function and of the normal distribution."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import binary, unary
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, Keep, gradient
from tfcompat_tape.ops.arithmetic import mul, square, without_kernel
from tfcompat_tape.ops.bessel import BFLOAT16, through_float32
from tfcompat_tape.ops.elementary import exp, one
from tfcompat_tape.ops.helpers import both, dtype_of
from tfcompat_tape.ops.tangents import elementwise

SINGLE_OR_DOUBLE = frozenset({torch.float32, torch.float64})

# -- gamma -------------------------------------------------------------------------------------------------------------


def _digamma_kernel(x: torch.Tensor) -> torch.Tensor:
    pole = ((x <= 0) & (x == torch.floor(x))) | (x == -math.inf)
    return torch.where(pole, torch.nan, torch.digamma(x))


def _zeta_kernel(x: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    value = torch.where(q == math.inf, 0.0, torch.special.zeta(x, q))
    # Where a term 1 / (q + k)^x has the base 0 it is infinite for even x, without a limit for the others.
    even = (x / 2.0) == torch.floor(x / 2.0)
    pole = (q <= 0) & (q == torch.floor(q))
    value = torch.where(pole, torch.where(even, math.inf, torch.nan), value)
    limit = torch.where(q > 1, 0.0, torch.where(q == 1, 1.0, math.inf))  # of q^-x as x grows
    value = torch.where(x == math.inf, limit, value)
    value = torch.where((x < 1) | torch.isnan(x) | torch.isnan(q), torch.nan, value)
    return torch.where(x == 1, math.inf, value)


def _polygamma_kernel(n: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    if n.dtype in HALVES:
        raise invalid(
            "Polygamma: the inputs must be float32 or float64."
        )  # what the gradient of Digamma runs into
    order = n + 1.0
    size = torch.exp(torch.lgamma(order)) * _zeta_kernel(order, x)
    odd = (torch.remainder(n, 2.0) == 1.0) | (n == math.inf)
    value = torch.where(odd, size, -size)
    value = torch.where((n < 0) | (n != torch.floor(n)), torch.nan, value)
    return torch.where(n == 0, _digamma_kernel(x), value)


lgamma = unary("Lgamma", without_kernel("Lgamma", BFLOAT16, through_float32(torch.lgamma)), dtypes=FLOATS)
digamma = unary(
    "Digamma", without_kernel("Digamma", BFLOAT16, through_float32(_digamma_kernel)), dtypes=FLOATS
)
polygamma = binary("Polygamma", _polygamma_kernel, dtypes=SINGLE_OR_DOUBLE)
polygamma.op.inputs = ("a", "x")
zeta = binary("Zeta", _zeta_kernel, dtypes=SINGLE_OR_DOUBLE)
zeta.op.inputs = ("x", "q")


@gradient("Lgamma")
def _lgamma(op: Any, dy: Any) -> Any:
    return dy * digamma(op.inputs[0])


@gradient("Digamma")
def _digamma(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * polygamma(one(x), x)


@gradient("Polygamma")
def _polygamma(op: Any, dy: Any) -> Any:
    n, x = op.inputs
    return both(op, None, dy * polygamma(n + one(n), x) if op.needs[1] else None)


@gradient("Zeta")
def _zeta(op: Any, dy: Any) -> Any:
    x, q = op.inputs
    return both(op, None, dy * mul(-x, zeta(x + one(x), q)) if op.needs[1] else None)


# -- inverses ----------------------------------------------------------------------------------------------------------

erfinv = unary("Erfinv", without_kernel("Erfinv", HALVES, torch.erfinv), dtypes=FLOATS, keep=Keep.OUTPUTS)
ndtri = unary("Ndtri", without_kernel("Ndtri", HALVES, torch.special.ndtri), dtypes=FLOATS, keep=Keep.OUTPUTS)


@gradient("Erfinv")
def _erfinv(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return dy * number(math.sqrt(math.pi) / 2.0, dtype_of(y)) * exp(square(y))


@gradient("Ndtri")
def _ndtri(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    return dy * number(math.sqrt(2.0 * math.pi), dtype_of(y)) * exp(square(y) * number(0.5, dtype_of(y)))


elementwise("Lgamma", "Digamma", "Polygamma", "Zeta", "Erfinv", "Ndtri")
