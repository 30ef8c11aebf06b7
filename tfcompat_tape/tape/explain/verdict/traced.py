"""Why a gradient is `None`, as the trace of a tape tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.notes.origins import Kind
from tfcompat_tape.tape.explain.notes.trace import Node, Trace, Version, find
from tfcompat_tape.tape.explain.notes.walk import Walk
from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Step
from tfcompat_tape.tape.explain.verdict.apart import apart
from tfcompat_tape.tape.explain.verdict.judge import Judge
from tfcompat_tape.tape.explain.verdict.provenance import Provenance
from tfcompat_tape.tape.explain.verdict.question import Question
from tfcompat_tape.tape.explain.verdict.source import rebound
from tfcompat_tape.tape.explain.verdict.ways import Route, best, frontier
from tfcompat_tape.tape.explain.verdict.zeros import zeros

MOST_BREAKS = 8


def explain_traced(question: Question) -> Connection:
    """What the source is to the targets."""
    name, source, walk, trace = question.name, question.source, question.walk, question.trace
    starts = _nodes(question.targets, trace)
    # What other tapes recorded before this one was traced leads to the leaf that a Variable has for them.
    leaf = source._node.number if isinstance(source, Variable) and source._node is not None else None
    judge = Judge(question)
    route = None
    for guesses in (False, True):
        provenance = Provenance(trace, starts, guesses)
        known = [node for node in provenance.nodes if question.is_source(node) or node == leaf]
        route = best(provenance, known, judge)
        if route is not None:
            break
    connected = question.connected
    if connected is None:
        connected = route is not None and not route.breaks
    if connected:
        failed = _failing(provenance, known, judge, walk)
        if failed:
            steps = () if route is None else _steps(route, trace)
            return Connection.broken(name, source, failed, steps)
        path = () if route is None or route.breaks else _steps(route, trace)
        return Connection(name, True, path=path, zeros=zeros(source, walk, trace), source=source)
    if route is None:
        return apart(question, starts, provenance)
    if not route.breaks:
        return Connection(name, False, None, False, path=_steps(route, trace), source=source)
    breaks = dict.fromkeys(route.breaks)
    if not route.past:
        breaks.update(dict.fromkeys(frontier(provenance, known, judge)))
    listed = rebound(_distinct(breaks)[:MOST_BREAKS], question)
    return Connection.broken(name, source, listed, _steps(route, trace))


def _failing(provenance: Provenance, starts: Sequence[Node], judge: Judge, walk: Walk | None) -> list[Break]:
    """Gradient rules between the source and the target that raise, so that there is no gradient on any way."""
    if walk is None or not walk.failed:
        return []
    return [
        one
        for node in provenance.after(starts)
        if node in walk.failed and (line := provenance.line(node)) is not None
        if (one := judge.raised(line)) is not None
    ]


def _distinct(breaks: Iterable[Break]) -> list[Break]:
    """`breaks` without what others say better.

    A function may have a gradient that gives none; and constants that it makes on its way are no breaks, if the value
    goes on beside them.
    """
    ops = {(one.place, one.op) for one in breaks if one.reason is Reason.NO_GRADIENT}
    calls = {_call(one) for one in breaks if not one.unlisted}
    said = {str(one): one for one in reversed(list(breaks))}
    return [
        one
        for one in breaks
        if said[str(one)] is one
        and (one.reason is not Reason.NOT_AN_ARGUMENT or (one.place, one.op) not in ops)
        and not (one.unlisted and _call(one) in calls)
    ]


def _call(one: Break) -> object:
    """The call in the user's code that a break belongs to."""
    return None if one.place is None else (one.place, one.place.instruction)


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
