"""The graph of a function as TensorFlow shows it: nodes and their names, in the order in which they come about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.graphs.nodes import RESOURCE, Value, attr, sizes_of
from tfcompat_tape.graphs.writer import RANDOM, FunctionWriter
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.implicit import PORTS, SMALL
from tfcompat_tape.tracing.notes import Assigned, Noted
from tfcompat_tape.tracing.op_names import OPS
from tfcompat_tape.tracing.ops import Constant

# What nodes that are no call of an op are called.
_NODES = {
    **OPS,
    "Case": "switch_case/indexed_case",
    "If": "cond",
    "StatelessCase": "switch_case/indexed_case",
    "StatelessIf": "cond",
    "StatelessWhile": "while",
    "While": "while",
}
# Nodes that stand behind the scopes alone, whatever op they are written for.
_APART = {"Identity", "Placeholder"}
_UPDATES = {"AddV2": "AssignAddVariableOp", "Sub": "AssignSubVariableOp"}
_REDUCTIONS = {"All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum"}


class ViewWriter(FunctionWriter):
    """A function while its graph is written to be looked at.

    Arguments, and what is captured, are placeholders; each op that is called is a node, also where no trace has to
    compute it; each use of a Variable reads it.

    Attributes:
      captured: the values of the placeholders that are no arguments, and these.
      shapes: of values, by how nodes name them.
    """

    removed: frozenset[str] = frozenset()

    def __init__(self, trace: Any, library: Any, name: str) -> None:
        super().__init__(trace, library, name)
        self._names = trace.recorder.ops.namer.names
        self.captured: list[tuple[Value, Any]] = []
        self.shapes: dict[str, TensorShape] = {}
        self._kind = ""  # the op that is written, while no node has its name
        self._updates: dict[int, Noted] = {}  # by id of what they give
        self._of_reads: dict[tuple[str, int], Value] = {}

    def inner(self, trace: Any, name: str) -> FunctionWriter:
        """The writer of a function of the library."""
        return FunctionWriter(trace, self.library, name)

    # -- names ---------------------------------------------------------------------------------------------------------

    def wanted(self, op: str) -> str:
        """Nodes that an op needs stand in its scope."""
        if op in _APART or not self.at:
            return _NODES.get(op, op)
        return f"{self.at}/{_NODES.get(op, op)}"

    def called(self, noted: Noted) -> str | None:
        """As it was called while the function was traced."""
        return noted.name

    def place(self, raw: Any, value: Value) -> None:
        """Note the shape of a value."""
        super().place(raw, value)
        if isinstance(raw, torch.Tensor):
            known = None if id(raw) in self.trace.unranked else sizes_of(raw)
            self.shapes.setdefault(value.text, TensorShape(known))

    # -- arguments and results -----------------------------------------------------------------------------------------

    def argument(
        self, name: str, dtype: DType, raw: Any = None, shape: Any = None, ranked: bool = True
    ) -> Value:
        """One more argument."""
        known = shape if raw is None else sizes_of(raw)
        found = self._placeholder(name, dtype, TensorShape(known if ranked else None), name)
        if raw is not None:
            self.define(raw, found)
        return found

    def _placeholder(self, name: str, dtype: DType, shape: TensorShape, said: str) -> Value:
        attrs: dict[str, Any] = {"dtype": dtype, "shape": attr(shape), "_user_specified_name": said}
        (found,) = self.add("Placeholder", [], [dtype], named=name, **attrs)[1]
        self.shapes[found.text] = shape
        return found

    def resource(self, variable: Any) -> Value:
        """The placeholder that stands for a Variable or a table, before the node that needs it first."""
        found = self.resources.get(id(variable))
        if found is None:
            name = self.name(f"{self.at}/resource" if self.at else "resource")
            kind = dtypes.string if hasattr(variable, "asset_path") else RESOURCE
            found = self._placeholder(name, kind, TensorShape([]), "resource")
            self.resources[id(variable)] = found
            self.variables.append(variable)
            self.captured.append((found, getattr(variable, "handle", variable)))
        return found

    def results_of(self, values: Sequence[Value]) -> list[Value]:
        """The results: each has a node of its own, after all that the function does."""
        self.at = ""
        drawn = {node.name for node in self.found if node.op in RANDOM}
        self.effects = [name for name in dict.fromkeys(self.effects) if name not in drawn]
        effects = self.effects
        waits = self.name("NoOp") if effects else None
        found = []
        for value in values:
            controls = [waits] if waits else []
            (same,) = self.add("Identity", [value], [value.dtype], controls, T=value.dtype)[1]
            self.shapes[same.text] = self.shapes.get(value.text, TensorShape(None))
            found.append(same)
        if waits:
            self.add("NoOp", [], [], effects, named=waits)
        return found

    # -- values --------------------------------------------------------------------------------------------------------

    def value(self, raw: Any, parent: Any = None, stops: bool = False) -> Value:
        """What nodes take for a raw tensor."""
        if id(raw) in self.reads:
            return self._read(raw)
        if isinstance(raw, torch.Tensor) and not self.recorder.mine(raw) and id(raw) in self.values:
            return self.values[id(raw)]
        return super().value(raw, parent, stops)

    def _called(self, noted: Noted) -> None:
        """An op; what is added to a Variable is so where it is assigned."""
        if noted.op.name in _UPDATES and noted.name.rpartition("/")[2].startswith(_UPDATES[noted.op.name]):
            self._updates[id(noted.results[0])] = noted
        else:
            self._kind = noted.op.name
            super()._called(noted)
            self._kind = ""

    def _constant(self, step: Constant) -> None:
        """A constant is a node, used or not."""
        self.define(step.raw, self._const(step.raw, None, step.name))

    def add(
        self,
        op: str,
        inputs: Sequence[Value],
        results: Sequence[DType] = (),
        controls: Sequence[str] = (),
        named: str | None = None,
        **attrs: Any,
    ) -> tuple[str, list[Value]]:
        """One more node; where an op is several nodes, the one of its type has its name."""
        if named is None and op == self._kind:
            named, self._kind = self.at, ""
        return super().add(op, inputs, results, controls, named, **attrs)

    def _assigned(self, step: Assigned) -> None:
        variable, noted = step.variable, self._updates.get(id(step.value))
        if noted is None:
            super()._assigned(step)
            return
        self.at, self.port = noted.name, "value"
        given = [self.resource(variable), self.value(noted.inputs[1])]
        kind = _UPDATES[noted.op.name]
        self.add(kind, given, [], self.before(variable), named=noted.name, dtype=variable.dtype)
        self.effects.append(noted.name)
        self.last[id(variable)] = noted.name
        self.since.pop(id(variable), None)
        self.reads[id(step.after)] = variable, noted.name

    def _static(
        self, op: Any, argument: Any, port: Any, form: Any, value: Any, noted: Noted, attrs: dict[str, Any]
    ) -> Value:
        """An argument that is a tensor there; all axes of a reduction stand beside it."""
        self.port = PORTS.get((op.name, self.port), self.port)
        if value is not None or op.name not in _REDUCTIONS:
            return super()._static(op, argument, port, form, value, noted, attrs)
        rank = noted.inputs[0].dim()
        scope = noted.name.rpartition("/")[0]
        before = f"{scope}/" if scope else ""
        attrs[port.kind] = attr(dtypes.int32)
        if rank:
            return self._const(np.arange(rank, dtype=np.int32), dtypes.int32, self.name(f"{before}Const"))
        end = self._const(np.int32(0), dtypes.int32, self.name(f"{before}Rank"))
        name = self.name(f"{before}range")
        ends = [
            self._const(np.int32(i), dtypes.int32, f"{name}/{x}") for i, x in enumerate(["start", "delta"])
        ]
        given = [ends[0], end, ends[1]]
        found = self.add("Range", given, [dtypes.int32], named=name, Tidx=dtypes.int32)[1][0]
        self.shapes[found.text] = TensorShape([0])
        return found

    def results(self, noted: Noted, values: Sequence[Value | None]) -> None:
        """What no trace computes is a value of the graph, too."""
        for raw, value in zip(noted.results, values, strict=True):
            if value is not None:
                self.define(raw, value, noted.entry)

    def _read(self, raw: Any) -> Value:
        key = self.at, id(raw)
        found = self._of_reads.get(key)
        if found is None:
            variable, after = self.reads[id(raw)]
            kind = variable.dtype
            name = self.name(f"{self.at}/ReadVariableOp" if self.at else "ReadVariableOp")
            at, self.at = self.at, name
            resource = self.resource(variable)
            self.at = at
            controls = [after] if after else []
            (found,) = self.add("ReadVariableOp", [resource], [kind], controls, named=name, dtype=kind)[1]
            self.since.setdefault(id(variable), []).append(name)
            self.effects.append(name)
            self._of_reads[key] = found
            self.place(raw, found)
        return found

    def constant(self, value: Any, dtype: DType | None = None) -> Value:
        """A constant: one of `tf.constant`, one from outside, or what an op takes besides."""
        if not isinstance(value, torch.Tensor):
            return self._const(value, dtype)
        known = self.values.get(id(value))
        if known is not None:
            return known
        made = self.recorder.ops.of(value)
        named = made.name if made is not None else None
        if made is None and value.numel() > SMALL:
            name = self.name(f"{self.at}/{self.port}" if self.at else "captured")
            kind = dtypes.FROM_TORCH[value.dtype]
            found = self._placeholder(name, kind, TensorShape(value.shape), self.port)
            outside = self._from_outside(value)
            self.captured.append((found, Tensor(value, None) if outside is None else outside))
        else:
            found = self._const(value, None, named)
            outside = self._from_outside(value) if made is None else None
            if outside is not None:
                self.captured.append((found, outside))
        if made is not None or outside is not None:
            self.define(value, found)
        return found

    def _from_outside(self, raw: Any) -> Tensor | None:
        """The Tensor with this raw tensor that the function captures, if there is one."""
        held = [ref() for ref in self.trace.constants.values()]
        return next((x for x in held if x is not None and scope._slot_t.__get__(x) is raw), None)

    def _const(self, value: Any, dtype: DType | None, named: str | None = None) -> Value:
        if named is None:
            named = self.name(f"{self.at}/{self.port}" if self.at and self.port else "Const")
        found = self.new_constant(value, dtype, named)
        self.shapes[found.text] = TensorShape(
            tuple(value.shape) if isinstance(value, torch.Tensor) else np.shape(value)
        )
        return found
