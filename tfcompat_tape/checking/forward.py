"""Forward mode against reverse mode: the product with a random tangent must be the same from both sides.

With cotangents `u` of the results and tangents `v` of the arguments, `<u, J v>` (forward) is `<J* u, v>` (reverse).
Where it is not, unit tangents find the element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tfcompat_tape.checking.rules import Audit, describe
from tfcompat_tape.checking.subject import wide
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tape.forward_accumulator import ForwardAccumulator

if TYPE_CHECKING:
    from tfcompat_tape.checking.run import Run

Tangents = dict[int, torch.Tensor]  # by differentiable argument


class _WrongTangent(Exception):
    """A tangent has another shape or dtype than its value."""


def check(run: Run) -> None:
    """Compare the tangents of the results (and for order 2, those of the gradients) with reverse mode."""
    for order in sorted(run.reference):
        count = len(run.findings)
        audit = Audit()
        try:
            _check_order(run, order, audit)
        except _WrongTangent as error:
            run.add("forward mode", "failed", order, detail=str(error))
        except Exception as error:
            run.raised("forward mode", order, "", error, audit)
        for problem in audit.problems:
            if problem not in run.audit.problems:
                text = f"its {problem.rule}: {problem.text}"
                run.add("forward mode", "failed", order, op=problem.op, detail=text)
        if len(run.findings) == count:
            run.add("forward mode", "passed", order)


def _check_order(run: Run, order: int, audit: Audit) -> None:
    subject = run.subject
    tangents = {
        number: subject.cotangent("tangent", number, subject.arguments[index].raw)
        for number, index in enumerate(subject.differentiable)
    }
    fine = True
    for number, tangent in tangents.items():
        if _is_off(run, order, {number: tangent}, audit):
            fine = False
            _locate(run, order, number, audit)
    if fine and len(tangents) > 1 and (sides := _is_off(run, order, tangents, audit)):
        got, wanted, allowed = sides
        run.add(
            "forward mode",
            "failed",
            order,
            got=got,
            wanted=wanted,
            tolerance=allowed,
            detail="each argument by itself is right, all of them together are off",
        )


def _is_off(run: Run, order: int, tangents: Tangents, audit: Audit) -> tuple[float, float, float] | None:
    """Forward and reverse side and the tolerance, if they differ by more than that."""
    got, size = _push(run, order, tangents, audit)
    terms = [
        np.real(np.conj(run.reference[order][number]) * wide(tangent)) for number, tangent in tangents.items()
    ]
    wanted = float(sum(np.sum(term) for term in terms))
    size += float(sum(np.sum(np.abs(term), where=np.isfinite(term)) for term in terms))
    allowed = run.exact * max(size, 1e-3)
    same = abs(got - wanted) <= allowed or got == wanted or (np.isnan(got) and np.isnan(wanted))
    return None if same else (got, wanted, allowed)


def _locate(run: Run, order: int, number: int, audit: Audit) -> None:
    """A finding for the first element of an argument whose unit tangent gives something else in forward mode."""
    raw = run.subject.arguments[run.subject.differentiable[number]].raw
    units: Any = (1.0, 1.0j) if raw.dtype.is_complex else (1.0,)
    for position in range(raw.numel()):
        parts = []
        for unit in units:
            flat = torch.zeros(raw.numel(), dtype=raw.dtype, device=raw.device)
            flat[position] = unit
            parts.append(_is_off(run, order, {number: flat.reshape(raw.shape)}, audit))
        if any(parts):
            element = tuple([int(i) for i in np.unravel_index(position, tuple(raw.shape))])
            gradient = run.reference[order][number][element].item()
            wanted = (gradient.real, gradient.imag)[: len(parts)]
            got = [part[0] if part else right for part, right in zip(parts, wanted, strict=True)]
            run.add(
                "forward mode",
                "failed",
                order,
                argument=run.label(number),
                element=element,
                got=complex(*got) if len(got) == 2 else got[0],
                wanted=gradient,
                tolerance=max(part[2] for part in parts if part),
                detail="forward mode gives another derivative than reverse mode",
            )
            return
    run.add(
        "forward mode", "failed", order, argument=run.label(number), detail="it is not linear in the tangent"
    )


def _push(run: Run, order: int, tangents: Tangents, audit: Audit) -> tuple[float, float]:
    """The product of the cotangents with the tangents of the results, and the sum of the sizes of its terms."""
    subject = run.subject
    args, sources = subject.build(subject.raws)
    primals = [sources[number] for number in tangents]
    with (
        ForwardAccumulator(primals, [Tensor(t, None) for t in tangents.values()]) as accumulator,
        audit.watching(sources),
    ):
        if order == 1:
            values: list[Any] = subject.results(args)
            weights: list[Any] = subject.seeds(values)
        else:
            _, values = subject.first(sources, args)
            weights = subject.weights(values)
    total = size = 0.0
    for i, (value, weight) in enumerate(zip(values, weights, strict=True)):
        pushed = None if value is None else accumulator.jvp(value)
        if pushed is None:
            continue
        if isinstance(pushed, IndexedSlices):
            pushed = IndexedSlices(pushed.values, pushed.indices, tuple(value.shape)).dense()
        if describe(pushed._t) != describe(value._t):
            what = "result" if order == 1 else "gradient"
            raise _WrongTangent(
                f"the tangent of {what} {i} is {describe(pushed._t)}, which must be {describe(value._t)}"
            )
        terms = np.real(np.conj(wide(weight._t)) * wide(pushed._t))
        total += float(np.sum(terms))
        size += float(np.sum(np.abs(terms), where=np.isfinite(terms)))
    return total, size
