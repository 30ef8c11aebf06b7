"""Boxes and arrows: what a drawing consists of."""

from __future__ import annotations

from tfcompat_tape.tape.places import Place


class Box:
    """One value, or a group of them.

    Attributes:
      name: unique; `label`: what is written in it.
      kind: "watched", "op", "target", "group", "constant", "lost" (computed, but not traced) or "state".
      scope: the name scope it stands in, `""` for none.
      place: in the user's code.
      order: where it stands in the list.
      ops: how many operations it stands for.
    """

    __slots__ = ("kind", "label", "name", "ops", "order", "place", "scope")

    def __init__(
        self, name: str, label: str, kind: str, order: int, scope: str = "", place: Place | None = None
    ) -> None:
        self.name = name
        self.label = label
        self.kind = kind
        self.order = order
        self.scope = scope
        self.place = place
        self.ops = 1 if kind in ("op", "target", "lost") else 0


class Arrow:
    """From what was used to what was computed from it; `lost` if nothing flows back along it."""

    __slots__ = ("end", "label", "lost", "start")

    def __init__(self, start: str, end: str, label: str = "", lost: bool = False) -> None:
        self.start = start
        self.end = end
        self.label = label
        self.lost = lost


class Drawing:
    """Boxes by name, and arrows between them."""

    def __init__(self) -> None:
        self.boxes: dict[str, Box] = {}
        self.arrows: list[Arrow] = []

    def add(self, box: Box) -> None:
        """One more box."""
        self.boxes[box.name] = box

    def scopes_in(self, scope: str) -> list[str]:
        """The name scopes directly in `scope`."""
        prefix = scope + "/" if scope else ""
        found = {
            prefix + box.scope[len(prefix) :].partition("/")[0]: None
            for box in self.boxes.values()
            if box.scope != scope and box.scope.startswith(prefix)
        }
        return list(found)

    @property
    def ops(self) -> int:
        """How many boxes stand for operations."""
        return sum([box.kind in ("op", "target", "lost", "group") for box in self.boxes.values()])

    def merge(self, groups: dict[str, Box]) -> None:
        """Put one box in the place of several; `groups` says for each box that goes which one it becomes part of."""
        boxes: dict[str, Box] = {}
        for name, box in self.boxes.items():
            group = groups.get(name)
            if group is None:
                boxes[name] = box
            else:
                group.ops += box.ops
                boxes.setdefault(group.name, group)  # where the first of them was
        self.boxes = boxes
        arrows: dict[tuple[str, str, bool], list[str]] = {}
        for arrow in self.arrows:
            start = groups[arrow.start].name if arrow.start in groups else arrow.start
            end = groups[arrow.end].name if arrow.end in groups else arrow.end
            if start != end:
                arrows.setdefault((start, end, arrow.lost), []).append(arrow.label)
        self.arrows = [
            Arrow(start, end, labels[0] if len(set(labels)) == 1 else "", lost)
            for (start, end, lost), labels in arrows.items()
        ]
