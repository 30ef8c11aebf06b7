"""Running a script, or the cells of a notebook, as `__main__`; how it ended."""

from __future__ import annotations

import ast
import builtins
import json
import linecache
import os
import sys
import traceback
import types
from typing import Any

from tfcompat_tape.porting.compare.recorder.observer import Observer
from tfcompat_tape.porting.compare.recorder.writing import Writer

CANNOT_OPEN = 2


def read_code(script: str) -> list[types.CodeType]:
    """The code of a script, or of the cells of a notebook.

    Raises:
      OSError, SyntaxError, UnicodeError, ValueError: it cannot be read.
    """
    if not script.endswith(".ipynb"):
        with open(script, "rb") as file:
            return [compile(file.read(), os.path.abspath(script), "exec", dont_inherit=True)]
    with open(script, encoding="utf-8-sig") as text:
        notebook = json.load(text)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError(f"{script} is no notebook: it has no list of cells")
    found = []
    for number, cell in enumerate(notebook["cells"], 1):
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            found += _read_cell("".join(source), f"{os.path.abspath(script)}, cell {number}")
    return found


def _read_cell(source: str, where: str) -> list[types.CodeType]:
    lines = source.split("\n")
    if source.lstrip().startswith("%%"):
        raise ValueError(f"{where}: {source.strip().splitlines()[0]} is IPython's, and cannot be run here")
    for i, line in enumerate(lines):
        if line.lstrip().startswith("!"):
            raise ValueError(f"{where}, line {i + 1}: {line.strip()} is IPython's, and cannot be run here")
        if line.lstrip().startswith("%"):  # %matplotlib inline and the like
            lines[i] = line[: len(line) - len(line.lstrip())] + "pass"
    text = "\n".join(lines)
    tree = ast.parse(text, where)
    # TensorFlow's AutoGraph reads the source of functions; without a time this entry is kept.
    linecache.cache[where] = (len(text), None, text.splitlines(keepends=True), where)
    found = []
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Interactive([tree.body.pop()])  # shown, as a notebook shows the last value of a cell
        found.append(compile(last, where, "single", dont_inherit=True))
    return [compile(tree, where, "exec", dont_inherit=True), *found]


def run(script: str, args: list[str], observer: Observer) -> int:
    """Run the script as `__main__`, write down how it ended, return the exit status that Python would have."""
    writer = observer.writer
    try:
        codes = read_code(script)
    except (OSError, SyntaxError, UnicodeError, ValueError) as error:
        return _failed(writer, error, None)
    sys.argv = [script, *args]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(script))
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    if not script.endswith(".ipynb"):  # in a notebook there is none
        main.__dict__["__file__"] = os.path.abspath(script)
    sys.modules["__main__"] = main
    output: Any = sys.stdout
    try:
        for code in codes:
            exec(code, main.__dict__)
    except SystemExit as ended:
        output.finish()
        writer.close("exit", code=str(ended.code), functions=observer.functions)
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        sys.stderr.write(f"{ended.code}\n")
        return 1
    except KeyboardInterrupt as error:
        output.finish()
        _failed(writer, error, observer)
        return 130
    except BaseException as error:
        output.finish()
        return _failed(writer, error, observer)
    output.finish()
    writer.close("done", functions=observer.functions)
    return 0


def _failed(writer: Writer, error: BaseException, observer: Observer | None) -> int:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    at = ""
    if observer is not None:
        for frame, number in traceback.walk_tb(trace):
            name = observer.lines.user_file(frame.f_code.co_filename)
            at = at if name is None else f"{name}:{number}"
    text = "".join(traceback.format_exception(type(error), error, trace))
    sys.stderr.write(text)
    names = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, Exception)]
    functions = observer is not None and observer.functions
    begun = observer is not None
    writer.close(
        "raised" if begun else "unreadable",
        error=type(error).__name__,
        kinds=names,
        message=str(error)[:2000],
        traceback=text[-4000:],
        at=at,
        functions=functions,
    )
    return 1 if begun else CANNOT_OPEN
