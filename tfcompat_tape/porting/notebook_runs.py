"""`tfcompat run NOTEBOOK.ipynb`: every cell in order, in a kernel of this Python whose `import tensorflow` is ours.

The kernel and the format of the file are those of Jupyter: the extra `tfcompat_tape[notebook]`.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from tfcompat_tape.porting.notebooks import read_notebook

CANNOT_OPEN = 2
FAILED = 1
_LONGEST_SOCKET = 90  # bytes: systems take about 104, with the number that is put behind it
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def run(notebook: str, output: str | None, *, force: bool, seed: int | None) -> int:
    """Run the cells, print what they print, and return the exit status: 1 if a cell raises, where it ends.

    Args:
      output: the file to which the notebook is written as executed, also if a cell raises; replaced only with `force`.
      seed: what random numbers start from.
    """
    try:
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError
        from nbformat import reader, v4
        from traitlets.config import Config
    except ImportError as error:
        return _fails(
            f"a notebook needs Jupyter's kernel ({error.name}): pip install 'tfcompat_tape[notebook]'"
        )
    path = os.path.abspath(notebook)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        read_notebook(text)
        book = reader.reads(text)
        book = book if book.nbformat == 4 else v4.upgrade(book)
    except OSError as error:
        return _fails(f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}")
    except UnicodeDecodeError:
        return _fails(f"{path}: it is not in UTF-8")
    except ValueError as error:
        return _fails(f"{path}: {error}")
    if output is not None and os.path.exists(output) and not force:
        return _fails(f"{output!r} is there already: --force replaces it")
    target = None if output is None else Path(output).absolute()
    if target is not None and not os.access(target.parent, os.W_OK):
        return _fails(f"can't write {output!r}")
    sockets = tempfile.TemporaryDirectory(prefix="tfcompat-", ignore_cleanup_errors=True)
    client = NotebookClient(
        book,
        timeout=None,
        kernel_name="python3",
        config=Config(_connection(sockets.name)),
        resources={"metadata": {"path": os.path.dirname(path)}},
        extra_arguments=_kernel_arguments(seed),
        on_cell_start=lambda cell, cell_index: _progress(book, cell_index),
        on_cell_executed=lambda cell, cell_index, execute_reply: _print(cell),
    )
    status = 0
    try:
        client.execute()
    except CellExecutionError:
        status = FAILED
    except DeadKernelError:
        _fails("the kernel died")
        status = FAILED
    finally:
        _clear_progress()
        sockets.cleanup()
        if target is not None:
            _write(target, book)
    return status


def _connection(folder: str) -> dict[str, Any]:
    """Sockets in `folder` that no one else can read; TCP where there are none, or their names would be too long.

    By default their paths are relative, and the kernel, which runs in the notebook's folder, would look for others.
    """
    path = os.path.join(folder, "kernel")
    if os.name == "nt" or len(os.fsencode(path)) > _LONGEST_SOCKET:
        return {}
    return {"ConnectionFileMixin": {"transport": "ipc", "ip": path}}


def _kernel_arguments(seed: int | None) -> list[str]:
    lines = ["--ext=tfcompat_tape"]
    if seed is not None:
        seeding = f"from tfcompat_tape.porting.run import seed_all; seed_all({seed}); del seed_all"
        lines.append(f"--InteractiveShellApp.exec_lines={seeding}")
    return lines


def _print(cell: Any) -> None:
    """What a cell has printed, its result, and its traceback, as text."""
    _clear_progress()
    for output in cell.get("outputs", ()):
        kind = output["output_type"]
        if kind == "stream":
            print(output["text"], end="", file=sys.stderr if output["name"] == "stderr" else sys.stdout)
        elif kind == "error":
            text = "\n".join(output["traceback"])
            print(text if sys.stderr.isatty() else _ANSI.sub("", text), file=sys.stderr)
        elif "text/plain" in output["data"]:
            print(output["data"]["text/plain"])
    sys.stdout.flush()


def _progress(book: Any, index: int) -> None:
    if sys.stderr.isatty():
        print(f"\r[cell {index + 1} of {len(book.cells)}] ", end="", file=sys.stderr, flush=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _write(target: Path, book: Any) -> None:
    """All of it or nothing: a notebook that is cut off is of no use."""
    from nbformat import v4

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as file:
        file.write(v4.writes(book) + "\n")
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(file.name, 0o666 & ~mask)
    os.replace(file.name, target)


def _fails(message: str) -> int:
    print(f"tfcompat: {message}", file=sys.stderr)
    return CANNOT_OPEN
