"""Where nothing leads from a source to the target: what is to be said of the source, and of what there was before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.code.past import Past
from tfcompat_tape.tape.explain.code.syntax import common
from tfcompat_tape.tape.explain.notes.origins import Kind
from tfcompat_tape.tape.explain.notes.trace import Node, Trace, Version, find
from tfcompat_tape.tape.explain.notes.tracer import Tracer
from tfcompat_tape.tape.explain.report import Break, Connection, Reason
from tfcompat_tape.tape.explain.verdict.provenance import Provenance
from tfcompat_tape.tape.explain.verdict.question import Question
from tfcompat_tape.tape.explain.verdict.source import against


def apart(question: Question, starts: Sequence[Node], provenance: Provenance) -> Connection:
    """For a source that nothing leads from to the target."""
    trace, name, source = question.trace, question.name, question.source
    lines = [find(node, trace) for node in starts if not isinstance(node, Version)]
    fault = against(question)
    if not starts or any(line is None for line in lines):
        return _target_unknown(question, fault)
    another = _another(question, provenance)
    if another is not None:
        return Connection.broken(
            name, source, [another, *[one for one in fault if one.reason is not Reason.NEVER_WATCHED]]
        )
    notes, left = _left(question, provenance)
    possible = (Reason.LEFT_LIBRARY,) if left else ()
    notes += _idle(question)
    earlier = {} if _made_here(question) else provenance.unknown()
    if earlier:
        return _before(question, earlier, fault, notes, possible)
    certain = not left
    for version in provenance.forgotten()[:1]:
        notes.append(
            f"The Variable {version.name!r} was assigned before the tape began{_at(version.place)}: no tape looks "
            "through that."
        )
    line = question.line
    if line is not None and line.kind is Kind.OP and any(line.origins()):
        notes.append(
            f"The source was itself computed ({line.op} at {line.place}), and the target without it. Perhaps the "
            "gradient with respect to what it was computed from is meant."
        )
    one = Break(Reason.INDEPENDENT, _without(name), certain=certain)
    return Connection.broken(name, source, [one, *fault] if certain else [*fault, one], notes=notes)


def _without(name: str) -> str:
    return f"The target was computed without {name}."


def _made_here(question: Question) -> bool:
    """Whether the source was made while it was traced: nothing from before can have been computed from it."""
    if question.handle is not None:
        version: Version | None = question.trace.versions.get(question.handle)
        while version is not None and version.how != "tf.Variable":
            version = next((node for node in version.origins if isinstance(node, Version)), None)
        return version is not None
    return question.line is not None and question.line.kind is not Kind.EARLIER


def _before(
    question: Question,
    earlier: dict[int, Any],
    fault: list[Break],
    notes: list[str],
    possible: tuple[Reason, ...],
) -> Connection:
    """For a target into which values went that had been there before the tape."""
    source, name = question.source, question.name
    used = {
        number: f"a value first used at {line.place}" for number, line in earlier.items() if line is not None
    }
    past = Past(source, earlier, question.frames)
    if past.name is not None:
        line = earlier.get(past.number or 0)
        use = "" if line is None else f", is first used at {line.place}, and"
        detail = (
            f"`{past.name}`{use} was computed from {name} before the tape began, as the source code reads; a tape "
            "knows only what is computed while it records."
        )
        others = [
            one for one in fault if one.reason is not Reason.NEVER_WATCHED or not isinstance(source, Variable)
        ]
        first = Break(Reason.BEFORE_CONTEXT, detail, past.place, certain=False)
        if line is not None and line.thread is not None:
            detail = f"`{past.name}` was computed on another thread, from {name} as the source code reads."
            first = Break(Reason.OTHER_THREAD, detail, past.place, certain=False)
        exact = others and others[0].reason is Reason.INTEGER_DTYPE
        return Connection.broken(name, source, [*others, first] if exact else [first, *others], notes=notes)
    known = list(dict.fromkeys(used.values()))
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    what = (": " + ", ".join(known[:3]) if known else "") + more
    notes.append(
        "As far as the tape saw, the target does not depend on it. It cannot tell for what was there before the "
        f"tape{what}."
    )
    one = Break(Reason.INDEPENDENT, _without(name), certain=False)
    if past.read and not possible:
        return Connection.broken(name, source, [one, *fault], notes=notes)
    if fault:
        return Connection.broken(name, source, [*fault, one], notes=notes)
    possible = (*possible, Reason.BEFORE_CONTEXT, Reason.INDEPENDENT)
    return Connection(name, False, None, False, possible=possible, notes=tuple(notes), source=source)


def _left(question: Question, provenance: Provenance) -> tuple[list[str], bool]:
    """Notes on values of the source that left the library, and whether one of them may have come back."""
    notes = []
    escapes = _escapes_of(question)
    entered = provenance.from_outside()
    conditions = [escape for escape in escapes if escape.how == "as a condition"]
    if conditions:
        notes.append(
            f"It decided a branch at {conditions[0].place}: no gradient goes through Python's if and while."
        )
    for escape in escapes:
        later = next((origin for origin in entered if origin.number > escape.number), None)
        if escape.how != "as a condition" and later is not None:
            notes.append(
                f"Certain is that its value left the library at {escape.place} ({escape.how}), and that the target "
                f"uses a number or array from outside at {later.place}. If this came from that, it is the reason."
            )
            return notes, True
    return notes, False


def _idle(question: Question) -> list[str]:
    """That nothing was computed from a watched Tensor while it was traced, if so it is."""
    if isinstance(question.source, Variable) or question.used:
        return []
    for event in question.tracer.watched:
        if event.effective and event.node == question.number:
            what = f"{question.name} was watched{_at(event.place)}"
            return [f"{what}, but nothing was computed from it while the tape recorded."]
    return []


# -- another Tensor of the same value ----------------------------------------------------------------------------------

_COPIES = ("Identity", "ReadVariableOp", "Snapshot")


def _another(question: Question, provenance: Provenance) -> Break | None:
    """That the source is not the object that the target was computed from but one of the same value, if so it is."""
    name, source, line = question.name, question.source, question.line
    place = None if line is None or line.kind is Kind.EARLIER else line.place
    copied = line
    while copied is not None and copied.op in _COPIES:
        (origin,) = [node for _, node in copied.origins()] or (None,)
        if origin is None:
            break
        if origin in provenance.nodes:
            what = f"the Variable {origin.name!r}" if isinstance(origin, Version) else "a Tensor"
            detail = (
                f"{name} is a copy of {what} from which the target was computed, and not that itself: ask for the "
                "gradient with respect to the original."
            )
            return Break(Reason.ANOTHER_TENSOR, detail, place, copied.op)
        copied = None if isinstance(origin, Version) else find(origin, question.trace)
    if not question.used:
        for value, what in _watched_values(question.tracer, question.trace, provenance):
            if value is not source and _alike(value, source) and _telling(value._t):
                detail = (
                    f"{name} has the same value as {what}, from which the target was computed, but is another Tensor: "
                    "a tape knows Tensors by what they are, not by their value. Ask with the one that was used."
                )
                return Break(Reason.ANOTHER_TENSOR, detail, place, certain=False)
        watched = any(event.node == question.number for event in question.tracer.watched)
        if line is not None and line.kind is Kind.OUTSIDE and watched:
            for entered in provenance.from_outside():
                shared = common(line.place, entered.place)
                if shared is not None:
                    detail = (
                        f"{name} was made of `{shared}`, and the target uses another Tensor that was made of it"
                        f"{_at(entered.place)}, as the source code reads. Make one Tensor, watch it, and use that."
                    )
                    return Break(Reason.ANOTHER_TENSOR, detail, place, certain=False)
    return None


def _telling(value: torch.Tensor) -> bool:
    """Whether a value is not one that many have: zeros, or a single number."""
    return value.numel() > 1 and bool((value != value.reshape(-1)[0]).any())


def _watched_values(tracer: Tracer, trace: Trace, provenance: Provenance) -> Iterable[tuple[Any, str]]:
    """What the tape watches and the target was computed from, and how to call it."""
    for event in tracer.watched:
        value = event.value()
        if value is not None and event.effective and event.node in provenance.nodes:
            yield value, f"the Tensor that was watched{_at(event.place)}"
    for node in provenance.nodes:
        if isinstance(node, Version):
            variable = trace.variables[node.handle]() if node.handle in trace.variables else None
            if variable is not None and trace.versions.get(node.handle) is node:
                yield variable, f"the Variable {node.name!r}"


def _alike(a: Any, b: Any) -> bool:
    x, y = a._t, b._t
    return (
        isinstance(x, torch.Tensor)
        and isinstance(y, torch.Tensor)
        and (x.shape, x.dtype, x.device) == (y.shape, y.dtype, y.device)
        and bool(torch.equal(x, y))
    )


def _target_unknown(question: Question, fault: list[Break]) -> Connection:
    tracer = question.tracer
    if not tracer.over and tracer.closed == 0:
        reason, how = Reason.BEFORE_CONTEXT, "."
    else:
        reason, how = Reason.AFTER_CONTEXT, ", as far as it was observed: perhaps afterwards."
    detail = f"The target was not computed while the tape recorded{how}"
    breaks = [*fault, Break(reason, detail, certain=False)]
    return Connection.broken(question.name, question.source, breaks)


def _escapes_of(question: Question) -> list[Any]:
    """What left the library of values that depend on the source."""
    escapes = question.trace.escapes
    past = Provenance(question.trace, [escape.origin for escape in escapes], guesses=False)
    reached = past.after([node for node in past.nodes if question.is_source(node)])
    return [escape for escape in escapes if escape.origin in reached]


def _at(place: Any) -> str:
    return "" if place is None else f" ({place})"
