"""A plain walk that says when the gradient of a source is final, so that something can be done with it meanwhile.

It does what `tape/backward.py` does, in a loop of its own: that of an ordinary walk does no more than it must.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import torch

from tfcompat_tape.core import autocast
from tfcompat_tape.core.wengert import Entry, Recording
from tfcompat_tape.tape.backward import _seed, _special, _view
from tfcompat_tape.tape.misfit import Misfit
from tfcompat_tape.tape.paths import reach

__all__ = ["backward_announced"]


def backward_announced(
    record: Recording,
    targets: Sequence[Entry],
    cotangents: Sequence[Any],
    sources: Sequence[Entry | None],
    planned: Callable[[list[Entry]], None],
    final: Callable[[Entry, Any], None],
    *,
    release: bool,
) -> list[Any]:
    """Gradients as `backward` gives them, on raw torch tensors.

    Args:
      planned: gets, before the walk, the sources that the targets may depend on, in the order in which they get final.
      final: gets a source and its gradient as soon as no entry further down adds to it.
    """
    with autocast.off():
        wanted = {source for source in sources if source is not None}
        needed = set(wanted)
        path: list[Entry] = []
        for entry in reach(record.id, targets) if record.persistent else record.live():
            if any(parent in needed for parent in entry.parents):
                needed.add(entry)
                path.append(entry)
        path.reverse()
        reached = set(targets)
        last: dict[Entry, int] = {one: -1 for one in wanted if one in reached}
        for place, entry in enumerate(path):
            if entry not in reached:
                continue
            if entry in wanted:
                last[entry] = place
            for parent in entry.parents:
                if parent in needed and parent is not None:
                    reached.add(parent)
                    if parent in wanted:
                        last[parent] = max(place, last.get(parent, -1))
        ends: dict[int, list[Entry]] = {}
        for one in dict.fromkeys(source for source in sources if source in last):
            assert one is not None
            ends.setdefault(last[one], []).append(one)
        planned([one for place in sorted(ends) for one in ends[place]])

        adjoints: dict[Entry, Any] = {}
        for entry, cotangent in zip(targets, cotangents, strict=True):
            if entry in needed:
                _seed(adjoints, entry, cotangent)
        results: dict[Entry, Any] = {}

        def found(source: Entry) -> Any:
            grad = results.get(source, adjoints.get(source))
            return grad.value if type(grad) is Misfit else grad

        for one in ends.get(-1, ()):
            final(one, found(one))
        for place, entry in enumerate(path):
            dy = adjoints.pop(entry, None)
            if dy is not None:
                if entry in wanted:
                    results[entry] = dy
                _step(entry, dy, needed, adjoints, release)
            for one in ends.get(place, ()):
                final(one, found(one))
        return [None if source is None else found(source) for source in sources]


def _step(entry: Entry, dy: Any, needed: set[Entry], adjoints: dict[Entry, Any], release: bool) -> None:
    """The gradient rule of one entry, and what it adds to the adjoints of its parents."""
    op: Any = entry.op
    rule: Any = op.rule
    view = _view(entry, needed, False)
    if type(dy) is torch.Tensor and type(rule) is FunctionType:
        grads = rule(view, dy)
    else:
        grads = _special(entry, view, dy, adjoints, False)
        if release and len(entry.tapes) == 1 and hasattr(rule, "let_go"):
            rule.let_go()
    if grads is not None:
        for parent, grad in zip(entry.parents, [grads] if len(entry.parents) == 1 else grads, strict=True):
            if grad is not None and parent is not None and parent in needed:
                other = adjoints.get(parent)
                adjoints[parent] = grad if other is None else other + grad
    if release and len(entry.tapes) == 1:
        entry.inputs = entry.outputs = entry.parents = ()
