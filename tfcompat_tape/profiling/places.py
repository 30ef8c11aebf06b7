"""Which line of the user's code something is there for."""

from __future__ import annotations

import sys
import threading
import weakref
from typing import Any

from tfcompat_tape.core.wengert import Entry
from tfcompat_tape.tape.places import caller

# File and line number; ("", 0) for what no line of the user's code led to.
Where = tuple[str, int]
NOWHERE: Where = ("", 0)
GENERATED = "<tf.function>"  # the file of what lines of traced functions are compiled to

_lines: weakref.WeakKeyDictionary[Entry, Where] = weakref.WeakKeyDictionary()


class _Within(threading.local):
    """The line whose gradient is being computed, while that is so."""

    place: Where | None = None


within = _Within()


def here() -> Where:
    """The line of the user's code that is running, or whose gradient is being computed."""
    if within.place is not None:
        return within.place
    frame, _ = caller(sys._getframe(1))
    while frame is not None and frame.f_code.co_filename == GENERATED:
        frame, _ = caller(frame.f_back)
    return NOWHERE if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def note(entry: Entry) -> None:
    """Remember which line `entry` was made for."""
    _lines[entry] = here()


def of_entry(entry: Any) -> Where | None:
    """The line that `entry` was made for, if it is known."""
    return _lines.get(entry) if type(entry) is Entry else None


def of_node(node: Any) -> Where | None:
    """The line that a node of a trace is there for, if the trace knows it."""
    frame = node.frame
    if isinstance(frame, tuple) and len(frame) >= 2:
        return str(frame[0]), int(frame[1])
    if isinstance(frame, str) and frame.rpartition(":")[2].isdigit():
        file, _, line = frame.rpartition(":")
        return file, int(line)
    return None
