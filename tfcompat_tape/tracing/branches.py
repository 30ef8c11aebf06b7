"""Branches of a trace: each is traced once, as a trace of its own, and one node runs the line of the branch taken.

What a branch uses from outside (values of the trace around it, Variables) are inputs of the node; what it assigns to
Variables are results. On the list of the trace around it the node is one entry; its rule is again such a node, of the
gradients of the branches. An input that matters to one branch alone has a gradient of zeros in the others.

What cannot be staged (a branch that needs values, results of different shapes, sparse gradients) raises
`UntraceableError`: then the value decides, as a guard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.control.tensor_array import TensorArray
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import InvalidArgumentError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, append, state, tapes_of
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.arrays import StagedStore, merged, staged
from tfcompat_tape.tracing.call import Call, Missing, Slices, contiguous, refuse, result_node
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.inner import Inner
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.nodes import Ref, Staged
from tfcompat_tape.tracing.rows import recorded
from tfcompat_tape.tracing.sizes import Sizes, size_at, symbolic
from tfcompat_tape.tracing.texts import cotangent_like, described
from tfcompat_tape.tracing.trace import Trace

Raw = torch.Tensor
Pick = Callable[[Raw], int]
_SPARSE = ("Gather", "SparseSegment", "Embedding")  # in the names of ops whose gradients may be IndexedSlices
Known = list[dict[int, Any]]  # for each branch: what was kept of its forward run, by number


def choose(index: Tensor, pick: Pick, functions: Sequence[Callable[[], Any]], check: Any, name: str) -> Any:
    """The result of the function that `pick(index)` numbers at each call; every one is traced.

    Args:
      check: `check(results, kinds)` raises what TensorFlow raises for results that do not agree; `kinds` are the names
        of the dtypes of what is in each, `None` for a `None`.
    """
    outer = scope.active.trace
    assert outer is not None
    branches = [Branch(outer, function) for function in functions]
    if any(branch.missing for branch in branches):
        if any(branch.missing != branches[0].missing for branch in branches):
            raise TypeError(
                f"{name}: branches give values of different specs: {[b.missing for b in branches]}"
            )
        raise UntraceableError("a branch gives a value that may be missing")
    check([branch.result for branch in branches], [branch.kinds for branch in branches])
    first = branches[0]
    graph = outer.recorder.notes is not None
    opened = False  # in a graph sizes that are not the same are open
    for branch in branches:
        if branch.arrays.keys() != first.arrays.keys():
            raise UntraceableError("a TensorArray in one branch is none in another")
        if not _alike(branch, first):
            opened = graph and [x.dim() for x in branch.raws] == [x.dim() for x in first.raws]
            if not opened:
                raise UntraceableError("branches give results of different shapes")
        if [x.device for x in branch.raws] != [x.device for x in first.raws]:
            raise UntraceableError("branches give results on different devices")
    written: dict[int, Variable] = {}
    for branch in branches:
        for held in branch.trace.held.values():
            if held.written:
                written[id(held.variable)] = held.variable
    tensors: list[Tensor] = []
    places: dict[int, int] = {}
    positions: list[list[int]] = []
    for branch in branches:
        branch.assign(written.values())
        mine = []
        for key, read in branch.uses():
            if key not in places:
                places[key] = len(tensors)
                tensors.append(read())
            mine.append(places[key])
        positions.append(mine)
    if opened:
        results = recorded(name, tensors, _of_any_size(outer, branches), _no_gradient)
    else:
        node = Branches(pick, [branch.call(name) for branch in branches], positions, len(tensors), name)
        results = node.apply(index._t, tensors)
    count = len(results) - len(written)
    if outer.recorder.notes is not None:
        outer.recorder.notes.staged(
            name, tensors, results, index=index, branches=branches, written=len(written)
        )
    for variable, x in zip(written.values(), results[count:], strict=True):
        outer.assign(variable, x._t)
    return first.rebuilt(results[:count], branches)


def _alike(one: Branch, other: Branch) -> bool:
    """Whether the results of two branches have the same shapes."""
    if symbolic([x.shape for x in [*one.raws, *other.raws]]):
        try:
            return [_text(one.outward(x.shape)) for x in one.raws] == [
                _text(other.outward(x.shape)) for x in other.raws
            ]
        except KeyError:  # a size that is none of the trace around
            return False
    return [x.shape for x in one.raws] == [x.shape for x in other.raws]


def _of_any_size(outer: Trace, branches: Sequence[Branch]) -> list[Raw]:
    """New results in a graph, with open sizes where branches may give others."""
    found = []
    for several in zip(*[branch.raws for branch in branches], strict=True):
        sizes = [
            n if type(n) is int and all(m == n for m in others) else None
            for n, *others in zip(*[x.shape for x in several], strict=True)
        ]
        found.append(outer.recorder.notes.unknown(sizes, *described(several[0])[1:]))
    return found


def _no_gradient(op: Any, *dys: Any) -> Any:
    raise UntraceableError("a gradient, within the function, of branches with results of different sizes")


def _text(shape: Sequence[Any]) -> list[str]:
    """A shape as expressions: asking whether open sizes are equal would decide it."""
    return [str(n.node.expr) if type(n) is torch.SymInt else str(n) for n in shape]


class Branch(Inner):
    """One branch, traced.

    Attributes:
      result: what its function returned, and `kinds`: the dtypes of the Tensors in it, in order.
      missing: the dtypes of what may be missing in it, or not.
      raws: their values in the trace of the branch, and those of the Variables that branches assign to.
    """

    def __init__(self, outer: Trace, function: Callable[[], Any]) -> None:
        around = outer.recorder.sizes
        super().__init__(outer, None if around is None else type(around)())
        self.kinds: list[str | None] = []
        self.missing: list[list[str]] = []
        self.arrays: dict[int, StagedStore] = {}  # the TensorArrays among the results, by place

        def body() -> None:
            self.result = converted(function)()
            self.missing = missing(self.result)
            for place, x in enumerate(leaves_of(self.result)):
                if isinstance(x, StagedStore):
                    self.arrays[place] = x
                    x = x.token
                self.kinds.append(None if x is None else x.dtype.name)
                if x is not None:
                    self._add(x._t, x._node)

        try:
            self._run(body, function)
        except (InvalidArgumentError, IndexError) as error:
            if type(around) is not Sizes:
                raise
            # This call may take another branch, and sizes that do not fit here are of calls that take this one.
            raise UntraceableError(f"a branch fails: {error}") from error

    def assign(self, variables: Any) -> None:
        """The values of `variables` at the end are results too."""
        for variable in variables:
            raw = self.trace.variable(variable).raw
            if raw.shape != self.trace.recorder.values[self.trace.variable(variable).number].shape:
                raise UntraceableError("a branch assigns another shape")
            self._add(raw, None)

    def uses(self) -> list[tuple[int, Callable[[], Tensor]]]:
        """What it uses from outside: an identity, and how to read it there."""
        return [
            *[(id(held.variable), held.variable._read) for held in self.trace.held.values()],
            *[(id(tensor), lambda tensor=tensor: tensor) for tensor, *_ in self.trace.captures.values()],
        ]

    def outward(self, shape: Sequence[Any]) -> list[Any]:
        """A shape with open sizes as those of the trace around it."""
        values = {
            number: read()._t
            for (number, _), (_, read) in zip(self.trace.sources(), self.uses(), strict=True)
        }
        found: list[Any] = _sized(shape, values)
        return found

    def rebuilt(self, found: Sequence[Tensor], branches: Sequence[Branch]) -> Any:
        """`found` in the structure of its result."""
        given = iter(found)
        values: list[Any] = [None if x is None else next(given) for x in self.kinds]
        for place in self.arrays:
            values[place] = merged([branch.arrays[place] for branch in branches], values[place])
        return nest.pack_sequence_as(self.result, values, expand_composites=True)


def missing(result: Any) -> list[list[str]]:
    """The dtypes of each value in the result of a branch that may have no Tensors."""
    specs = [x._type_spec for x in nest.flatten(result) if isinstance(x, CompositeTensor) and x._missing]
    return [[one.dtype.name for one in nest.flatten(x._component_specs)] for x in specs]


def leaves_of(result: Any) -> list[Tensor | StagedStore | None]:
    """The Tensors in the result of a branch, the TensorArrays, and the `None`s."""
    found: list[Tensor | StagedStore | None] = []
    for x in nest.flatten(result, expand_composites=True):
        if x is None or type(x) is Tensor:
            found.append(x)
        elif isinstance(x, Variable):
            found.append(x.value())
        elif isinstance(x, TensorArray):
            found.append(staged(x._store))
        elif isinstance(x, (bool, int, float, complex, str, bytes, np.ndarray, np.generic)):
            found.append(convert(x))
        else:
            raise UntraceableError(f"a branch gives {type(x).__name__}")
    return found


class Choice(Staged):
    """What the node runs: the line of the branch taken. Results that other branches keep are empty tensors."""

    def __init__(
        self,
        pick: Pick,
        lines: list[tuple[Line, list[int]]],
        keep: list[list[Raw]],
        count: int,
        zeros: list[dict[int, int]],
    ) -> None:
        self.pick = pick
        self.zeros = zeros
        self.lines = lines
        self.count = count
        self.empty = [[torch.empty(0, dtype=x.dtype, device=x.device) for x in one] for one in keep]
        self.effect = any(line.effects for line, _ in lines)
        if any(line.guarded for line, _ in lines):
            raise UntraceableError("a branch depends on values")

    def __call__(self, index: Raw, *given: Any) -> list[Any]:
        which = self.pick(index)
        line, places = self.lines[which]
        found = line.run([given[i] for i in places])
        results = [contiguous(raw) for raw in found[: self.count]]
        for place, i in self.zeros[which].items():
            results[place] = results[place].new_zeros(given[i].shape)
        for i, empty in enumerate(self.empty):
            results += found[self.count :] if i == which else empty
        return results


class Branches:
    """One node of branches, as a differentiable function.

    Args:
      calls: the branches.
      positions: for each branch, which of the `count` inputs of the node its inputs are.
    """

    def __init__(
        self, pick: Pick, calls: list[Call], positions: list[list[int]], count: int, name: str
    ) -> None:
        self.pick = pick
        self.calls = calls
        self.positions = positions
        self.count = count
        self.name = name
        self.kept: list[list[int]] = [[] for _ in calls]
        self.connected: list[int] = []  # of a gradient: which inputs its results belong to
        # Results that are zeros of the size of an input, which may be open, for each branch.
        self.zeros: list[dict[int, int]] = [{} for _ in calls]
        self._gradients: dict[tuple[bool, ...], Branches] = {}

    def agree(self, raws: Sequence[Raw]) -> None:
        """What the branches ask of open sizes is asked of those around them."""
        for call, places in zip(self.calls, self.positions, strict=True):
            if not call.holds([raws[i] for i in places]):
                raise UntraceableError("the sizes in a branch are not those around it")

    def apply(self, index: Raw, tensors: Sequence[Tensor], known: Known | None = None) -> list[Tensor]:
        """The results for `tensors`, recorded as one entry by the tapes that trace one of them."""
        raws = [contiguous(x._t) for x in tensors]
        self.agree(raws)
        known = known or [{} for _ in self.calls]
        parents = tuple(
            [x._node if x._node is not None and x._node.tapes & state.recording else None for x in tensors]
        )
        tapes = tapes_of(parents, state.recording)
        needs = tuple([parent is not None for parent in parents])
        reached = self._reached(needs) if tapes else None
        rule: Any = None
        at_once = False
        if reached is not None:
            # What may have a sparse gradient cannot be staged, which is to be known now; what happens once cannot be
            # done over with more results.
            at_once = reached or any(
                call.line(tuple(one)).effects for call, one in zip(self.calls, known, strict=True)
            )
            if at_once:
                try:
                    reached = True if self.gradient(needs).connected else None
                    self.agree(raws)
                except LookupError as error:  # for who asks for the gradient
                    rule = Missing(error)
        if reached is None:
            return [Tensor(raw, None) for raw in self._run(index, raws, known).results]
        ran = self._run(index, raws, known, self.gradient(needs).kept if at_once and rule is None else None)
        results = ran.results
        if rule is None:
            rule = BranchRule(self, needs, index, ran, len(tensors))
        op = Op(self.name, refuse, inputs=("*inputs",), outputs=0, keep=Keep.INPUTS)
        op.rule = rule
        entry = Entry(
            op,
            parents,
            tuple(raws),
            (),
            tuple([raw.shape for raw in raws]),
            {"_outputs": tuple(map(cotangent_like, results))},
            needs,
            tapes,
        )
        append(entry, tuple(results))
        return [Tensor(raw, result_node(entry, i, raw)) for i, raw in enumerate(results)]

    def _reached(self, needs: tuple[bool, ...]) -> bool | None:
        """Whether a result depends on an input that `needs` says by ops whose gradients are sparse.

        `None`: no result depends on one at all.
        """
        found = False
        sparse = False
        for call, places in zip(self.calls, self.positions, strict=True):
            ends = {
                id(node) for i, node in zip(places, call.nodes, strict=True) if needs[i] and node is not None
            }
            stack: list[Any] = [node for node in call.targets if node is not None]
            seen = set()
            while stack and ends:
                one = stack.pop()
                if one is None or id(one) in seen:
                    continue
                seen.add(id(one))
                found = found or id(one) in ends
                sparse = sparse or (one.op is not None and any(text in one.op.name for text in _SPARSE))
                stack.extend(one.parents)
        return sparse if found else None

    def _run(self, index: Raw, raws: list[Raw], known: Known, keep: list[list[int]] | None = None) -> Ran:
        """Note the node; it also gives the values to `keep`."""
        trace = scope.active.trace
        assert trace is not None
        choice, given, described = self._choice(raws, known, keep)
        found: list[Raw] = trace.recorder.stateful(choice, [index, *given], described, effect=choice.effect)
        count = choice.count
        return Ran(
            trace.recorder.nodes[-1], raws, known, found[:count], None if keep is None else found[count:]
        )

    def _choice(
        self, raws: list[Raw], known: Known, keep: list[list[int]] | None
    ) -> tuple[Choice, list[Any], list[Any]]:
        """What the node runs, on what, and `(shape, dtype, device)` of what it gives."""
        given: list[Any] = [*raws]
        keep = keep or [[] for _ in self.calls]
        lines = []
        shown = []
        for call, places, values, numbers in zip(self.calls, self.positions, known, keep, strict=True):
            here = [*places, *range(len(given), len(given) + len(values))]
            given += values.values()
            lines.append((call.line(tuple(values), numbers), here))
            shown.append([call.trace.recorder.values[n] for n in numbers])
        outputs = [self._shown(call) for call in self.calls]
        choice = Choice(self.pick, lines, shown, len(outputs[0]), self.zeros)
        around = [
            dict(zip(call.inputs, [raws[i] for i in places], strict=True))
            for call, places in zip(self.calls, self.positions, strict=True)
        ]
        described = [
            (_sized(x.shape, values), x.dtype, x.device)
            for values, xs in zip([around[0], *around], [outputs[0], *shown], strict=True)
            for x in xs
        ]
        for place, i in self.zeros[0].items():
            described[place] = (raws[i].shape, *described[place][1:])
        return choice, given, described

    def kept_by(self, ran: Ran, keep: list[list[int]]) -> Known:
        """What the node gives besides its results, for a gradient; it does so from now on."""
        if ran.rest is None:
            trace = scope.active.trace
            assert trace is not None
            choice, _, described = self._choice(ran.raws, ran.known, keep)
            ran.rest = trace.recorder.extended(ran.node, choice, described[choice.count :])
        rest = iter(ran.rest)
        return [
            {**one, **{n: next(rest) for n in numbers}} for one, numbers in zip(ran.known, keep, strict=True)
        ]

    def _shown(self, call: Call) -> list[Raw]:
        return [call.trace.recorder.values[x] if type(x) is Ref else x for x in call.outputs]

    def gradient(self, needs: tuple[bool, ...]) -> Branches:
        """The branches that compute the cotangents of those inputs that `needs` says."""
        found = self._gradients.get(needs)
        if found is None:
            found = self._gradients[needs] = self._traced_gradient(needs)
        return found

    def _traced_gradient(self, needs: tuple[bool, ...]) -> Branches:
        gradients: list[Any] = []
        grads: list[
            dict[int, int]
        ] = []  # for each branch: which result of its gradient belongs to which input
        for call, places in zip(self.calls, self.positions, strict=True):
            wanted = tuple(
                [needs[i] and node is not None for i, node in zip(places, call.nodes, strict=True)]
            )
            gradient = call.gradient(wanted) if any(wanted) else None
            layout = [] if gradient is None else gradient.layout
            if any(isinstance(place, Slices) for place in layout):
                raise UntraceableError("a branch has a sparse gradient")
            gradients.append(gradient)
            grads.append({i: place for i, place in zip(places, layout, strict=False) if place is not None})
        connected = sorted({i for one in grads for i in one})
        like = {
            i: call.trace.recorder.values[call.inputs[j]]
            for call, places in zip(self.calls, self.positions, strict=True)
            for j, i in enumerate(places)
        }
        calls = []
        positions = []
        zeros: list[dict[int, int]] = []
        for call, places, gradient, found in zip(self.calls, self.positions, gradients, grads, strict=True):
            base = call if gradient is None else gradient
            outputs = [base.outputs[found[i]] if i in found else _zeros(like[i]) for i in connected]
            zeros.append(
                {k: i for k, i in enumerate(connected) if i not in found and symbolic(like[i].shape)}
            )
            targets = [base.targets[found[i]] if i in found else None for i in connected]
            if gradient is None:
                calls.append(Call(call.trace, call.inputs, call.nodes, outputs, targets, 0, 0, self.name))
                positions.append(places)
            else:
                made = (gradient.inputs, gradient.nodes, outputs, targets, gradient.first, gradient.last)
                calls.append(Call(call.trace, *made, f"{self.name}Grad"))
                positions.append([*places, *range(self.count, self.count + len(call.outputs))])
        count = self.count + len(self.calls[0].outputs)
        result = Branches(self.pick, calls, positions, count, f"{self.name}Grad")
        result.kept = [[] if gradient is None else gradient.kept for gradient in gradients]
        result.connected = connected
        result.zeros = zeros
        return result


def _sized(shape: Sequence[Any], values: dict[int, Any]) -> Any:
    """A shape with the sizes of a branch, for the values of its inputs."""
    return [size_at(n, values) if type(n) is torch.SymInt else n for n in shape] if symbolic(shape) else shape


def _zeros(like: Raw) -> Raw:
    shape, dtype, device = cotangent_like(like)
    if symbolic(tuple(shape)):
        shape = ()  # see `Branches.zeros`
    with torch.utils._python_dispatch._disable_current_modes():
        return torch.zeros((), dtype=dtype, device=device).expand(shape)


class Ran:
    """A node of branches in a trace.

    Attributes:
      raws, known: what it was given.
      rest: what it gives besides `results`; `None` as long as nobody has asked for a gradient.
    """

    __slots__ = ("known", "node", "raws", "rest", "results")

    def __init__(
        self, node: Any, raws: list[Raw], known: Known, results: list[Raw], rest: list[Raw] | None
    ) -> None:
        self.node = node
        self.raws = raws
        self.known = known
        self.results = results
        self.rest = rest


class BranchRule:
    """The gradient rule of one node of branches: their gradients are traced when it is first asked."""

    __slots__ = ("_branches", "_count", "_index", "_needs", "_ran")

    def __init__(self, branches: Branches, needs: tuple[bool, ...], index: Raw, ran: Ran, count: int) -> None:
        self._branches = branches
        self._needs = needs
        self._index = index
        self._ran = ran
        self._count = count

    def __call__(self, op: Any, *dys: Any) -> Any:
        gradient = self._branches.gradient(self._needs)
        if not gradient.connected:
            return None if self._count == 1 else [None] * self._count
        known = self._branches.kept_by(self._ran, gradient.kept)
        inputs = [x if type(x) is Tensor else Tensor(x, None) for x in (*op.inputs, *dys)]
        found = gradient.apply(self._index, inputs, known)
        grads: list[Any] = [None] * self._count
        for i, grad in zip(gradient.connected, found, strict=True):
            grads[i] = grad
        return grads[0] if self._count == 1 else grads
