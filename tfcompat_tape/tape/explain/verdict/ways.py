"""The search: from a source to the target through all that was written down, with as few breaks as there can be."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

from tfcompat_tape.tape.explain.notes.trace import Node, Version
from tfcompat_tape.tape.explain.report import Break
from tfcompat_tape.tape.explain.verdict.judge import Judge
from tfcompat_tape.tape.explain.verdict.provenance import Provenance

_NONE_YET = -(10**18)


class Route:
    """A way from a source to the target: the nodes on it, and its breaks.

    Attributes:
      past: it leads through a Variable that was assigned before the tape began; the breaks are those from there on.
    """

    def __init__(self, nodes: list[Node], breaks: list[Break], past: bool) -> None:
        self.nodes = nodes
        self.breaks = breaks
        self.past = past


def best(provenance: Provenance, sources: Iterable[Node], judge: Judge) -> Route | None:
    """The way with the fewest breaks; of several, the one that gets farthest before the first."""
    goals = set(provenance.targets)
    order = 0
    heap: list[Any] = []
    for node in sources:
        if node in provenance.nodes:
            heap.append(((0, 0, _NONE_YET, 0), order, node, None, None))
            order += 1
    heapq.heapify(heap)
    done: dict[Node, tuple[Any, Node | None, list[Break]]] = {}
    while heap:
        cost, _, node, before, breaks = heapq.heappop(heap)
        if node in done:
            continue
        done[node] = (cost, before, breaks or [])
        if node in goals:
            return _route(done, node, judge)
        for edge in provenance.children.get(node, ()):
            if edge.child in done:
                continue
            found = judge.breaks(edge, first=before is None)
            number = edge.child.number if isinstance(edge.child, Version) else edge.child
            first = cost[2] if cost[2] != _NONE_YET or not found else -number
            doubts = cost[1] + sum([not one.certain for one in found])
            order += 1
            heapq.heappush(
                heap, ((cost[0] + len(found), doubts, first, cost[3] + 1), order, edge.child, node, found)
            )
    return None


def _route(done: dict[Node, Any], node: Node, judge: Judge) -> Route:
    nodes: list[Node] = []
    breaks: list[list[Break]] = []
    current: Node | None = node
    past = False
    while current is not None:
        _, before, found = done[current]
        nodes.append(current)
        breaks.append([] if past else found)
        past = past or (isinstance(current, Version) and bool(found) and judge.long_ago(current))
        current = before
    return Route(nodes[::-1], [one for found in breaks[::-1] for one in found], past)


def frontier(provenance: Provenance, sources: Iterable[Node], judge: Judge) -> list[Break]:
    """All breaks that can be reached from a source without another: where the ways to the target are cut."""
    found: dict[Break, None] = {}
    seen: set[Node] = set()
    stack = [(node, True) for node in sources if node in provenance.nodes]
    while stack:
        node, first = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for edge in provenance.children.get(node, ()):
            breaks = judge.breaks(edge, first=first)
            if breaks:
                found.update(dict.fromkeys(breaks))
            else:
                stack.append((edge.child, False))
    return list(found)
