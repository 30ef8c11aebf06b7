"""Files of events, as TensorBoard reads them: records of `Event` messages, each written whole."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import processes
from tfcompat_tape.core.errors import DataLossError, FailedPreconditionError
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.io.checksums import masked
from tfcompat_tape.io.paths import local, told
from tfcompat_tape.io.records import records
from tfcompat_tape.summary.messages import Event, SourceMetadata

_numbers = itertools.count()


class EventFile:
    """A file of events, which is made at once. Each event goes to the operating system in one piece when it is added.

    So a process that is killed loses no event that it added, and leaves no half of one in the way of a reader.

    Errors: FailedPreconditionError for a folder that is a file, PermissionDeniedError and NotFoundError as the
    operating system says.
    """

    def __init__(self, folder: Any, suffix: str) -> None:
        self.folder = local(folder)
        if os.path.lexists(self.folder) and not os.path.isdir(self.folder):
            raise FailedPreconditionError(None, None, f"{self.folder}; Not a directory")
        number = next(_numbers)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{number}{suffix}"
        self.path = os.path.join(self.folder, name)
        self._lock = threading.Lock()
        if processes.silent:
            self.path = os.devnull
        with told(self.path):
            if not processes.silent:
                os.makedirs(self.folder or ".", exist_ok=True)
            self._file: int | None = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        first = Event(wall_time=float(int(time.time())), file_version="brain.Event:2")
        first.source_metadata.CopyFrom(SourceMetadata(writer="tfcompat_tape.summary"))
        self.add(first.SerializeToString())

    @property
    def closed(self) -> bool:
        """Whether nothing can be added any more."""
        return self._file is None

    def add(self, data: bytes) -> None:
        """Write one event. FailedPreconditionError: the file is closed."""
        if processes.silent and self._file is not None:
            return
        length = len(data).to_bytes(8, "little")
        record = length + masked(length) + data + masked(data)
        with self._lock, told(self.path):
            if self._file is None:
                raise FailedPreconditionError(None, None, f"{self.path} is closed.")
            written = os.write(self._file, record)
            while written < len(record):  # a full disk, or a signal
                written += os.write(self._file, record[written:])

    def close(self) -> None:
        """Nothing is added any more."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()


def events(path: Any) -> Iterator[Event]:
    """The events of a file. DataLossError, once the whole ones were given: bytes that are no event."""
    for data in records(path):
        try:
            yield Event.FromString(data)
        except DecodeError as error:
            raise DataLossError(None, None, f"no event in {local(path)}: {error}") from None
