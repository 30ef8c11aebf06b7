"""Exceptions of code that is traced, as TensorFlow's AutoGraph raises them: with the user's lines, in their class.

Where an instance of the class cannot be made from a text alone, a `StagingError` takes its place, as in TensorFlow.
"""

from __future__ import annotations

import linecache
from typing import Any

from tfcompat_tape.core.errors import OpError
from tfcompat_tape.tracing.conversion import is_converted
from tfcompat_tape.tracing.rewriting import OPERATORS

# Classes whose instances are made from a text; besides, those that have no `__init__` of their own.
_OF_A_TEXT = (
    AssertionError,
    AttributeError,
    NameError,
    NotImplementedError,
    RuntimeError,
    StopIteration,
    TypeError,
    UnboundLocalError,
    ValueError,
)
_PACKAGE = __name__.partition(".")[0]


class AutoGraphError(Exception):
    """Base class of what goes wrong in code that AutoGraph has to do with."""


class ConversionError(AutoGraphError):
    """A function cannot be converted."""


class StagingError(AutoGraphError):
    """The code of a function failed while it was traced."""


class KeyErrorInCode(KeyError):
    """A KeyError whose text is shown as it is."""

    def __str__(self) -> str:
        return str(self.args[0])


KeyErrorInCode.__name__ = KeyErrorInCode.__qualname__ = "KeyError"


def restated(error: Exception) -> Exception:
    """`error` as it leaves a traced function: a new one that names the lines of converted code; or itself."""
    lines = _lines(error)
    if not lines:
        return error
    name, text = _said(error)
    known = getattr(error, "_tfcompat_lines", [])
    if known and _ends_alike(lines, known):
        known = []
    message = "in user code:\n\n" + "".join([*lines, *known]) + f"\n    {name}: {text}\n"
    found = _another(error, message)
    if found is None:
        return error
    found._tfcompat_lines = [*lines, *known]  # type: ignore[attr-defined]
    found._tfcompat_said = name, text  # type: ignore[attr-defined]
    if getattr(error, "of_graph", False):
        found.of_graph = True  # type: ignore[attr-defined]
    return found.with_traceback(error.__traceback__)


def _said(error: Exception) -> tuple[str, str]:
    said: Any = getattr(error, "_tfcompat_said", None)
    return said if said is not None else (type(error).__name__, str(error))


def _ends_alike(lines: list[str], known: list[str]) -> bool:
    return lines[-len(known) :] == known


def _lines(error: Exception) -> list[str]:
    """The lines of converted code on the way to where `error` was raised, outermost first."""
    found: list[str] = []
    names: list[str] = []
    at = error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        if is_converted(code):
            name = code.co_name
            if name.startswith(OPERATORS) and names:  # a branch: a part of the function before
                name = names.pop()
                found.pop()
            text = linecache.getline(code.co_filename, at.tb_lineno).strip()
            place = f'    File "{code.co_filename}", line {at.tb_lineno}, in '
            if name != "<lambda>" or not found or not found[-1].startswith(place):
                found.append(f"{place}{None if name == '<lambda>' else name}  *\n        {text}\n")
                names.append(name)
        at = at.tb_next
    return found


def _another(error: Exception, message: str) -> Exception | None:
    """An exception of the same class, if there can be one with this text; `None` where `error` should stay."""
    kind = type(error)
    if isinstance(error, OpError):
        if kind.__init__ is OpError.__init__:
            return kind(error.node_def, error.op, message, error.error_code)
        try:
            return kind(error.node_def, error.op, message)
        except TypeError:
            return None
    if isinstance(error, KeyError) and kind.__module__ == "builtins":
        return KeyErrorInCode(message)
    if kind is KeyErrorInCode or kind is StagingError or kind in _OF_A_TEXT:
        return kind(message)
    if kind.__module__.partition(".")[0] == _PACKAGE:
        return _of_this_package(error, message)
    return kind(message) if kind.__init__ is Exception.__init__ else StagingError(message)


def _of_this_package(error: Exception, message: str) -> Exception | None:
    kind = type(error)
    if "__init__" in kind.__dict__ or error.args != (str(error),):
        return None
    try:
        return kind(message)
    except TypeError:
        return None
