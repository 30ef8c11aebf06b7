"""What is printed: standard output that tells an observer of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any


class Output(io.TextIOBase):
    """Stands for sys.stdout: what goes through it is told, a line each, or a call of `print` each.

    Args:
      under: the stream that it goes to.
      printed: is told a line, or a call of `print`.
      wrote_bytes: is told bytes that are written to the buffer of this stream.
    """

    def __init__(
        self, under: Any, printed: Callable[[str], None], wrote_bytes: Callable[[bytes], None]
    ) -> None:
        self._printed = printed
        self._under = under
        self._line = ""
        self.buffer = _Bytes(under, wrote_bytes)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._under.write(text)
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._printed(line + "\n")
        return len(text)

    def write_whole(self, text: str) -> None:
        """Write what one call of `print` prints."""
        self.finish()
        self._under.write(text)
        self._printed(text)

    def finish(self) -> None:
        """A line that was begun is an event, too."""
        if self._line:
            line, self._line = self._line, ""
            self._printed(line)

    def flush(self) -> None:
        self._under.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        number: int = self._under.fileno()
        return number

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "backslashreplace"

    def reconfigure(self, **options: Any) -> None:
        """Whatever the script asks for, this stays UTF-8."""


class _Bytes(io.RawIOBase):
    def __init__(self, under: Any, wrote_bytes: Callable[[bytes], None]) -> None:
        self._wrote_bytes = wrote_bytes
        self._under = under

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._under.flush()
        self._under.buffer.write(raw)
        self._wrote_bytes(raw)
        return len(raw)

    def flush(self) -> None:
        self._under.flush()
