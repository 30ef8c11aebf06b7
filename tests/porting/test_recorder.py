"""The parts of compare_record.py: they stand alone, and together."""

import ast
import inspect
import json
import linecache
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tfcompat_tape.porting.compare import recorder
from tfcompat_tape.porting.compare.recorder.running import read_code

FOLDER = Path(recorder.__file__).parent


def imported(tree: ast.Module) -> set[str]:
    """The packages that are imported anywhere in a file."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            found.add(str(node.module).partition(".")[0])
    return found


def test_the_file_takes_numpy_and_the_library_of_python_alone() -> None:
    tree = ast.parse(recorder.assembled())
    assert imported(tree) - sys.stdlib_module_names == {"numpy"}
    assert (ast.get_docstring(tree) or "").startswith("Run a TensorFlow script")


def test_all_parts_are_in_it_and_no_name_is_taken_twice() -> None:
    assert sorted(recorder.PARTS) == sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    names = Counter[str]()
    for node in ast.parse(recorder.assembled()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names[node.name] += 1
        elif isinstance(node, ast.Assign):
            names.update(
                one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)
            )
    assert names["main"] == names["encode"] == 1
    assert not [name for name, count in names.items() if count > 1]


def test_each_part_stands_behind_what_it_takes() -> None:
    for place, name in enumerate(recorder.PARTS):
        for node in ast.parse((FOLDER / f"{name}.py").read_text()).body:
            inner = isinstance(node, ast.ImportFrom) and str(node.module).startswith(recorder.__name__)
            if inner:
                assert str(node.module).rpartition(".")[2] in recorder.PARTS[:place]
                assert all(one.asname is None for one in node.names)


def test_functions_of_a_notebook_have_a_source(tmp_path: Path) -> None:
    """TensorFlow's AutoGraph reads it, and takes no `if` over tensors otherwise."""
    book = tmp_path / "book.ipynb"
    cells = [{"cell_type": "code", "source": ["def f(x):\n", "    return x\n", "f"]}]
    book.write_text(json.dumps({"cells": cells}))
    names: dict[str, Any] = {}
    exec(read_code(str(book))[0], names)
    linecache.checkcache()
    assert inspect.getsource(names["f"]) == "def f(x):\n    return x\n"
