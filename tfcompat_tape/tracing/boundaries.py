"""`tf.gradients` in the body of a loop or a branch, of what was computed before it.

Such a body is a trace of its own, and so has a list of its own. What leads from a source to a value that the body takes
from around it is on the list of the trace around, where a walk from within the body does not go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry
from tfcompat_tape.tape import graph_mode
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.trace import Trace


class CrossedError(UntraceableError):
    """Gradients pass from a body into what is around it: the function runs as it is, and records itself."""


def check(targets: list[Entry], sources: list[Any]) -> None:
    """Raise if targets depend on a source by way of what was computed outside of the trace that is going on.

    Raises:
      CrossedError: they do.
    """
    trace = scope.active.trace
    if trace is None or trace.enclosing() is None:
        return
    around = list(trace.enclosings())
    inward = {
        id(node): entry
        for one in (trace, *around)
        for tensor, _, node, _ in one.captures.values()
        if node is not None and (entry := _entry(tensor, around)) is not None
    }
    used = _behind(targets, {})
    starts = [inward[number] for number in used if number in inward]
    before = _behind([parent for start in starts for parent in _parents(start, inward)], inward)
    if any(id(entry) in before for x in sources for entry in _entries(x, around)):
        raise CrossedError("tf.gradients in a loop or branch, of what was computed before it")


def _entry(tensor: Any, around: list[Trace]) -> Entry | None:
    """The entry of a Tensor on the list of the trace that made it, or that watches it from outside."""
    node: Entry | None = scope._slot_node.__get__(tensor)
    if node is None:
        watched = [one.outer_nodes[id(tensor)][1] for one in around if id(tensor) in one.outer_nodes]
        return watched[0] if watched else None
    return node


def _entries(source: Any, around: list[Trace]) -> list[Entry]:
    if isinstance(source, Variable):
        return []  # each body reads a Variable for itself, in TensorFlow too: only what it computes from that counts
    entry = _entry(source, around)
    return [] if entry is None else [entry]


def _parents(entry: Entry, inward: dict[int, Entry]) -> Iterable[Entry]:
    further = [inward[id(entry)]] if id(entry) in inward else []
    return [*[parent for parent in entry.parents if isinstance(parent, Entry)], *further]


def _behind(entries: Iterable[Entry], inward: dict[int, Entry]) -> set[int]:
    """The entries that these depend on, and these, by id."""
    seen: set[int] = set()
    stack = list(entries)
    while stack:
        entry = stack.pop()
        if id(entry) not in seen:
            seen.add(id(entry))
            stack.extend(_parents(entry, inward))
    return seen


graph_mode.check_boundary = check
