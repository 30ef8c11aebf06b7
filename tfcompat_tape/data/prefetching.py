"""Steps that hand elements on as they are: prefetch reads ahead, ignore_errors passes over failures."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core.errors import OpError, invalid
from tfcompat_tape.data.base import AUTOTUNE, UNKNOWN, Run, opening
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.parallel import Ahead, buffer_size
from tfcompat_tape.data.structure import Element

logger = logging.getLogger("tensorflow")


class PrefetchDataset(Dataset):
    """The same elements, prepared by a thread before they are asked for."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, size: Any) -> None:
        super().__init__(input_dataset)
        self._size = AUTOTUNE if size is None else integer(size, "buffer_size")
        if self._size < AUTOTUNE:
            raise invalid("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning")

    def _open(self, run: Run) -> Iterator[Element]:
        opened: Iterator[Element] = self._from[0]._open(run)
        return opened if run.peek or self._size == 0 else Ahead(opened, buffer_size(self._size))


class PrefetchToDeviceDataset(PrefetchDataset):
    """The same elements, on another device."""

    _shown = "_PrefetchDataset"

    def __init__(self, input_dataset: Dataset, device: Any, size: Any) -> None:
        super().__init__(input_dataset, size)
        from tfcompat_tape.core.devices import device as entered

        entered(device)


class CopyToDeviceDataset(Dataset):
    """The same elements, on another device."""

    def __init__(self, input_dataset: Dataset, device: Any) -> None:
        super().__init__(input_dataset)
        from tfcompat_tape.core.devices import device as entered

        entered(device)

    def _open(self, run: Run) -> Iterator[Element]:
        opened: Iterator[Element] = self._from[0]._open(run)
        return opened


class IgnoreErrorsDataset(Dataset):
    """The elements whose making does not fail."""

    def __init__(self, input_dataset: Dataset, log: Any) -> None:
        super().__init__(input_dataset)
        self._log = bool(log)

    def _count(self) -> int:
        return UNKNOWN

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        source = self._from[0]._open(run)
        yield ()
        while True:
            try:
                element = next(source, None)
            except OpError as error:
                if self._log:
                    logger.warning("tf.data passes over an element: %s", error)
                continue
            if element is None:
                return
            yield element
