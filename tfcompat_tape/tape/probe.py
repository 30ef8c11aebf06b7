"""Whether columns give what rows give: one walk backwards that shows what every row of a Jacobian would meet.

TensorFlow computes rows. In a row the cotangents of most elements are 0, and where a derivative is infinite, 0 times it
is NaN; in a column the tangents of other elements are 0, so the NaNs are in other places. Rows also say what is
connected: a derivative that is 0 everywhere is zeros, one that a rule does not give is `None`. So a Jacobian may go
forward only where no row can have an infinity or NaN, and must take from rows what is `None`.

The walk here is that of a row, with cotangents that are nowhere 0 and do not cancel: each is the sum of the absolute
values of what comes from above. Rules are linear in cotangents and do not branch on values, so an infinite factor
that any row meets makes the result infinite or NaN here, and one that is masked in all rows is masked here; what
overflows in a row overflows here. If the result is finite, so are all rows, and then, as a JVP is the transpose of
the rule, columns that come out finite are equal to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

import torch

from tfcompat_tape.core import autocast
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import HALVES, INEXACT
from tfcompat_tape.core.wengert import Entry, Output, Recording
from tfcompat_tape.tape.backward import _place, _view, run_rule
from tfcompat_tape.tape.forward import push
from tfcompat_tape.tape.paths import reach

Step = tuple[Entry, Sequence[Entry | None]]


class Probe:
    """What all rows of a Jacobian have in common.

    Attributes:
      steps: the way forward: the entries between the sources and the target, in order, each with its parents, `None`
        in place of one that its rule gives no gradient.
      shapes: the shape of each value on the way.
      rows: for each source a raw tensor like a row's, `None` where rows have none.
      finite: whether no row can have an infinity or NaN.
    """

    __slots__ = ("finite", "rows", "shapes", "steps")

    def __init__(
        self, record: Recording, node: Entry, raw: torch.Tensor, sources: Sequence[Entry | None]
    ) -> None:
        needed = {source for source in sources if source is not None}
        path: list[Entry] = []
        for entry in reach(record.id, [node]):
            if any(parent in needed for parent in entry.parents):
                needed.add(entry)
                path.append(entry)
        self.steps: list[Step] = []
        self.shapes: dict[Entry, torch.Size] = {}
        adjoints: dict[Entry, Any] = {node: _seed(raw)} if node in needed else {}
        with autocast.off():
            for entry in reversed(path):
                if entry in adjoints:
                    self._step(entry, adjoints, needed)
        self.steps.reverse()
        self.rows = [None if source is None else adjoints.get(source) for source in sources]
        self.finite = finite([row for row in self.rows if row is not None])

    def _step(self, entry: Entry, adjoints: dict[Entry, Any], needed: set[Entry]) -> None:
        """From the adjoint of `entry` to those of its parents."""
        dy = adjoints[entry]
        op: Any = entry.op
        if type(op) is Output:
            self.shapes[entry] = dy.shape
            _place(adjoints, entry.parents[0], op.index, dy)
            self.steps.append((entry, entry.parents))
            return
        if type(dy) is not list:
            self.shapes[entry] = dy.shape
        cotangents = dy if type(dy) is list else [dy]
        grads = run_rule(entry, _view(entry, needed, False), cotangents, False)
        linked: list[Entry | None] = []
        for parent, grad in zip(entry.parents, [grads] if len(entry.parents) == 1 else grads, strict=True):
            if grad is None or parent not in needed:
                linked.append(None)
                continue
            grad = _size(grad.dense() if type(grad) is IndexedSlices else grad)
            other = adjoints.get(parent)
            adjoints[parent] = grad if other is None else other + grad
            self.shapes[parent] = grad.shape
            linked.append(parent)
        self.steps.append((entry, linked))

    def push(self, source: Entry, tangent: Any, target: Entry, recorded: bool) -> Any:
        """The tangent of `target` for one of `source`; `None` where all derivatives on the way are 0."""
        known: dict[Entry, Any] = {}
        for entry, parents in self.steps:
            tangents = [None if p is None else tangent if p is source else known.get(p) for p in parents]
            known[entry] = push(entry, tangents, None, recorded)
        return tangent if source is target else known.get(target)


def can_push(values: Sequence[Any], path: Sequence[Entry]) -> bool:
    """Whether all of `path` says how to go forward: ops with a JVP.

    A gradient function of a user need not be linear, and TensorFlow's gradients of complex values are conjugated.
    """
    if any(value._t.is_complex() for value in values):
        return False
    for entry in path:
        op: Any = entry.op
        if type(op) is Output:
            continue
        if op.jvp is None or not op.transposed or type(op.rule) is not FunctionType:
            return False
    return True


def hidden() -> bool:
    """Whether values cannot be looked at, for the walk is itself vectorized or traced."""
    return bool(
        torch._C._functorch.peek_interpreter_stack() is not None or torch._C._len_torch_dispatch_stack()
    )


def finite(raws: Sequence[torch.Tensor]) -> bool:
    """Whether there is no infinity and no NaN, and no more than a sum can hold."""
    sums = [raw.sum(dtype=torch.float32 if raw.dtype in HALVES else None) for raw in raws if raw.numel()]
    return all(torch.stack([total.abs().double() for total in sums]).isfinite().tolist()) if sums else True


def _seed(raw: torch.Tensor) -> torch.Tensor:
    """Cotangents between 1 and 2, such that no sum of some of them is that of others."""
    if raw.dtype not in INEXACT:
        return torch.ones_like(raw)
    places = torch.arange(raw.numel(), dtype=torch.float64, device=raw.device)
    return (1.0 + places * 0.6180339887498949 % 1.0).to(raw.dtype).reshape(raw.shape)


def _size(grad: torch.Tensor) -> torch.Tensor:
    """The absolute values, none of them 0 and none of them denormal: products of those are slow."""
    if grad.dtype not in INEXACT:
        return grad
    smallest: float = torch.finfo(grad.dtype).tiny ** 0.5
    size = grad.abs() + smallest
    return size.to(grad.dtype) if grad.is_complex() else size


__all__ = ["Probe", "can_push", "finite", "hidden"]
