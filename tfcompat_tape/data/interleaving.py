"""Elements of several datasets by turns, which a function makes of the elements of one: interleave."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.data.base import AUTOTUNE, Failed, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.mapping import FlatMapDataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.parallel import Ahead
from tfcompat_tape.data.structure import Element

_BUFFER = 16  # elements that the thread of one dataset prepares


class InterleaveDataset(FlatMapDataset):
    """The elements of the datasets that a function makes of each element: so many of them open, by turns.

    Args:
      cycle: how many are open at a time.
      block: how many elements of one come in a row.
    """

    _NAME = "Dataset.interleave()"
    _waits = True

    def __init__(self, input_dataset: Dataset, function: Callable[..., Any], cycle: Any, block: Any) -> None:
        self._cycle = AUTOTUNE if cycle is None else integer(cycle, "cycle_length")
        self._block = 1 if block is None else integer(block, "block_length")
        if self._cycle == AUTOTUNE:
            self._cycle = self._automatic()
        if self._cycle < 1:
            raise invalid("cycle_length must be greater than zero.")
        if self._block < 1:
            raise invalid("block_length must be greater than zero.")
        super().__init__(input_dataset, function)

    def _automatic(self) -> int:
        return os.cpu_count() or 1

    def _opened(self, dataset: Dataset, run: Run) -> Iterator[Element]:
        opened: Iterator[Element] = dataset._open(run)
        return opened

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        datasets: Iterator[Dataset] | None = self._datasets(run)
        yield ()
        slots: list[Iterator[Element] | None] = [None] * self._cycle
        left, at, taken = 0, 0, 0
        while True:
            source = slots[at]
            if source is None and datasets is not None:
                try:
                    dataset = next(datasets, None)
                    opened = None if dataset is None else self._opened(dataset, run)
                except Exception as error:
                    yield Failed(error)
                    continue
                if opened is None:
                    datasets = None
                else:
                    source = slots[at] = opened
                    left += 1
            if source is None:
                if not left:
                    return
                at = (at + 1) % self._cycle
                continue
            try:
                element = next(source, None)
            except Exception as error:
                yield Failed(error)
                if self._waits:  # for an element in place of the one that failed
                    continue
            else:
                if element is None:
                    slots[at] = source = None
                    left -= 1
                    at, taken = (at + 1) % self._cycle, 0
                    continue
                yield element
            taken += 1
            if taken == self._block:
                at, taken = (at + 1) % self._cycle, 0


class ParallelInterleaveDataset(InterleaveDataset):
    """The same elements in the same order; a thread prepares those of each dataset that is open."""

    _waits = False

    def __init__(
        self, input_dataset: Dataset, function: Callable[..., Any], cycle: Any, block: Any, calls: Any
    ) -> None:
        count = integer(calls, "num_parallel_calls")
        if cycle is None and count != AUTOTUNE:
            cycle = count
        super().__init__(input_dataset, function, cycle, block)
        if count != AUTOTUNE and count < 1:
            raise invalid("num_parallel_calls must be greater than zero.")
        if count > self._cycle:
            raise invalid(
                "If `cycle_length` is set to a fixed value, `num_parallel_calls` must be either `tf.data.AUTOTUNE` or "
                f"a value less than or equal to `cycle_length`. However, `num_parallel_calls` is set to {count} while "
                f"`cycle_length` is set to {self._cycle}."
            )

    def _automatic(self) -> int:
        return max(1, (os.cpu_count() or 1) // 2)

    def _opened(self, dataset: Dataset, run: Run) -> Iterator[Element]:
        if run.peek:
            return super()._opened(dataset, run)
        return Ahead(dataset._open(run), _BUFFER, at_once=True)
