"""What is to be said against a source, whatever the target may be: the tape does not watch it."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.code.rebinding import rebinding
from tfcompat_tape.tape.explain.notes.trace import Trace, Version, find
from tfcompat_tape.tape.explain.report import Break, Reason
from tfcompat_tape.tape.explain.verdict import faults
from tfcompat_tape.tape.explain.verdict.provenance import Provenance
from tfcompat_tape.tape.explain.verdict.question import Question


def against(question: Question) -> list[Break]:
    """Why the tape does not watch the source; nothing if it does, or if that is not known any more."""
    tape, source, name = question.tape, question.source, question.name
    if not (source.dtype.is_floating or source.dtype.is_complex):
        return [faults.exact(name, source.dtype)]
    if _noted(question) if question.traced else _listed(tape, source):
        return []
    before = not question.traced and source._node is not None and bool(source._node.tapes & tape._former)
    if isinstance(source, Variable):
        if before:
            return [Break(Reason.TAPE_RESET, f"{name} was read before tape.reset(), and not since.")]
        if not source.trainable:
            return [faults.not_trainable(name)]
        if not tape._watch_accessed_variables:
            return [faults.not_told(name)]
        detail = f"The tape did not see {name} being read while it recorded, so it does not watch it."
        return [Break(Reason.NEVER_WATCHED, detail)]
    if before:
        detail = f"{name} was watched or computed before tape.reset(), which forgot that."
        return [Break(Reason.TAPE_RESET, detail)]
    never = [Break(Reason.NEVER_WATCHED, f"{name} is a Tensor that this tape never watched.")]
    return rebound(never, question)


def _noted(question: Question) -> bool:
    """Whether the notes say that the tape watched the source, or traced it."""
    handle, number = question.handle, question.number
    events = [event for event in question.tracer.watched if event.effective]
    if any(event.node == number if handle is None else event.handle == handle for event in events):
        return True
    sessions = {session.id for session in question.tracer.sessions}
    if isinstance(question.source, Variable):
        return any((session, handle) in question.trace.accessed for session in sessions)
    return question.line is not None and not question.line.tapes.isdisjoint(sessions)


def _listed(tape: Any, source: Any) -> bool:
    """Whether the list of the tape has the source; of a list that is gone, what it had is known of Variables alone."""
    if tape._record is not None:
        return source._node is not None and tape._record.id in source._node.tapes
    return not isinstance(source, Variable) or any(v is source for v in tape.watched_variables())


def rebound(breaks: list[Break], question: Question) -> list[Break]:
    """`breaks`, and before them that a Variable's name came to mean the Tensor `source`, if so it is."""
    source = question.source
    if type(source) is not Tensor or breaks[0].reason is not Reason.NEVER_WATCHED:
        return breaks
    found = rebinding(source, question.frames)
    if found is None:
        return breaks
    certain = question.traced and (
        any(ref() is source for ref in question.tracer.instead)
        or _computed_from_variable(source, question.trace, found.rebound)
    )
    seen = "" if certain else " (as the source code reads)"
    detail = (
        f"The name {found.name} is a Variable's at {found.made}, and was bound to a Tensor computed from it{seen}: "
        "that Tensor is a constant to the tape."
    )
    return [Break(Reason.REBOUND, detail, found.rebound, certain=certain), *breaks]


def _computed_from_variable(source: Tensor, trace: Trace, place: Any) -> bool:
    """Whether the trace saw the value being computed from a Variable where the name was bound anew."""
    node: Any = source._node
    line = None if node is None else find(node.number, trace)
    if line is None or line.place != place:
        return False
    return any(isinstance(node, Version) for node in Provenance(trace, [line.number], guesses=False).nodes)
