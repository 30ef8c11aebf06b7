"""Why a gradient is `None`, as far as it can be known of a tape that took no notes: from the list and the values."""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any

import torch

from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, Output
from tfcompat_tape.tape.custom_gradient import Pullback
from tfcompat_tape.tape.explain.rebinding import rebinding
from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Step
from tfcompat_tape.tape.explain.walk import Walk
from tfcompat_tape.tape.explain.zeros import zeros
from tfcompat_tape.tape.paths import reach

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


def explain_untraced(
    tape: Any,
    targets: Sequence[Any],
    source: Any,
    name: str,
    connected: bool | None,
    walk: Walk | None,
    frames: Sequence[FrameType],
) -> Connection:
    """What `source` is to `targets`; `connected`: whether a walk found a gradient, `None` if the tape was used."""
    if connected:
        failed = _failed(tape, targets, source, walk)
        if failed:
            return _conclude(name, source, failed)
        path = _path(tape, targets, source)
        return Connection(name, True, path=path, zeros=zeros(source, walk, None), source=source)
    fault = _fault(tape, source, name, frames)
    if tape._record is None:
        return _of_used_tape(tape, source, name, fault)
    if fault:
        return _conclude(name, source, fault)
    number = tape._record.id
    nodes = [t._node for t in targets if t._node is not None and number in t._node.tapes]
    if not nodes:
        return _untraced_target(tape, targets, source, name)
    cuts = _cuts(tape, nodes, source, walk)
    if cuts:
        return _conclude(name, source, cuts)
    if _complete(number, nodes):
        return _conclude(
            name, source, [Break(Reason.INDEPENDENT, f"The target was computed without {name}.")]
        )
    return Connection(name, False, None, False, possible=_GAPS, source=source)


def _fault(tape: Any, source: Any, name: str, frames: Sequence[FrameType]) -> list[Break]:
    """What is to be said against the source itself."""
    if not isinstance(source._t, torch.Tensor) or source._t.dtype not in INEXACT:
        return [
            Break(Reason.INTEGER_DTYPE, f"{name} has the dtype {source.dtype.name}, which has no gradient.")
        ]
    record = tape._record
    node = source._node
    if isinstance(source, Variable):
        if record is None:
            watched = any(v is source for v in tape.watched_variables())
        else:
            watched = node is not None and record.id in node.tapes
        if watched:
            return []
        if node is not None and node.tapes & tape._former:
            return [Break(Reason.TAPE_RESET, f"{name} was read before tape.reset(), and not since.")]
        if not source.trainable:
            return [
                Break(
                    Reason.NOT_TRAINABLE, f"{name} was made with trainable=False, so tapes do not watch it."
                )
            ]
        if not tape._watch_accessed_variables:
            detail = (
                f"The tape was made with watch_accessed_variables=False, and was not told to watch {name}."
            )
            return [Break(Reason.ACCESS_NOT_WATCHED, detail)]
        detail = f"The tape did not see {name} being read while it recorded, so it does not watch it."
        return [Break(Reason.NEVER_WATCHED, detail)]
    if record is None or (node is not None and record.id in node.tapes):
        return []
    if node is not None and node.tapes & tape._former:
        return [
            Break(
                Reason.TAPE_RESET, f"{name} was watched or computed before tape.reset(), which forgot that."
            )
        ]
    found = rebinding(source, frames)
    never = Break(Reason.NEVER_WATCHED, f"{name} is a Tensor that this tape never watched.")
    if found is None:
        return [never]
    detail = (
        f"The name {found.name} is a Variable's at {found.made}, and was bound to a Tensor computed from it (as the "
        "source code reads): that Tensor is a constant to the tape."
    )
    return [Break(Reason.REBOUND, detail, found.rebound, certain=False), never]


def _conclude(name: str, source: Any, breaks: Sequence[Break]) -> Connection:
    return Connection(name, False, breaks[0].reason, breaks[0].certain, tuple(breaks), source=source)


def _of_used_tape(tape: Any, source: Any, name: str, fault: Sequence[Break]) -> Connection:
    """The list is gone; what is left is what the source is."""
    if not tape._spent:
        note = "The tape has not recorded anything."
        return Connection(name, None, None, False, notes=(note,), source=source)
    if fault:
        return _conclude(name, source, fault)
    note = "The tape was used, and its list is gone. Ask before the gradient, or make the tape persistent."
    return Connection(name, None, None, False, possible=(), notes=(note,), source=source)


def _untraced_target(tape: Any, targets: Sequence[Any], source: Any, name: str) -> Connection:
    """The source is watched, and the target is not traced at all."""
    exact = all(not isinstance(t._t, torch.Tensor) or t._t.dtype not in INEXACT for t in targets)
    if targets and exact:
        detail = f"The target has the dtype {targets[0].dtype.name}, which has no gradient."
        return _conclude(name, source, [Break(Reason.INTEGER_DTYPE, detail)])
    possible = _GAPS if tape._recording else (Reason.AFTER_CONTEXT, *_GAPS)
    if tape._former:
        possible = (Reason.TAPE_RESET, *possible)
    note = "The source is watched, but this tape did not record how the target was computed."
    return Connection(name, False, None, False, possible=possible, notes=(note,), source=source)


def _failed(tape: Any, targets: Sequence[Any], source: Any, walk: Walk | None) -> list[Break]:
    """Gradient rules on a path from the source that raise: there is no gradient, whatever other paths give."""
    if walk is None or not walk.failed or tape._record is None:
        return []
    number = tape._record.id
    nodes = [t._node for t in targets if t._node is not None and number in t._node.tapes]
    return [one for one in _cuts(tape, nodes, source, walk) if " raises " in one.detail]


def _cuts(tape: Any, nodes: Sequence[Entry], source: Any, walk: Walk | None) -> list[Break]:
    """Gradient rules that gave nothing, on paths from the source."""
    if walk is None or not (walk.cut or walk.failed):
        return []
    depends = {source._node}
    found = []
    for entry in reach(tape._record.id, nodes):
        if not any(parent in depends for parent in entry.parents):
            continue
        depends.add(entry)
        op: Any = entry.op
        error = walk.failed.get(entry.number)
        if error is not None:
            detail = f"The gradient of {op.name} raises {type(error).__name__}: {error}"
        elif any(
            (entry.number, i) in walk.cut for i, parent in enumerate(entry.parents) if parent in depends
        ):
            detail = f"The gradient function of {op.name} gives none for this input."
        else:
            continue
        found.append(Break(Reason.NO_GRADIENT, detail, op=op.name))
    return found


def _complete(tape_id: int, nodes: Sequence[Entry]) -> bool:
    """Whether all that the targets were computed from is on the list of the tape: no number, constant or gap.

    Attributes may be numbers that were computed; a function with a gradient of its own may use what is no argument.
    """
    return all(
        parent is not None and tape_id in parent.tapes and not _open(entry)
        for entry in reach(tape_id, nodes)
        for parent in entry.parents
    )


def _open(entry: Entry) -> bool:
    rule = getattr(entry.op, "rule", None)
    return type(rule) is Pullback or any(
        type(value) in (int, float, complex) for value in entry.attrs.values()
    )


def _path(tape: Any, targets: Sequence[Any], source: Any) -> tuple[Step, ...]:
    """From the source to a target, along the list."""
    number = tape._record.id
    nodes = [t._node for t in targets if t._node is not None and number in t._node.tapes]
    start = source._node
    before: dict[Entry, Entry] = {}
    for entry in reach(number, nodes):
        for parent in entry.parents:
            if parent is not None and (parent is start or parent in before):
                before[entry] = parent
                break
    current = next((node for node in nodes if node in before), None)
    steps: list[Step] = []
    while current is not None and current is not start:
        if type(current.op) is not Output:
            steps.append(Step(current.type, None, None, None, current.number))
        current = before[current]
    shape = tuple(source._t.shape)
    what = source.name if isinstance(source, Variable) else "Tensor"
    steps.append(Step(what, shape, source.dtype.name, None, None))
    return tuple(steps[::-1])
