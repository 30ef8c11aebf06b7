"""Derivatives of a function of one number by finite differences, with an estimate of their own error.

Central differences at two steps and Richardson's extrapolation are enough almost always. Where they disagree with the
derivative in question, a Romberg tableau of ever smaller steps says how far the differences themselves can be trusted,
and the slopes from the left and from the right whether there is a derivative at all.

Source: C. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4(2), 1982.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Halvings of the first step in a tableau: from 1e-3 down to 1e-8 in float64.
_LEVELS = 17


@dataclass(frozen=True)
class Slope:
    """A derivative by finite differences.

    Attributes:
      value: the derivative, NaN if no step gave one.
      error: how far off `value` may be.
      left, right: the one-sided derivatives, where they were asked for.
    """

    value: float
    error: float
    left: float = math.nan
    right: float = math.nan

    def settled(self, loose: float) -> bool:
        """Whether the differences agree on a derivative, up to the relative error `loose`."""
        return self.error <= loose * (abs(self.value) + 1e-3)

    def kink(self, loose: float) -> bool:
        """Whether the function has another slope on the left than on the right, or jumps."""
        return not abs(self.left - self.right) <= loose * (abs(self.left) + abs(self.right) + 1e-3)


def quick(f: Callable[[float], float], step: float) -> float:
    """The derivative of `f` at 0 from two central differences, extrapolated."""
    coarse = _central(f, step)
    fine = _central(f, step / 2)
    return (4.0 * fine - coarse) / 3.0


def careful(f: Callable[[float], float], step: float, eps: float) -> Slope:
    """The derivative of `f` at 0, the best that steps from `step` down can give.

    Args:
      f: function of the displacement.
      step: the first step.
      eps: rounding error of `f`, relative to its values.
    """
    noise = max(eps * abs(f(0.0)), _noise(f, step / 4096.0), 1e-300)
    best = Slope(math.nan, math.inf)
    row: list[float] = []
    for level in range(_LEVELS):
        h = step * 0.5**level
        above, row = row, [_central(f, h)]
        for k, other in enumerate(above):
            factor = 4.0 ** (k + 1)
            row.append((factor * row[k] - other) / (factor - 1.0))
            error = max(abs(row[k + 1] - row[k]), abs(row[k + 1] - other)) + noise / h
            if error < best.error:  # False where either is NaN
                best = Slope(row[k + 1], error)
    return best


def _noise(f: Callable[[float], float], h: float) -> float:
    """The rounding error of `f`, from what third differences leave of a smooth function at close points.

    It is greater than that of the dtype where something in `f` is computed in a narrower one.
    """
    values = [f(k * h) for k in range(-3, 4)]
    thirds = np.abs(np.diff(values, n=3)) / 4.0
    return float(np.max(thirds, initial=0.0, where=np.isfinite(thirds)))


def one_sided(f: Callable[[float], float], slope: Slope, step: float) -> Slope:
    """`slope` with the derivatives of `f` at 0 from the left and from the right."""
    h = step / 64.0
    here = f(0.0)

    def side(h: float) -> float:
        with np.errstate(all="ignore"):
            return 2.0 * (f(h / 2) - here) / (h / 2) - (f(h) - here) / h

    return Slope(slope.value, slope.error, side(-h), side(h))


def _central(f: Callable[[float], float], h: float) -> float:
    with np.errstate(all="ignore"):
        return (f(h) - f(-h)) / (2.0 * h)
