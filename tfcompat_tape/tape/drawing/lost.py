"""What the tape does not trace, in a drawing: dashed, so that one sees where nothing flows back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tfcompat_tape.tape.drawing.box import Arrow, Box, Drawing
from tfcompat_tape.tape.explain.notes.origins import Kind
from tfcompat_tape.tape.explain.notes.trace import Line, Node, Trace, Version
from tfcompat_tape.tape.listing import Listing, lines_of

if TYPE_CHECKING:
    from tfcompat_tape.tape.explain.notes.tracer import Tracer

MOST = 100  # boxes


def add_lost(drawing: Drawing, tracer: Tracer, listed: Listing) -> None:
    """Add what was computed from traced values within the context of the tape, and is not traced by it."""
    trace = tracer.trace
    assert trace is not None
    watched, computed = lines_of(tracer)
    traced = {*watched, *[line.number for line in computed]}
    # The box of each line; the outputs of one op are drawn as that op.
    boxes = {one.number: one.inputs[0] if one.op.startswith("Output:") else one.name for one in listed}
    begin, end = tracer.sessions[0].start, tracer.sessions[-1].end
    lost: list[Line] = []
    for line in sorted(trace.lines.values(), key=lambda line: line.number):
        if line.number in traced or line.number < begin or (end and line.number > end) or len(lost) == MOST:
            continue
        sources = [number for number in _sources(line, trace) if number in boxes]
        if sources and line.kind in (Kind.OP, Kind.UNSEEN, Kind.OUTSIDE):
            if line.op.startswith("Output:"):
                boxes[line.number] = boxes[sources[0]]
                continue
            boxes[line.number] = f"n{line.number}"
            lost.append(line)
            scope = line.scope.rstrip("/")
            drawing.add(Box(f"n{line.number}", line.op, "lost", line.number, scope, line.place))
    for line in [*lost, *computed]:
        if not line.op.startswith("Output:"):
            _connect(drawing, line, trace, boxes, line.number in traced)


def _sources(line: Line, trace: Trace) -> Iterator[int]:
    """The lines that `line` was computed from."""
    yield from [parent for parent in line.parents if parent is not None]
    yield from [_number(escape.origin, trace) for escape in line.returned]


def _connect(drawing: Drawing, line: Line, trace: Trace, boxes: dict[int, str], traced: bool) -> None:
    """Draw the dashed arrows to `line`."""
    end = boxes[line.number]
    for position, parent in enumerate(line.parents):
        start = None if parent is None else boxes.get(parent)
        if start is not None and (not traced or start.startswith("n")):
            drawing.arrows.append(Arrow(start, end, lost=True))
            constant = f"{end}.{position}"  # what stood for it so far
            if drawing.boxes.pop(constant, None) is not None:
                drawing.arrows = [arrow for arrow in drawing.arrows if arrow.start != constant]
        for version in line.versions.get(position, ()):
            _draw_state(drawing, version, trace, boxes, end)
    for escape in line.returned:
        start = boxes.get(_number(escape.origin, trace))
        if start is not None:
            drawing.arrows.append(Arrow(start, end, escape.how, lost=True))


def _draw_state(drawing: Drawing, version: Version, trace: Trace, boxes: dict[int, str], end: str) -> None:
    """An assignment that put a drawn value into a Variable, from which `end` was computed."""
    starts = [
        boxes[number] for number in [_number(origin, trace) for origin in version.origins] if number in boxes
    ]
    if not version.how or not starts:
        return
    name = f"s{version.number}"
    if name not in drawing.boxes:
        label = f"{version.name.removesuffix(':0')}\n{version.how}"
        drawing.add(Box(name, label, "state", version.number, "", version.place))
        drawing.arrows += [Arrow(start, name, lost=True) for start in starts]
    drawing.arrows.append(Arrow(name, end, lost=True))


def _number(node: Node, trace: Trace) -> int:
    """The number of the line that stands for a node; -1 if there is none."""
    if not isinstance(node, Version):
        return node
    variable = trace.variables.get(node.handle)
    value = None if variable is None else variable()
    return -1 if value is None or value._node is None else value._node.number
