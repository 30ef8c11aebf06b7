"""Gradient rules of plugins, checked: they return as many gradients as there are inputs, of their shapes and dtypes.

The check is a wrapper around rules of plugins, so that the library's own rules pay nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import INEXACT, Rule
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import state
from tfcompat_tape.plugins.faults import Origin, PluginGradientError

# What the kernel was seen to make of which dtypes: (dtypes of the results, dtypes of the inputs).
Seen = set[tuple[tuple[Any, ...], tuple[Any, ...]]]


class Checker:
    """What is known of one rule, and the complaint about what it returned."""

    def __init__(self, origin: Origin, op_type: str, what: str, inputs: Sequence[str], seen: Seen) -> None:
        self.origin = origin
        self.op_type = op_type
        self.what = what
        self.inputs = inputs
        self.seen = seen

    def fault(self, text: str) -> PluginGradientError:
        """The error that says what the rule did wrong."""
        return PluginGradientError(
            self.origin.message(
                f"{self.what} of the op {self.op_type!r} {text}",
                "Correct the rule; tfcompat plugins check tries it out",
            )
        )

    def flat(self, grads: Any, count: int) -> list[Any]:
        """What a rule returned, as a list of `count` gradients."""
        found = list(grads) if isinstance(grads, (list, tuple)) else [grads]
        if len(found) != count:
            raise self.fault(
                f"returned {len(found)} gradient{'s'[: len(found) != 1]} for {count} input{'s'[: count != 1]}; "
                "it must return one for each, None where there is none"
            )
        return found

    def compare(self, i: int, grad: Any, shape: Any, expected: Any) -> None:
        """Raise if `grad` is no gradient of input `i`; `expected`: the dtypes that it may have (all if empty)."""
        if type(grad) is IndexedSlices:
            values, rows = grad.values, grad.indices
            got = (*rows.shape, *shape[1:]) if shape is not None else values.shape
            shape, grad = got, values
        raw = grad._t if type(grad) is Tensor else grad
        if not isinstance(raw, torch.Tensor):
            raise self.fault(
                f"returned a {type(grad).__name__} as the gradient of {self.input(i)}: it must be a Tensor"
            )
        if shape is not None and tuple(raw.shape) != tuple(shape):
            raise self.fault(
                f"returned a gradient of shape {list(raw.shape)} for {self.input(i)}, whose shape is {list(shape)}"
            )
        if expected and raw.dtype not in expected:
            wanted = " or ".join(sorted(_name(dtype) for dtype in expected))
            raise self.fault(
                f"returned a gradient of dtype {_name(raw.dtype)} for {self.input(i)}, which is {wanted}"
            )

    def input(self, i: int) -> str:
        """Input `i`, for messages."""
        names = self.inputs
        if i < len(names) and not names[i].startswith("*"):
            return f"input {i} ({names[i]})"
        return f"input {i}"

    def not_recorded(self, i: int) -> PluginGradientError:
        """The error for a gradient that an outer tape cannot see."""
        return self.fault(
            f"returned something else than a Tensor as the gradient of {self.input(i)} while an outer tape listens, "
            "so that no higher derivative could be right: compute it by operations on the Tensors that it was given"
        )


def of_tensors(function: Callable[..., Any], checker: Checker) -> Rule:
    """A rule in TensorFlow's style, checked: `function(op, *cotangents)` on Tensors, with everything at hand."""

    def rule(op: Any, *cotangents: Any) -> Any:
        inputs = op.inputs
        grads = checker.flat(function(op, *cotangents), len(inputs))
        for i, (grad, x) in enumerate(zip(grads, inputs, strict=True)):
            if grad is None:
                continue
            known = isinstance(x, Tensor)
            if type(grad) is not Tensor and type(grad) is not IndexedSlices:
                if state.differentiating and not isinstance(grad, (int, float)):
                    raise checker.not_recorded(i)
                try:
                    grad = (
                        Tensor(grad, None)
                        if isinstance(grad, torch.Tensor)
                        else convert(grad, x.dtype if known else None)
                    )
                except (TypeError, ValueError) as error:
                    raise checker.fault(
                        f"returned a {type(grad).__name__} as the gradient of {checker.input(i)}: it must be a Tensor"
                    ) from error
                grads[i] = grad
            if known and x._t.dtype in INEXACT:
                checker.compare(i, grad, x._t.shape, (x._t.dtype,))
        return grads

    return rule


def of_either(function: Callable[..., Any], checker: Checker) -> Rule:
    """A rule in the library's style, checked: on raw tensors or Tensors, with what the entry keeps."""

    def rule(op: Any, *cotangents: Any) -> Any:
        needs = op.needs
        grads = checker.flat(function(op, *cotangents), len(needs))
        recorded = any(type(dy) is Tensor for dy in cotangents)
        kept, shapes = op.inputs, op.shapes
        for i, grad in enumerate(grads):
            if grad is None or not needs[i]:
                continue
            if recorded and type(grad) is not Tensor and type(grad) is not IndexedSlices:
                raise checker.not_recorded(i)
            x = kept[i] if kept else None
            if x is not None:
                raw = x._t if type(x) is Tensor else x
                checker.compare(i, grad, raw.shape, (raw.dtype,))
            else:
                checker.compare(
                    i,
                    grad,
                    shapes[i] if shapes else cotangents[0].shape,
                    _dtypes(checker.seen, i, cotangents),
                )
        return grads[0] if len(needs) == 1 else grads

    return rule


def jvp_of_tensors(function: Callable[..., Any]) -> Rule:
    """A JVP in TensorFlow's style: it gets Tensors, also where raw tensors are pushed."""

    def jvp(op: Any, *tangents: Any) -> Any:
        if any(type(t) is Tensor for t in tangents):
            return function(op, *tangents)
        found = function(Shown(op), *[None if t is None else Tensor(t, None) for t in tangents])
        if isinstance(found, (list, tuple)):
            return tuple([t._t if type(t) is Tensor else t for t in found])
        return found._t if type(found) is Tensor else found

    return jvp


class Shown:
    """An entry with Tensors in place of raw tensors, none of them traced."""

    __slots__ = ("_entry", "inputs", "outputs")

    def __init__(self, entry: Any) -> None:
        self._entry = entry
        self.inputs = tuple([None if raw is None else Tensor(raw, None) for raw in entry.inputs])
        self.outputs = tuple([None if raw is None else Tensor(raw, None) for raw in entry.outputs])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)


def _dtypes(seen: Seen, i: int, cotangents: Sequence[Any]) -> set[Any]:
    """The dtypes that input `i`, which was not kept, may have had, going by the results."""
    given = [None if dy is None else dy._t.dtype if type(dy) is Tensor else dy.dtype for dy in cotangents]
    return {
        inputs[i]
        for results, inputs in seen
        if i < len(inputs)
        and len(results) == len(given)
        and all(dtype is None or dtype is result for dtype, result in zip(given, results, strict=True))
    }


def _name(dtype: Any) -> str:
    return str(dtypes.FROM_TORCH[dtype].name)
