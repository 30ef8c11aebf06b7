"""Variables that are being overwritten where they are (`tracing/in_place.py`): until that is done they have no value.

Whoever asks for one waits, so no thread comes to hold memory that is being written.
"""

from __future__ import annotations

import os
import threading
from typing import Any

lock = threading.RLock()  # held while values are overwritten
if hasattr(os, "register_at_fork"):  # a child of this process would wait for a thread that it does not have
    os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)


def value_of(variable: Any) -> Any:
    """The raw value that a Variable holds itself, whatever this thread traces; `None` where it has none of its own."""
    raw = variable.__dict__.get("_t")
    if raw is None:
        with lock:
            raw = variable.__dict__.get("_t")
    return raw


class Awaited:
    """The attribute `_t` of a Variable whose value is being overwritten: the value that it has afterwards."""

    def __get__(self, variable: Any, owner: type | None = None) -> Any:
        if variable is None:
            return self
        raw = value_of(variable)
        if raw is None:
            raise AttributeError(f"{type(variable).__name__!r} object has no attribute '_t'")
        return raw
