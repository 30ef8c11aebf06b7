"""Random numbers of pipelines, number for number those of TensorFlow: words of a Philox stream, one after another."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.data.base import Run
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.philox import stream_of_seeds, words

_CHUNK = 256
_threads = itertools.count()


class _Thread(threading.local):
    """A number that no other thread has, also after this one has ended."""

    def __init__(self) -> None:
        self.number = next(_threads)


_thread = _Thread()


def numbers(pair: tuple[int, int]) -> Iterator[int]:
    """The words of the stream of a pair of seeds, without an end."""
    stream = stream_of_seeds(*pair)
    while True:
        yield from words(stream, _CHUNK).tolist()
        stream = stream.skip(_CHUNK // 4)


def pair_of(seed: Any) -> tuple[int, int]:
    """The two seeds of a step that the user gives `seed` (or none): the global seed and its own."""
    if seed is not None and not isinstance(seed, int):
        seed = int(convert(seed, dtypes.int64) if not hasattr(seed, "_t") else seed)
    return seeds.get_seed(seed)


class Seeds:
    """The seeds of one step of a pipeline, for each iteration over it.

    Args:
      pair: as `pair_of` gives them; (0, 0): unpredictable.
      fresh: each iteration has other ones.
    """

    def __init__(self, pair: tuple[int, int], fresh: bool) -> None:
        self.said = None if pair == (0, 0) else (*pair, fresh)  # what decides about all that is drawn
        if pair == (0, 0):
            pair = secrets.randbits(31), secrets.randbits(31)
        self._fresh = fresh
        self._lock = threading.Lock()  # iterations in several threads draw from one stream
        self._from(pair, 0)

    def _from(self, pair: tuple[int, int], position: int) -> None:
        """Go on from a place in the stream of a pair."""
        self._pair = pair
        self._position = position
        self._parent = itertools.islice(numbers(pair), 2 * position, None) if self._fresh else None

    def next(self, run: Run) -> tuple[int, int]:
        """Those of the iteration `run`, or of a further part of it."""
        if run.peek:
            return self._pair
        with self._lock:
            if run.again:
                *base, position, first, second = run.again.popleft()
                self._from((base[0], base[1]), position)
                pair = first, second
            elif self._parent is None:
                pair = self._pair
            else:
                pair = next(self._parent), next(self._parent)
                self._position += 1
            run.drawn.append((*self._pair, self._position, *pair))
            if run.begun:
                run.drawers.add(_thread.number)
        return pair
