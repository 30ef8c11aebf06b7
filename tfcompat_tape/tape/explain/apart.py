"""Where nothing leads from a source to the target: what is to be said of the source, and of what there was before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Any

import torch

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.origins import Kind
from tfcompat_tape.tape.explain.past import Past
from tfcompat_tape.tape.explain.paths import Provenance
from tfcompat_tape.tape.explain.rebinding import rebinding
from tfcompat_tape.tape.explain.report import Break, Connection, Reason
from tfcompat_tape.tape.explain.syntax import common
from tfcompat_tape.tape.explain.trace import Node, Trace, Version, find
from tfcompat_tape.tape.explain.tracer import Tracer

# Number of the source's line, and handle of its Variable.
Origins = tuple[int | None, int | None]


def apart(
    tracer: Tracer,
    trace: Trace,
    starts: Sequence[Node],
    source: Any,
    origins: Origins,
    name: str,
    provenance: Provenance,
    frames: Sequence[FrameType],
) -> Connection:
    """For a source that nothing leads from to the target."""
    lines = [find(node, trace) for node in starts if not isinstance(node, Version)]
    fault = _fault(tracer, trace, source, name, origins, frames)
    if not starts or any(line is None for line in lines):
        return _target_unknown(tracer, source, name, fault)
    another = _another(tracer, trace, source, name, origins, provenance)
    if another is not None:
        return _conclude(
            name, source, [another, *[one for one in fault if one.reason is not Reason.NEVER_WATCHED]]
        )
    notes, left = _left(trace, origins, provenance)
    possible = (Reason.LEFT_LIBRARY,) if left else ()
    notes += _idle(tracer, trace, source, name, origins)
    earlier = {} if _made_here(trace, origins) else provenance.unknown()
    if earlier:
        return _before(earlier, source, name, fault, notes, frames, possible)
    certain = not left
    for version in provenance.forgotten()[:1]:
        notes.append(
            f"The Variable {version.name!r} was assigned before the tape began{_at(version.place)}: no tape looks "
            "through that."
        )
    number = origins[0]
    line = None if number is None else find(number, trace)
    if line is not None and line.kind is Kind.OP and any(line.origins()):
        notes.append(
            f"The source was itself computed ({line.op} at {line.place}), and the target without it. Perhaps the "
            "gradient with respect to what it was computed from is meant."
        )
    one = Break(Reason.INDEPENDENT, _without(name), certain=certain)
    return _conclude(name, source, [one, *fault] if certain else [*fault, one], notes)


def _without(name: str) -> str:
    return f"The target was computed without {name}."


def _made_here(trace: Trace, origins: Origins) -> bool:
    """Whether the source was made while it was traced: nothing from before can have been computed from it."""
    number, handle = origins
    if handle is not None:
        version: Version | None = trace.versions.get(handle)
        while version is not None and version.how != "tf.Variable":
            version = next((node for node in version.origins if isinstance(node, Version)), None)
        return version is not None
    line = None if number is None else find(number, trace)
    return line is not None and line.kind is not Kind.EARLIER


def _before(
    earlier: dict[int, Any],
    source: Any,
    name: str,
    fault: list[Break],
    notes: list[str],
    frames: Sequence[FrameType],
    possible: tuple[Reason, ...],
) -> Connection:
    """For a target into which values went that had been there before the tape."""
    used = {
        number: f"a value first used at {line.place}" for number, line in earlier.items() if line is not None
    }
    past = Past(source, earlier, frames)
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
        return _conclude(name, source, [*others, first] if exact else [first, *others], notes)
    known = list(dict.fromkeys(used.values()))
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    what = (": " + ", ".join(known[:3]) if known else "") + more
    notes.append(
        "As far as the tape saw, the target does not depend on it. It cannot tell for what was there before the "
        f"tape{what}."
    )
    one = Break(Reason.INDEPENDENT, _without(name), certain=False)
    if past.read and not possible:
        return _conclude(name, source, [one, *fault], notes)
    if fault:
        return _conclude(name, source, [*fault, one], notes)
    possible = (*possible, Reason.BEFORE_CONTEXT, Reason.INDEPENDENT)
    return Connection(name, False, None, False, possible=possible, notes=tuple(notes), source=source)


def _left(trace: Trace, origins: Origins, provenance: Provenance) -> tuple[list[str], bool]:
    """Notes on values of the source that left the library, and whether one of them may have come back."""
    notes = []
    escapes = _escapes_of(trace, origins)
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


def _idle(tracer: Tracer, trace: Trace, source: Any, name: str, origins: Origins) -> list[str]:
    """That nothing was computed from a watched Tensor while it was traced, if so it is."""
    number, _ = origins
    watched = [event for event in tracer.watched if event.effective and event.node == number]
    if isinstance(source, Variable) or not watched:
        return []
    if _used(tracer, trace, source, origins):
        return []
    return [
        f"{name} was watched{_at(watched[0].place)}, but nothing was computed from it while the tape recorded."
    ]


# -- another Tensor of the same value ----------------------------------------------------------------------------------

_COPIES = ("Identity", "ReadVariableOp", "Snapshot")


def _another(
    tracer: Tracer, trace: Trace, source: Any, name: str, origins: Origins, provenance: Provenance
) -> Break | None:
    """That the source is not the object that the target was computed from but one of the same value, if so it is."""
    number, _ = origins
    line = None if number is None else find(number, trace)
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
        copied = None if isinstance(origin, Version) else find(origin, trace)
    if not _used(tracer, trace, source, origins):
        for value, what in _watched_values(tracer, trace, provenance):
            if value is not source and _alike(value, source) and _telling(value._t):
                detail = (
                    f"{name} has the same value as {what}, from which the target was computed, but is another Tensor: "
                    "a tape knows Tensors by what they are, not by their value. Ask with the one that was used."
                )
                return Break(Reason.ANOTHER_TENSOR, detail, place, certain=False)
        if line is not None and line.kind is Kind.OUTSIDE and any(e.node == number for e in tracer.watched):
            for entered in provenance.from_outside():
                shared = common(line.place, entered.place)
                if shared is not None:
                    detail = (
                        f"{name} was made of `{shared}`, and the target uses another Tensor that was made of it"
                        f"{_at(entered.place)}, as the source code reads. Make one Tensor, watch it, and use that."
                    )
                    return Break(Reason.ANOTHER_TENSOR, detail, place, certain=False)
    return None


def _used(tracer: Tracer, trace: Trace, source: Any, origins: Origins) -> bool:
    """Whether something was computed from the source while it was traced."""
    number, handle = origins
    if handle is not None:
        return any((session.id, handle) in trace.accessed for session in tracer.sessions)
    return number is not None and any(number in line.parents for line in list(trace.lines.values()))


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


# -- the source --------------------------------------------------------------------------------------------------------


def _fault(
    tracer: Tracer,
    trace: Trace,
    source: Any,
    name: str,
    origins: Origins,
    frames: Sequence[FrameType],
) -> list[Break]:
    """What is to be said against the source, whatever the target may be: the tape does not watch it."""
    number, handle = origins
    if source.dtype.name == "string" or not (source.dtype.is_floating or source.dtype.is_complex):
        return [
            Break(Reason.INTEGER_DTYPE, f"{name} has the dtype {source.dtype.name}, which has no gradient.")
        ]
    if any(event.effective and (event.node == number or event.handle == handle) for event in tracer.watched):
        return []
    if isinstance(source, Variable):
        if not source.trainable:
            return [
                Break(
                    Reason.NOT_TRAINABLE, f"{name} was made with trainable=False, so tapes do not watch it."
                )
            ]
        if not tracer.accesses:
            detail = (
                f"The tape was made with watch_accessed_variables=False, and was not told to watch {name}."
            )
            return [Break(Reason.ACCESS_NOT_WATCHED, detail)]
        if any((session.id, handle) in trace.accessed for session in tracer.sessions):
            return []
        detail = f"The tape did not see {name} being read while it recorded, so it does not watch it."
        return [Break(Reason.NEVER_WATCHED, detail)]
    line = None if number is None else find(number, trace)
    if line is not None and line.tapes & {session.id for session in tracer.sessions}:
        return []
    never = [Break(Reason.NEVER_WATCHED, f"{name} is a Tensor that this tape never watched.")]
    return rebound(never, source, tracer, frames)


def _target_unknown(tracer: Tracer, source: Any, name: str, fault: list[Break]) -> Connection:
    detail = "The target was not computed while the tape recorded"
    if not tracer.over and tracer.closed == 0:
        return _conclude(name, source, [*fault, Break(Reason.BEFORE_CONTEXT, f"{detail}.", certain=False)])
    detail += ", as far as it was observed: perhaps afterwards."
    return _conclude(name, source, [*fault, Break(Reason.AFTER_CONTEXT, detail, certain=False)])


def _conclude(name: str, source: Any, breaks: Sequence[Break], notes: Iterable[str] = ()) -> Connection:
    first = breaks[0]
    return Connection(
        name, False, first.reason, first.certain, tuple(breaks), notes=tuple(notes), source=source
    )


def _escapes_of(trace: Trace, origins: Origins) -> list[Any]:
    """What left the library of values that depend on the source."""
    past = Provenance(trace, [escape.origin for escape in trace.escapes], guesses=False)
    reached = past.after([node for node in past.nodes if is_origin(node, origins)])
    return [escape for escape in trace.escapes if escape.origin in reached]


# -- names -------------------------------------------------------------------------------------------------------------


def rebound(breaks: list[Break], source: Any, tracer: Tracer, frames: Sequence[FrameType]) -> list[Break]:
    """`breaks`, and before them that a Variable's name came to mean the Tensor `source`, if so it is."""
    if type(source) is not Tensor or breaks[0].reason is not Reason.NEVER_WATCHED:
        return breaks
    found = rebinding(source, frames)
    if found is None:
        return breaks
    certain = any(ref() is source for ref in tracer.instead)
    if tracer.trace is not None and not certain:
        certain = _computed_from_variable(source, tracer.trace, found.rebound)
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


def is_origin(node: Node, origins: Origins) -> bool:
    number, handle = origins
    if isinstance(node, Version):
        return handle is not None and node.handle == handle
    return number is not None and node == number


def _at(place: Any) -> str:
    return "" if place is None else f" ({place})"
