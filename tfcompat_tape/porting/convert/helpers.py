"""Functions that a converted script gets a copy of, where torch has no single name for what TensorFlow does.

They stand in `torch_functions` and `torch_training`. `tfcompat convert` writes those that a script needs below its
imports.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

_FILES = ("torch_functions.py", "torch_training.py")
_DEFAULT = re.compile(r": Any = (?=[\w.'-]+[,)])")


@cache
def sources() -> dict[str, str]:
    """The text of each function by name, without annotations."""
    found = {}
    for file in _FILES:
        text = Path(__file__).with_name(file).read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        for node in ast.parse(text).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.lower().startswith("tf_"):
                own = _DEFAULT.sub("=", "".join(lines[node.lineno - 1 : node.end_lineno]))
                own = own.replace("  # type: ignore[no-untyped-call]", "")
                found[node.name] = own.replace(": Any", "").replace(" -> Any", "").replace(" -> None", "")
    return found


def names() -> set[str]:
    """Their names."""
    return set(sources())


def with_needed(wanted: list[str]) -> list[str]:
    """The helpers with those that they call, in the order of the files."""
    todo, found = list(wanted), set[str]()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [other for other in sources() if _mentions(sources()[name], other) and other != name]
    return [name for name in sources() if name in found]


def _mentions(text: str, name: str) -> bool:
    return f"{name}(" in text or f"({name})" in text
