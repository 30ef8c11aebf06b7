"""How ops push tangents forward, for the kinds of ops whose JVP says itself: elementwise, linear, bilinear.

A JVP works on raw torch tensors and on recorded Tensors alike, as gradient rules do.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.registry import OPS, Rule
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.helpers import conj, is_complex, shape_of

_SLOT_ONLY = ((True, False), (False, True))


class _Side:
    """An entry as its gradient rule sees it when one of two inputs counts, and nothing is to be summed to its shape."""

    __slots__ = ("attrs", "get_attr", "inputs", "needs", "outputs")

    shapes = None

    def __init__(self, op: Any, needs: tuple[bool, bool]) -> None:
        self.inputs = op.inputs
        self.outputs = op.outputs
        self.attrs = op.attrs
        self.get_attr = op.get_attr
        self.needs = needs


def elementwise(*names: str) -> None:
    """Ops of one or two tensors that act on each element by itself: a diagonal Jacobian is its own transpose.

    So their gradient rule is their JVP, up to conjugation: rules conjugate the factor that they multiply with.
    """
    for name in names:
        op = OPS[name]
        op.elementwise = True
        jvp = _elementwise_of_one if len(op.inputs) == 1 else _elementwise_of_two
        registry.jvp(name)(jvp(_rule_of(name)))


def _rule_of(name: str) -> Rule:
    rule = OPS[name].rule
    assert rule is not None, name
    return rule


def _elementwise_of_one(rule: Rule) -> Rule:
    def jvp(op: Any, t: Any) -> Any:
        return conj(rule(op, conj(t))) if is_complex(t) else rule(op, t)

    return jvp


def _elementwise_of_two(rule: Rule) -> Rule:
    def jvp(op: Any, *tangents: Any) -> Any:
        total = None
        for i, t in enumerate(tangents):
            if t is not None:
                side: Any = _Side(op, _SLOT_ONLY[i])
                part = conj(rule(side, conj(t))[i]) if is_complex(t) else rule(side, t)[i]
                total = part if total is None or part is None else total + part
        return spread(op, total)

    return jvp


def spread(op: Any, t: Any) -> Any:
    """`t` broadcast to the shape of the result of a broadcasting op."""
    if t is None or op.shapes is None:
        return t
    shape = torch.broadcast_shapes(*op.shapes)
    if shape_of(t) == shape:
        return t
    return OPS["BroadcastTo"].call(t, shape=tuple(shape)) if type(t) is Tensor else t.expand(shape)


def attrs_of(op: Any) -> dict[str, Any]:
    """The attributes of the call."""
    attrs: dict[str, Any] = op.attrs
    return {key: value for key, value in attrs.items() if key != "_outputs"} if "_outputs" in attrs else attrs


def linear(*names: str) -> None:
    """Ops that are linear in all their tensors together: the tangent of the result is the op of the tangents."""
    for name in names:
        op = OPS[name]
        single = len(op.inputs) == 1 and not op.inputs[0].startswith("*")
        registry.jvp(name)(_linear_of_one(name) if single else _linear_of_many(name))


def _linear_of_one(name: str) -> Rule:
    op = OPS[name]

    def jvp(entry: Any, t: Any) -> Any:
        return op.call(t, **attrs_of(entry))

    return jvp


def _linear_of_many(name: str) -> Rule:
    op = OPS[name]

    def jvp(entry: Any, *tangents: Any) -> Any:
        return op.call(*fill_in(entry, tangents), **attrs_of(entry))

    return jvp


def fill_in(op: Any, tangents: tuple[Any, ...]) -> list[Any]:
    """The tangents, with zeros in place of those that are missing."""
    known = next(t for t in tangents if t is not None)
    raw = known._t if type(known) is Tensor else known
    zeros = [
        raw.new_zeros(shape) if t is None else None for t, shape in zip(tangents, op.shapes, strict=True)
    ]
    if type(known) is Tensor:
        return [Tensor(zero, None) if t is None else t for t, zero in zip(tangents, zeros, strict=True)]
    return [zero if t is None else t for t, zero in zip(tangents, zeros, strict=True)]


def multilinear(*names: str, of: tuple[int, ...] = (0, 1)) -> None:
    """Ops that are linear in each of the inputs `of`: a tangent takes the place of its input, one after the other.

    The other inputs (indices, sizes) are passed on as they are; those must be kept by the op.
    """
    for name in names:
        registry.jvp(name)(_multilinear(name, of))


def _multilinear(name: str, of: tuple[int, ...]) -> Rule:
    op = OPS[name]

    def jvp(entry: Any, *tangents: Any) -> Any:
        total = None
        for i in of:
            t = tangents[i]
            if t is not None:
                inputs = list(entry.inputs)
                inputs[i] = t
                part = op.call(*inputs, **attrs_of(entry))
                total = part if total is None else total + part
        return total

    return jvp


def symmetric(*names: str) -> None:
    """Ops of one tensor whose Jacobian is a symmetric matrix: the gradient rule is the JVP."""
    for name in names:
        registry.jvp(name)(_elementwise_of_one(_rule_of(name)))


__all__ = ["attrs_of", "elementwise", "fill_in", "linear", "multilinear", "spread", "symmetric"]
