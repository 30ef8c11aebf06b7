"""Adjoints from users' gradient functions that do not fit their value: another shape or dtype, or no Tensor at all.

As in TensorFlow that alone is no error: it is the gradient, and the next rule computes with it. But it adds to nothing
(torch would broadcast and promote), and rules that get one run on Tensors, whose ops say what does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor


class Misfit:
    """An adjoint of doubtful shape or dtype; `dtype` is what its value has."""

    __slots__ = ("dtype", "value")

    def __init__(self, value: Any, dtype: torch.dtype) -> None:
        self.value = value
        self.dtype = dtype

    def tensor(self) -> Tensor:
        """The adjoint as a rule gets it."""
        value = self.value
        if type(value) is IndexedSlices:
            value = value.dense()
        if isinstance(value, torch.Tensor):
            return Tensor(value, None)
        return value if type(value) is Tensor else convert(value, _like(self.dtype))

    def __add__(self, other: Any) -> Any:
        doubtful = type(other) is Misfit
        a, b = self.value, other.value if doubtful else other
        for one in (a, b):
            if not isinstance(one, (torch.Tensor, Tensor, IndexedSlices)):
                raise AssertionError(
                    f"A gradient function returned {one!r} of type {type(one).__name__}, which cannot be added to the "
                    "gradient that comes another way: return a Tensor."
                )
        a, b = [one.dense() if type(one) is IndexedSlices else one for one in (a, b)]
        if a.shape != b.shape or a.dtype != b.dtype:
            raise invalid(
                "cannot add the gradients of one value, as a gradient function returned another shape or dtype than "
                f"the value has: {_described(a)} and {_described(b)}."
            )
        return Misfit(a + b, self.dtype) if doubtful else a + b

    __radd__ = __add__


def fitted(grads: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """`grads` of a user's gradient function; those that are not like their value (shape and dtype) as Misfits."""
    found = []
    for grad, (shape, dtype) in zip(grads, values, strict=True):
        raw = grad._t if type(grad) is Tensor else grad
        if grad is not None and type(grad) is not IndexedSlices:
            if not isinstance(raw, torch.Tensor) or raw.dtype is not dtype or raw.shape != shape:
                grad = Misfit(grad, dtype)
        found.append(grad)
    return found


def _like(dtype: torch.dtype) -> Any:
    return Tensor(torch.empty((), dtype=dtype), None).dtype


def _described(grad: Any) -> str:
    tensor = Tensor(grad, None) if isinstance(grad, torch.Tensor) else grad
    return f"{tensor.dtype.name}{list(tensor.shape)}"
