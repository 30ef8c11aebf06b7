"""Which part of the list lies between sources and targets, and how much memory a walk along it takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

import torch

from tfcompat_tape.core.wengert import Entry, Output

_by_number = attrgetter("number")


def reach(tape_id: int, targets: Sequence[Entry]) -> list[Entry]:
    """The entries of a tape that `targets` depend on, in order. A walk costs what it visits, however long the list."""
    order: list[Entry] = []
    seen: set[Entry] = set()
    stack = list(targets)
    while stack:
        entry = stack.pop()
        if entry in seen:
            continue
        seen.add(entry)
        if entry.op is None or tape_id not in entry.tapes or tape_id in entry.leaf_for:
            continue
        order.append(entry)
        stack.extend([parent for parent in entry.parents if parent is not None])
    order.sort(key=_by_number)
    return order


def between(tape_id: int, targets: Sequence[Entry], sources: Collection[Entry]) -> list[Entry]:
    """The entries of a tape that depend on one of `sources` and that one of `targets` depends on, in order.

    A source that was itself computed is not among them.
    """
    needed = set(sources)
    path = []
    for entry in reach(tape_id, targets):
        if entry not in needed and any(parent in needed for parent in entry.parents):
            needed.add(entry)
            path.append(entry)
    return path


class Cost:
    """What a walk along `path` takes for one cotangent or tangent; estimates, from the shapes that the entries know."""

    __slots__ = ("_itemsize", "_path", "_sizes", "_target")

    def __init__(self, path: Sequence[Entry], target: Entry, raw: torch.Tensor) -> None:
        self._path = path
        self._target = target
        self._itemsize = raw.element_size()
        self._sizes = _sizes(path, target, raw)

    @property
    def at_most(self) -> int:
        """Bytes, if nothing were let go on the way."""
        return 3 * sum(self._sizes.values()) * self._itemsize

    @property
    def work(self) -> int:
        """Elements read and written: of adjoints, and of what the entries keep."""
        kept = sum([x.numel() for entry in self._path for x in entry.inputs if isinstance(x, torch.Tensor)])
        return kept + sum(self._sizes.values())

    @property
    def bytes(self) -> int:
        """Most bytes alive at once."""
        sizes = self._sizes
        alive = {self._target: sizes[self._target]}
        now = most = sizes[self._target]
        for entry in reversed(self._path):
            made = [parent for parent in entry.parents if parent in sizes]
            # The gradients of all inputs, and a temporary of the size of the largest, beside what is alive.
            new = [sizes[parent] for parent in made]
            most = max(most, now + sum(new) + max([sizes[entry], *new]))
            now -= alive.pop(entry, 0)
            for parent in made:
                if parent not in alive:
                    alive[parent] = sizes[parent]
                    now += sizes[parent]
        return most * self._itemsize


def _sizes(path: Sequence[Entry], target: Entry, raw: torch.Tensor) -> dict[Entry, int]:
    """Elements of the values on the path and of what they come from, as far as the list tells."""
    sizes = {target: raw.numel()}
    for entry in reversed(path):
        own = sizes.setdefault(entry, raw.numel())
        shapes: Any = entry.shapes
        op: Any = entry.op
        for i, parent in enumerate(entry.parents):
            if parent is None or parent in sizes:
                continue
            if type(op) is Output:
                sizes[parent] = sum([torch.Size(shape).numel() for shape, _, _ in parent.attrs["_outputs"]])
            elif shapes is not None and i < len(shapes):
                sizes[parent] = shapes[i].numel()
            else:
                kept = entry.inputs[i] if i < len(entry.inputs) else None
                sizes[parent] = own if kept is None else kept.numel()
    return sizes
