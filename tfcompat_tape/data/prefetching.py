"""Steps that read ahead: prefetch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.data.base import AUTOTUNE, Run
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.parallel import ahead, buffer_size
from tfcompat_tape.data.structure import Element


class PrefetchDataset(Dataset):
    """The same elements, prepared by a thread before they are asked for."""

    def __init__(self, input_dataset: Dataset, size: Any) -> None:
        super().__init__(input_dataset)
        self._size = AUTOTUNE if size is None else integer(size, "buffer_size")
        if self._size < AUTOTUNE:
            raise invalid("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning")

    def _open(self, run: Run) -> Iterator[Element]:
        source = self._from[0]
        if run.peek or self._size == 0:
            opened: Iterator[Element] = source._open(run)
            return opened
        return ahead(lambda: source._open(run), buffer_size(self._size))
