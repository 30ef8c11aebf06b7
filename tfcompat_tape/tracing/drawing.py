"""Which place in a function a random op has, of which its stream of random numbers and its second seed come.

Comes in: the parts of a function that are graphs of their own (branches, bodies of loops), as they begin and end. Goes
out: numbers that are the same whenever the same code is traced.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from tfcompat_tape.core import reading
from tfcompat_tape.ops import seeds

_STREAMS = itertools.count()


class _Streams(threading.local):
    """Whose the streams of the next trace are: another one's, where the same code runs again."""

    known: list[int] | None = None
    place = 0

    def new(self) -> int:
        if self.known is None:
            return next(_STREAMS)
        if self.place == len(self.known):
            self.known.append(next(_STREAMS))
        self.place += 1
        return self.known[self.place - 1]


_streams = _Streams()


class Drawing:
    """What a trace knows of its random ops.

    Attributes:
      streams: whose the streams of random ops are.
      seed: what `tf.random.set_seed` has said to the graph.
      part: where in the function the trace is, by the parts that would be graphs of their own.
      drawing: how many random ops without a seed there are so far in this part.
      draws: how many calls of functions that draw, by their streams.
      parts: how many parts of the function that would be graphs of their own.
    """

    def begin_drawing(self) -> None:
        """At the start of a trace."""
        around: Any = reading.current.tracer
        self.streams = _streams.new()
        self.seed: Any = seeds.global_seed() if around is None else around.seed
        self.part: tuple[int, ...] = ()
        self.drawing = 0
        self.draws: dict[Hashable, int] = {}
        self.parts = 0

    def place(self) -> int:
        """How many random operations without a seed of their own the function has so far."""
        self.drawing += 1
        return self.drawing - 1

    @contextlib.contextmanager
    def within(self, which: int) -> Iterator[Callable[[], None]]:
        """Around what would be a graph of its own: see `core.reading`."""
        outer = self.part, self.drawing, self.draws, self.parts + 1, self.seed
        part = (*self.part, self.parts, which)

        def begin() -> None:
            self.part, self.drawing, self.draws, self.parts = part, 0, {}, 0
            self.seed = outer[-1]

        try:
            yield begin
        finally:
            self.part, self.drawing, self.draws, self.parts, self.seed = outer

    @contextlib.contextmanager
    def repeated(self) -> Iterator[Callable[[], None]]:
        """Around code that runs several times, for what would be one graph: see `core.reading`."""
        drawing, draws, parts = self.drawing, self.draws, self.parts
        before, known = _streams.known, list[int]()

        def begin() -> None:
            self.drawing, self.draws, self.parts = drawing, dict(draws), parts
            _streams.known, _streams.place = known, 0

        try:
            yield begin
        finally:
            _streams.known = before
