"""A notebook as one script, and back: its cells of code one behind the other, each below a comment that numbers it.

Lines of IPython's own (`%matplotlib inline`, `!ls`) become `pass` and a comment, and come back. The last value of a
cell, which a notebook shows, is printed in the script, so that both runs are compared by it.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from tfcompat_tape.porting.notebooks import code_cells

_MARK = "# %% cell "
_ASIDE = "pass  # of IPython: "
_CELL = re.compile(rf"^{re.escape(_MARK)}(\d+)(, shown)?\n", re.MULTILINE)
_LINE_OF_IPYTHON = re.compile(rf"^[ \t]*{re.escape(_ASIDE)}(.*)$", re.MULTILINE)
_DISPLAY = "from IPython.display import display\n"  # IPython's kernels have it without an import


def as_script(notebook: dict[str, Any]) -> str:
    """The cells of code of a notebook as one script.

    Raises:
      SyntaxError: a cell is no Python 3; the message says which.
    """
    found = []
    for cell in code_cells(notebook):
        source = _text(notebook["cells"][cell.number - 1])
        plain = [
            _line(one, two) for one, two in zip(source.split("\n"), cell.source.split("\n"), strict=True)
        ]
        text = "\n".join(plain)
        try:
            shown = _shown(text)
        except SyntaxError as error:
            error.msg = f"{error.msg} (cell {cell.number}, line {error.lineno})"
            raise
        if shown is not None and not source.rstrip().endswith(";"):
            start, end = shown
            text = f"{text[:start]}print({text[start:end]}){text[end:]}"
            found.append(f"{_MARK}{cell.number}, shown\n{text}\n")
        else:
            found.append(f"{_MARK}{cell.number}\n{text}\n")
    script = "".join(found)
    return _DISPLAY + script if re.search(r"(?<![\w.])display\(", script) else script


def as_notebook(script: str, notebook: dict[str, Any]) -> str:
    """The notebook with what its script became in its cells of code, without outputs, as the text of its file."""
    made = copy.deepcopy(notebook)
    head, *parts = _CELL.split(script.removeprefix(_DISPLAY))
    for number, shown, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        cell = made["cells"][int(number) - 1]
        text = text.removesuffix("\n")
        if shown:
            text = _unprinted(text)
        text = head + _LINE_OF_IPYTHON.sub(lambda found: found[1], text)
        cell.update(source=text.splitlines(keepends=True), outputs=[], execution_count=None)
        head = ""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def places(script: str) -> Callable[[int], str]:
    """What says where a line of the script of a notebook stands in the notebook: `"cell 3, line 2"`."""
    marks = [(script.count("\n", 0, found.start()) + 1, found[1]) for found in _CELL.finditer(script)]

    def place(line: int) -> str:
        mark, cell = marks[max(bisect_right(marks, (line, "")) - 1, 0)]
        return f"cell {cell}, line {line - mark}"

    return place


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _line(line: str, plain: str) -> str:
    if line == plain:
        return line
    return plain[: len(plain) - len(plain.lstrip())] + _ASIDE + line


def _shown(text: str) -> tuple[int, int] | None:
    """Where the expression is whose value the notebook shows below the cell."""
    body = ast.parse(text).body
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr):
        return None
    value = last.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
        return None
    return _span(text, value)


def _span(text: str, node: ast.expr) -> tuple[int, int]:
    lines = text.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        behind = lines[line - 1].encode()[:column].decode()
        return sum(map(len, lines[: line - 1])) + len(behind)

    return offset(node.lineno, node.col_offset), offset(node.end_lineno or 0, node.end_col_offset or 0)


def _unprinted(text: str) -> str:
    """A cell whose last statement is `print(value)`, with the value alone."""
    last = ast.parse(text).body[-1]
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        return text
    start, end = _span(text, last.value)
    return text[:start] + text[start:end].removeprefix("print(").removesuffix(")") + text[end:]
