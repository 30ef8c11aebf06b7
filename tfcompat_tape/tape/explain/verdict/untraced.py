"""Why a gradient is `None`, as far as it can be known of a tape that took no notes: from the list and the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, Output
from tfcompat_tape.tape.custom_gradient import Pullback
from tfcompat_tape.tape.explain.notes.walk import Walk
from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Step
from tfcompat_tape.tape.explain.verdict import faults
from tfcompat_tape.tape.explain.verdict.question import Question
from tfcompat_tape.tape.explain.verdict.source import against
from tfcompat_tape.tape.explain.verdict.zeros import zeros
from tfcompat_tape.tape.paths import between, reach

# What may cut a path where the list has a gap.
_GAPS = (
    Reason.INDEPENDENT,
    Reason.STOP_GRADIENT,
    Reason.STOP_RECORDING,
    Reason.LEFT_LIBRARY,
    Reason.STATE_CHANGE,
    Reason.NOT_AN_ARGUMENT,
    Reason.NO_GRADIENT,
    Reason.INTEGER_DTYPE,
    Reason.WATCHED_AFTER_USE,
    Reason.BEFORE_CONTEXT,
    Reason.OTHER_THREAD,
)


def explain_untraced(question: Question) -> Connection:
    """What the source is to the targets."""
    tape, source, name, walk = question.tape, question.source, question.name, question.walk
    record = tape._record
    ends = [t._node for t in question.targets if record is not None and t._node is not None]
    ends = [node for node in ends if record.id in node.tapes]
    way = between(record.id, ends, {source._node}) if ends else []
    if question.connected:
        raised = _cuts(way, source, walk, failed_only=True)
        if raised:
            return Connection.broken(name, source, raised)
        path = _path(way, ends, source)
        return Connection(name, True, path=path, zeros=zeros(source, walk, None), source=source)
    against_it = against(question)
    if record is None:
        return _of_used_tape(question, against_it)
    if against_it:
        return Connection.broken(name, source, against_it)
    if not ends:
        return _untraced_target(question)
    cuts = _cuts(way, source, walk)
    if not cuts and _complete(record.id, ends):
        cuts = [Break(Reason.INDEPENDENT, f"The target was computed without {name}.")]
    if cuts:
        return Connection.broken(name, source, cuts)
    return Connection(name, False, None, False, possible=_GAPS, source=source)


def _of_used_tape(question: Question, against_it: Sequence[Break]) -> Connection:
    """The list is gone; what is left is what the source is."""
    tape, source, name = question.tape, question.source, question.name
    if not tape._spent:
        note = "The tape has not recorded anything."
        return Connection(name, None, None, False, notes=(note,), source=source)
    if against_it:
        return Connection.broken(name, source, against_it)
    note = "The tape was used, and its list is gone. Ask before the gradient, or make the tape persistent."
    return Connection(name, None, None, False, notes=(note,), source=source)


def _untraced_target(question: Question) -> Connection:
    """The source is watched, and the target is not traced at all."""
    tape, source, name, targets = question.tape, question.source, question.name, question.targets
    if targets and not any(t.dtype.is_floating or t.dtype.is_complex for t in targets):
        return Connection.broken(name, source, [faults.exact("The target", targets[0].dtype)])
    possible = _GAPS if tape._recording else (Reason.AFTER_CONTEXT, *_GAPS)
    if tape._former:
        possible = (Reason.TAPE_RESET, *possible)
    note = "The source is watched, but this tape did not record how the target was computed."
    return Connection(name, False, None, False, possible=possible, notes=(note,), source=source)


def _cuts(way: Sequence[Entry], source: Any, walk: Walk | None, failed_only: bool = False) -> list[Break]:
    """Gradient rules that raised or gave nothing, on the way from the source."""
    if walk is None:
        return []
    depends = {source._node, *way}
    found = []
    for entry in way:
        error = walk.failed.get(entry.number)
        if error is not None:
            found.append(faults.raises(entry.type, error))
        elif not failed_only:
            found += [
                faults.gives_none(entry.type, i, len(entry.parents))
                for i, parent in enumerate(entry.parents)
                if parent in depends and (entry.number, i) in walk.cut
            ][:1]
    return found


def _complete(tape_id: int, ends: Sequence[Entry]) -> bool:
    """Whether all that the targets were computed from is on the list of the tape: no number, constant or gap.

    Attributes may be numbers that were computed; a function with a gradient of its own may use what is no argument.
    """
    return all(
        parent is not None and tape_id in parent.tapes and not _open(entry)
        for entry in reach(tape_id, ends)
        for parent in entry.parents
    )


def _open(entry: Entry) -> bool:
    rule = getattr(entry.op, "rule", None)
    return type(rule) is Pullback or any(
        type(value) in (int, float, complex) for value in entry.attrs.values()
    )


def _path(way: Sequence[Entry], ends: Sequence[Entry], source: Any) -> tuple[Step, ...]:
    """From the source to a target, along the list."""
    start = source._node
    on_it = {start, *way}
    current = next((node for node in ends if node in on_it), start)
    steps: list[Step] = []
    while current is not start:
        if type(current.op) is not Output:
            steps.append(Step(current.type, None, None, None, current.number))
        current = next(parent for parent in current.parents if parent in on_it)
    what = source.name if isinstance(source, Variable) else "Tensor"
    steps.append(Step(what, tuple(source._t.shape), source.dtype.name, None, None))
    return tuple(steps[::-1])
