"""Many boxes as one: a drawing of hundreds of operations can be read when each layer of a network is one box."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.tape.drawing.box import Box, Drawing

MOST_WATCHED = 12  # more Variables than this are named in the box that uses them


def gather(drawing: Drawing, threshold: int) -> None:
    """Put boxes together until no more than `threshold` stand for operations, as far as there is a way to do it.

    First those of one name scope, from the innermost scopes outwards; then those that one line of code computed in one
    go, the long ones first.
    """
    while drawing.ops > threshold and _innermost_scopes(drawing):
        pass
    for length in (4, 3, 2):
        if drawing.ops > threshold:
            _lines(drawing, length)
    if sum([box.kind == "watched" for box in drawing.boxes.values()]) > MOST_WATCHED:
        _name_watched(drawing)


def _innermost_scopes(drawing: Drawing) -> bool:
    """Make each of the innermost name scopes one box; False if there are no scopes."""
    inside: dict[str, list[str]] = {}
    for name, box in drawing.boxes.items():
        if box.scope and box.kind != "watched":
            inside.setdefault(box.scope, []).append(name)
    deepest = max([scope.count("/") for scope in inside], default=-1)
    groups = []
    for scope, names in inside.items():
        if scope.count("/") == deepest:
            outer, _, last = scope.rpartition("/")
            groups.append((names, f"scope {scope}", last, outer))
    _put_together(drawing, groups)
    return bool(inside)


def _lines(drawing: Drawing, length: int) -> None:
    """Make `length` or more operations that stem from one line of code, one after the other, one box."""
    runs: list[list[str]] = []
    before: Any = None
    for name, box in drawing.boxes.items():
        if box.kind in ("watched", "constant"):
            continue
        key = (box.place, box.scope)
        if box.place is not None and key == before:
            runs[-1].append(name)
        else:
            runs.append([name])
        before = key
    groups = []
    for run in runs:
        first = drawing.boxes[run[0]]
        if len(run) >= length and first.place is not None:
            text = first.place.text or str(first.place)
            text = text if len(text) <= 40 else text[:37] + "..."
            groups.append((run, f"line {run[0]}", text, first.scope))
    _put_together(drawing, groups)


def _put_together(drawing: Drawing, groups: list[tuple[list[str], str, str, str]]) -> None:
    """For each group of boxes one; a group is its members, its name, its title and its scope."""
    becomes: dict[str, Box] = {}
    for names, name, title, scope in groups:
        first = drawing.boxes[names[0]]
        box = Box(name, title, "group", first.order, scope, first.place)
        becomes.update(dict.fromkeys(names, box))
    for arrow in drawing.arrows:  # constants go with what uses them
        if arrow.end in becomes and drawing.boxes[arrow.start].kind == "constant":
            becomes[arrow.start] = becomes[arrow.end]
    drawing.merge(becomes)
    for box in set(becomes.values()):
        box.label = f"{box.label}\n{box.ops} ops"


def _name_watched(drawing: Drawing) -> None:
    """Write the names of the Variables that only one group uses into its box."""
    used: dict[str, set[str]] = {}
    for arrow in drawing.arrows:
        used.setdefault(arrow.start, set()).add(arrow.end)
    named: dict[str, list[str]] = {}
    for name, ends in used.items():
        end = next(iter(ends))
        if drawing.boxes[name].kind == "watched" and len(ends) == 1 and drawing.boxes[end].kind == "group":
            named.setdefault(end, []).append(name)
    for end, names in named.items():
        labels = [drawing.boxes[name].label.partition("\n")[0].rpartition("= ")[2] for name in names]
        text = ", ".join(labels[:6]) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")
        group = drawing.boxes[end]
        group.label += f"\nof {text}"
        for name in names:
            del drawing.boxes[name]
        drawing.arrows = [arrow for arrow in drawing.arrows if arrow.start not in names]
