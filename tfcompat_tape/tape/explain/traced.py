"""Why a gradient is `None`, as the trace of a tape tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.breaks import Judge
from tfcompat_tape.tape.explain.paths import Provenance, Route, best, frontier
from tfcompat_tape.tape.explain.rebinding import rebinding
from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Step
from tfcompat_tape.tape.explain.trace import Kind, Node, Trace, Version, find
from tfcompat_tape.tape.explain.tracer import Tracer
from tfcompat_tape.tape.explain.walk import Walk

MOST_BREAKS = 8


def explain_traced(
    tracer: Tracer,
    targets: Sequence[Any],
    source: Any,
    name: str,
    connected: bool | None,
    walk: Walk | None,
    frames: Sequence[FrameType],
) -> Connection:
    """What `source` is to `targets`; `connected`: whether a walk found a gradient."""
    trace = tracer.trace
    assert trace is not None
    starts = _nodes(targets, trace)
    origins = _origins(source, trace)
    judge = Judge(tracer, trace, name, source, walk)
    route = None
    for guesses in (False, True):
        provenance = Provenance(trace, starts, guesses)
        known = [node for node in provenance.nodes if _is_origin(node, origins)]
        route = best(provenance, known, judge)
        if route is not None:
            break
    if connected is None:
        connected = route is not None and not route.breaks
    if connected:
        path = () if route is None or route.breaks else _steps(route, trace)
        return Connection(name, True, path=path, source=source)
    if route is None:
        return _apart(tracer, trace, targets, starts, source, origins, name, provenance, frames)
    if not route.breaks:
        return Connection(name, False, None, False, path=_steps(route, trace), source=source)
    breaks = dict.fromkeys(route.breaks)
    breaks.update(dict.fromkeys(frontier(provenance, known, judge)))
    listed = _rebound(list(breaks)[:MOST_BREAKS], source, tracer, frames)
    first = listed[0]
    return Connection(
        name, False, first.reason, first.certain, tuple(listed), _steps(route, trace), source=source
    )


# -- nodes -------------------------------------------------------------------------------------------------------------


def _nodes(targets: Sequence[Any], trace: Trace) -> list[Node]:
    """Where to start from."""
    found: list[Node] = []
    for target in targets:
        if isinstance(target, Variable):
            found.append(trace.current(target))
        elif target._node is not None:
            number = target._node.number
            line = find(number, trace)
            if line is not None and line.kind is Kind.VARIABLE:
                found += trace.states_of(number)
            else:
                found.append(number)
    return found


def _origins(source: Any, trace: Trace) -> tuple[int | None, int | None]:
    """The number of the source's line, and the handle of its Variable."""
    if isinstance(source, Variable):
        return None, source._handle
    if source._node is None:
        return None, None
    number = source._node.number
    line = find(number, trace)
    if line is not None and line.kind is Kind.VARIABLE:
        return None, trace.states_of(number)[-1].handle
    return number, None


def _is_origin(node: Node, origins: tuple[int | None, int | None]) -> bool:
    number, handle = origins
    if isinstance(node, Version):
        return handle is not None and node.handle == handle
    return number is not None and node == number


def _steps(route: Route, trace: Trace) -> tuple[Step, ...]:
    steps = []
    for node in route.nodes:
        if isinstance(node, Version):
            what = f"{node.name}" + (f" after {node.how}" if node.how not in ("", "tf.Variable") else "")
            steps.append(Step(what, None, None, node.place, node.number))
        else:
            line = find(node, trace)
            if line is not None and not line.op.startswith("Output:"):
                steps.append(Step(line.op, line.shape, line.dtype, line.place, line.number))
    return tuple(steps)


# -- no path -----------------------------------------------------------------------------------------------------------


def _apart(
    tracer: Tracer,
    trace: Trace,
    targets: Sequence[Any],
    starts: Sequence[Node],
    source: Any,
    origins: tuple[int | None, int | None],
    name: str,
    provenance: Provenance,
    frames: Sequence[FrameType],
) -> Connection:
    """For a source that nothing leads from to the target."""
    lines = [find(node, trace) for node in starts if not isinstance(node, Version)]
    fault = _fault(tracer, trace, source, name, origins, frames)
    if not starts or any(line is None for line in lines):
        return _target_unknown(tracer, source, name, fault)
    if any(line is not None and line.kind is Kind.EARLIER for line in lines):
        detail = "The target was there before the tape began to record."
        return _conclude(name, source, [*fault, Break(Reason.WATCHED_AFTER_USE, detail, certain=False)])
    notes = []
    certain = True
    escapes = _escapes_of(trace, origins)
    entered = provenance.from_outside()
    conditions = [escape for escape in escapes if escape.how == "as a condition"]
    values = [escape for escape in escapes if escape.how != "as a condition"]
    if conditions:
        notes.append(
            f"It decided a branch at {conditions[0].place}: no gradient goes through Python's if and while."
        )
    for escape in values:
        later = next((origin for origin in entered if origin.number > escape.number), None)
        if later is not None:
            certain = False
            notes.append(
                f"Certain is that its value left the library at {escape.place} ({escape.how}), and that the target "
                f"uses a number or array from outside at {later.place}. If this came from that, it is the reason."
            )
            break
    earlier = provenance.unknown()
    number = origins[0]
    made_here = (
        number is not None and (line := find(number, trace)) is not None and line.kind is not Kind.EARLIER
    )
    if earlier and not made_here:
        used = [f"a value first used at {one.place}" for one in earlier if one is not None]
        notes.append(
            "As far as the tape saw, the target does not depend on it. It cannot tell for what was there before the "
            "tape"
            + (": " + ", ".join(used[:3]) if used else "")
            + (f" and {len(used) - 3} more" if len(used) > 3 else "")
            + "."
        )
        certain = False
    line = None if number is None else find(number, trace)
    if line is not None and line.kind is Kind.OP and any(line.origins()):
        notes.append(
            f"The source was itself computed ({line.op} at {line.place}), and the target without it. Perhaps the "
            "gradient with respect to what it was computed from is meant."
        )
    apart = Break(Reason.INDEPENDENT, f"The target was computed without {name}.", certain=certain)
    return _conclude(name, source, [apart, *fault] if certain else [*fault, apart], notes)


def _fault(
    tracer: Tracer,
    trace: Trace,
    source: Any,
    name: str,
    origins: tuple[int | None, int | None],
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
        detail = f"{name} was not read while the tape recorded, so the tape never watched it."
        return [Break(Reason.NEVER_WATCHED, detail)]
    line = None if number is None else find(number, trace)
    if line is not None and line.tapes & {session.id for session in tracer.sessions}:
        return []
    never = [Break(Reason.NEVER_WATCHED, f"{name} is a Tensor that this tape never watched.")]
    return _rebound(never, source, tracer, frames)


def _target_unknown(tracer: Tracer, source: Any, name: str, fault: list[Break]) -> Connection:
    detail = "The target was not computed while the tape recorded"
    if not tracer.over and tracer.closed == 0:
        return _conclude(name, source, [*fault, Break(Reason.WATCHED_AFTER_USE, f"{detail}.", certain=False)])
    detail += ", as far as it was observed: perhaps afterwards."
    return _conclude(name, source, [*fault, Break(Reason.AFTER_CONTEXT, detail, certain=False)])


def _conclude(name: str, source: Any, breaks: Sequence[Break], notes: Iterable[str] = ()) -> Connection:
    first = breaks[0]
    return Connection(
        name, False, first.reason, first.certain, tuple(breaks), notes=tuple(notes), source=source
    )


def _escapes_of(trace: Trace, origins: tuple[int | None, int | None]) -> list[Any]:
    """What left the library of values that depend on the source."""
    found = []
    cache: dict[Node, bool] = {}
    for escape in trace.escapes:
        if escape.origin not in cache:
            nodes = Provenance(trace, [escape.origin], guesses=False).nodes
            cache[escape.origin] = any(_is_origin(node, origins) for node in nodes)
        if cache[escape.origin]:
            found.append(escape)
    return found


# -- names -------------------------------------------------------------------------------------------------------------


def _rebound(breaks: list[Break], source: Any, tracer: Tracer, frames: Sequence[FrameType]) -> list[Break]:
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
