"""Why a gradient that exists is zero everywhere: which op turned an adjoint that was not zero into zeros."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.tape.explain.notes.trace import Trace, find
from tfcompat_tape.tape.explain.notes.walk import Amount, Walk
from tfcompat_tape.tape.explain.report import Zero

MOST_ZEROS = 4

# What follows, element by element, from zeros that a rule gives for a cotangent that is not zero.
_WHY = {
    "Abs": "its input is zero",
    "Cos": "the sine of its input is zero",
    "DivNoNan": "the denominator is zero",
    "Elu": "its input is so negative that the result is at its limit",
    "Erf": "it is saturated: the result is at its limit",
    "Exp": "its result is zero: the input is too negative",
    "LeakyRelu": "its input is negative, and alpha is zero",
    "Maximum": "the other input is the larger one",
    "Minimum": "the other input is the smaller one",
    "Mul": "the other factor is zero",
    "MulNoNan": "the other factor is zero",
    "Relu": "its input is negative or zero",
    "Relu6": "its input lies outside of the range from 0 to 6",
    "Select": "the condition chose the other branch",
    "SelectV2": "the condition chose the other branch",
    "Sigmoid": "it is saturated: the result is at its limit",
    "Sign": "it is flat",
    "Softplus": "its input is so negative that the result is at its limit",
    "Square": "its input is zero",
    "Tanh": "it is saturated: the result is at its limit",
}


def zeros(source: Any, walk: Walk | None, trace: Trace | None) -> tuple[Zero, ...]:
    """What makes the gradient with respect to `source` zero everywhere; nothing if it is not, or was not walked."""
    node = source._node
    if walk is None or node is None or node.number not in walk.sources or not _is_zero(node.number, walk):
        return ()
    found: dict[Zero, None] = {}
    seen: set[int] = set()
    stack = [node.number]
    while stack and len(found) < MOST_ZEROS:
        number = stack.pop()
        if number in seen:
            continue
        seen.add(number)
        terms = walk.terms.get(number, [])
        if any(amount.zero is False for _, amount in terms):
            found[_at(number, "Sum", "What comes back from several uses of this value cancels.", trace)] = (
                None
            )
            continue
        for giver, amount in terms:
            if giver == 0:
                found[Zero("seed", "The cotangent of the target (output_gradients) is zero.")] = None
            elif _is_zero(giver, walk):
                stack.append(giver)
            else:
                found[_at(giver, walk.ops.get(giver, "An op"), _why(giver, amount, walk), trace)] = None
    return tuple(found)


def _why(giver: int, amount: Amount, walk: Walk) -> str:
    op = walk.ops.get(giver, "An op")
    adjoint = walk.adjoints.get(giver)
    if adjoint is not None and not adjoint.sparse and adjoint.shape != amount.shape:
        return f"{op} gives zeros: what arrives there cancels, or meets derivatives of zero."
    if op in _WHY:
        return f"{op} gives zeros: wherever a gradient arrives, {_WHY[op]}."
    return f"{op} gives zeros for what arrives there."


def _is_zero(number: int, walk: Walk) -> bool:
    """Whether the adjoint of an entry is known to be zero; that of one with several outputs is the sum of its terms."""
    adjoint = walk.adjoints.get(number)
    if adjoint is not None:
        return adjoint.zero is True
    terms = walk.terms.get(number)
    return bool(terms) and all(amount.zero is True for _, amount in terms or ())


def _at(number: int, op: str, detail: str, trace: Trace | None) -> Zero:
    line = None if trace is None else find(number, trace)
    place = None if line is None else line.place
    return Zero(op, detail, place)
