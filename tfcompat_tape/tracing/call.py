"""A traced function as an op: its kernel is a line, its gradient rule another line of the same trace.

The rule is traced when it is first needed: a walk along the list of the trace, whose kernels become further nodes. It
is itself a call with a rule, so derivatives go to any order.
"""

from __future__ import annotations

import contextlib
import opcode
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import OpError, unimplemented
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import INEXACT, Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, append, leaf, only, output, project, state, tapes_of, unlisted
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.line import Line, live
from tfcompat_tape.tracing.nodes import Ref
from tfcompat_tape.tracing.sizes import symbolic
from tfcompat_tape.tracing.texts import cotangent_like
from tfcompat_tape.tracing.trace import Trace


def graphs_wanted() -> bool:
    """Whether the environment asks for CUDA graphs: TFCOMPAT_CUDA_GRAPHS=1."""
    return os.environ.get("TFCOMPAT_CUDA_GRAPHS", "0").lower() not in ("", "0", "false", "no", "off")


class ElsewhereError(Exception):
    """A trace does not hold for these sizes."""


class ClosedError(Exception):
    """A function has no trace for sizes that differ: each shape needs one of its own."""


class Slices:
    """Where among the results of a call the parts of an IndexedSlices are."""

    __slots__ = ("dense_shape", "start")

    def __init__(self, dense_shape: Any, start: int) -> None:
        self.start = start
        self.dense_shape = dense_shape  # the place of it, if it differs from call to call


class Call:
    """Part of a trace as a differentiable function of tensors.

    Attributes:
      inputs: numbers of its inputs, and `nodes`: their entries.
      outputs: its results: a `Ref`, or a raw constant; `targets`: their entries.
      known: numbers of values that who calls it has besides (what the call before kept).
      first, last: the range of nodes that belong to it.
      replaceable: another trace can take its place while nothing of it has run yet.
    """

    replaceable = False

    def __init__(
        self,
        trace: Trace,
        inputs: Sequence[int],
        nodes: Sequence[Entry | None],
        outputs: Sequence[Any],
        targets: Sequence[Entry | None],
        first: int,
        last: int,
        name: str,
    ) -> None:
        self.trace = trace
        self.inputs = list(inputs)
        self.nodes = list(nodes)
        self.outputs = list(outputs)
        self.targets = list(targets)
        self.first = first
        self.last = last
        self.name = name
        self._lines: dict[Any, Line] = {}
        self._gradients: dict[tuple[bool, ...], Gradient] = {}
        self._guards: Any = None  # what `_check` was made for
        self._check: Callable[[Sequence[Any]], bool] | None = None

    def line(self, known: Sequence[int] = (), keep: Sequence[int] = (), first: int | None = None) -> Line:
        """The line from the inputs (and the values `known`) to the outputs (and the values to `keep`).

        Args:
          first: the node from which on guards and effects belong to it; that of the call if left out.
        """
        sizes = self.trace.recorder.sizes
        # What a gradient asked of the sizes of elements is told in the lines that are made from then on.
        key = tuple(known), tuple(keep), first, sizes.asked() if sizes is not None and sizes.elements else 0
        found = self._lines.get(key)
        if found is None:
            found = self._lines[key] = self._kind(
                self.trace.recorder,
                [*self.inputs, *known],
                [*self.outputs, *[Ref(n) for n in keep]],
                self.first if first is None else first,
                self.last,
                self.name,
            )
        return found

    def part(self, outputs: Sequence[Any]) -> Line:
        """The line from the inputs to other outputs."""
        return self._kind(self.trace.recorder, self.inputs, outputs, self.first, self.last, self.name)

    def holds(self, raws: Sequence[Any], known: tuple[int, ...] = ()) -> bool:
        """Whether the trace holds for inputs of these shapes, and those of the values `known` that come after them."""
        sizes = self.trace.recorder.sizes
        if sizes is None:
            return True
        guards = sizes.asked(), known
        if guards != self._guards:
            self._check = sizes.check([*self.inputs, *known])
            self._guards = guards
        return self._check is None or bool(self._check(raws))

    @property
    def _kind(self) -> type[Line]:
        values = self.trace.recorder.values
        jit = self.trace.jit_compile and all(values[n].device.type != "cuda" for n in self.inputs)
        if graphs_wanted() and not jit:
            from tfcompat_tape.tracing.cuda_graphs import GraphedLine

            return GraphedLine
        if not self.trace.jit_compile or self.trace.recorder.sizes is not None:
            return Line  # code is compiled for sizes that are known
        from tfcompat_tape.tracing.compiled import CompiledLine

        return CompiledLine

    def gradient(self, needs: tuple[bool, ...]) -> Gradient:
        """The call that computes the cotangents of those inputs that `needs` says, traced if it is not yet."""
        found = self._gradients.get(needs)
        if found is None:
            found = self._gradients[needs] = Gradient(self, needs)
        return found

    def apply(
        self,
        tensors: Sequence[Tensor],
        known: dict[int, Any] | None = None,
        run: Callable[[Sequence[int]], list[Any]] | None = None,
    ) -> list[Tensor]:
        """The results for `tensors`, recorded as one entry by the tapes that trace one of them.

        Args:
          known: values of the trace that the caller has.
          run: computes the results, and the values to keep, in place of the line.
        """
        raws = [contiguous(x._t) for x in tensors]
        recording = state.recording
        parents = [None if (node := x._node) is None or not node.tapes & recording else node for x in tensors]
        tapes = tapes_of(parents, recording)
        needs = tuple(
            [
                parent is not None and node is not None
                for parent, node in zip(parents, self.nodes, strict=True)
            ]
        )
        known = known or {}
        trace, recorder = scope.active.trace, self.trace.recorder
        # Sizes that the gradient asks for, and memory that is written later, are settled at once.
        waits = run is None and recorder.sizes is None and not recorder.writes
        if run is None:

            def run(keep: Sequence[int]) -> list[Any]:
                return self.line(tuple(known), keep).run([*raws, *known.values()])

        if not tapes or True not in needs:
            return [Tensor(raw, None) for raw in run(())]
        op = Op(self.name, refuse, inputs=("*inputs",), outputs=0, keep=Keep.INPUTS)
        if trace is not None and waits:
            line = self.line(tuple(known))
            values = line.retraced(trace.recorder, [*raws, *known.values()])
            results = line.results(values)
            op.rule = Later(self, needs, values)
        else:
            results, op.rule = self._with_rule(raws, needs, known, run)
        entry = Entry(
            op,
            tuple(parents),
            tuple(raws),
            (),
            tuple([raw.shape for raw in raws]),
            {"_outputs": tuple(map(cotangent_like, results))},
            needs,
            tapes,
        )
        append(entry, tuple(results))
        return [Tensor(raw, result_node(entry, i, raw)) for i, raw in enumerate(results)]

    def _with_rule(
        self,
        raws: Sequence[Any],
        needs: tuple[bool, ...],
        known: dict[int, Any],
        run: Callable[[Sequence[int]], list[Any]],
    ) -> tuple[list[Any], Any]:
        """The results, and the rule, whose line says what is to be kept of what leads to them."""
        try:
            gradient = self.gradient(needs)
            if not self.holds([*raws, *known.values()], tuple(known)):  # the gradient asked for sizes, too
                if known:  # a part of what is asked for has run
                    raise unimplemented(
                        f"{self.name}: a derivative of a tf.function depends on sizes, and these are others than those "
                        "that it was traced with. The next call is traced for them: compute it again.",
                    )
                raise ElsewhereError
        except (LookupError, NotImplementedError, OpError, TypeError, ValueError) as error:
            # For who asks for the gradient, if a rule said so.
            if type(error) is NotImplementedError and not said(error):
                raise
            effects = self.trace.recorder.happened
            happened = known or not all(getattr(f, "given_back", False) for f, _ in effects)
            if self.replaceable and not (happened or isinstance(error, LookupError)):
                raise ClosedError(f"its gradient: {type(error).__name__}: {error}") from error
            return run(()), Missing(error)
        results = run(gradient.kept)
        kept = results[len(self.outputs) :]
        del results[len(self.outputs) :]
        return results, Rule(gradient, {**known, **dict(zip(gradient.kept, kept, strict=True))}, len(raws))

    def completed(self, values: dict[int, Any], wanted: Sequence[int]) -> dict[int, Any]:
        """Those of `values` that are `wanted`, and what the results did not need is computed besides."""
        found: dict[int, Any] = {}
        missing: list[int] = []
        for n in wanted:
            try:
                found[n] = values[n]
            except KeyError:
                missing.append(n)
        if missing:
            recorder = self.trace.recorder
            line = Line(recorder, list(values), [Ref(n) for n in missing], self.last, self.last, self.name)
            if line.effects:
                raise UntraceableError(f"{self.name}: its gradient needs what cannot be computed again")
            trace: Any = scope.active.trace
            more = line.retraced(trace.recorder, list(values.values()))
            found.update({n: more[n] for n in missing})
        return found


@contextlib.contextmanager
def reopened(trace: Trace) -> Iterator[None]:
    """Within this context a trace that is over goes on, without values of a call: for a gradient.

    What does not fit in a gradient is found as it runs: TensorFlow's gradients of functions ask values for shapes.
    """
    recorder = trace.recorder
    shapes_known, trace.shapes_known = trace.shapes_known, False
    before, recorder.mode.closed = recorder.mode.closed, False
    concrete, recorder.concrete = recorder.concrete, False
    running.depth += 1
    try:
        with scope.entered(trace), only([trace.record]):
            yield
    finally:
        running.depth -= 1
        trace.shapes_known = shapes_known
        recorder.concrete = concrete
        recorder.mode.closed = before
        recorder.ops.namer.left()


def result_node(entry: Entry, index: int, raw: Any) -> Entry:
    """The entry of one result."""
    return project(entry, index, raw) if raw.dtype in INEXACT else unlisted(output(index), (entry,))


class Gradient(Call):
    """The gradient of `of`: from its inputs and the cotangents of its outputs to the cotangents of the inputs."""

    def __init__(self, of: Call, needs: tuple[bool, ...]) -> None:
        trace = of.trace
        recorder = trace.recorder
        first = len(recorder.nodes)
        cotangents: list[Tensor] = []
        targets: list[Entry] = []
        seeds: list[Tensor] = []
        sources = [node if need else None for node, need in zip(of.nodes, needs, strict=True)]
        with reopened(trace):
            for x, target in zip(of.outputs, of.targets, strict=True):
                like = recorder.values[x] if type(x) is Ref else x
                fake = recorder.fresh(like)
                dy = Tensor(fake, leaf(trace.record.ids) if like.dtype in INEXACT else None)
                cotangents.append(dy)
                if target is not None and like.dtype in INEXACT:
                    targets.append(target)
                    seeds.append(dy)
            grads = backward(trace.record, targets, seeds, sources, recorded=True, release=False)
            flat: list[Tensor] = []
            self.layout: list[Any] = []
            for grad in grads:
                if grad is None:
                    self.layout.append(None)
                elif isinstance(grad, IndexedSlices):
                    start = len(flat)
                    flat += [_as_tensor(grad.values), _as_tensor(grad.indices)]
                    shape = grad.dense_shape
                    if symbolic(shape):
                        shape = convert(tuple(shape))
                    if shape is not None and recorder.mine(_as_tensor(shape)._t):
                        flat.append(_as_tensor(shape))
                        shape = start + 2
                    self.layout.append(Slices(shape, start))
                else:
                    self.layout.append(len(flat))
                    flat.append(_as_tensor(grad))
            inputs = [recorder.number(dy._t) for dy in cotangents]
            entries = [dy._node for dy in cotangents]
            outputs = [Ref(recorder.number(x._t)) if recorder.mine(x._t) else x._t for x in flat]
            nodes = [x._node if x._t.dtype in INEXACT else None for x in flat]
        super().__init__(
            trace,
            [*of.inputs, *inputs],
            [*of.nodes, *entries],
            outputs,
            nodes,
            first,
            len(recorder.nodes),
            f"{of.name}Grad",
        )
        self.kept = self._kept(of)
        self.connected = _connected(of)

    def _kept(self, of: Call) -> list[int]:
        """Values that `of` computes and this call needs, and what cannot be computed again: it keeps them."""
        recorder = self.trace.recorder
        nodes = live(recorder, set(self.inputs), self.outputs, self.first, self.last)
        made: set[int] = set()
        drawn: set[int] = set()
        for node in recorder.nodes[: of.last]:
            if node.effect:
                drawn.update(node.outs)
            elif not node.static:
                made.update(node.outs)
        if recorder.sizes is not None:
            drawn |= recorder.sizes.elements & made
        needed = {s for index, node in nodes if index >= self.first for s in node.sources()}
        needed |= {int(x) for x in self.outputs if type(x) is Ref}
        return sorted((needed & made | drawn) - set(self.inputs))

    def rebuilt(self, found: Sequence[Any]) -> list[Any]:
        """The cotangent of each input, from the results of this call: `None` where it does not matter."""
        grads: list[Any] = []
        for place in self.layout:
            if place is None:
                grads.append(None)
            elif isinstance(place, Slices):
                values, indices = found[place.start], found[place.start + 1]
                shape = place.dense_shape
                grads.append(IndexedSlices(values, indices, found[shape] if type(shape) is int else shape))
            else:
                grads.append(found[place])
        return grads


def _connected(of: Call) -> list[bool]:
    """For each result of a call, whether it depends on one of the inputs."""
    ends = {id(node) for node in of.nodes if node is not None}
    known: dict[int, bool] = {}
    found = []
    for target in of.targets:
        stack = [target]
        path = set()
        reached = False
        while stack and not reached:
            one = stack.pop()
            if one is None or id(one) in path:
                continue
            path.add(id(one))
            reached = known.get(id(one), id(one) in ends)
            stack.extend(one.parents)
        if not reached:
            known.update(dict.fromkeys(path, False))
        found.append(reached)
    return found


class Rule:
    """The gradient rule of one call: what it kept, and how to go on."""

    __slots__ = ("_count", "_gradient", "_known")

    def __init__(self, gradient: Gradient, known: dict[int, Any], count: int) -> None:
        self._gradient = gradient
        self._known = known
        self._count = count

    def __call__(self, op: Any, *dys: Any) -> Any:
        gradient = self._gradient
        if any(type(dy) is Tensor for dy in dys):
            inputs = [x if type(x) is Tensor else Tensor(x, None) for x in op.inputs]
            cotangents = [dy if type(dy) is Tensor else Tensor(dy, None) for dy in dys]
            grads = gradient.rebuilt(gradient.apply([*inputs, *cotangents], self._known))
        else:
            run = gradient.line(tuple(self._known)).run
            grads = gradient.rebuilt(run([*op.inputs, *map(contiguous, dys), *self._known.values()]))
        return grads[0] if self._count == 1 else grads

    @property
    def connected(self) -> list[bool]:
        """Which results of the call depend on an input at all, be it traced or not: these have tangents."""
        return self._gradient.connected

    def let_go(self) -> None:
        """Nobody will ask again."""
        self._known = {}


class Later:
    """The rule of a call within another trace, whose gradient is traced when it is asked for: often it never is.

    A trace records all that happens in it, and holds its values in any case, so there is nothing to be let go.
    """

    __slots__ = ("_call", "_needs", "_rule", "_values")

    def __init__(self, call: Call, needs: tuple[bool, ...], values: dict[int, Any]) -> None:
        self._call = call
        self._needs = needs
        self._values = values
        self._rule: Rule | None = None

    def __call__(self, op: Any, *dys: Any) -> Any:
        if self._rule is None:
            gradient = self._call.gradient(self._needs)
            self._rule = Rule(gradient, self._call.completed(self._values, gradient.kept), len(op.inputs))
        return self._rule(op, *dys)


def said(error: BaseException) -> bool:
    """Whether Python code, a user's or of this library, raises an exception: torch does not."""
    trace: Any = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    if str(frame.f_globals.get("__name__")).partition(".")[0] == "torch":
        return False
    return opcode.opname[frame.f_code.co_code[trace.tb_lasti]] in ("RAISE_VARARGS", "RERAISE")


class Missing:
    """The rule of a call that has no gradient."""

    __slots__ = ("_error",)

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __call__(self, op: Any, *dys: Any) -> Any:
        raise self._error


def _as_tensor(value: Any) -> Tensor:
    return value if type(value) is Tensor else Tensor(value, None)


def contiguous(raw: Any) -> Any:
    """A raw tensor in the layout that lines are made for."""
    return raw if type(raw) is np.ndarray or raw.is_contiguous() else raw.contiguous()


def refuse(*inputs: Any, **attrs: Any) -> Any:
    raise RuntimeError("A traced function is called by its lines.")
