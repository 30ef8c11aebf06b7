"""Streams of random numbers that begin where each call of a traced function says.

A seed or a state is a tensor then that has no values while the function is traced. What draws from it is a node: a
function of three words of 64 bits, the counter's two and the key.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core import devices, reading
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.ops import philox
from tfcompat_tape.ops.philox import Stream

WORDS = (3,), torch.int64, torch.device("cpu")


class Later(NamedTuple):
    """A stream of which the trace that is under way has the `words`, a raw tensor."""

    words: Any

    def drawn(self, draw: Callable[..., Any], args: tuple[Any, ...], like: Any) -> Any:
        """`draw(stream, *args)`, described by `like`, at each call; `args` may hold tensors and sizes."""
        tracer = reading.current.tracer
        assert tracer is not None
        fixed = tuple([None if _differs(x) else x for x in args])
        given = [x for x in args if _differs(x)]
        node = Draw(draw, fixed, tuple([_differs(x) for x in args]))
        return tracer.each_call(node, [self.words, *given], [like], effect=False)[0]


def _differs(x: Any) -> bool:
    several = isinstance(x, tuple) and any(isinstance(one, torch.SymInt) for one in x)
    return several or isinstance(x, (torch.Tensor, torch.SymInt))


class Draw(NamedTuple):
    """A node that draws from a stream.

    Attributes:
      draw: `draw(stream, *args)`. fixed: its arguments; those that are `given` are other ones at each call.
    """

    draw: Callable[..., Any]
    fixed: tuple[Any, ...]
    given: tuple[bool, ...]

    def __call__(self, words: torch.Tensor, *args: Any) -> list[Any]:
        return [self.draw(stream_of_words(words), *self.filled(args))]

    def filled(self, args: Sequence[Any]) -> list[Any]:
        """All arguments, where `args` are those that are other ones at each call."""
        others = iter(args)
        return [next(others) if given else x for x, given in zip(self.fixed, self.given, strict=True)]


def stream_of_words(words: torch.Tensor) -> Stream:
    """The stream at a state: its counter and its key, as int64."""
    low, high, key = [word % (1 << 64) for word in reading.listed(words)[:3]]
    return Stream(key, low | high << 64)


def words_of_pair(pair: torch.Tensor) -> list[torch.Tensor]:
    """The words of the stream of a seed, a pair of integers."""
    return [words_of(philox.stream_of_pair(*reading.listed(pair)))]


def words_of(stream: Stream) -> torch.Tensor:
    """The counter and the key of a stream, as int64."""
    words = [stream.counter % (1 << 64), stream.counter >> 64, stream.key]
    return torch.from_numpy(np.array(words, np.uint64).view(np.int64))


def unknown(raw: Any) -> bool:
    """Whether a trace is under way that does not know the values of a tensor, or is to be written as ops."""
    return reading.current.tracer is not None and (reading.noting() or reading.known(raw) is None)


def of_shape(draw: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """`draw(stream, shape, ..., dtype)` of streams that are there, or come later."""

    @functools.wraps(draw)
    def call(stream: Any, shape: Any, *rest: Any) -> torch.Tensor:
        if type(stream) is not Later:
            return draw(stream, shape, *rest)
        found: torch.Tensor = stream.drawn(
            draw, (tuple(shape), *rest), (tuple(shape), rest[-1], devices.current())
        )
        return found

    return call


uniform = of_shape(philox.uniform)
normal = of_shape(philox.normal)
truncated_normal = of_shape(philox.truncated_normal)
full_int = of_shape(philox.full_int)


def integers(stream: Callable[[], Any], shape: Any, low: Any, high: Any, dtype: torch.dtype) -> torch.Tensor:
    """Integers from `low` on and below `high`, scalars, drawn from `stream()`."""
    tracer = reading.current.tracer
    if tracer is None or not (reading.known(low) is None or reading.known(high) is None):
        ends = bounds(low, high)  # before the stream moves on
        if tracer is None:
            return philox.uniform_int(stream(), shape, *ends, dtype)
    found = stream()
    if type(found) is not Later:
        found = Later(words_of(found))
    like = tuple(shape), dtype, devices.current()
    drawn: torch.Tensor = found.drawn(between, (tuple(shape), low, high, dtype), like)
    return drawn


def between(stream: Stream, shape: Any, low: Any, high: Any, dtype: torch.dtype) -> torch.Tensor:
    """Integers from `low` on and below `high`."""
    return philox.uniform_int(stream, shape, *bounds(low, high), dtype)


def bounds(low: torch.Tensor, high: torch.Tensor) -> tuple[int, int]:
    """The bounds of a range of integers; InvalidArgumentError where they are out of order."""
    for name, bound in (("minval", low), ("maxval", high)):
        if bound.dim():
            raise invalid(f"{name} must be 0-D, got shape {list(bound.shape)}")
    lowest, highest = int(low), int(high)
    if lowest >= highest:
        raise invalid(f"Need minval < maxval, got {lowest} >= {highest}")
    return lowest, highest
