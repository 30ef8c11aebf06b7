"""Sampling by rejection: gamma, Poisson and binomial numbers, drawn for all elements at once.

As in TensorFlow each element draws from a part of the stream of its own, so what one element rejects does not disturb
the others. Elements that have been accepted stop drawing; the loop ends with the last of them.

Sources: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); Hoermann, "The transformed
rejection method for generating Poisson random variables" and "The generation of binomial random variates" (both 1993).
"""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.ops.philox import Stream, blocks, to_normal, to_uniform

RESERVED = 256  # blocks of the stream that TensorFlow sets aside for each element
RESERVED_FOR_GAPS = 42  # the same for binomial numbers that are counted by gaps


class Draws:
    """Doubles for `count` elements: uniform or normal, two from each block, the second one first."""

    def __init__(self, stream: Stream, count: int, device: torch.device, reserved: int = RESERVED) -> None:
        self.stream = stream
        self.at = torch.arange(count, dtype=torch.int64, device=device) * reserved
        self.held = {
            transform: torch.zeros((count, 2), dtype=torch.float64, device=device)
            for transform in (to_uniform, to_normal)
        }
        self.left = {transform: torch.zeros_like(self.at) for transform in self.held}

    def _next(self, transform: Any, rows: torch.Tensor) -> torch.Tensor:
        held, left = self.held[transform], self.left[transform]
        empty = rows[left[rows] == 0]
        held[empty] = transform(blocks(self.stream, self.at[empty]), torch.float64)
        self.at[empty] += 1
        left[empty] = 2
        left[rows] -= 1
        return held[rows, left[rows]]

    def uniform(self, rows: torch.Tensor) -> torch.Tensor:
        """The next uniform number of each element in `rows`."""
        return self._next(to_uniform, rows)

    def normal(self, rows: torch.Tensor) -> torch.Tensor:
        """The next normal number of each element in `rows`."""
        return self._next(to_normal, rows)


def _all(count: int, device: torch.device) -> torch.Tensor:
    return torch.arange(count, device=device)


def gamma(stream: Stream, alpha: torch.Tensor) -> torch.Tensor:
    """A gamma number for each element of the vector `alpha` (float64)."""
    draws = Draws(stream, len(alpha), alpha.device)
    result = torch.full_like(alpha, math.nan)  # stays where alpha is negative or NaN
    rows = torch.nonzero(alpha == 1.0)[:, 0]
    result[rows] = -torch.log1p(-draws.uniform(rows))
    rows = torch.nonzero((alpha >= 0.0) & (alpha != 1.0))[:, 0]
    small = alpha < 1.0
    d = alpha - 1.0 / 3.0 + small.to(torch.float64)
    c = 1.0 / 3.0 / torch.sqrt(d)
    while len(rows):
        x = draws.normal(rows)
        v = 1.0 + c[rows] * x
        positive = v > 0.0
        tried, x, v = rows[positive], x[positive], v[positive] ** 3
        u = draws.uniform(tried)
        squeeze = u < 1.0 - 0.0331 * (x * x) * (x * x)
        accepted = squeeze | (torch.log(u) < 0.5 * x * x + d[tried] * (1.0 - v + torch.log(v)))
        taken = tried[accepted]
        result[taken] = d[taken] * v[accepted]
        boosted = taken[small[taken]]
        result[boosted] *= draws.uniform(boosted) ** (1.0 / alpha[boosted].abs())
        waiting = torch.zeros(len(alpha), dtype=torch.bool, device=alpha.device)
        waiting[rows] = True
        waiting[taken] = False
        rows = torch.nonzero(waiting)[:, 0]
    return result


def poisson(stream: Stream, rate: torch.Tensor) -> torch.Tensor:
    """A Poisson number for each element of the vector `rate` (float64); NaN gives 0, infinity infinity."""
    draws = Draws(stream, len(rate), rate.device)
    result = torch.where(rate == math.inf, rate, torch.zeros_like(rate))

    rows = torch.nonzero(rate < 10.0)[:, 0]  # few events: multiply uniform numbers until they are rare enough
    product = torch.ones_like(rate)
    limit = torch.exp(-rate)
    while len(rows):
        product[rows] *= draws.uniform(rows)
        rows = rows[product[rows] > limit[rows]]
        result[rows] += 1.0

    rows = torch.nonzero((rate >= 10.0) & (rate < math.inf))[:, 0]
    b = 0.931 + 2.53 * torch.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    while len(rows):
        u = draws.uniform(rows) - 0.5
        v = draws.uniform(rows)
        r, a_, b_ = rate[rows], a[rows], b[rows]
        shifted = 0.5 - u.abs()
        k = torch.floor((2.0 * a_ / shifted + b_) * u + r + 0.43)
        easy = (shifted >= 0.07) & (v <= 0.9277 - 3.6224 / (b_ - 2.0))
        hopeless = (k < 0.0) | ((shifted < 0.013) & (v > shifted))
        s = torch.log(v * inverse_alpha[rows] / (a_ / (shifted * shifted) + b_))
        t = -r + k * torch.log(r) - torch.lgamma(k + 1.0)
        accepted = easy | (~hopeless & (s <= t))
        result[rows[accepted]] = k[accepted]
        rows = rows[~accepted]
    return result


def binomial(stream: Stream, counts: torch.Tensor, probs: torch.Tensor) -> torch.Tensor:
    """How many of `counts` trials succeed, for each element of the vectors (float64); NaN gives NaN.

    Probabilities below 0 or above 1 are taken for these, and counts that are not positive give 0.
    """
    probs = torch.where(counts <= 0.0, 0.0, probs.clamp(0.0, 1.0))
    counts = counts.clamp(min=0.0)
    flipped = probs > 0.5
    p = torch.where(flipped, 1.0 - probs, probs)
    valid = (counts >= 0.0) & (p >= 0.0) & (p <= 0.5)
    result = torch.where(valid, torch.zeros_like(p), math.nan)

    rows = torch.nonzero(valid & (p > 0.0) & (counts * p < 10.0))[:, 0]  # gaps between successes
    total = torch.zeros_like(p)
    draws = Draws(stream, len(counts), counts.device, RESERVED_FOR_GAPS)
    while len(rows):
        total[rows] += torch.ceil(torch.log(draws.uniform(rows)) / torch.log1p(-p[rows]))
        rows = rows[total[rows] <= counts[rows]]
        result[rows] += 1.0

    rows = torch.nonzero(valid & (counts * p >= 10.0))[:, 0]
    draws = Draws(stream, len(counts), counts.device)
    while len(rows):
        k, accepted = _binomial_trial(draws, rows, counts[rows], p[rows])
        result[rows[accepted]] = k[accepted]
        rows = rows[~accepted]
    return torch.where(flipped, counts - result, result)


def _binomial_trial(
    draws: Draws, rows: Any, n: torch.Tensor, p: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """A candidate for each row, and whether it is accepted."""
    deviation = torch.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    r = p / (1.0 - p)
    alpha = (2.83 + 5.1 / b) * deviation
    m = torch.floor((n + 1.0) * p)
    u = draws.uniform(rows) - 0.5
    v = draws.uniform(rows)
    shifted = 0.5 - u.abs()
    k = torch.floor((2.0 * a / shifted + b) * u + n * p + 0.5)
    easy = (shifted >= 0.07) & (v <= 0.92 - 4.2 / b)
    bound = (
        (m + 0.5) * torch.log((m + 1.0) / (r * (n - m + 1.0)))
        + (n + 1.0) * torch.log((n - m + 1.0) / (n - k + 1.0))
        + (k + 0.5) * torch.log(r * (n - k + 1.0) / (k + 1.0))
        + _stirling(m)
        + _stirling(n - m)
        - _stirling(k)
        - _stirling(n - k)
    )
    inside = (k >= 0.0) & (k <= n)
    return k, easy | (inside & (torch.log(v * alpha / (a / (shifted * shifted) + b)) <= bound))


def _stirling(k: torch.Tensor) -> torch.Tensor:
    """What Stirling's formula for log(k!) leaves out."""
    exact = torch.lgamma(k + 1.0) - (
        (k + 0.5) * torch.log(k + 1.0) - (k + 1.0) + 0.5 * math.log(2.0 * math.pi)
    )
    square = (k + 1.0) ** 2
    series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / (k + 1.0)
    return torch.where(k <= 9.0, exact, series)
