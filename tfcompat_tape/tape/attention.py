"""What this thread's tapes pay attention to for the time being: nothing at all, or which Variables are read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Recording, only, start, state, stop


def paused(noting: bool = True) -> contextlib.AbstractContextManager[None]:
    """Within this context no tape and no accumulator of this thread records; nor do watchers, unless `noting`."""
    return only([one for one in state.recordings if not one.differentiates and (noting or one.traces)])


class _Watcher(Recording):
    """Notes which variables are read, and nothing else: what the thread computes is no dearer for it."""

    __slots__ = ()

    differentiates = traces = False


@contextlib.contextmanager
def variables_read() -> Iterator[list[Variable]]:
    """The trainable Variables that are read within this context, in order; known when it is left."""
    watcher = _Watcher(persistent=False, watches_variables=True)
    found: list[Variable] = []
    start(watcher)
    try:
        yield found
    finally:
        stop(watcher)
        found.extend(watcher.variables.values())
