"""Reverse mode against finite differences, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tfcompat_tape.checking import numeric

if TYPE_CHECKING:
    from tfcompat_tape.checking.run import Run

_NAMES = {1: "first order", 2: "second order"}


@dataclass
class Outcome:
    """How one element compares: `wanted` is what the differences say, `reason` why it cannot be compared."""

    wanted: complex
    off: bool = False
    tolerance: float = 0.0
    reason: str = ""


def check(run: Run, order: int) -> None:
    """Compare the gradients of this order with finite differences of the number that they are gradients of."""
    if order not in run.reference:  # its exception is a finding already
        return
    notes: list[str] = []
    found: list[dict[str, Any]] = []
    compared = 0
    for number, grad in enumerate(run.reference[order]):
        label = run.label(number)
        outcomes = {
            tuple([int(i) for i in np.unravel_index(position, grad.shape)]): _compare(
                run, order, number, position, grad.reshape(-1)[position].item()
            )
            for position in _elements(grad.size, run.options.elements)
        }
        apart = {element: outcome for element, outcome in outcomes.items() if outcome.reason}
        off = {element: outcome for element, outcome in outcomes.items() if outcome.off}
        compared += len(outcomes) - len(apart)
        if len(outcomes) < grad.size:
            notes.append(f"argument {label}: {len(outcomes)} of {grad.size} elements were looked at")
        for element, outcome in list(apart.items())[:1]:
            notes.append(
                f"argument {label}: {len(apart)} of {len(outcomes)} elements cannot be compared, {element} because "
                f"{outcome.reason}"
            )
        for element, outcome in list(off.items())[:1]:
            found.append(
                {
                    "argument": label,
                    "element": element,
                    "got": grad[element].item(),
                    "wanted": outcome.wanted,
                    "tolerance": outcome.tolerance,
                    "op": run.op if order == 1 else None,
                    "detail": f"{len(off)} of {len(outcomes)} elements are off",
                }
            )
    for fields in found:
        run.add(_NAMES[order], "failed", order, **fields)
    if found and notes:
        run.add(_NAMES[order], "skipped", order, detail="; ".join(notes))
    if not found:
        nothing = notes and not compared
        run.add(_NAMES[order], "skipped" if nothing else "passed", order, detail="; ".join(notes))


def _elements(size: int, limit: int | None) -> Iterator[int]:
    """Which elements to compare, spread evenly."""
    count = size if limit is None else min(limit, size)
    return (int(i) for i in np.linspace(0, size - 1, count).round()) if count else iter(())


def _compare(run: Run, order: int, number: int, position: int, got: complex) -> Outcome:
    """Compare one element of the gradient with respect to differentiable argument `number`."""
    found: list[float] = []
    outcome = Outcome(0.0)
    parts = (got.real, got.imag) if isinstance(got, complex) else (got,)
    for part, unit in zip(parts, (1.0, 1.0j), strict=False):
        one = _compare_part(
            run, _line(run, order, number, position, unit), _magnitude(run, number, position), part
        )
        found.append(one.wanted.real)
        outcome.off |= one.off
        outcome.tolerance = max(outcome.tolerance, one.tolerance)
        outcome.reason = outcome.reason or one.reason
    outcome.wanted = complex(*found) if len(found) == 2 else found[0]
    if outcome.off:
        outcome.reason = ""
    return outcome


def _magnitude(run: Run, number: int, position: int) -> float:
    raw = run.subject.arguments[run.subject.differentiable[number]].raw
    return float(raw.reshape(-1)[position].abs())


def _line(run: Run, order: int, number: int, position: int, unit: complex) -> Callable[[float], float]:
    """The number that is differentiated, as a function of the displacement of one element."""
    subject = run.subject
    index = subject.differentiable[number]
    value = subject.value if order == 1 else subject.slope
    known: dict[float, float] = {}

    def f(by: float) -> float:
        if by not in known:
            raws = list(subject.raws)
            flat = raws[index].reshape(-1).clone()
            flat[position] += by * unit
            raws[index] = flat.reshape(raws[index].shape)
            try:
                known[by] = value(raws)
            except Exception:  # outside of the domain
                known[by] = math.nan
        return known[by]

    return f


def _compare_part(run: Run, f: Callable[[float], float], magnitude: float, got: float) -> Outcome:
    """Compare one real part of a gradient with the slope of `f` at 0: quickly, and with care where they differ."""
    eps = run.subject.eps
    step = (run.options.step or 2.0 ** round(math.log2(eps) / 5.0)) * 2.0 ** max(
        0, math.ceil(_log2(magnitude))
    )
    wanted = numeric.quick(f, step)
    allowed = run.rtol * max(abs(got), abs(wanted)) + run.atol
    if abs(got - wanted) <= allowed:
        return Outcome(wanted)
    loose = max(1e-3, 4.0 * eps**0.3)
    slope = numeric.careful(f, step, eps)
    allowed = run.rtol * max(abs(got), abs(slope.value)) + run.atol + 10.0 * slope.error
    if slope.settled(loose) and abs(got - slope.value) <= allowed:
        return Outcome(slope.value)
    slope = numeric.one_sided(f, slope, step)
    low, high = sorted((slope.left, slope.right))
    if slope.kink(loose) and low - loose <= got <= high + loose:
        return Outcome(
            slope.value, reason=f"the slopes left and right of it are {slope.left:.4g} and {slope.right:.4g}"
        )
    if not slope.settled(loose):
        return Outcome(slope.value, reason="the finite differences do not settle")
    return Outcome(slope.value, off=True, tolerance=allowed)


def _log2(x: float) -> float:
    return math.log2(x) if x > 0.0 else 0.0


__all__ = ["Outcome", "check"]
