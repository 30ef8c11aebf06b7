"""A line whose kernels are compiled: runs of kernels become pieces, and each piece one function of machine code.

What a compiler cannot take stays a kernel call between the pieces: guards, what happens at each call, kernels with
shapes that depend on values. Nothing is compiled before a piece runs for the first time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfcompat_tape.tracing.failing import Coded
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.nodes import NOTHING, Layout, Node, Ref, storage
from tfcompat_tape.tracing.piece import Piece, give, take, takes
from tfcompat_tape.tracing.recorder import Recorder
from tfcompat_tape.tracing.updates import Ending

_MOST = 800  # kernels in a piece: what a compilation takes grows with their number, and more than that
_WORTHWHILE = 2  # kernels that compute: a piece with fewer is quicker as it is


class CompiledLine(Line):
    """A `Line` that runs compiled; under another trace and wherever compiled code does not fit, its kernels run."""

    def __init__(
        self,
        recorder: Recorder,
        inputs: Sequence[int],
        outputs: Sequence[Any],
        first: int,
        last: int,
        name: str = "tf.function",
    ) -> None:
        super().__init__(recorder, inputs, outputs, first, last, name)
        self.pieces: list[Piece] = []
        kernels = self.nodes
        steps = self._steps()
        self._single = len(steps) == len(self.pieces) == 1
        if self.pieces:
            # The code of a line, with a piece as one kernel. Who calls this line from another trace sees the kernels.
            self.nodes = steps
            self.function = self._compiled()
            self.nodes = kernels

    def written(
        self, raws: Sequence[str], layouts: Sequence[Layout], names: dict[str, Any]
    ) -> tuple[list[str], list[str]]:
        """As `Line.written`. Where the line is one piece, its code is called at once."""
        piece = self.pieces[0] if self._single else None
        if piece is None or piece.compiled is None:
            return super().written(raws, layouts, names)
        given = dict(zip(self.inputs, zip(raws, layouts, strict=True), strict=True))
        if [given[n][1] for n in piece.inputs] != piece.given:
            return super().written(raws, layouts, names)
        code, constants = piece.compiled
        names.update(give=give, take=take, code=code)
        handed = [given[n][0] for n in piece.inputs]
        for i, raw in enumerate(constants):
            names[f"constant{i}"] = raw
            handed.append(f"constant{i}")
        outs = {n: f"o{i}" for i, n in enumerate(piece.outs)}
        results = []
        for i, x in enumerate(self.outputs):
            n = self.name_of(int(x)) if type(x) is Ref else None
            if n in outs:
                results.append(outs[n])
            elif n in given:
                results.append(given[n][0])
            else:
                names[f"result{i}"] = self.folded[n] if n is not None else x
                results.append(f"result{i}")
        return [
            "try:",
            f"    {', '.join(outs.values())}, = take(code(give([{', '.join(handed)}])))",
            "except RuntimeError:",
            "    return MISSED",  # the kernels say it better
        ], results

    def overwriting(self, found: Ending) -> tuple[Any, list[Any]] | None:
        """As of `Line`; `None` where that is not compiled."""
        if not all(takes(node, self.recorder) for _, node in found.nodes):
            return None
        olds = [u.old for u in found.updates]
        into = range(len(found.given), len(found.given) + len(olds))
        inputs, outs = [*found.given, *olds], [u.new for u in found.updates]
        piece = Piece(
            self.recorder, self.renamed, self.folded, found.nodes, inputs, outs, self.name, tuple(into)
        )
        return piece.entry()

    @property
    def _parts(self) -> list[Coded]:
        pieces = [Coded(piece.replayed.__code__, piece.calls, piece.name_of) for piece in self.pieces]
        return [*pieces, *super()._parts]

    def _steps(self) -> list[tuple[int, Node]]:
        """The nodes, those that are compiled together replaced by one."""
        folded = self.folded
        wanted: dict[int, int] = {}  # how many steps outside of its own use a value
        groups: list[tuple[bool, list[tuple[int, Node]]]] = []
        pending: list[tuple[int, Node]] = []
        made: set[int] = set()  # what the pending nodes compute
        for index, node in self.nodes:
            if node.outs and all(out in folded for out in node.outs):
                continue
            if takes(node, self.recorder):
                pending.append((index, node))
                made.update(node.outs)
                if len(pending) == _MOST and not self.recorder.writes:
                    groups.append((True, pending))
                    pending, made = [], set()
                continue
            if any(self.name_of(n) in made for n in node.sources()):
                groups.append((True, pending))
                pending, made = [], set()
            groups.append((False, [(index, node)]))  # nothing pending matters to it: it comes first
        groups.append((True, pending))
        for position, (_, group) in enumerate(groups):
            for _, node in group:
                for n in node.sources():
                    wanted[self.name_of(n)] = position
        for x in self.outputs:
            if type(x) is Ref:
                wanted[self.name_of(int(x))] = len(groups)
        if self.recorder.writes and not self._apart(groups):
            return self.nodes
        steps: list[tuple[int, Node]] = []
        for position, (together, group) in enumerate(groups):
            if not together or sum(not _is_view(node) for _, node in group) < _WORTHWHILE:
                steps += group
                continue
            outs = [n for _, node in group for n in node.outs if wanted.get(n, -1) > position]
            inside = {n for _, node in group for n in node.outs}
            given = list(
                dict.fromkeys(
                    n
                    for _, node in group
                    for n in map(self.name_of, node.sources())
                    if n not in inside and n not in folded
                )
            )
            piece = Piece(self.recorder, self.renamed, folded, group, given, outs, self.name)
            self.pieces.append(piece)
            refs = tuple([Ref(n) for n in given])
            steps.append((group[0][0], Node(piece, refs, {}, tuple(outs), False)))
        return steps

    def _apart(self, groups: list[tuple[bool, list[tuple[int, Node]]]]) -> bool:
        """Whether what is written is seen by one piece alone."""
        values = self.recorder.values
        home: dict[int, set[int]] = {storage(values[n]): {-1} for n in self.inputs}
        written: set[int] = set()
        for position, (together, group) in enumerate(groups):
            for _, node in group:
                for n in [*node.sources(), *node.outs]:
                    if n != NOTHING:
                        home.setdefault(storage(values[n]), set()).add(position if together else -1)
                written.update(storage(values[n]) for n in node.writes)
        return all(len(home[place]) == 1 and -1 not in home[place] for place in written)


def _is_view(node: Node) -> bool:
    """Whether a kernel computes nothing."""
    function: Any = node.function
    return not node.writes and any(x.alias_info is not None for x in function._schema.returns)
