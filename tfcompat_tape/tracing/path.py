"""One trace of a function: the lines that run for it, and the values that they hold for."""

from __future__ import annotations

import functools
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import torch

from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.errors import OutOfRangeError
from tfcompat_tape.core.failures import translated
from tfcompat_tape.core.outer import original
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import state
from tfcompat_tape.tracing import scope, symbolic
from tfcompat_tape.tracing.call import Call, ClosedError, ElsewhereError, contiguous, said
from tfcompat_tape.tracing.cut_short import CutShort, cut_short
from tfcompat_tape.tracing.elements import shapes_given
from tfcompat_tape.tracing.fakes import ended
from tfcompat_tape.tracing.in_place import InPlace, in_place
from tfcompat_tape.tracing.line import FAILURES
from tfcompat_tape.tracing.nodes import Guard, Node, Ref, alike
from tfcompat_tape.tracing.trace import Trace


class Path:
    """One trace, and how it is called.

    Args:
      given: the Variables among the arguments, as the trace saw them.

    Attributes:
      places: for each of `variables` that was an argument, its place and the number of the argument.
      own: ids of the others.
      texts: there are strings in it.
      pure: it has no guards and no side effects; `computes_only`: nor strings.
      outcomes: the guards of the trace, by number of their nodes.
    """

    def __init__(
        self, trace: Trace, name: str, given: Sequence[Variable], structure: Any, leaves: list[Tensor]
    ) -> None:
        self.trace = trace
        recorder = trace.recorder
        self.structure = structure
        outputs: list[Any] = []
        targets: list[Any] = []
        for x in leaves:
            raw = scope._slot_t.__get__(x)
            if not recorder.mine(raw) and (mode := ended(raw)) is not None:
                raise mode.left(raw, recorder.mode)  # of the body of a loop, by way of a list
            if (
                captured := trace.captures.get(id(original(x)))
            ) is not None:  # from outside, and a result itself
                _, raw, node, _ = captured
                outputs.append(Ref(recorder.number(raw)))
                targets.append(node)
                continue
            outputs.append(Ref(recorder.number(raw)) if recorder.mine(raw) else raw)
            targets.append(trace.entry_of(x, raw) if raw.dtype in INEXACT else None)
        self.count = len(outputs)
        if any(held.written and key in trace.beside for key, held in trace.held.items()):
            raise UntraceableError("a function of a dataset reads a Variable that is assigned to")
        self.texts = recorder.texts
        self.written = [place for place, held in enumerate(trace.held.values()) if held.written]
        for held in [held for held in trace.held.values() if held.written]:
            raw = held.raw
            outputs.append(Ref(recorder.number(raw)) if recorder.mine(raw) else raw)
            targets.append(None)
        numbers = [number for number, _ in trace.sources()]
        nodes = [node for _, node in trace.sources()]
        self.call = Call(trace, numbers, nodes, outputs, targets, 0, len(recorder.nodes), name)
        self.call.replaceable = recorder.sizes is not None
        # The ranks that it was traced with, where the function is for arguments of any.
        self.ranks = [recorder.values[n].dim() for n in trace.argument_numbers] if trace.unranked else None
        self.variables = trace.variables
        numbers_of = {id(v): number for number, v in enumerate(given)}
        self.places = [
            (place, numbers_of[id(v)]) for place, v in enumerate(self.variables) if id(v) in numbers_of
        ]
        self.own = {id(v) for v in self.variables if id(v) not in numbers_of} | trace.reached.keys()
        self.captured = [tensor for tensor, *_ in trace.captures.values()]
        self.constants = [
            ref for ref in trace.constants.values() if (x := ref()) is not None and x.dtype.torch in INEXACT
        ]
        self.outcomes = {
            index: node.outcome if type(node) is Guard else shapes_given(recorder, node)
            for index, node in enumerate(recorder.nodes)
            if type(node) is Guard or node.shapes
        }
        if self.outcomes and recorder.writes and any(node.effect for node in recorder.nodes):
            raise UntraceableError(
                "values decide, memory is written and there are side effects, all in one function"
            )
        self.others: Callable[[], Sequence[Path]] = tuple  # the ways of the same function
        # For other ways: whether this one begins like it, by the number of nodes.
        self._beginnings: weakref.WeakKeyDictionary[Path, dict[int, bool]] = weakref.WeakKeyDictionary()
        self.plain = self.call.line()  # what runs while nobody differentiates
        self.pure = not (
            self.outcomes
            or recorder.writes
            or self.written
            or any(node.effect or node.shapes for node in recorder.nodes)
        )
        self.computes_only = self.pure and not self.texts
        # Variables whose values may have other shapes than this trace was made for.
        self.loose = [
            (held.variable, tuple(recorder.values[held.number].shape))
            for held in trace.held.values()
            if id(held.variable) in self.own and not held.variable.shape.is_fully_defined()
        ]

    def run(self, tensors: Sequence[Tensor], given: Sequence[Variable] = ()) -> Any:
        """The results for the arguments `tensors`, and the Variables `given`.

        Raises:
          DivergedError: it does not hold for these values.
          OutOfRangeError: an iterator has ended; what `cut_short` says is assigned.
        """
        variables = self._of_call(given) if self.places else self.variables
        if state.recording:
            inputs = [*tensors, *[v._read() for v in variables], *self.captured]
            try:
                return self._finished(self.call.apply(inputs), variables)
            except OutOfRangeError:
                self.ended([x._t for x in inputs], variables)
                raise
        if state.accessors:  # who only notes which Variables are read
            for v in variables:
                v._read()
        raws = [x._t for x in tensors]
        if variables:
            raws += [v._t for v in variables]
        if self.captured:
            raws += [x._t for x in self.captured]
        if self.texts:
            raws = list(map(contiguous, raws))
        else:
            for i in range(len(raws)):
                if not raws[i].is_contiguous():
                    raws[i] = raws[i].contiguous()
        in_place = None if scope.active.trace is not None else self.in_two_parts()
        try:
            found = (self.plain if in_place is None else in_place.head).run(raws)
        except OutOfRangeError:
            self.ended(raws, variables)
            raise
        if in_place is None:
            return self._finished([Tensor(raw, None) for raw in found], variables)
        results = [Tensor(raw, None) for raw in found[: self.count]]
        end = len(found) - in_place.given
        given = [*found[end:], *[raws[i] for i in (*in_place.inputs, *in_place.olds)]]
        others = found[self.count : end]
        del raws, found  # nothing else is to hold the old values
        in_place(given, others, variables if self.places else None)
        return self.structure(results)

    def taped(self, tensors: Sequence[Tensor], otherwise: Any) -> Any:
        """`run` while something records; `otherwise`, before anything has happened, where that is not all there is."""
        if state.observer is not None or not state.recording or (self.constants and self.stale()):
            return otherwise
        try:
            inputs = [*tensors, *[v._read() for v in self.variables], *self.captured]
            return self._finished(self.call.apply(inputs), self.variables)
        except (ClosedError, ElsewhereError, UntraceableError):
            return otherwise

    @functools.cached_property
    def cut_short(self) -> CutShort | None:
        """What is assigned where `next` finds no element any more; `None`: nothing."""
        return cut_short(self.trace, self.call, self.call.last) if self.written else None

    def ended(self, raws: Sequence[Any], variables: Sequence[Variable]) -> None:
        """An iterator ended in a call with the inputs `raws`.

        Where this is the way of elements of one size, a way for all sizes says what is assigned.
        """
        if scope.active.trace is not None:
            return
        if self.cut_short is not None:
            self.cut_short(raws, variables)
            return
        given = raws[: len(raws) - len(self.variables) - len(self.captured)]
        tensors = [Tensor(raw, None) for raw in given]
        for other in () if self.places else self.others():
            if other.places or other.cut_short is None or not other.holds(tensors):
                continue
            inputs = [*given, *[v._t for v in other.variables], *[x._t for x in other.captured]]
            other.cut_short(inputs, other.variables)
            return

    @functools.cached_property
    def in_place(self) -> InPlace | None:
        """The call in two parts, the second of which overwrites Variables, where that is worth it."""
        if not self.written:
            return None
        numbers = [held.number for held in self.trace.held.values()]
        return in_place(self.call, self.plain, self.count, self.variables, numbers, self.written)

    def in_two_parts(self) -> InPlace | None:
        """`in_place`, unless a profile looks at each kernel."""
        return self.in_place

    def _of_call(self, given: Sequence[Variable]) -> list[Variable]:
        """The Variables of a call: those that are arguments are other ones each time."""
        variables = list(self.variables)
        for place, number in self.places:
            variables[place] = given[number]
        return variables

    def first(self, tensors: Sequence[Tensor], given: Sequence[Variable] = ()) -> Any:
        """The results of the call that was traced: what the trace computed already is not computed again."""
        recorder = self.trace.recorder
        if not recorder.demanded:
            return self.run(tensors, given)

        def run(keep: Sequence[int]) -> list[Any]:
            with torch.utils._python_dispatch._disable_current_modes():
                wanted = [*self.call.outputs, *[Ref(n) for n in keep]]
                try:
                    recorder._run_effects(self.call.last)
                    return [recorder._compute(int(x)) if type(x) is Ref else x for x in wanted]
                except FAILURES as error:
                    if said(error):
                        raise
                    raise translated(error, f"{self.call.name}: ", "") from error  # of a kernel, as in a line

        variables = self._of_call(given)
        inputs = [*tensors, *[v._read() for v in variables], *self.captured]
        return self._finished(self.call.apply(inputs, run=run), variables)

    def onward(
        self,
        before: Path,
        happened: int,
        values: dict[int, Any],
        tensors: Sequence[Tensor],
        given: Sequence[Variable],
    ) -> Any:
        """The results of a call of which the first nodes ran on another way, with effects that are not to happen again.

        Args:
          before: that way; this one begins like it (`begins_like`).
          happened: how many nodes of it ran; `values`: what they gave, by its numbers.

        Raises:
          ElsewhereError: what an effect gave is not there.
        """
        nodes = zip(self.trace.recorder.nodes[:happened], before.trace.recorder.nodes[:happened], strict=True)
        pairs = [
            pair for node, other in nodes if node.effect for pair in zip(node.outs, other.outs, strict=True)
        ]
        if not all(its in values for _, its in pairs):
            raise ElsewhereError
        known = {mine: values[its] for mine, its in pairs}
        variables = self._of_call(given)
        inputs = [*tensors, *[v._read() for v in variables], *self.captured]
        raws = [*[contiguous(x._t) for x in inputs], *known.values()]

        def run(keep: Sequence[int]) -> list[Any]:
            return self.call.line(tuple(known), keep, happened).run(raws)

        return self._finished(self.call.apply(inputs, run=run), variables)

    def takes(self, before: Path, happened: int, values: dict[int, Any], tensors: Sequence[Tensor]) -> bool:
        """Whether it was made for such sizes of what effects gave, where a call is to go on; see `onward`."""
        recorder = self.trace.recorder
        if recorder.sizes is None or not recorder.sizes.elements:
            return True
        nodes = zip(recorder.nodes[:happened], before.trace.recorder.nodes[:happened], strict=True)
        known: dict[int, Any] = {}
        for node, other in nodes:
            known.update((n, values[m]) for n, m in zip(node.outs, other.outs, strict=True) if m in values)
        between = [None] * len(self.variables)
        inputs = [*[x._t for x in tensors], *between, *[x._t for x in self.captured]]
        return self.call.holds([*inputs, *known.values()], tuple(known))

    def begins_like(self, other: Path, count: int) -> bool:
        """Whether the first nodes are those of another way, and ask for no value or shape that is another one there."""
        found = self._beginnings.get(other, {}).get(count)
        if found is None:
            nodes = zip(self.trace.recorder.nodes[:count], other.trace.recorder.nodes[:count], strict=True)
            found = all(_same(node, its) for node, its in nodes)
            self._beginnings.setdefault(other, {})[count] = found
        return found

    def _finished(self, found: list[Tensor], variables: list[Variable]) -> Any:
        """Assign what the function assigns, and give its results in their structure."""
        names, raws = repeat("_t"), [x._t for x in found[self.count :]]
        # One call in C, so that Ctrl-C comes before the first or after the last.
        deque(map(setattr, [variables[place] for place in self.written], names, raws), 0)
        return self.structure(found[: self.count])

    def outputs(self) -> list[tuple[Any, Any]]:
        """Shape and dtype of each Tensor among the results."""
        values = self.trace.recorder.values
        raws = [values[x] if type(x) is Ref else x for x in self.call.outputs[: self.count]]
        unranked = bool(self.trace.unranked)
        return [
            (None if unranked and raw.dim() else symbolic.known_sizes(raw.shape), FROM_TORCH[raw.dtype])
            for raw in raws
        ]

    def specialized(self) -> bool:
        """Whether it holds for one number only where sizes are open."""
        sizes = self.trace.recorder.sizes
        return sizes is not None and any(x.is_number for x in sizes.env.replacements.values())

    def reshaped(self) -> bool:
        """Whether a Variable has a value of another shape by now."""
        return any(tuple(variable._t.shape) != shape for variable, shape in self.loose)

    def holds(self, tensors: Sequence[Tensor]) -> bool:
        """Whether it was made for such sizes of the arguments."""
        if self.trace.recorder.sizes is None:
            return True
        if self.ranks is not None and self.ranks != [len(x._t.shape) for x in tensors]:
            return False
        between = [None] * len(self.variables)
        return self.call.holds([*[x._t for x in tensors], *between, *[x._t for x in self.captured]])

    def stale(self) -> bool:
        """Whether a tape traces a Tensor from outside by now that was a constant when this was traced."""
        recording = state.recording
        for ref in self.constants:
            tensor = ref()
            if tensor is not None and tensor._node is not None and tensor._node.tapes & recording:
                return True
        return False


def _same(node: Node, other: Node) -> bool:
    """Whether two nodes do the same; what effects give may have other shapes."""
    return (
        type(node) is type(other)
        and node.effect == other.effect
        and len(node.outs) == len(other.outs)
        and (node.function == other.function or node.shapes)
        and alike((node.args, node.kwargs), (other.args, other.kwargs))
    )
