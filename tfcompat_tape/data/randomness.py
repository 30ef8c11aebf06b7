"""Random numbers of pipelines, number for number those of TensorFlow: words of a Philox stream, one after another."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.philox import stream_of_seeds, words

_CHUNK = 256


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
        if pair == (0, 0):
            pair = secrets.randbits(31), secrets.randbits(31)
        self._pair = pair
        self._parent = numbers(pair) if fresh else None

    def next(self, peek: bool = False) -> tuple[int, int]:
        """Those of the next iteration."""
        if self._parent is None or peek:
            return self._pair
        return next(self._parent), next(self._parent)
