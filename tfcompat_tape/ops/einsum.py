"""Einsum: sums of products, named by the labels of their axes. Its gradients are einsums again."""

from __future__ import annotations

import string
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import ANY, INEXACT, Keep, gradient
from tfcompat_tape.ops.helpers import by_shape, conj, shape_of
from tfcompat_tape.ops.shapes import broadcast_to, reshape
from tfcompat_tape.ops.tangents import multilinear

Labels = tuple[str, ...]
Shapes = tuple[tuple[int, ...], ...]

_DTYPES = INEXACT | {torch.int32, torch.int64}


@by_shape
def plan(equation: str, shapes: Shapes) -> tuple[tuple[Labels, ...], Labels, dict[str, int]]:
    """The labels of each input's axes and of the output's, with those of an ellipsis spelt out, and their sizes.

    Axes that an ellipsis broadcasts share a label; the size of such a label is that of the output.

    Raises:
      InvalidArgumentError: the equation does not fit the shapes.
    """
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if not arrow or "->" in right:
        raise invalid(f"Einsum: expected exactly one '->' in the equation {equation!r}.")
    if len(terms) != len(shapes):
        raise invalid(f"Einsum: the equation {equation!r} has {len(terms)} inputs, got {len(shapes)}.")
    free = [letter for letter in string.ascii_letters if letter not in equation]
    given = list(enumerate(zip(terms, shapes, strict=True)))
    extra = max([_broadcast_rank(i, term, shape, equation) for i, (term, shape) in given])
    if extra > len(free):
        raise invalid(f"Einsum: the equation {equation!r} on {list(shapes)} needs more than 52 labels.")
    if extra and "..." not in right:
        raise invalid(f"Einsum: the output of {equation!r} has {extra} broadcasting axes but no ellipsis.")
    ellipsis = free[:extra]
    sizes: dict[str, int] = {}
    inputs = []
    for i, (term, shape) in given:
        own = _broadcast_rank(i, term, shape, equation)
        labels = _spell_out(term, ellipsis[extra - own :])
        for label, size in zip(labels, shape, strict=True):
            known = sizes.setdefault(label, size)
            if known != size:
                if label not in ellipsis or 1 not in (known, size):
                    raise invalid(
                        f"Einsum: Expected dimension {known} at axis {labels.index(label)} of the input shaped "
                        f"{compact(shape)} but got dimension {size}: they are called {label!r} in {equation!r}."
                    )
                sizes[label] = size if known == 1 else known
        inputs.append(labels)
    output = _spell_out(right, ellipsis)
    missing = set(output) - sizes.keys()
    if missing:
        raise invalid(f"Einsum: the output label {min(missing)!r} of {equation!r} is in no input.")
    return tuple(inputs), output, sizes


def _broadcast_rank(place: int, term: str, shape: tuple[int, ...], equation: str) -> int:
    """How many axes of an input its ellipsis stands for."""
    named = len(term.replace("...", ""))
    rank = len(shape)
    if rank < named or (rank > named and "..." not in term):
        least = "at least " if "..." in term else ""
        raise invalid(
            f"Einsum: Expected input {place} to have rank {least}{named} but got: {rank}, for {term!r} in {equation!r}."
        )
    return rank - named


def _spell_out(term: str, ellipsis: list[str]) -> Labels:
    before, dots, after = term.partition("...")
    return (*before, *(ellipsis if dots else ()), *after)


def _einsum(*xs: Any, equation: str) -> Any:
    if len(xs) not in (1, 2):
        raise invalid(f"Einsum: one or two inputs, got {len(xs)}; tf.einsum takes any number.")
    if xs[0].dtype not in _DTYPES:
        raise not_found(f"Einsum: there is no kernel for {FROM_TORCH[xs[0].dtype].name}. Use tf.cast.")
    inputs, output, _ = plan(equation, tuple([tuple(x.shape) for x in xs]))
    if xs[0].is_cuda and xs[0].dtype not in INEXACT:
        return _einsum(*[x.cpu() for x in xs], equation=equation).to(
            xs[0].device
        )  # CUDA has no integer products
    distinct = tuple(dict.fromkeys(output))
    result = torch.einsum(_equation(inputs, distinct), *xs)
    return result if distinct == output else _inflate(result, distinct, output)


def _equation(inputs: Any, output: Labels) -> str:
    return ",".join(["".join(labels) for labels in inputs]) + "->" + "".join(output)


def _inflate(x: Any, labels: Labels, repeated: Labels) -> Any:
    """Spread `x` over the diagonals of a larger tensor: "i->ii"."""
    have = list(labels)
    for label in labels:
        for _ in range(repeated.count(label) - 1):
            axis = have.index(label)
            x = torch.diag_embed(x.movedim(axis, -1))
            have = [*have[:axis], *have[axis + 1 :], label, label]
    order = []
    for label in repeated:
        order.append(have.index(label))
        have[order[-1]] = ""  # taken
    return x.permute(order)


einsum = primitive(
    "Einsum",
    _einsum,
    inputs="*inputs",
    dtypes=ANY,
    same=None,
    keep=Keep.INPUTS,
)


@gradient("Einsum")
def _einsum_rule(op: Any, dy: Any) -> Any:
    shapes = tuple([tuple(shape) for shape in op.shapes])
    inputs, output, sizes = plan(op.attrs["equation"], shapes)
    count = len(inputs)
    # An axis of size 1 that an ellipsis broadcast is left out of the products.
    kept = [
        tuple([label for label, size in zip(labels, shape, strict=True) if size == sizes[label]])
        for labels, shape in zip(inputs, shapes, strict=True)
    ]
    grads: list[Any] = [None] * count
    for i in range(count):
        if not op.needs[i]:
            continue
        terms = [output]
        factors = [dy]
        for j in range(count):
            if j != i:
                other = conj(op.inputs[j])
                if kept[j] != inputs[j]:
                    other = reshape(other, shape=tuple([sizes[label] for label in kept[j]]))
                terms.append(kept[j])
                factors.append(other)
        grads[i] = _input_gradient(terms, factors, kept[i], shapes[i], sizes)
    return grads[0] if count == 1 else grads


def _input_gradient(
    terms: list[Labels], factors: list[Any], labels: Labels, shape: Any, sizes: dict[str, int]
) -> Any:
    """The gradient of one input: the product of the cotangent and the other input, brought to the input's axes."""
    distinct = tuple(dict.fromkeys(labels))
    there = set().union(*terms)
    found = tuple([label for label in distinct if label in there])
    grad = einsum(*factors, equation=_equation(terms, found))
    if found != distinct:  # axes that the input alone had were summed over
        grad = reshape(grad, shape=tuple([sizes[label] if label in there else 1 for label in distinct]))
        grad = broadcast_to(grad, shape=tuple([sizes[label] for label in distinct]))
    if distinct != labels:  # the input gave its diagonal
        grad = einsum(grad, equation=_equation([distinct], labels))
    return grad if shape_of(grad) == shape else reshape(grad, shape=shape)


multilinear("Einsum")
