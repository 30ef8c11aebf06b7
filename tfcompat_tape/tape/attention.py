"""What this thread's tapes pay attention to for the time being: nothing at all, or which Variables are read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Recording, start, state, stop


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Within this context no tape of this thread records."""
    recordings = list(state.recordings)
    for recording in recordings:
        stop(recording)
    try:
        yield
    finally:
        for recording in recordings:
            start(recording)


@contextlib.contextmanager
def variables_read() -> Iterator[list[Variable]]:
    """The trainable Variables that are read within this context, in order; known when it is left."""
    watcher = Recording(persistent=False, watches_variables=True)
    found: list[Variable] = []
    start(watcher)
    try:
        yield found
    finally:
        stop(watcher)
        found.extend(watcher.variables.values())
