"""Reading the script or notebook that is to be converted, and saying why it cannot be."""

from __future__ import annotations

import os
import re
import tokenize
from pathlib import Path

from tfcompat_tape.porting.convert import cells
from tfcompat_tape.porting.convert.source import Source
from tfcompat_tape.porting.notebooks import read_notebook

_TENSORFLOW = re.compile(r"^[ \t]*(import[ \t]([^\n#]*,)?|from)[ \t]*tensorflow\b", re.MULTILINE)


class CannotError(Exception):
    """Nothing can be done: the message says why."""


def read(script: str) -> Source:
    """The script.

    Raises:
      CannotError: it cannot be read, or is none that can be converted.
    """
    if os.path.isdir(script):
        raise CannotError(f"{script!r} is a folder: scripts are converted one by one")
    try:
        source = _of_notebook(script) if script.endswith(".ipynb") else _of_script(script)
    except OSError as error:
        raise CannotError(f"can't open file {script!r}: [Errno {error.errno}] {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CannotError(f"{script!r} is no text in {error.encoding}, and names no other encoding") from None
    except SyntaxError as error:
        at = "" if script.endswith(".ipynb") else f" (line {error.lineno})"  # the message has the cell
        raise CannotError(f"{script!r} is no Python 3: {error.msg}{at}") from None
    except (ValueError, RecursionError) as error:
        raise CannotError(f"{script!r} cannot be parsed: {error}") from None
    if not _TENSORFLOW.search(source.text):
        raise CannotError(f"{script!r} does not import tensorflow")
    _check_folder(script, source.text)
    return source


def _of_script(script: str) -> Source:
    with open(script, "rb") as file:
        encoding, _ = tokenize.detect_encoding(file.readline)
    with open(script, encoding=encoding, newline="") as opened:
        return Source(opened.read().removeprefix("\ufeff"), script)


def _of_notebook(name: str) -> Source:
    with open(name, encoding="utf-8-sig") as file:
        notebook = read_notebook(file.read())
    source = Source(cells.as_script(notebook), name)
    source.notebook, source.place = notebook, cells.places(source.text)
    return source


def _check_folder(script: str, text: str) -> None:
    """Modules beside the script that are TensorFlow's as well would get torch's tensors."""
    folder = os.path.dirname(os.path.abspath(script))
    for name in re.findall(r"^\s*(?:import|from)\s+(\w+)", text, re.MULTILINE):
        beside = Path(folder, f"{name}.py")
        if beside.is_file() and _TENSORFLOW.search(beside.read_text(encoding="utf-8", errors="replace")):
            raise CannotError(
                f"{script!r} imports {beside.name}, which uses TensorFlow, too: put both into one script"
            )
