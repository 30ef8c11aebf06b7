"""A walk down the list that takes notes: the adjoint of every line, and what each one is the sum of.

It computes what `tape.backward.backward` computes, from the same parts; a traced tape uses it in that one's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core import autocast
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import NOBODY, Entry, Output, Recording, TapeIds
from tfcompat_tape.tape.backward import _seed, _special, _view
from tfcompat_tape.tape.misfit import Misfit
from tfcompat_tape.tape.paths import reach

SHOWN = 4  # elements of an adjoint that are shown one by one


class Amount:
    """What an adjoint was, in short: its elements if they are few, else its norm.

    Small tensors and norms are held as they are, and read when somebody asks: on a GPU, reading waits.
    """

    __slots__ = ("_norm", "_small", "shape", "sparse")

    def __init__(self, value: Any, known: bool = True) -> None:
        if type(value) is Misfit:
            value = value.value
        raw = value._t if type(value) is Tensor else value
        self.sparse = sparse = type(raw) is IndexedSlices
        if sparse:
            raw = raw.values
            raw = raw._t if type(raw) is Tensor else raw
        self.shape: tuple[int, ...] | None = None
        self._small: Any = None
        self._norm: torch.Tensor | None = None
        if not isinstance(raw, torch.Tensor):
            self._small = raw
            return
        self.shape = tuple(raw.shape)
        if not known:
            return
        if raw.numel() <= SHOWN and not sparse:
            self._small = raw.detach()
        elif raw.is_floating_point() or raw.is_complex():
            self._norm = torch.linalg.vector_norm(raw.detach())

    @property
    def values(self) -> Any:
        """The elements, in nested lists; `None` if they are many."""
        return self._small.tolist() if isinstance(self._small, torch.Tensor) else self._small

    @property
    def zero(self) -> bool | None:
        """Whether all elements are zero; `None` if there are none, or that is not known."""
        if self._norm is not None:
            return float(self._norm) == 0.0
        known = isinstance(self._small, torch.Tensor) and self._small.numel()
        return not self._small.any() if known else None

    @property
    def norm(self) -> float | None:
        """The root of the sum of squares, of many elements; `None` of few."""
        return None if self._norm is None else float(self._norm)

    def __str__(self) -> str:
        values, norm = self.values, self.norm
        if values is not None:
            return _text(values)
        return "..." if norm is None else f"(norm {norm:.4g})"

    __repr__ = __str__


def _text(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join([_text(item) for item in values]) + "]"
    return f"{values:.6g}" if isinstance(values, (int, float, complex)) else f"{values}"


class Walk:
    """Notes of one walk, by the numbers of the entries.

    Attributes:
      targets, sources: where it began and what was asked for; `None` for what the tape does not trace.
      connected: for each source whether the walk reached it.
      adjoints: of each entry that was reached.
      terms: for each of these what it is the sum of: `(number of the entry that gave it, amount)`; 0 for the seed.
      cut: `(number, position)` of inputs for which the entry's gradient rule gave no gradient.
      failed: what a rule raised, by number.
      ops: the types of the entries that were visited, by number.
    """

    def __init__(self) -> None:
        self.targets: list[int] = []
        self.sources: list[int | None] = []
        self.connected: list[bool] = []
        self.adjoints: dict[int, Amount] = {}
        self.terms: dict[int, list[tuple[int, Amount]]] = {}
        self.cut: set[tuple[int, int]] = set()
        self.failed: dict[int, Exception] = {}
        self.ops: dict[int, str] = {}
        # Under vmap a tensor stands for many, and one that is being traced has no value.
        functorch = torch._C._functorch.peek_interpreter_stack() is not None
        self._known = not functorch and not torch._C._len_torch_dispatch_stack()

    def answer(self, targets: Sequence[Any], source: Any) -> bool | None:
        """Whether there is a gradient of `targets` with respect to `source`, if that was asked in this walk."""
        numbers = [target._node.number for target in targets if target._node is not None]
        node = source._node
        if node is None or node.number not in self.sources or not set(self.targets) <= set(numbers):
            return None
        if any(number not in self.targets for number in numbers):
            return None
        return self.connected[self.sources.index(node.number)]

    def _term(self, entry: Entry, giver: int, value: Any) -> None:
        self.terms.setdefault(entry.number, []).append((giver, Amount(value, self._known)))

    def _total(self, entry: Entry, value: Any) -> None:
        """The adjoint of `entry` is `value`, now that all its terms are there."""
        terms = self.terms.get(entry.number, ())
        self.adjoints[entry.number] = terms[0][1] if len(terms) == 1 else Amount(value, self._known)

    def run(
        self,
        record: Recording,
        targets: Sequence[Entry],
        cotangents: Sequence[Any],
        sources: Sequence[Entry | None],
        *,
        recorded: bool,
        release: bool,
        go_on: bool = False,
        observer: TapeIds = NOBODY,
    ) -> list[Any]:
        """See `tape.backward.backward`, which this agrees with to the bit.

        Args:
          go_on: note what a rule raises, and go on as if it had given nothing.
          observer: the id of an observer, which does not mind if entries are let go.
        """
        if autocast.enabled():
            with autocast.off():
                return self.run(
                    record,
                    targets,
                    cotangents,
                    sources,
                    recorded=recorded,
                    release=release,
                    go_on=go_on,
                    observer=observer,
                )
        self.targets = [entry.number for entry in targets]
        self.sources = [None if source is None else source.number for source in sources]
        tape_id = record.id
        ours = observer | {tape_id}
        wanted = {source for source in sources if source is not None}
        needed = set(wanted)
        path: list[Entry] = []
        for entry in reach(tape_id, targets) if record.persistent else record.live():
            if any(parent in needed for parent in entry.parents):
                needed.add(entry)
                path.append(entry)

        adjoints: dict[Entry, Any] = {}
        for entry, cotangent in zip(targets, cotangents, strict=True):
            if entry in needed:
                self._term(entry, 0, cotangent)
                _seed(adjoints, entry, cotangent)
        results: dict[Entry, Any] = {}
        for entry in reversed(path):
            dy = adjoints.pop(entry, None)
            if dy is None:
                continue
            if entry in wanted:
                results[entry] = dy
            self.ops[entry.number] = entry.type
            if type(dy) is not list:
                self._total(entry, dy)
            for position, (parent, grad) in enumerate(
                self._gradients(entry, dy, adjoints, needed, recorded, go_on)
            ):
                if parent not in needed:
                    continue
                if grad is None:
                    self.cut.add((entry.number, position))
                else:
                    self._term(parent, entry.number, grad)
                    other = adjoints.get(parent)
                    adjoints[parent] = grad if other is None else other + grad
            if release and entry.tapes <= ours:
                let_go = getattr(entry.op.rule, "let_go", None)  # type: ignore[union-attr]
                if let_go is not None:
                    let_go()
                entry.inputs = entry.outputs = entry.parents = ()

        found = [None if source is None else results.get(source, adjoints.get(source)) for source in sources]
        found = [grad.value if type(grad) is Misfit else grad for grad in found]
        for source, grad in zip(sources, found, strict=True):
            if source is not None and grad is not None:
                self._total(source, grad)
        self.connected = [grad is not None for grad in found]
        return found

    def _gradients(
        self,
        entry: Entry,
        dy: Any,
        adjoints: dict[Entry, Any],
        needed: set[Entry],
        recorded: bool,
        go_on: bool,
    ) -> list[tuple[Entry, Any]]:
        """What the rule of `entry` gives for its parents."""
        parents = entry.parents
        op: Any = entry.op
        if type(op) is Output:  # its parent has several outputs, and an adjoint for each
            (parent,) = parents
            if parent in needed:
                self._term(parent, entry.number, dy)
            _special(entry, entry, dy, adjoints, recorded)
            return []
        try:
            grads = _special(entry, _view(entry, needed, recorded), dy, adjoints, recorded)
        except Exception as error:
            if not go_on:
                raise
            self.failed[entry.number] = error.with_traceback(None)  # whose frames hold the tape
            grads = None if len(parents) == 1 else [None] * len(parents)
        return list(zip(parents, [grads] if len(parents) == 1 else grads, strict=True))
