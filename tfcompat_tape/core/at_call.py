"""Functions that look at values, of strings above all: what a trace lets run at each call.

No kernel of torch's knows strings, so functions on them are plain Python on arrays of bytes. While a `tf.function` is
traced a string is a stand-in that has a shape and no elements; a function that meets one, and wants the elements,
becomes one node of the trace as a whole.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch

from tfcompat_tape.core import reading

F = TypeVar("F", bound=Callable[..., Any])
Described = tuple[Any, Any]  # shape, DType


class ValueNeededError(Exception):
    """The values of a tensor are needed, and a trace has none."""


def need_numbers(*sizes: Any) -> None:
    """Raise ValueNeededError where a size is another one at each call: an op that `OF_OPS` has then runs as a whole."""
    if any(type(n) is torch.SymInt for n in sizes):
        raise ValueNeededError("sizes are needed as numbers")


def at_call(
    like: Callable[..., Any] | None = None, effect: bool = False, always: bool = False
) -> Callable[[F], F]:
    """Let a function become a node of a trace where it needs values.

    Args:
      like: called with the same arguments, gives `(shape, DType)` of the one result, a list of these for several, or
        `None` where it is not known before: then the function runs while tracing, too, and other calls must give
        results of the same shapes.
      effect: it does more than compute: it runs once at each call, in order.
      always: it is a node whatever it is called with, and not only where it wants values that a trace does not have.
    """

    def decorated(function: F) -> F:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            tracer = reading.current.tracer
            if tracer is None:
                if effect and (known := reading.happened(function.__qualname__)) is not None:
                    return known[0].packed(known[1])
                return function(*args, **kwargs)
            return tracer.at_call(function, args, kwargs, like, effect, always)

        return call  # type: ignore[return-value]

    return decorated


# What the results of ops are like that look at values: by name, `like(raws, attrs)` gives a list of `(shape, DType)`.
OF_OPS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {}


# -- what results are like ---------------------------------------------------------------------------------------------


def shape_of(value: Any) -> tuple[Any, ...]:
    """The shape of what converts to a tensor."""
    from tfcompat_tape.core.convert import convert

    raw = convert(value)._t
    return tuple(raw.shape)


def same(dtype: Any) -> Callable[..., Any]:
    """The shape of the first argument, and one dtype."""

    def like(*args: Any, **kwargs: Any) -> Any:
        first = args[0] if args else next(iter(kwargs.values()))
        return shape_of(first), dtype

    return like


def scalar(dtype: Any) -> Callable[..., Any]:
    """A scalar of one dtype."""
    return lambda *args, **kwargs: ((), dtype)


def nothing(*args: Any, **kwargs: Any) -> Any:
    """No result."""
    return []


def broadcast(dtype: Any, *values: Any) -> Any:
    """The shape to which `values` are broadcast, where that is known without their sizes."""
    shapes = [shape_of(value) for value in values]
    if all(type(n) is int for shape in shapes for n in shape):
        try:
            return tuple(np.broadcast_shapes(*shapes)), dtype
        except ValueError:
            return None  # the function says what is wrong
    others = [shape for shape in shapes if shape]  # sizes that differ from call to call
    if others and all(list(map(str, shape)) == list(map(str, others[0])) for shape in others):
        return others[0], dtype
    return None
