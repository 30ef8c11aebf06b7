"""Jupyter notebooks: the Python code of their cells, without IPython's own syntax."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

# Magics of a whole cell whose body is the Python code of this kernel all the same.
_PYTHON_MAGICS = frozenset(["%%capture", "%%prun", "%%time", "%%timeit", "%%explain"])


@dataclass(frozen=True)
class Cell:
    """A cell of code: its number among all cells of the notebook, from 1, and its source as plain Python.

    Lines of IPython's own syntax (`%matplotlib inline`, `!pip install`) are empty here, so that line numbers are right.
    """

    number: int
    source: str


def read_notebook(text: str) -> dict[str, Any]:
    """Return the notebook that `text` holds.

    Raises:
      ValueError: it is no JSON, or no notebook.
    """
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no notebook: line {error.lineno} is no JSON ({error.msg})") from None
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise ValueError("it is a notebook of format 3 or older: open and save it in Jupyter once")
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("it is no notebook: it has no list of cells")
    return notebook


def code_cells(notebook: dict[str, Any]) -> list[Cell]:
    """Return the cells of code in `notebook`, in order.

    >>> code_cells({"cells": [{"cell_type": "code", "source": ["%time x = 1\\n", "y = 2"]}]})
    [Cell(number=1, source='\\ny = 2')]
    """
    found = []
    for number, cell in enumerate(notebook["cells"], 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        found.append(Cell(number, plain_python(text)))
    return found


def plain_python(source: str) -> str:
    """`source` with the lines empty that are IPython's: magics, shell commands, questions."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and first.split()[0] not in _PYTHON_MAGICS:
        return "\n" * (len(lines) - 1)
    kept = []
    inside = False  # a magic goes on after a backslash
    for line in lines:
        text = line.strip()
        magic = inside or text.startswith(("%", "!", "?")) or (text.endswith("?") and "#" not in text)
        magic = magic or _assigns_magic(text)
        inside = magic and text.endswith("\\")
        indent = line[: len(line) - len(line.lstrip())]
        kept.append((indent + "pass" if indent else "") if magic else line)
    return "\n".join(kept)


def _assigns_magic(text: str) -> bool:
    """`files = !ls`, `took = %timeit -o f()`."""
    name, equals, value = text.partition("=")
    return bool(equals) and name.strip().isidentifier() and value.lstrip().startswith(("!", "%"))
