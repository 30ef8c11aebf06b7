"""Places in the user's code: who called the library, and with what."""

from __future__ import annotations

import itertools
import linecache
import os
import sysconfig
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.coverage.names import is_internal

_STDLIB = sysconfig.get_path("stdlib") + os.sep
# Libraries that call back into ours (`np.mean(tensor)`): the user's line is the one that called them.
_BETWEEN = tuple([str(Path(module.__file__).parent) + os.sep for module in (np, torch)])  # type: ignore[arg-type]
_PACKAGES = ("matplotlib", "pandas", "scipy", "graphviz")

_passed_over: dict[str, bool] = {}  # by file name


def _passes_over(frame: FrameType) -> bool:
    """Whether `frame` belongs to this library, or to one that stands between it and the user's code."""
    name = frame.f_code.co_filename
    found = _passed_over.get(name)
    if found is None:
        installed = "site-packages" in name or "dist-packages" in name
        found = (
            is_internal(frame)
            or name.startswith(_BETWEEN)
            or (installed and any(f"-packages{os.sep}{package}{os.sep}" in name for package in _PACKAGES))
            or (name.startswith(_STDLIB) and not installed)
        )
        _passed_over[name] = found
    return found


_places: dict[tuple[CodeType, int, str], Place] = {}
_MOST_PLACES = 100_000


class Place:
    """A place in the user's code.

    Attributes:
      file: path of the file, or what stands for it (`<stdin>`, a notebook's cell).
      line: line number, from 1.
      code, instruction: the code object and the instruction in it; `None` for a place that was only read, not run.
    """

    __slots__ = ("code", "file", "instruction", "line")

    def __init__(self, file: str, line: int, code: CodeType | None = None, instruction: int = -1) -> None:
        self.file = file
        self.line = line
        self.code = code
        self.instruction = instruction

    @classmethod
    def of(cls, frame: FrameType) -> Place:
        """Where `frame` stands. Each place is made once: loops come by again and again."""
        code = frame.f_code
        key = (code, frame.f_lasti, code.co_filename)  # equal code may stand in several files
        place = _places.get(key)
        if place is None:
            if len(_places) >= _MOST_PLACES:
                _places.clear()
            place = _places[key] = cls(code.co_filename, frame.f_lineno, code, frame.f_lasti)
        return place

    @property
    def text(self) -> str:
        """The source text of the line, without what surrounds it; empty if there is no source."""
        return linecache.getline(self.file, self.line).strip()

    @property
    def span(self) -> tuple[int, int, int, int] | None:
        """First and last line, first and last column of the expression that ran, where Python tells."""
        if self.code is None or self.instruction < 0:
            return None
        return _span(self.code, self.instruction // 2)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and (self.file, self.line) == (other.file, other.line)

    def __hash__(self) -> int:
        return hash((self.file, self.line))

    def __str__(self) -> str:
        return f"{short(self.file)}:{self.line}"

    def __repr__(self) -> str:
        return f"<Place {self}>"


@lru_cache(maxsize=4096)
def _span(code: CodeType, position: int) -> tuple[int, int, int, int] | None:
    line, end_line, column, end_column = next(itertools.islice(code.co_positions(), position, None))
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return line, end_line, column, end_column


def short(file: str) -> str:
    """`file` as one writes it from the current directory."""
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive
        return file
    return file if file.startswith("<") or relative.startswith("..") else relative


def caller(frame: FrameType | None) -> tuple[FrameType | None, FrameType | None]:
    """The innermost frame of the user's code, from `frame` outwards; and the frame that it called, ours or NumPy's."""
    inner = None
    while frame is not None and _passes_over(frame):
        inner = frame
        frame = frame.f_back
    return frame, inner


def user_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames of the user's code, innermost first."""
    while frame is not None:
        if not _passes_over(frame):
            yield frame
        frame = frame.f_back


def arguments(frame: FrameType, names: Iterable[str] | None = None) -> list[Any]:
    """What the function of `frame` was called with: Tensors, Variables, arrays and numbers, out of any structure.

    `names`: of the arguments, if not all are wanted.
    """
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)  # *args, **kwargs
    values = frame.f_locals
    found: list[Any] = []
    for name in code.co_varnames[:count] if names is None else names:
        if name in values:
            _collect(values[name], found, 3)
    return found


def _collect(value: Any, found: list[Any], depth: int) -> None:
    kind = type(value)
    if (
        kind is Tensor
        or isinstance(value, (Variable, np.ndarray, np.generic))
        or kind in (int, float, complex)
    ):
        found.append(value)
    elif depth and isinstance(value, (list, tuple)):
        for item in value[:64]:
            _collect(item, found, depth - 1)
    elif depth and kind is dict:
        for item in value.values():
            _collect(item, found, depth - 1)
    elif depth and kind is IndexedSlices:
        _collect([value.values, value.indices], found, depth - 1)
