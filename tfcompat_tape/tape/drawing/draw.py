"""What a drawing of the list shows: a box for each value, an arrow for each input; and many boxes as one, if many."""

from __future__ import annotations

from types import FrameType
from typing import Any

from tfcompat_tape.tape.drawing.box import Arrow, Box, Drawing
from tfcompat_tape.tape.drawing.gathering import gather
from tfcompat_tape.tape.drawing.lost import add_lost
from tfcompat_tape.tape.listing import ListedLine, Listing, listing


def drawing_of(tape: Any, frame: FrameType, threshold: int) -> Drawing:
    """The drawing of a tape's list, with about `threshold` boxes at most as far as scopes and lines of code allow."""
    listed = listing(tape, frame)
    drawing = _drawn(tape, listed)
    if tape._tracer is not None and tape._tracer.trace is not None:
        add_lost(drawing, tape._tracer, listed)
    drawing.boxes = dict(sorted(drawing.boxes.items(), key=lambda item: item[1].order))
    gather(drawing, threshold)
    return drawing


def _drawn(tape: Any, listed: Listing) -> Drawing:
    """A box for each line; outputs of one op are arrows from it."""
    drawing = Drawing()
    stands_for: dict[str, tuple[str, str]] = {}
    by_name = {line.name: line for line in listed}
    targets = _targets(tape, listed)
    small = len(listed) <= 40
    for line in listed:
        if line.op.startswith("Output:"):
            source, _ = stands_for.get(line.inputs[0], (line.inputs[0], ""))
            stands_for[line.name] = (source, f"[{line.op.removeprefix('Output:')}]")
            if line.name in targets and source in drawing.boxes:
                drawing.boxes[source].kind = "target"
            continue
        kind = "watched" if not line.op else "target" if line.name in targets else "op"
        drawing.add(Box(line.name, _label(line, small), kind, line.number, line.scope, line.place))
        for position, name in enumerate(line.inputs):
            if name in by_name:
                start, index = stands_for.get(name, (name, ""))
                shape = by_name[name].shape
                label = " ".join([text for text in (index, _shape(shape)) if text])
                drawing.arrows.append(Arrow(start, line.name, label))
            elif name.startswith("const["):
                constant = f"{line.name}.{position}"
                drawing.add(Box(constant, _times(name), "constant", line.number, line.scope))
                drawing.arrows.append(Arrow(constant, line.name))
    return drawing


def _label(line: ListedLine, small: bool) -> str:
    if not line.op:
        text = f"{line.name} = {line.label}"
        text += f"\n{_shape(line.shape)}" if line.shape else ""
    else:
        numbers = [name for name in line.inputs if not name.startswith(("v", "const"))]
        text = f"{line.name} = {line.op}" + (f" ({', '.join(numbers)})" if numbers else "")
    if small and line.adjoint is not None:
        parts = [str(amount) for _, amount in line.terms]
        text += "\nadj = " + (" + ".join(parts) + " = " if 1 < len(parts) <= 4 else "") + str(line.adjoint)
    return text


def _targets(tape: Any, listed: Listing) -> set[str]:
    """The lines from which the last gradient started; before there was one, those that nothing was computed from."""
    walk = None if tape._tracer is None else tape._tracer.walk
    names = {line.number: line.name for line in listed}
    if walk is not None:
        return {names[number] for number in walk.targets if number in names}
    used = {name for line in listed for name in line.inputs}
    return {line.name for line in listed if line.op and line.name not in used}


def _shape(shape: tuple[int, ...] | None) -> str:
    return "x".join([str(n) for n in shape]) if shape else ""


def _times(constant: str) -> str:
    """The shape of a constant, as the arrows have it."""
    return constant.removeprefix("const[").removesuffix("]").replace(", ", "x")
