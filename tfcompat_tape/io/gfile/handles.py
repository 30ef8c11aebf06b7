"""`tf.io.gfile.GFile`: an open file."""

from __future__ import annotations

import os
from typing import IO, Any, Self

from tfcompat_tape.core.errors import PermissionDeniedError, invalid, out_of_range
from tfcompat_tape.io.paths import local, told

_MODES = ("r", "w", "a", "r+", "w+", "a+")


class GFile:
    """A file that is opened when it is first read or written.

    Args:
      name: of the file.
      mode: "r", "w", "a", "r+", "w+" or "a+", with "b" for bytes. The first write with "w+" or "r+"
        empties the file. What is written may be text or bytes all the same.

    Raises:
      InvalidArgumentError: another mode.
      NotFoundError: by `read` and `write`, if there is no such file or directory.
      PermissionDeniedError: by `read` and `write`, if the mode is not for it.

    Source: `tf.io.gfile.GFile`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "a.txt")
    >>> with tf.io.gfile.GFile(path, "w") as file:
    ...     file.write("one\\ntwo")
    >>> list(tf.io.gfile.GFile(path))
    ['one\\n', 'two']
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        bare = mode.replace("b", "")
        if bare not in _MODES:
            raise invalid("mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._name, self._mode, self._bare, self._binary = name, mode, bare, "b" in mode
        self._path = local(name)
        # Who reads and who writes have a place each, and what is written is read once it is flushed.
        self._reader: IO[bytes] | None = None
        self._writer: IO[bytes] | None = None

    @property
    def name(self) -> Any:
        """The name that was given."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode that was given."""
        return self._mode

    def _readable(self) -> IO[bytes]:
        if self._bare in ("w", "a"):
            raise PermissionDeniedError(None, None, "File isn't open for reading")
        if self._reader is None:
            with told(self._path):
                self._reader = open(self._path, "rb")  # noqa: SIM115  # `close` closes it
        return self._reader

    def _writable(self) -> IO[bytes]:
        if self._writer is None:
            with told(self._path):
                self._writer = open(self._path, "ab" if "a" in self._bare else "wb")  # noqa: SIM115
        return self._writer

    def _given(self, data: bytes) -> Any:
        return data if self._binary else data.decode("utf-8")

    def size(self) -> int:
        """How many bytes the file has."""
        with told(self._path):
            return os.stat(self._path).st_size

    def write(self, file_content: Any) -> None:
        """Add text or bytes to the file."""
        if self._bare == "r":
            raise PermissionDeniedError(None, None, "File isn't open for writing")
        if isinstance(file_content, str):
            file_content = file_content.encode("utf-8")
        if not isinstance(file_content, bytes):
            raise TypeError(f"Expected binary or unicode string, got {file_content!r}")
        with told(self._path):
            self._writable().write(file_content)

    def read(self, n: int = -1) -> Any:
        """The next `n` bytes, or all that follow; as text, unless the mode has a "b"."""
        if n < -1:
            raise invalid(f"Can't read a negative number of bytes: {n}")
        file = self._readable()
        with told(self._path):
            return self._given(file.read(n))

    def readline(self) -> Any:
        """The next line, with its end and without carriage returns; empty if there is none."""
        return self._given(self._readable().readline().replace(b"\r", b""))

    def readlines(self) -> list[Any]:
        """All lines that follow."""
        return list(self)

    def seek(self, offset: Any = None, whence: int = 0, position: Any = None) -> None:
        """Go to a place: from the start, from here (1) or from the end (2).

        Raises:
          OutOfRangeError: beyond the end. InvalidArgumentError: before the start, or another `whence`.
        """
        offset = position if offset is None else offset
        if offset is None:
            raise TypeError("seek(): offset argument required")
        file = self._readable()
        if whence not in (0, 1, 2):
            raise invalid(f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.")
        place = int(offset) + (0, file.tell(), self.size())[whence]
        if place < 0:
            raise invalid(f"Seeking to a negative position: {place}")
        if place > self.size():
            raise out_of_range("reached end of file")
        file.seek(place)

    def tell(self) -> int:
        """The place in the file of who reads, if the mode is for that."""
        return (self._writable() if self._bare in ("w", "a") else self._readable()).tell()

    def seekable(self) -> bool:
        """True."""
        return True

    def flush(self) -> None:
        """Let others see what was written."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Close the file, which reading or writing opens again."""
        for file in (self._reader, self._writer):
            if file is not None:
                file.close()
        self._reader = self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: Any) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__

    def __del__(self) -> None:
        if hasattr(self, "_writer"):  # the mode was one
            self.close()
