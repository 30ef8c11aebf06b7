"""Random order, as TensorFlow has it for a seed: `shuffle`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterator
from typing import Any

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.data.base import INFINITE, UNKNOWN, Failed, Lasting, Passing, Run, opening
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.randomness import Seeds, numbers, pair_of
from tfcompat_tape.data.structure import Element


class ShuffleDataset(Dataset):
    """The elements in random order: each is one of a buffer of those that come next."""

    def __init__(self, input_dataset: Dataset, size: Any, seed: Any, reshuffle: Any) -> None:
        super().__init__(input_dataset)
        self._size = integer(size, "buffer_size")
        if self._size < 1 and self._size != UNKNOWN:
            raise invalid("buffer_size must be greater than zero or UNKNOWN_CARDINALITY")
        self._seeds = Seeds(pair_of(seed), reshuffle is None or bool(reshuffle))

    def _open(self, run: Run) -> Iterator[Element]:
        pair = self._seeds.next(run)
        source, size = self._from[0], self._size
        # What it reads from is opened with the first element.
        elements = itertools.chain.from_iterable(source._open(run) for _ in range(1))
        return Lasting(shuffled(Passing(elements), None if size == UNKNOWN else size, pair))

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        source = self._from[0]
        gather = source._gathering()
        if gather is None:
            return None
        count = source._count()
        most = count if self._size == UNKNOWN else self._size
        order = shuffled(iter(range(count)), max(most, 1), self._seeds.next(run))
        return _gathered(order, size, gather)


def _gathered(order: Iterator[int], size: int, gather: Callable[[Any], Element]) -> Iterator[Element]:
    while part := list(itertools.islice(order, size)):
        yield gather(part)


def shuffled(elements: Iterator[Any], size: int | None, pair: tuple[int, int]) -> Generator[Any, None, None]:
    """The elements, each picked at random from the next `size` ones, or from all of them; what is `Failed` goes by.

    The buffer is a ring. The oldest fills the hole that the picked one leaves, and the next element takes its place.
    """
    ring: list[Any] = []
    for element in elements:
        if type(element) is Failed:
            yield element
            continue
        ring.append(element)
        if len(ring) == size:
            break
    start, left, room = 0, len(ring), len(ring)
    draw, more = numbers(pair), len(ring) == size
    while left:
        place = (start + next(draw) % left) % room
        found = ring[place]
        ring[place] = ring[start]
        ring[start] = None
        yield found
        del found
        if more:
            for element in elements:
                if type(element) is not Failed:
                    ring[start] = element
                    break
                yield element
            else:
                more = False
        if not more:
            left -= 1
        start = (start + 1) % room


class RandomDataset(Dataset):
    """Random numbers of 32 bits, without an end."""

    def __init__(self, seed: Any, fresh: Any) -> None:
        super().__init__()
        self._seeds = Seeds(pair_of(seed), bool(fresh))

    def _spec(self) -> Any:
        from tfcompat_tape.core import dtypes
        from tfcompat_tape.core.specs import TensorSpec

        return TensorSpec([], dtypes.int64)

    def _count(self) -> int:
        return INFINITE

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        import torch

        draw = numbers(self._seeds.next(run))
        yield ()
        for number in draw:
            yield (torch.tensor(number, dtype=torch.int64),)
