"""Provenance: all that the targets were computed from, a graph with an edge to each value from what it was made of."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from tfcompat_tape.tape.explain.code.syntax import link, literal
from tfcompat_tape.tape.explain.notes.origins import Kind
from tfcompat_tape.tape.explain.notes.trace import Escape, Line, Node, Trace, Version, find
from tfcompat_tape.tape.places import Place


class Edge:
    """`child` was computed from `parent`: as input `position`, within its function, or through what `escape` says."""

    __slots__ = ("child", "escape", "name", "parent", "position", "within")

    def __init__(
        self,
        parent: Node,
        child: Node,
        position: int = -1,
        escape: Escape | None = None,
        name: str | None = None,
        within: bool = False,
    ) -> None:
        self.parent = parent
        self.child = child
        self.position = position
        self.escape = escape
        self.name = name  # how the source code calls what came back
        self.within = within


class Provenance:
    """All that the targets were computed from.

    Args:
      trace: where to look for lines first.
      guesses: follow values that left the library by what the source code says, too.
    """

    def __init__(self, trace: Trace, targets: Iterable[Node], guesses: bool) -> None:
        self._trace = trace
        self._links: dict[Any, str | None] = {}
        self._literals: dict[Any, bool] = {}
        self._left: dict[Any, list[Escape]] = {}  # what left the library, by place
        for escape in trace.escapes if guesses else ():
            self._left.setdefault(_exactly(escape.place), []).append(escape)
        self.targets = list(targets)
        self.children: dict[Node, list[Edge]] = {}
        self.nodes: dict[Node, None] = {}
        called: set[Any] = set()  # bodies of which the calls are among the nodes
        stack = list(self.targets)
        while stack:
            node = stack.pop()
            if node in self.nodes:
                continue
            line = self.line(node)
            if line is not None and line.stands_for in called:
                continue  # the call has the argument itself as its input
            self.nodes[node] = None
            if line is not None and line.ran is not None:
                called.add(line.ran)
            for edge in self._edges_to(node):
                self.children.setdefault(edge.parent, []).append(edge)
                stack.append(edge.parent)

    def line(self, node: Node) -> Line | None:
        """The line of a node that is none of a Variable's versions."""
        return None if isinstance(node, Version) else find(node, self._trace)

    def _edges_to(self, node: Node) -> Iterator[Edge]:
        origin: Line | Version | None = node if isinstance(node, Version) else self.line(node)
        if origin is None:
            return
        if isinstance(origin, Version):
            for before in origin.origins:
                yield Edge(before, node)
        else:
            for position, parent in origin.origins():
                yield Edge(parent, node, position)
            for number in origin.within:
                yield Edge(number, node, within=True)
        for escape in origin.returned:
            yield Edge(escape.origin, node, escape=escape)
        if self._left and origin.outside and not origin.returned and not self._is_literal(origin):
            for escape, name in self._guessed(origin):
                yield Edge(escape.origin, node, escape=escape, name=name)

    def _guessed(self, origin: Line | Version) -> Iterator[tuple[Escape, str]]:
        """Values that left before, at a place from which the source code leads here: of each place the last."""
        operand = None
        if isinstance(origin, Line) and origin.kind is Kind.OP and len(origin.parents) == 2:
            operand = origin.parents.index(None) if None in origin.parents else None
        for place, escapes in self._left.items():
            key = (place, _exactly(origin.place), operand)
            if key not in self._links:
                self._links[key] = link(escapes[0].place, origin.place, operand)
            name = self._links[key]
            before = (
                0 if name is None else bisect.bisect_left(escapes, origin.number, key=attrgetter("number"))
            )
            if name is not None and before:
                yield escapes[before - 1], name

    def _is_literal(self, origin: Line | Version) -> bool:
        """Whether the numbers that went into `origin` are literals of the source code."""
        tensors = 0
        if isinstance(origin, Line):
            tensors = len([parent for parent in origin.parents if parent is not None])
        key = (_exactly(origin.place), tensors)
        if key not in self._literals:
            self._literals[key] = literal(origin.place, tensors)
        return self._literals[key]

    def after(self, nodes: Iterable[Node]) -> set[Node]:
        """All that was computed from `nodes`, and they themselves."""
        found: set[Node] = set()
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack += [edge.child for edge in self.children.get(node, ())]
        return found

    def unknown(self) -> dict[int, Line | None]:
        """Values among the origins of which it is not known where they come from; `None` for one without a line."""
        lines = {node: self.line(node) for node in self.nodes if not isinstance(node, Version)}
        return {
            number: line
            for number, line in lines.items()
            if line is None or (line.kind is Kind.EARLIER and not line.parents)
        }

    def forgotten(self) -> list[Version]:
        """States of Variables of which it was known once where they come from."""
        return [node for node in self.nodes if isinstance(node, Version) and node.forgotten]

    def from_outside(self) -> list[Line | Version]:
        """Origins into which numbers or arrays went that are no literals of the source code."""
        found: list[Line | Version] = []
        for node in self.nodes:
            origin = node if isinstance(node, Version) else self.line(node)
            if origin is not None and origin.outside and not origin.returned and not self._is_literal(origin):
                found.append(origin)
        return found


def _exactly(place: Place | None) -> Any:
    """A place down to the instruction: a line may have several."""
    return None if place is None else (place.file, place.line, place.instruction)
