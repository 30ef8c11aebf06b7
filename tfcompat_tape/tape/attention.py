"""What this thread's tapes pay attention to: nothing at all, which Variables are read, in whose body they are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Recording, only, start, state, stop


def paused(noting: bool = True) -> contextlib.AbstractContextManager[None]:
    """Within this context no tape and no accumulator of this thread records; nor do watchers, unless `noting`."""
    return only([one for one in state.recordings if not one.differentiates and (noting or one.traces)])


class Body:
    """A call of a Python function as one op: tapes see the call, and who explains must know what happened inside.

    Attributes:
      op: the function of ours that called it ("py_function").
      copies: it gets values of its own in place of the arguments, so that what else it uses came from outside.
      left: notes of what left the library while it ran.
    """

    __slots__ = ("copies", "left", "op")

    def __init__(self, op: str, copies: bool) -> None:
        self.op = op
        self.copies = copies
        self.left: list[Any] = []


@contextlib.contextmanager
def inside(body: Body) -> Iterator[None]:
    """Within this context the function of `body` runs."""
    outer = state.body
    state.body = body
    try:
        yield
    finally:
        state.body = outer


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
