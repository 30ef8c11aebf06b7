"""A function as a graph of TensorFlow's: from the notes that were taken while it was traced.

Each op that was called is a node of that name. Values are raw tensors of the trace: what an op gave, an argument, what
a Variable is at this point. The Wengert list says what a derivative goes through: an input that a tape would not see
gets a `StopGradient` before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs import calls, draws, expansions, kernels, staged
from tfcompat_tape.graphs.messages import FunctionDef
from tfcompat_tape.graphs.nodes import (
    RESOURCE,
    VARIANT,
    SizedNodes,
    Value,
    attr,
    dtype_of,
    lower_name,
    refused,
    resource_argument,
    sizes_of,
)
from tfcompat_tape.ops.raw import attrs as raw_attrs
from tfcompat_tape.ops.raw import calls as raw_calls
from tfcompat_tape.ops.raw import definitions as op_defs
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.notes import (
    Assigned,
    Called,
    Checked,
    Detached,
    Emitted,
    Noted,
    Printed,
    Staged,
    Unsaid,
)
from tfcompat_tape.tracing.ops import Constant
from tfcompat_tape.tracing.sizes import symbolic

RANDOM = {"Multinomial", "RandomStandardNormal", "RandomUniform", "RandomUniformInt", "TruncatedNormal"}
# Ops that do something besides computing: a function that calls one is run for that, too.
_EFFECTS = {"Assert", *RANDOM}
# Attributes here that are others in the definitions of ops.
_NAMES = {("Squeeze", "axis"): "squeeze_dims"}


class FunctionWriter(SizedNodes):
    """One function while it is written.

    Args:
      trace: it, traced with notes.
      library: the functions of the graph, for those that this one calls.
      name: its name in the graph.
    """

    def __init__(self, trace: Any, library: Any, name: str) -> None:
        super().__init__()
        self.trace = trace
        self.recorder = trace.recorder
        self.library = library
        self.function = name
        self.definition: Any = FunctionDef()
        self.definition.signature.name = name
        self.values: dict[int, Value] = {}  # by id of the raw tensor
        self.entries: dict[int, Any] = {}  # by id of the raw tensor: its line on the list
        self.of_entries: dict[int, Value] = {}  # by id of the entry, where that has a value of its own
        self.resources: dict[int, Value] = {}  # of Variables, by id
        self.variables: list[Any] = []  # Variables and others whose resources are arguments, in order
        self.reads: dict[
            int, tuple[Variable, str | None]
        ] = {}  # by id of the raw: of which, after which node
        self.since: dict[int, list[str]] = {}  # the nodes that have read a Variable since it was assigned
        self.last: dict[int, str] = {}  # the node that assigned last, by id of the Variable
        self.effects: list[str] = []
        self.set_by: dict[int, str] = {}  # by id of a raw: the node that has assigned it to its Variable
        self.listed: dict[int, Any] = {}  # by id of a raw: the entry of what is no op
        self.at = ""  # the op that is written
        self.port = ""  # and which of its inputs
        self._stopped: dict[str, Value] = {}
        self._arguments: list[Any] = []
        for held in trace.held.values():
            self.reads[id(self.recorder.values[held.number])] = held.variable, None

    # Ops of which TensorFlow has definitions, and that its graphs may no longer have.
    removed: frozenset[str] = frozenset({"MatrixExponential"})

    def inner(self, trace: Any, name: str) -> FunctionWriter:
        """The writer of a function of the library."""
        return FunctionWriter(trace, self.library, name)

    # -- arguments and results -----------------------------------------------------------------------------------------

    def argument(
        self, name: str, dtype: DType, raw: Any = None, shape: Any = None, ranked: bool = True
    ) -> Value:
        """One more argument: a raw tensor of the trace, or one that only has a shape; `ranked`: of a known rank."""
        text = self.name(lower_name(name))
        self.definition.signature.input_arg.add(name=text, type=dtype.as_datatype_enum)
        known = shape if raw is None else sizes_of(raw)
        self._arguments.append(known if ranked and dtype is not VARIANT else None)
        found = Value(text, dtype)
        if raw is not None:
            self.values[id(raw)] = found
            self.place(raw, found)
        return found

    def resource(self, variable: Any) -> Value:
        """The argument that stands for a Variable, a table, or the name of a file; those come last."""
        found = self.resources.get(id(variable))
        if found is None:
            text = self.name(f"resource_{len(self.variables)}")
            kind = dtypes.string if hasattr(variable, "asset_path") else RESOURCE
            found = self.resources[id(variable)] = Value(text, kind)
            self.variables.append(variable)
        return found

    def finished(self, results: Sequence[Value]) -> Any:
        """The function with these results."""
        signature = self.definition.signature
        for variable in self.variables:
            value = self.resources[id(variable)]
            if value.dtype is RESOURCE:
                resource_argument(signature, value.text, variable)
            else:
                signature.input_arg.add(name=value.text, type=value.dtype.as_datatype_enum)
            self._arguments.append(None)
        for value in results:
            same = self.one("Identity", [value], value.dtype, T=value.dtype)
            key = same.text.partition(":")[0].lower()
            signature.output_arg.add(name=key, type=value.dtype.as_datatype_enum)
            self.definition.ret.add(key=key, value=same.text)
        self.definition.node_def.extend(self.found)
        for name in dict.fromkeys(self.effects):
            signature.control_output.append(name)
            self.definition.control_ret.add(key=name, value=name)
        signature.is_stateful = bool(self.effects or self.variables)
        shapes = [TensorShape(None if one is None else one) for one in self._arguments]
        self.definition.attr["_input_shapes"].CopyFrom(attr(shapes, "list(shape)"))
        return self.definition

    # -- values --------------------------------------------------------------------------------------------------------

    def value(self, raw: Any, parent: Any = None, stops: bool = False) -> Value:
        """What nodes take for a raw tensor; `stops`: no derivative goes through, unless it came so, or by `parent`."""
        if parent is not None and id(parent) in self.of_entries:
            return self.of_entries[id(parent)]
        if not isinstance(raw, torch.Tensor):
            return self.constant_texts(raw)
        if not self.recorder.mine(raw):
            if type(getattr(raw, "fake_mode", None)) is type(self.recorder.mode):
                raise refused("it uses a value of another function")
            return self.constant(raw)
        found = self.values.get(id(raw))
        if found is None:
            found = self._read(raw) if id(raw) in self.reads else kernels.value(self, raw)
            self.define(raw, found, self.listed.get(id(raw)))
        if stops and parent is None and self.entries.get(id(raw)) is not None:
            return self._stop(found)
        return found

    def constant_texts(self, array: Any) -> Value:
        """Strings that are the same at each call: the name of a file that belongs to the model is where that lies."""
        asset = self.library.assets.get(id(array))
        return self.constant(array) if asset is None else self.resource(asset)

    def define(self, raw: Any, value: Value, entry: Any = None) -> None:
        """A raw tensor is this value from now on."""
        self.values[id(raw)] = value
        self.entries[id(raw)] = entry
        self.place(raw, value)

    def _stop(self, value: Value) -> Value:
        if value.text not in self._stopped:
            self._stopped[value.text] = self.one("StopGradient", [value], value.dtype, T=value.dtype)
        return self._stopped[value.text]

    def _read(self, raw: Any) -> Value:
        variable, after = self.reads[id(raw)]
        kind = variable.dtype
        name, (found,) = self.add(
            "ReadVariableOp", [self.resource(variable)], [kind], [after] if after else [], dtype=kind
        )
        self.since.setdefault(id(variable), []).append(name)
        return found

    def number(self, symbol: Any, dtype: DType) -> Value | None:
        sizes = self.recorder.sizes
        raw, place = sizes.asked_for.get(symbol, (None, None)) if sizes is not None else (None, None)
        if raw is None:
            return None
        found = self.value(raw)
        if place is not None:
            ends = [self.constant(np.array([i], np.int32)) for i in (place, place + 1, 1)]
            kinds = {"T": found.dtype, "Index": dtypes.int32}
            found = self.one("StridedSlice", [found, *ends], found.dtype, shrink_axis_mask=1, **kinds)
        if found.dtype == dtype:
            return found
        return self.one("Cast", [found], dtype, SrcT=found.dtype, DstT=dtype)

    # -- what happened -------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write what was noted."""
        for step in self.recorder.notes.steps:
            if isinstance(step, Noted):
                self._called(step)
                continue
            self.at = step.scope.rstrip("/") if isinstance(step, Staged) else ""
            if isinstance(step, Assigned):
                self._assigned(step)
            elif isinstance(step, Checked):
                self._checked(step)
            elif isinstance(step, Printed):
                self._printed(step)
            elif isinstance(step, Staged):
                staged.write(self, step)
            elif isinstance(step, Detached):
                self._detached(step)
            elif isinstance(step, Unsaid):
                raise refused(f"it does at each call what is no op of TensorFlow's: {step.what}")
            elif isinstance(step, Called):
                calls.write(self, step)
            elif isinstance(step, Emitted):
                self._emitted(step)
            elif isinstance(step, Constant):
                self._constant(step)

    def _constant(self, step: Constant) -> None:
        """A constant is written where it is used."""

    def _checked(self, step: Checked) -> None:
        shown = [self.value(x._t, x._node) for x in step.data]
        kinds = attr([x.dtype for x in shown], "list(type)")
        given = [self.value(step.condition), *shown]
        node, _ = self.add("Assert", given, T=kinds, summarize=step.summarize)
        self.effects.append(node)

    def _printed(self, step: Printed) -> None:
        given = [self.value(x._t, x._node) for x in step.tensors]
        kinds = attr([x.dtype for x in given], "list(type)")
        how = {"template": step.template, "placeholder": step.mark, "summarize": step.summarize}
        text = self.one("StringFormat", given, dtypes.string, T=kinds, **how)
        node, _ = self.add("PrintV2", [text], output_stream=step.stream, end=step.end)
        self.effects.append(node)

    def _assigned(self, step: Assigned) -> None:
        variable = step.variable
        node = self.set_by.get(id(step.value)) or draws.moved(self, variable, step.value)
        if node is None:
            value = self.value(step.value)
            before = self.before(variable)
            node, _ = self.add(
                "AssignVariableOp",
                [self.resource(variable), value],
                [],
                before,
                dtype=variable.dtype,
            )
            self.effects.append(node)
        self.last[id(variable)] = node
        self.since.pop(id(variable), None)
        self.reads[id(step.after)] = variable, node

    def uses(self, variables: Sequence[Any]) -> list[str]:
        """The nodes that come before one that has these Variables' resources."""
        return list(dict.fromkeys([node for variable in variables for node in self.before(variable)]))

    def used(self, node: str, variables: Sequence[Any]) -> None:
        """A node has these Variables' resources."""
        for variable in variables:
            self.since.setdefault(id(variable), []).append(node)

    def last_of(self, variable: Any) -> list[str]:
        """The node that assigned to it last."""
        return [self.last[id(variable)]] if id(variable) in self.last else []

    def before(self, variable: Any) -> list[str]:
        """The nodes that come before something that may assign to a Variable, or read it."""
        found = list(self.since.get(id(variable), []))
        return [*found, self.last[id(variable)]] if id(variable) in self.last else found

    def _detached(self, step: Detached) -> None:
        """An entry that is no call of an op: who makes its results says what they are; they come by it."""
        for raw in step.results:
            if self.recorder.mine(raw):
                self.listed.setdefault(id(raw), step.entry)

    def _emitted(self, step: Emitted) -> None:
        smooth = any(raw.dtype in INEXACT for raw in step.results)
        given = [self.value(raw, parent, smooth) for raw, parent in step.inputs]
        _, values = self.add(step.op, given, [dtype_of(raw) for raw in step.results], **step.attrs)
        for raw, value in zip(step.results, values, strict=True):
            self.define(raw, value, self.listed.get(id(raw)))

    def _called(self, noted: Noted) -> None:
        op = noted.op
        self.at = noted.name
        expansion = expansions.EXPANSIONS.get(op.name)
        inputs = self._inputs(noted)
        if expansion is not None:
            results = expansion(self, inputs, {**op.defaults, **noted.attrs})
        elif not op_defs.known(op.name) or op.name not in raw_calls._table() or op.name in self.removed:
            if all(not self.recorder.mine(raw) for raw in noted.results):
                return
            raise refused(f"the op {op.name} is not one of TensorFlow's")
        else:
            results = self._node(noted, inputs)
        self.results(noted, results)

    def results(self, noted: Noted, values: Sequence[Value | None]) -> None:
        """An op that is written has given these values; what no trace computes is a constant all the same."""
        if not any(self.recorder.mine(raw) for raw in noted.results):
            return
        for raw, value in zip(noted.results, values, strict=True):
            if self.recorder.mine(raw) and value is not None:
                self.define(raw, value, noted.entry)

    def called(self, noted: Noted) -> str | None:
        """The name of the node of an op; `None`: any."""
        return None

    def _inputs(self, noted: Noted) -> list[Value]:
        entry = noted.entry
        smooth = any(isinstance(x, torch.Tensor) and x.dtype in INEXACT for x in noted.results)
        parents: Sequence[Any] = [None] * len(noted.inputs)
        if entry is not None and len(entry.parents) == len(noted.inputs):
            parents = entry.parents
        like = next((dtype_of(x) for x in noted.inputs if isinstance(x, torch.Tensor)), None)
        stops = noted.op.differentiable and smooth
        found = []
        for i, (raw, parent) in enumerate(zip(noted.inputs, parents, strict=True)):
            self.port = _port(noted.op, i)
            is_tensor = isinstance(raw, torch.Tensor)
            found.append(self.value(raw, parent, stops) if is_tensor else self._number(raw, like))
        return found

    def _number(self, value: Any, like: Any) -> Value:
        if isinstance(value, (torch.SymInt, torch.SymFloat)):
            return self.size(value, dtypes.int32 if like is None else like)
        if isinstance(value, (bool, int, float, complex)) and like is not None:
            return self.constant(value, like)
        return self.constant(value)

    def _node(self, noted: Noted, inputs: list[Value]) -> list[Value]:
        """A node of one of TensorFlow's ops, by its definition."""
        op = noted.op
        form = op_defs.form(op.name)
        own, takes_any = raw_calls._own_attrs(op)
        given = _filled(op, noted.attrs)
        tensors = self._groups(op, own, inputs)
        attrs: dict[str, Any] = {}
        kinds = raw_attrs.kinds(op.name)
        by_port: dict[str, list[Value]] = {}
        ports = _ports(op.name)
        for argument in raw_calls.arguments(op.name):
            name = raw_calls.attr_name(op.name, argument.name)
            if not (argument.is_tensor or argument.is_handle):
                value = given.get(name, argument.default)
                if name not in given and not takes_any and value is raw_calls._NO_DEFAULT:
                    continue
                if value is raw_calls._NO_DEFAULT or value is None:
                    continue
                key = _NAMES.get((op.name, argument.name), argument.name)
                if symbolic(value):
                    raise refused(f"the attribute {key} of {op.name} is a size that is open")
                kind = kinds[argument.name].type if argument.name in kinds else ""
                attrs[key] = attr(_attribute(value, kind), kind)
                continue
            port = ports[argument.name]
            self.port = port.name
            if name in tensors:
                values = tensors[name]
            else:
                values = [
                    self._static(op, argument, port, form, given.get(name, argument.default), noted, attrs)
                ]
            if port.count:
                attrs[port.count] = attr(len(values))
            if port.mixed:
                attrs[port.kind] = attr([x.dtype for x in values], "list(type)")
            elif values and not _is_dtype(port.kind):
                attrs[port.kind] = attr(values[0].dtype)
            by_port[port.name] = values
        found = [value for port in form.inputs for value in by_port[port.name]]
        shown = [raw for raw in noted.results if raw is not None]
        results = [dtype_of(raw) for raw in shown]
        place = 0
        for i, port in enumerate(form.results):
            count = len(results) - place - (len(form.results) - i - 1) if port.count or port.mixed else 1
            if port.count:
                attrs.setdefault(port.count, attr(count))
            if port.mixed:
                attrs.setdefault(port.kind, attr(results[place : place + count], "list(type)"))
            elif not _is_dtype(port.kind) and port.kind not in attrs:
                attrs[port.kind] = attr(results[place])
            place += count
        node, values = self.add(op.name, found, results, named=self.called(noted), **attrs)
        if op.name in _EFFECTS:
            self.effects.append(node)
        return values

    def _groups(self, op: Any, own: set[str], inputs: list[Value]) -> dict[str, list[Value]]:
        """The inputs of a call by the names of arguments."""
        names = [
            (raw_calls.attr_name(op.name, a.name), a.is_list)
            for a in raw_calls.arguments(op.name)
            if (a.is_tensor or a.is_handle) and raw_calls.attr_name(op.name, a.name) not in own
        ]
        lists = dict(names)
        order = list(op.inputs) if set(op.inputs) <= lists.keys() else list(lists)
        several = [name for name in order if lists[name]]
        singles = len(order) - len(several)
        length = (len(inputs) - singles) // max(len(several), 1)
        found: dict[str, list[Value]] = {}
        at = 0
        for name in order:
            count = length if lists[name] else 1
            found[name] = inputs[at : at + count]
            at += count
        if at != len(inputs):
            raise refused(f"the op {op.name} was called with {len(inputs)} inputs")
        return found

    def _static(
        self, op: Any, argument: Any, port: Any, form: Any, value: Any, noted: Noted, attrs: dict[str, Any]
    ) -> Value:
        """An argument that is a tensor there, and numbers here."""
        if _is_dtype(port.kind):
            dtype = dtypes.as_dtype(port.kind)
        elif port.kind in attrs:
            dtype = dtypes.as_dtype(attrs[port.kind].type)
        elif port.kind in form.defaults:
            dtype = dtypes.as_dtype(form.defaults[port.kind])
        else:
            like = [x for x in noted.inputs if isinstance(x, torch.Tensor)]
            same = like and port.kind == "T" and argument.name in raw_calls._VALUES
            dtype = dtype_of(like[0]) if same else dtypes.int32
        if value is raw_calls._NO_DEFAULT:
            raise refused(f"{op.name} was called without {argument.name}: {sorted(noted.attrs)}")
        if value is None:
            if argument.name not in ("axis", "reduction_indices"):
                raise refused(f"{op.name} leaves {argument.name} open")
            value = tuple(range(noted.inputs[0].dim()))
        if isinstance(value, TensorShape):
            value = tuple(value.as_list())
        if isinstance(value, (Tensor, torch.Tensor)):  # a seed, a key, or a counter
            found = self.value(scope._slot_t.__get__(value) if isinstance(value, Tensor) else value)
            if found.dtype == dtype or not _is_dtype(port.kind):
                return found
            return self.one("Bitcast", [found], dtype, T=found.dtype, type=dtype)
        return self.sizes(value, dtype)


@cache
def _port(op: Any, place: int) -> str:
    """What TensorFlow calls an input of an op."""
    if op.name in raw_calls._table():
        given = [a.name for a in raw_calls.arguments(op.name) if a.is_tensor or a.is_handle]
        own, _ = raw_calls._own_attrs(op)
        given = [name for name in given if raw_calls.attr_name(op.name, name) not in own]
        if place < len(given):
            return given[place]
    return op.inputs[place] if place < len(op.inputs) else "values"


@cache
def _ports(op_type: str) -> dict[str, Any]:
    """The inputs of an op by the names of arguments, which for some are others than in its definition."""
    found = {port.name: port for port in op_defs.form(op_type).inputs}
    names = [a.name for a in raw_calls.arguments(op_type) if a.is_tensor or a.is_handle]
    left = iter([port for name, port in found.items() if name not in names])
    return {name: found[name] if name in found else next(left) for name in names}


def _filled(op: Any, attrs: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a call, with those that it leaves out."""
    found = {**op.defaults, **attrs}
    if op.name == "StridedSlice":
        begin = found["begin"]
        if found.get("end") is None:
            found["end"] = tuple([n + 1 for n in begin])
        if found.get("strides") is None:
            found["strides"] = (1,) * len(begin)
    return found


def _is_dtype(kind: str) -> bool:
    return kind in _DTYPES


_DTYPES = {made.name for made in dtypes._BY_ENUM.values()}


def _attribute(value: Any, kind: str) -> Any:
    if kind == "type" and not isinstance(value, (DType, torch.dtype)):
        return dtypes.as_dtype(value)
    if kind.startswith("list(") and not isinstance(value, (tuple, list)):
        return [value]
    return value
