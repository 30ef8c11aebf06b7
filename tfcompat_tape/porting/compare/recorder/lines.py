"""Whose line it is: the user's code, apart from libraries and from the recorder itself."""

from __future__ import annotations

import os
import sys
import sysconfig


class Lines:
    """Finds the line of the user's code that runs."""

    def __init__(self, script: str, package: str) -> None:
        self._folder = os.path.dirname(os.path.realpath(script))
        paths = sysconfig.get_paths()
        libraries = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib") if name in paths}
        libraries |= {os.path.realpath(one) for one in libraries} | {package}
        self._libraries = tuple(one.rstrip(os.sep) + os.sep for one in libraries)
        self._known: dict[str, str | None] = {}

    def here(self) -> str:
        """`train.py:12`; empty if no line of the user's code runs."""
        frame = sys._getframe(1)
        while frame is not None:
            name = self.user_file(frame.f_code.co_filename)
            if name is not None:
                return f"{name}:{frame.f_lineno}"
            frame = frame.f_back  # type: ignore[assignment]
        return ""

    def user_file(self, path: str) -> str | None:
        try:
            return self._known[path]
        except KeyError:
            found = self._known[path] = self._find(path)
            return found

    def _find(self, path: str) -> str | None:
        if ".ipynb, cell " in path:
            return os.path.basename(path)
        if path == __file__ or path.startswith("<") or "__autograph_generated_file" in path:
            return None
        real = os.path.realpath(path)
        if real.startswith(self._libraries) or path.startswith(self._libraries) or "site-packages" in real:
            return None
        if real == os.path.realpath(__file__):
            return None
        inside = real.startswith(self._folder + os.sep)
        return os.path.relpath(real, self._folder) if inside else os.path.basename(real)
