"""How ops push tangents forward, for the kinds of ops whose JVP says itself: elementwise, linear, bilinear.

A JVP is the transpose of the gradient rule, in the sense of the real inner product Re(conj(a) b): a cotangent is
multiplied with the conjugate of a factor, a tangent with the factor. It works on raw torch tensors and on recorded
Tensors alike, as gradient rules do.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.registry import COMPLEX, OPS, Rule
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.helpers import conj, is_complex, shape_of

# -- elementwise ops: a diagonal Jacobian is its own transpose, up to conjugation --------------------------------------


def acts_on_elements(*names: str) -> None:
    """Say that element `i` of the result depends on element `i` of each input alone; see `Op.elementwise`."""
    for name in names:
        OPS[name].elementwise = True


def keeps_order(*names: str) -> None:
    """Say that the result has the elements of the input in the same order, in another shape; see `Op.keeps_order`."""
    for name in names:
        OPS[name].keeps_order = True


def otherwise(*names: str) -> None:
    """Say that TensorFlow's forward mode and its gradients differ at some points; see `Op.transposed`."""
    for name in names:
        OPS[name].transposed = False


def elementwise(*names: str) -> None:
    """Ops that act on each element by itself: their gradient rule is their JVP, input by input.

    A rule that multiplies with the conjugate of a factor multiplies a conjugated tangent, and so with the factor.
    """
    acts_on_elements(*names)
    for name in names:
        op = OPS[name]
        of_one = len(op.inputs) == 1
        is_real = not op.dtypes & COMPLEX
        if of_one:
            registry.jvp(name)(_rule_of(name) if is_real else _conjugated(_rule_of(name)))
        else:
            registry.jvp(name)(_sum_of_sides(_rule_of(name), len(op.inputs)))


def constant(*names: str) -> None:
    """Ops whose gradient rule says None, or zeros: their results have no tangents."""
    for name in names:
        registry.jvp(name)(_nothing)


def _nothing(op: Any, *tangents: Any) -> Any:
    return None


def symmetric(*names: str) -> None:
    """Ops of one tensor whose Jacobian is a symmetric matrix of real numbers, or Hermitian: the rule is the JVP."""
    for name in names:
        registry.jvp(name)(_rule_of(name))


def _rule_of(name: str) -> Rule:
    rule = OPS[name].rule
    assert rule is not None, name
    return rule


def _conjugated(rule: Rule) -> Rule:
    def jvp(op: Any, t: Any) -> Any:
        return conj(rule(op, conj(t))) if is_complex(t) else rule(op, t)

    return jvp


class _Side:
    """An entry as its gradient rule sees it when one of its inputs counts, and nothing is to be summed to its shape."""

    __slots__ = ("attrs", "get_attr", "inputs", "needs", "outputs")

    shapes = None

    def __init__(self, op: Any, needs: tuple[bool, ...]) -> None:
        self.inputs = op.inputs
        self.outputs = op.outputs
        self.attrs = op.attrs
        self.get_attr = op.get_attr
        self.needs = needs


def _sum_of_sides(rule: Rule, count: int) -> Rule:
    sides = [tuple([i == j for j in range(count)]) for i in range(count)]

    def jvp(op: Any, *tangents: Any) -> Any:
        total = None
        for i, t in enumerate(tangents):
            if t is not None:
                side: Any = _Side(op, sides[i])
                part = conj(rule(side, conj(t))[i]) if is_complex(t) else rule(side, t)[i]
                if part is not None:
                    total = part if total is None else total + part
        if (
            total is None
        ):  # no derivative by these inputs, but by others, which have the tangent 0 in TensorFlow
            known = next(t for t in tangents if t is not None)
            zero = zeros_of(known, shape_of(known))
            parts = [rule(_Side(op, side), zero)[i] for i, side in enumerate(sides)]
            total = next(part for part in parts if part is not None)
        return total if op.shapes is None else spread(op, total)

    return jvp


def spread(op: Any, t: Any) -> Any:
    """`t` broadcast to the shape of the result of a broadcasting op whose inputs differ in shape."""
    shape = _broadcast(*op.shapes)
    if type(t) is not Tensor:
        return t if t.shape == shape else t.expand(shape)
    return t if t._t.shape == shape else OPS["BroadcastTo"].call(t, shape=tuple(shape))


_broadcast = lru_cache(maxsize=4096)(torch.broadcast_shapes)


# -- linear and multilinear ops ----------------------------------------------------------------------------------------


def attrs_of(op: Any) -> dict[str, Any]:
    """The attributes of the call."""
    attrs: dict[str, Any] = op.attrs
    return {key: value for key, value in attrs.items() if key != "_outputs"} if "_outputs" in attrs else attrs


def linear(*names: str) -> None:
    """Ops that are linear in all their tensors together: the tangent of the result is the op of the tangents."""
    for name in names:
        op = OPS[name]
        if len(op.inputs) > 1 or op.inputs[0].startswith("*"):
            registry.jvp(name)(_linear_of_many(name))
        else:
            registry.jvp(name)(_linear_of_one(name) if op.outputs == 1 else _linear_into_many(name))


def _linear_of_one(name: str) -> Rule:
    op = OPS[name]
    kernel = op.kernel

    def jvp(entry: Any, t: Any) -> Any:
        return kernel(t, **entry.attrs) if type(t) is not Tensor else op.call(t, **entry.attrs)

    return jvp


def _linear_into_many(name: str) -> Rule:
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
    shapes = op.shapes or [shape_of(known)] * len(tangents)
    return [zeros_of(known, shape) if t is None else t for t, shape in zip(tangents, shapes, strict=True)]


def zeros_of(like: Any, shape: Any) -> Any:
    """Zeros that no tape traces, in the form (raw or Tensor) and dtype of `like`."""
    if type(like) is not Tensor:
        return like.new_zeros(shape)
    return Tensor(like._t.new_zeros(shape), None)


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
        attrs = attrs_of(entry)
        for i, t in enumerate(tangents):
            if t is not None and i in of:
                inputs = list(entry.inputs)
                inputs[i] = t
                part = op.call(*inputs, **attrs)
                total = part if total is None else total + part
        return total

    return jvp


__all__ = [
    "acts_on_elements",
    "attrs_of",
    "constant",
    "elementwise",
    "fill_in",
    "keeps_order",
    "linear",
    "multilinear",
    "otherwise",
    "spread",
    "symmetric",
    "zeros_of",
]
