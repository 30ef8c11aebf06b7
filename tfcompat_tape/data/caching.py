"""Elements that are kept when they were made once: in memory, or in a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import AlreadyExistsError
from tfcompat_tape.data.base import Failed, Passing, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.records import read_elements, write_elements
from tfcompat_tape.data.structure import Element
from tfcompat_tape.io.paths import local, told


class CacheDataset(Dataset):
    """The elements of the first complete iteration, in each later one."""

    _shown = "CacheDataset"

    def __init__(self, input_dataset: Dataset, filename: Any) -> None:
        super().__init__(input_dataset)
        if hasattr(filename, "_t"):
            filename = convert(filename).numpy()
        self._file = local(filename) if filename else ""
        self._kept: list[Element] | None = None

    def _open(self, run: Run) -> Iterator[Element]:
        if self._file and not run.peek:
            return self._through_file(run)
        if self._kept is not None:
            return iter(self._kept)
        return self._keeping(run)

    @lasting
    def _keeping(self, run: Run) -> Iterator[Any]:
        found: list[Element] = []
        source = self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            if type(element) is not Failed:
                found.append(element)
            yield element
        if not run.peek and self._kept is None:
            self._kept = found

    def _through_file(self, run: Run) -> Iterator[Element]:
        path = self._file + ".cache"
        if os.path.exists(path):
            yield from read_elements(path, self._layout, "")
            return
        if os.path.exists(self._file + ".index"):
            raise AlreadyExistsError(
                None,
                None,
                f"cache: {self._file}.index is a file of another program (TensorFlow's own cache, perhaps), which is "
                "not read here. Take it away, or give the cache another name.",
            )
        lock = self._file + ".lockfile"
        with told(lock):
            try:
                os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                raise AlreadyExistsError(
                    None,
                    None,
                    "There appears to be a concurrent caching iterator running - cache lockfile already exists "
                    f"('{lock}'). If you are sure no other running TF computations are using this cache prefix, delete "
                    "the lockfile and re-initialize the iterator.",
                ) from None
        partial = f"{path}.{os.getpid()}.partial"
        try:
            yield from write_elements(partial, self._from[0]._open(run))
            os.replace(partial, path)
        finally:
            for left in (lock, partial):
                if os.path.exists(left):
                    os.unlink(left)


class SnapshotDataset(Dataset):
    """The elements of the first complete iteration, on disk."""

    _shown = "_MapDataset"

    def __init__(self, input_dataset: Dataset, path: Any, compression: Any, reader: Any, shard: Any) -> None:
        super().__init__(input_dataset)
        self._path = local(path)
        self._compression = compression
        self._reader = reader
        self._shard = shard
        self._made = False

    def _open(self, run: Run) -> Iterator[Element]:
        if run.peek:
            yield from self._from[0]._open(run)
            return
        from tfcompat_tape.data.saving import load, save

        if not self._made:
            save(self._from[0], self._path, _written_as(self._compression), self._shard)
            self._made = True
        kept = load(self._path, self.element_spec, _written_as(self._compression), self._reader)
        yield from kept._open(run)


def _written_as(compression: Any) -> Any:
    return None if compression in ("AUTO", "SNAPPY", None) else compression
