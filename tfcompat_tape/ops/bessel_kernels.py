"""Kernels of the Bessel functions J0, J1, Y0 and Y1: torch's own are exact to seven digits only.

Below a bound they are means over a circle (Bessel's integral), which for periodic functions are exact up to rounding as
soon as the nodes are dense enough; above it they are Hankel's asymptotic series.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from tfcompat_tape.ops.integrals import coefficients, polynomial

_BOUND = 25.0
_EULER = 0.5772156649015329

# Nodes on a quarter of the circle stand for all four. J(2k) is below 1e-17 up to the bound for k above 32.
_NODES = 40
_SINES = [math.sin(math.pi / 2.0 * (j + 0.5) / _NODES) for j in range(_NODES)]
_HARMONICS = 32
_WEIGHTS = [
    math.fsum((-1.0) ** k * math.cos(math.pi * k * (j + 0.5) / _NODES) / k for k in range(1, _HARMONICS + 1))
    for j in range(_NODES)
]

_Pair = tuple[torch.Tensor, torch.Tensor]


def _means(x: torch.Tensor, order: int, weights: Sequence[float] | None = None) -> torch.Tensor:
    """The mean over the circle of cos(x s), for order 1 of s sin(x s), s the sine of the angle; weighted if asked."""
    total = torch.zeros_like(x)
    for j, s in enumerate(_SINES):
        weight = (1.0 if weights is None else weights[j]) / _NODES
        if order == 0:
            total = total + weight * torch.cos(x * s)
        else:
            total = total + (weight * s) * torch.sin(x * s)
    return total


def _hankel_coefficients(order: int) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Those of P (even) and Q (odd powers of 1 / x, less one)."""
    mu = 4.0 * order * order
    terms = [1.0]
    for k in range(1, 28):
        terms.append(terms[-1] * (mu - (2 * k - 1) ** 2) / (8.0 * k))
    even = [term * (-1.0) ** k for k, term in enumerate(terms[0::2])]
    odd = [term * (-1.0) ** k for k, term in enumerate(terms[1::2])]
    return coefficients(even), coefficients(odd)


_HANKEL = (_hankel_coefficients(0), _hankel_coefficients(1))


def _far(x: torch.Tensor, order: int) -> _Pair:
    """J and Y of positive x above the bound."""
    x = torch.clamp(x, min=_BOUND)
    x2 = 1.0 / (x * x)
    even, odd = _HANKEL[order]
    p = polynomial(x2, even)
    q = polynomial(x2, odd) / x
    sine, cosine = torch.sin(x), torch.cos(x)
    plus, minus = cosine + sine, sine - cosine
    scale = torch.rsqrt(math.pi * x)
    if order == 0:
        return scale * (p * plus - q * minus), scale * (p * minus + q * plus)
    return scale * (p * minus + q * plus), scale * (q * minus - p * plus)


def bessel_j0(x: torch.Tensor) -> torch.Tensor:
    """J0, of float64."""
    size = x.abs()
    near = _means(torch.clamp(size, max=_BOUND), 0)
    return torch.where(size <= _BOUND, near, _far(size, 0)[0])


def bessel_j1(x: torch.Tensor) -> torch.Tensor:
    """J1, of float64."""
    size = x.abs()
    near = _means(torch.clamp(x, -_BOUND, _BOUND), 1)
    far = _far(size, 1)[0]
    return torch.where(size <= _BOUND, near, torch.where(x < 0, -far, far))


def bessel_y0(x: torch.Tensor) -> torch.Tensor:
    """Y0, of float64 that is not negative."""
    low = torch.clamp(x, max=_BOUND)
    # Neumann's series, its terms J(2k) summed under the mean
    near = (torch.log(low / 2.0) + _EULER) * _means(low, 0) - 2.0 * _means(low, 0, _WEIGHTS)
    return torch.where(x <= _BOUND, (2.0 / math.pi) * near, _far(x, 0)[1])


def bessel_y1(x: torch.Tensor) -> torch.Tensor:
    """Y1, of float64 that is not negative: the derivative of -Y0."""
    low = torch.clamp(x, max=_BOUND)
    slope = (
        _means(low, 0) / low
        - (torch.log(low / 2.0) + _EULER) * _means(low, 1)
        + 2.0 * _means(low, 1, _WEIGHTS)
    )
    near = torch.where(x == 0, -math.inf, (-2.0 / math.pi) * slope)
    return torch.where(x <= _BOUND, near, _far(x, 1)[1])
