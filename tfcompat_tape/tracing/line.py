"""A straight line of kernels: Python code that is generated from the nodes of a trace which some results need.

Nodes that nothing needs are left out, what depends on constants alone is computed beforehand, equal nodes are computed
once, and each value is let go of after its last use.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import FunctionType
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.failures import translated
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.tracing import products, scope
from tfcompat_tape.tracing.elements import is_open, sized_by
from tfcompat_tape.tracing.failing import Coded, told
from tfcompat_tape.tracing.line_code import FOLDED, write
from tfcompat_tape.tracing.nodes import NOTHING, Guard, Layout, Node, Ref, Staged, put, storage, substituted
from tfcompat_tape.tracing.recorder import Recorder
from tfcompat_tape.tracing.sizes import SYMBOLIC
from tfcompat_tape.tracing.texts import AtCall


class Values(dict[int, Any]):
    """Values by number, where equal nodes share one."""

    def __init__(self, renamed: dict[int, int]) -> None:
        super().__init__()
        self._renamed = renamed

    def __missing__(self, number: int) -> Any:
        return self[self._renamed[number]]


# The code of functions that stand between a line and its kernels while somebody looks on.
between: set[Any] = set()

# Exceptions of kernels.
FAILURES = (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError)


class Line:
    """Kernels that lead from some values of a trace to others.

    Args:
      inputs: numbers of the values that are given, in order.
      outputs: numbers (as `Ref`) of the results; a constant stands for itself.
      first, last: which nodes may belong to the line; guards, shapes to be checked and effects among those from `first`
        on belong to it in any case.
    """

    def __init__(
        self,
        recorder: Recorder,
        inputs: Sequence[int],
        outputs: Sequence[Any],
        first: int,
        last: int,
        name: str = "tf.function",
    ) -> None:
        self.name = name
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.recorder = recorder
        self._first = first
        self.nodes = live(recorder, set(inputs), outputs, first, last)
        self.renamed = _shared(recorder, self.nodes)
        self.folded = self._folded()
        self.function = self._compiled()

    def run(self, inputs: Sequence[Any]) -> list[Any]:
        """The results for the raw tensors `inputs`.

        Raises:
          DivergedError: a guard does not hold for them.
        """
        trace = scope.active.trace
        result: list[Any]
        if trace is None:
            try:
                result = self.function(*inputs)
            except FAILURES as error:
                raise self.failure(error)  # noqa: B904  # its cause is set
        else:
            result = self.results(self.retraced(trace.recorder, inputs))
        return result

    def results(self, values: dict[int, Any]) -> list[Any]:
        """The outputs among values by number."""
        return [values[int(x)] if type(x) is Ref else x for x in self.outputs]

    def failure(self, error: Exception) -> Exception:
        """What to raise for an exception in the code: one of a kernel is translated, others stay."""
        if not self._by_kernel(error):
            return error
        what, place = told(error, self._parts)
        found: Exception = translated(error, f"{self.name}: {what}", place)
        found.__cause__ = error
        return found

    def written(
        self, raws: Sequence[str], layouts: Sequence[Layout], names: dict[str, Any]
    ) -> tuple[list[str], list[str]]:
        """Python code that runs the line: statements, and an expression for each result.

        Args:
          raws: an expression for each input; `layouts`: what these are known to have.
          names: what the code refers to is entered here.
        """
        names["line"], names["failure"], names["FAILURES"] = self.function, self.failure, FAILURES
        outs = [f"o{i}" for i in range(len(self.outputs))]
        left = f"{', '.join(outs)}, = " if outs else ""
        code = [
            "try:",
            f"    {left}line({', '.join(raws)})",
            "except FAILURES as error:",
            "    raise failure(error)",
        ]
        return code, outs

    def _by_kernel(self, error: Exception) -> bool:
        """Whether an exception comes from a kernel that the generated code called directly."""
        trace: Any = error.__traceback__
        last = None
        while trace is not None:
            code = trace.tb_frame.f_code
            if code not in between:
                last = code
            trace = trace.tb_next
        return any(last is one.code for one in self._parts)

    @property
    def _parts(self) -> list[Coded]:
        """The generated code, and what is called in it."""
        codes = [self._code] if self.rest is None else [self._code, *self.rest.codes]
        return [Coded(code.function.__code__, code.calls, self._name_of) for code in codes]

    def _name_of(self, x: Ref) -> str:
        """What the code calls a value."""
        return f"t{self.renamed.get(int(x), int(x))}"

    def retraced(self, recorder: Recorder, inputs: Sequence[Any]) -> dict[int, Any]:
        """All that is computed from `inputs`, by number, as values of a trace that calls this line."""
        if self.guarded:
            raise UntraceableError("a function that depends on values is called by another one")
        values = Values(self.renamed)
        values.update(zip(self.inputs, inputs, strict=True))
        for _, node in self.nodes:
            if node.opaque or isinstance(node.function, (Staged, AtCall)) or self._on_rows(node):
                described = [
                    (substituted(tuple(v.shape), values), v.dtype, v.device)
                    for v in map(self.recorder.values.__getitem__, node.outs)
                ]
                args = [substituted(x, values) for x in node.args]
                put(values, node, recorder.again(node, args, described))
            elif getattr(node.function, "of_sizes", False):  # sizes that are open here, too, stay so
                put(values, node, recorder.sized(*substituted(node.args, values)))
            else:
                put(values, node, node.run(values))
        return values

    def _on_rows(self, node: Node) -> bool:
        """Whether a node is a function of rows, which are tokens in a trace: there is nothing to compute with."""
        if type(node.function) is not FunctionType:
            return False
        numbers = [*node.sources(), *(n for n in node.outs if n != NOTHING)]
        return any(self.recorder.values[n].device.type == "meta" for n in numbers)

    @property
    def guarded(self) -> bool:
        """Whether the line holds for some values only."""
        return any(type(node) is Guard or node.shapes for _, node in self.nodes)

    @property
    def effects(self) -> bool:
        """Whether the line does something besides computing."""
        return any(node.effect for _, node in self.nodes)

    def overwriting(self, found: Any) -> tuple[Any, list[Any]] | None:
        """Compiled code for the end of the line that overwrites Variables, and the constants that it takes."""
        return None

    def source(self) -> str:
        """The generated code."""
        codes = [self._code] if self.rest is None else [self._code, *self.rest.codes]
        return "\n".join([code.source for code in codes])

    @property
    def calls(self) -> dict[int, tuple[str, Node]]:
        """The kernel calls by line of the code, up to where it goes on with `rest`."""
        return self._code.calls

    def _compiled(self) -> Any:
        self._code, self.rest = write(self)
        return self._code.function

    def happened(self) -> set[int]:
        """What the effects gave that have happened where the line has run, and elements whose sizes decide."""
        nodes = [*self.recorder.nodes[: self._first], *[node for _, node in self.nodes]]
        return {n for node in nodes if node.effect or is_open(self.recorder, node) for n in node.outs}

    def name_of(self, number: int) -> int:
        return self.renamed.get(number, number)

    def _folded(self) -> dict[int, Any]:
        """The values that are the same at each call."""
        recorder = self.recorder
        found: dict[int, Any] = {}
        if recorder.writes:
            return found
        for _, node in self.nodes:
            if node.static and not node.writes and type(node) is Node and not node.effect:
                if any(recorder.values[n].numel() > FOLDED for n in node.outs if n != NOTHING):
                    continue
                if not all(s in found for s in node.sources()):
                    continue
                with torch.utils._python_dispatch._disable_current_modes(), reading.outside():
                    put(found, node, node.run(found))
        return found

    def merged(self) -> list[tuple[int, Node]]:
        """The nodes that run, where some may do what several do in `nodes`."""
        recorder = self.recorder
        if recorder.writes or self.guarded:  # who goes on from a guard wants the values of `nodes`
            return self.nodes
        kept = {*self.folded, *[self.name_of(int(x)) for x in self.outputs if type(x) is Ref]}

        def like(x: Any) -> Any:
            return recorder.values[x] if type(x) is Ref else x

        return products.merged(self.nodes, kept, like, self.name_of)


def live(
    recorder: Recorder, given: Collection[int], outputs: Sequence[Any], first: int, last: int
) -> list[tuple[int, Node]]:
    """The nodes that lead to `outputs`, in order, with their places among the nodes of the trace."""
    needed = {int(x) for x in outputs if type(x) is Ref} - set(given)
    needed |= sized_by(recorder, outputs) - set(given)
    places = {storage(recorder.values[n]) for n in needed} if recorder.writes else set()
    found: list[tuple[int, Node]] = []
    for index in range(last - 1, -1, -1):
        node = recorder.nodes[index]
        wanted = any(out in needed for out in node.outs)
        if index >= first and (type(node) is Guard or node.effect or (node.shapes and not node.static)):
            wanted = True  # Python code may have gone by a shape, too
        if node.writes and any(storage(recorder.values[n]) in places for n in node.writes):
            wanted = True
        if not wanted:
            continue
        found.append((index, node))
        needed |= sized_by(recorder, (node.args, node.kwargs)) - set(given)
        for source in node.sources():
            if source not in given:
                needed.add(source)
            if recorder.writes:
                places.add(storage(recorder.values[source]))
    found.reverse()
    return found


def _shared(recorder: Recorder, nodes: list[tuple[int, Node]]) -> dict[int, int]:
    """Equal nodes: the later one's values, as those of the first. The later ones are taken out of `nodes`."""
    renamed: dict[int, int] = {}
    if recorder.writes:
        return renamed
    seen: dict[Any, Node] = {}
    kept: list[tuple[int, Node]] = []
    for index, node in nodes:
        if type(node) is Guard or node.effect or node.shapes or not node.outs:
            kept.append((index, node))
            continue
        key = (
            node.function,
            _key(node.args, renamed),
            tuple([(name, _key(x, renamed)) for name, x in node.kwargs.items()]),
        )
        try:
            other = seen.setdefault(key, node)
        except TypeError:  # something that cannot be compared
            other = node
        if other is node:
            kept.append((index, node))
        else:
            renamed.update(zip(node.outs, other.outs, strict=True))
    nodes[:] = kept
    return renamed


def _key(x: Any, renamed: dict[int, int]) -> Any:
    kind = type(x)
    if kind is Ref:
        return Ref, renamed.get(int(x), int(x))
    if kind is tuple or kind is list:
        return kind, tuple([_key(one, renamed) for one in x])
    if isinstance(x, torch.Tensor):
        return torch.Tensor, id(x)
    if kind in SYMBOLIC:
        return kind, x.node.expr
    return kind, repr(x) if kind is float else x  # -0.0 is not 0.0
