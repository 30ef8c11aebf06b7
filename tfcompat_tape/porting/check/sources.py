"""The files that are checked: found, read, and parsed."""

from __future__ import annotations

import ast
import os
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tfcompat_tape.porting.notebooks import code_cells, read_notebook

SUFFIXES = (".py", ".ipynb")
# Folders within a folder that hold other people's code, or none.
_SKIPPED = frozenset(["__pycache__", "build", "dist", "node_modules", "site-packages", "venv"])
# An import of TensorFlow, in whatever form; one in UTF-16 has zero bytes.
_SPEAKS = re.compile(rb"""(import|from)[ \t\\\r\n]+([\w., \t]+,[ \t]*)?tensorflow\b|['"]tensorflow\b""")


class UnreadableError(Exception):
    """A file cannot be checked: the message says why, and `line` where, if that is known."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Piece:
    """Code that is parsed at once: a script, or a cell of a notebook.

    Attributes:
      cell: the number of the cell, from 1; `None` for a script.
    """

    tree: ast.Module
    cell: int | None = None


def find(paths: Iterable[str]) -> Iterator[str]:
    """The scripts and notebooks that `paths` are or, for folders, hold; sorted within a folder, each once.

    Raises:
      FileNotFoundError: a path does not exist.
    """
    seen: set[str] = set()
    for path in paths:
        if not os.path.exists(path):
            raise FileNotFoundError(path)
        for file in _within(path) if os.path.isdir(path) else [path]:
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def _within(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not os.path.exists(os.path.join(root, name, "pyvenv.cfg"))
        )
        yield from (os.path.join(root, name) for name in sorted(files) if name.endswith(SUFFIXES))


def read(path: str) -> list[Piece]:
    """The code in the file at `path`; none where the file does not speak of TensorFlow.

    Raises:
      UnreadableError: it cannot be read, is no text in the encoding that it names, or no Python 3.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror or error}") from None
    if b"\0" not in data and not _SPEAKS.search(data):
        return []
    if path.endswith(".ipynb"):
        try:
            cells = code_cells(read_notebook(data.decode("utf-8-sig")))
        except UnicodeDecodeError:
            raise UnreadableError("it is not in UTF-8") from None
        except ValueError as error:
            raise UnreadableError(str(error)) from None
        return [Piece(_parse(cell.source, f", cell {cell.number}"), cell.number) for cell in cells]
    return [Piece(_parse(_text(path)))]


def _text(path: str) -> str:
    """The text, in the encoding that the file names itself, as Python reads it."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is no text in {error.encoding}, and names no other encoding") from None
    except SyntaxError as error:
        raise UnreadableError(f"it cannot be decoded: {error.msg}") from None


def _parse(source: str, where: str = "") -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the code that is read: invalid escapes and the like
            return ast.parse(source)
    except SyntaxError as error:
        raise UnreadableError(f"it is no Python 3{where}: {error.msg}", error.lineno or 1) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError(f"it cannot be parsed{where}: {error}") from None
