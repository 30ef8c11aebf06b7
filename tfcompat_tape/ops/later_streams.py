"""Streams of random numbers that begin where each call of a traced function says.

A seed or a state is a tensor then that has no values while the function is traced. What draws from it is a node: a
function of three words of 64 bits, the counter's two and the key.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core import devices, reading
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
    """A draw that is made at each call: `fixed` arguments, and those that are `given` then."""

    draw: Callable[..., Any]
    fixed: tuple[Any, ...]
    given: tuple[bool, ...]

    def __call__(self, words: torch.Tensor, *args: Any) -> list[Any]:
        others = iter(args)
        filled = [next(others) if given else x for x, given in zip(self.fixed, self.given, strict=True)]
        return [self.draw(stream_of_words(words), *filled)]


def stream_of_words(words: torch.Tensor) -> Stream:
    """The stream at a state: its counter and its key, as int64."""
    low, high, key = [word % (1 << 64) for word in reading.listed(words)[:3]]
    return Stream(key, low | high << 64)


def words_of_pair(pair: torch.Tensor) -> list[torch.Tensor]:
    """The words of the stream of a seed, a pair of integers."""
    stream = philox.stream_of_pair(*reading.listed(pair))
    low, high = stream.counter % (1 << 64), stream.counter >> 64
    return [torch.from_numpy(np.array([low, high, stream.key], np.uint64).view(np.int64))]


def unknown(raw: Any) -> bool:
    """Whether a trace is under way that does not know the values of a tensor."""
    return reading.current.tracer is not None and reading.known(raw) is None


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
uniform_int = of_shape(philox.uniform_int)
