"""What an earlier run left: files that a script finds because it ran before."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

from tfcompat_tape.porting.compare.recorder.lines import Lines
from tfcompat_tape.porting.compare.recorder.writing import Writer


class Leftovers:
    """Notices files that the script reads, or asks for, and that an earlier run of the same comparison wrote.

    These are files that were changed after `since`, when the first run began, and before `started`, when this one did.
    What this run wrote itself is its own. Modules and their caches do not count, nor do hidden folders.
    """

    def __init__(self, writer: Writer, lines: Lines, since: float, started: float) -> None:
        self._writer, self._lines = writer, lines
        self._since, self._started = since, started
        self._own: set[str] = set()
        self._told: set[str] = set()
        self._stat = os.stat
        self._active = False

    def start(self) -> None:
        """From here on the script runs."""
        self._active = True
        sys.addaudithook(self._audit)

        def asked(path: Any, *args: Any, **kwargs: Any) -> Any:
            result = self._stat(path, *args, **kwargs)
            if self._active and stat.S_ISREG(result.st_mode):
                self._look(path)
            return result

        os.stat = asked  # os.path.exists and Path.exists call it

    def stop(self) -> None:
        """The script has ended."""
        self._active = False
        os.stat = self._stat

    def _audit(self, event: str, args: Any) -> None:
        if not self._active:
            return
        if event == "open" and isinstance(args[0], (str, bytes)):
            mode, flags = args[1], args[2] if isinstance(args[2], int) else 0
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
            if not writes or "a" in str(mode or "") or flags & os.O_APPEND or not flags & os.O_CREAT:
                self._look(args[0])
            if writes:
                self._own.add(self._name(args[0]))
        elif event == "os.rename":
            self._own.add(self._name(args[1]))
        elif event in ("os.listdir", "os.scandir"):
            self._look(args[0] if args[0] is not None else ".")
        elif event == "os.mkdir":
            self._own.add(self._name(args[0]))

    @staticmethod
    def _name(path: Any) -> str:
        return os.path.abspath(os.fsdecode(path))

    def _look(self, path: Any) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        self._active = False  # what is asked here is not the script's
        try:
            name = self._name(path)
            if name in self._own or name in self._told or self._is_elsewhere(name):
                return
            if self._since <= self._stat(name).st_mtime < self._started and self._is_the_scripts():
                self._told.add(name)
                self._writer.write(k="left", path=name, at=self._lines.here())
        except (OSError, ValueError):
            return
        finally:
            self._active = True

    def _is_elsewhere(self, name: str) -> bool:
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.split(os.sep))
        return hidden or name.startswith(
            ("/proc/", "/dev/", "/sys/", os.path.dirname(os.path.abspath(__file__)))
        )

    def _is_the_scripts(self) -> bool:
        """Whether a line of the script asks, and not the import of a module."""
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return False
            if self._lines.user_file(frame.f_code.co_filename) is not None:
                return True
            frame = frame.f_back  # type: ignore[assignment]
        return False
