"""The incomplete gamma and beta functions, and the derivative of the former by its parameter.

torch has kernels of the gamma functions alone. Those here are continued fractions and series that stop when all
elements have converged; where values cannot be looked at (vmap, tracing) they take a fixed number of steps.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import binary, primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, gradient, jvp
from tfcompat_tape.ops.arithmetic import mul, without_kernel
from tfcompat_tape.ops.bounds import concrete
from tfcompat_tape.ops.elementary import exp, log, one, xlog1py, xlogy
from tfcompat_tape.ops.helpers import both, unbroadcast
from tfcompat_tape.ops.special import SINGLE_OR_DOUBLE, lgamma
from tfcompat_tape.ops.tangents import acts_on_elements, elementwise, spread, zeros_of

_EPSILON = 1e-16
_TINY = 1e-300
_STEPS = 2000
_BLIND_STEPS = 200


def _steps(x: torch.Tensor) -> range:
    if reading.shapes_alone():
        return range(1, 2)
    return range(1, _STEPS if concrete(x) else _BLIND_STEPS)


def _converged(changing: torch.Tensor) -> bool:
    return concrete(changing) and not bool(changing.any())


# -- gamma -------------------------------------------------------------------------------------------------------------


def _series_by_a(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """dP/da, where P = x^a exp(-x) / Gamma(a + 1) * (1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ...)."""
    term = total = torch.ones_like(x)
    slope = total_slope = torch.zeros_like(x)
    for n in _steps(x):
        ratio = x / (a + n)
        slope = (slope - term / (a + n)) * ratio
        term = term * ratio
        total = total + term
        total_slope = total_slope + slope
        if n % 8 == 0 and _converged(
            (slope.abs() > _EPSILON * total_slope.abs()) | (term > _EPSILON * total)
        ):
            break
    log_x = torch.log(x)
    size = torch.exp(a * log_x - x - torch.lgamma(a + 1.0))
    return size * (total_slope + total * (log_x - torch.digamma(a + 1.0)))


def _fraction_by_a(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """dP/da = -dQ/da, where Q = x^a exp(-x) / Gamma(a) times a continued fraction, by its three-term recurrence."""
    y = 1.0 - a
    z = x + y + 1.0
    p2, q2 = torch.ones_like(x), x
    p1, q1 = x + 1.0, z * x
    dp2, dq2, dp1 = torch.zeros_like(x), torch.zeros_like(x), torch.zeros_like(x)
    dq1 = -x
    value = p1 / q1
    slope = (dp1 - value * dq1) / q1
    for n in _steps(x):
        y = y + 1.0
        z = z + 2.0
        yn = y * n
        p = p1 * z - p2 * yn
        q = q1 * z - q2 * yn
        dp = dp1 * z - p1 - dp2 * yn + p2 * n
        dq = dq1 * z - q1 - dq2 * yn + q2 * n
        safe = torch.where(q == 0, 1.0, q)
        new = torch.where(q == 0, value, p / safe)
        new_slope = torch.where(q == 0, slope, (dp - new * dq) / safe)
        changing = (new_slope - slope).abs() > _EPSILON * new_slope.abs()
        value, slope = new, new_slope
        # A common factor keeps the recurrence within range.
        scale = torch.where(p.abs() > 1e100, 1e-100, 1.0)
        p2, p1, q2, q1 = p1 * scale, p * scale, q1 * scale, q * scale
        dp2, dp1, dq2, dq1 = dp1 * scale, dp * scale, dq1 * scale, dq * scale
        if n % 8 == 0 and _converged(changing):
            break
    log_x = torch.log(x)
    size = torch.exp(a * log_x - x - torch.lgamma(a))
    return -size * (slope + value * (log_x - torch.digamma(a)))


def _igamma_grad_a_kernel(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    dtype = a.dtype
    a, x = torch.broadcast_tensors(a.to(torch.float64), x.to(torch.float64))
    valid = (a > 0) & (x > 0) & torch.isfinite(a) & torch.isfinite(x)
    by_fraction = valid & (x > 1.0) & (x > a)
    by_series = valid & ~by_fraction
    series = _series_by_a(torch.where(by_series, a, 1.0), torch.where(by_series, x, 1.0))
    fraction = _fraction_by_a(torch.where(by_fraction, a, 1.0), torch.where(by_fraction, x, 2.0))
    value = torch.where(by_fraction, fraction, series)
    # At the ends of its range P is 0 or 1, whatever a.
    value = torch.where(valid, value, 0.0)
    return torch.where(_outside(a, x) & (x != 0), torch.nan, value).to(dtype)


def _outside(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Where the incomplete gamma functions are not defined."""
    return ~((a > 0) & (x >= 0))


def _igamma_kernel(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    value = torch.where(_outside(a, x), torch.nan, torch.special.gammainc(a, x))
    return torch.where((x == 0) | (a == math.inf) & (x > 0), 0.0, value)


def _igammac_kernel(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    value = torch.where(_outside(a, x), torch.nan, torch.special.gammaincc(a, x))
    return torch.where((x == math.inf) & (a > 0), 0.0, value)


igamma = binary("Igamma", without_kernel("Igamma", HALVES, _igamma_kernel), dtypes=FLOATS)
igamma.op.inputs = ("a", "x")
igammac = binary("Igammac", without_kernel("Igammac", HALVES, _igammac_kernel), dtypes=FLOATS)
igammac.op.inputs = ("a", "x")
igamma_grad_a = binary(
    "IgammaGradA", _igamma_grad_a_kernel, dtypes=SINGLE_OR_DOUBLE
)  # no rule, as in TensorFlow
igamma_grad_a.op.inputs = ("a", "x")


def _igamma_slopes(op: Any, dy: Any) -> tuple[Any, Any]:
    a, x = op.inputs
    need_a, need_x = op.needs
    ga = dy * igamma_grad_a(a, x) if need_a else None
    gx = dy * exp(mul(a - one(a), log(x)) - x - lgamma(a)) if need_x else None
    return ga, gx


@gradient("Igamma")
def _igamma(op: Any, dy: Any) -> Any:
    return both(op, *_igamma_slopes(op, dy))


@gradient("Igammac")
def _igammac(op: Any, dy: Any) -> Any:
    return both(op, *[None if g is None else -g for g in _igamma_slopes(op, dy)])


elementwise("Igamma", "Igammac")

# -- beta --------------------------------------------------------------------------------------------------------------


def _beta_fraction(a: torch.Tensor, b: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c = torch.ones_like(x)
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / torch.where(d.abs() < _TINY, _TINY, d)
    value = d
    for n in _steps(x):
        a2 = a + 2.0 * n
        for factor in (
            n * (b - n) * x / ((a2 - 1.0) * a2),
            -(a + n) * (a + b + n) * x / (a2 * (a2 + 1.0)),
        ):
            d = 1.0 + factor * d
            d = 1.0 / torch.where(d.abs() < _TINY, _TINY, d)
            c = 1.0 + factor / c
            c = torch.where(c.abs() < _TINY, _TINY, c)
            value = value * (c * d)
        if n % 4 == 0 and _converged((c * d - 1.0).abs() > _EPSILON * 4.0):
            break
    return value


def _betainc_kernel(a: torch.Tensor, b: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    dtype = a.dtype
    shapes = [tuple(raw.shape) for raw in (a, b, x) if raw.dim()]
    if any(shape != shapes[0] for shape in shapes):
        raise invalid(f"Betainc: a, b and x must have one shape, or be scalars; got {shapes}.")
    a, b, x = torch.broadcast_tensors(a.to(torch.float64), b.to(torch.float64), x.to(torch.float64))
    valid = ~((a <= 0) | (b <= 0)) & (x >= 0) & (x <= 1)
    inside = valid & (x > 0) & (x < 1) & torch.isfinite(a) & torch.isfinite(b)
    a, b = torch.where(inside, a, 1.0), torch.where(inside, b, 1.0)
    y = torch.where(inside, x, 0.5)
    mirrored = y > (a + 1.0) / (
        a + b + 2.0
    )  # I_x(a, b) = 1 - I_{1 - x}(b, a), and there the fraction converges
    p, q = torch.where(mirrored, b, a), torch.where(mirrored, a, b)
    log_y, log_rest = torch.log(y), torch.log1p(-y)
    log_z = torch.where(mirrored, log_rest, log_y)
    log_beta = torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
    size = torch.exp(p * log_z + q * torch.where(mirrored, log_y, log_rest) - log_beta) / p
    value = size * _beta_fraction(p, q, torch.where(mirrored, 1.0 - y, y))
    value = torch.where(mirrored, 1.0 - value, value)
    value = torch.where(inside, value, torch.where(valid & ((x == 0) | (x == 1)), x, torch.nan))
    return value.to(dtype)


betainc = primitive("Betainc", _betainc_kernel, inputs="a b x", dtypes=SINGLE_OR_DOUBLE, same=None)


@gradient("Betainc")
def _betainc(op: Any, dy: Any) -> Any:
    if not op.needs[2]:
        return None, None, None
    return None, None, unbroadcast(dy * _betainc_slope(*op.inputs), op.shapes[2])


def _betainc_slope(a: Any, b: Any, x: Any) -> Any:
    """The derivative by x: the density of the beta distribution."""
    log_beta = lgamma(a) + lgamma(b) - lgamma(a + b)
    return exp(xlog1py(b - one(b), -x) + xlogy(a - one(a), x) - log_beta)


@jvp("Betainc")
def _betainc_jvp(op: Any, s: Any, t: Any, dx: Any) -> Any:
    """There is no derivative by a and b: their tangents give 0, as in TensorFlow."""
    if dx is None:
        dx = zeros_of(t if s is None else s, op.shapes[2])
    return spread(op, dx * _betainc_slope(*op.inputs))


acts_on_elements("Betainc")
