"""Branches, loops and gradients of the user's: nodes that call other functions of the graph.

Such a function has what it uses from outside as arguments: first tensors, then the resources of Variables, which it
reads and assigns to itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.nodes import VARIANT, FunctionName, Value, attr, dtype_of, refused, sizes_of
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.notes import Staged
from tfcompat_tape.tracing.rows import META
from tfcompat_tape.tracing.texts import Array


def kind_of(raw: torch.Tensor) -> DType:
    """The dtype of a raw tensor in a graph, where a list of tensors is a variant."""
    return VARIANT if raw.device == META else dtype_of(raw)


def write(writer: Any, step: Any) -> None:
    """Write what the trace has as one node."""
    {"If": _choice, "Case": _choice, "While": _loop, "Gradient": _gradient}[step.kind](writer, step)


def outside(writer: Any, x: Tensor) -> Value:
    """The value of a Tensor that a function is given."""
    raw, node = scope._slot_t.__get__(x), scope._slot_node.__get__(x)
    if not writer.recorder.mine(raw):
        held = writer.trace.captures.get(id(x))  # it comes from further outside
        if held is not None:
            _, raw, node, _ = held
    return writer.value(raw, node, True)  # type: ignore[no-any-return]


def _captured(writer: Any, traces: Sequence[Any]) -> tuple[list[Tensor], list[Any]]:
    """What traces use from outside: tensors, and Variables, tables and files."""
    tensors: dict[int, Tensor] = {}
    variables: dict[int, Any] = {}
    for trace in traces:
        variables.update({id(held.variable): held.variable for held in trace.held.values()})
        variables.update(others_of(writer, trace))
        tensors.update({id(tensor): tensor for tensor, *_ in trace.captures.values()})
    return list(tensors.values()), list(variables.values())


def inner_traces(trace: Any) -> Iterator[Any]:
    """The traces of what a function calls: branches, loops, gradients of the user's, and theirs."""
    for step in trace.recorder.notes.steps:
        if isinstance(step, Staged):
            parts = step.parts
            for one in (
                *parts.get("branches", ()),
                *[parts.get(key) for key in ("tested", "bodied", "inner")],
            ):
                if one is not None:
                    yield one.trace
                    yield from inner_traces(one.trace)


def others_of(writer: Any, trace: Any) -> dict[int, Any]:
    """What a function has as resources: tables, names of files, and the Variables of what it calls, by id."""
    from tfcompat_tape.graphs.calls import tables_of

    found: dict[int, Any] = {}
    inner = list(inner_traces(trace))
    for one in inner:
        found.update({id(held.variable): held.variable for held in one.held.values()})
    for one in (trace, *inner):
        found.update({id(table): table for table in tables_of(one)})
        for node in one.recorder.nodes:
            if isinstance(node.function, Array) and id(node.function.array) in writer.library.assets:
                asset = writer.library.assets[id(node.function.array)]
                found[id(asset)] = asset
    return found


def _function(writer: Any, trace: Any, name: str) -> Any:
    return writer.inner(trace, writer.library.name(name))


def _finish(inner: Any, variables: Sequence[Variable], results: Sequence[Value]) -> None:
    """Enter a function whose last arguments are the resources of these Variables."""
    made = {id(variable) for variable in variables}
    assert all(id(variable) in made for variable in inner.variables)
    inner.variables = [inner.resource(variable) and variable for variable in variables]
    inner.library.add(inner.finished(results))


def _call(
    writer: Any,
    op: str,
    inputs: list[Value],
    variables: Sequence[Variable],
    results: list[DType],
    written: bool,
    **attrs: Any,
) -> tuple[str, list[Value]]:
    """A node that calls functions; it comes after what reads or assigns to the Variables before."""
    given = [*inputs, *[writer.resource(variable) for variable in variables]]
    node, found = writer.add(op, given, results, writer.uses(variables), **attrs)
    writer.used(node, variables)
    if written or not op.startswith("Stateless"):
        writer.effects.append(node)
    return node, found


# -- branches ----------------------------------------------------------------------------------------------------------


def _choice(writer: Any, step: Any) -> None:
    branches = step.parts["branches"]
    tensors, variables = _captured(writer, [branch.trace for branch in branches])
    count = len(step.results) - step.parts["written"]
    names = []
    stateful = step.parts["written"] > 0
    for branch in branches:
        inner = _function(writer, branch.trace, step.kind)
        for i, tensor in enumerate(tensors):
            held = branch.trace.captures.get(id(tensor))
            raw = scope._slot_t.__get__(tensor)
            inner.argument(f"input_{i}", kind_of(raw), None if held is None else held[1], sizes_of(raw))
        inner.write()
        found = [
            inner.value(raw, node, True)
            for raw, node in zip(branch.raws[:count], branch.nodes[:count], strict=True)
        ]
        stateful = stateful or bool(inner.effects)
        names.append(FunctionName(inner.function))
        _finish(inner, variables, found)
    raws = [scope._slot_t.__get__(x) for x in step.results]
    index = outside(writer, step.parts["index"])
    op = step.kind if stateful else f"Stateless{step.kind}"
    inputs = [outside(writer, x) for x in tensors]
    given = [*[x.dtype for x in inputs], *[dtypes.resource] * len(variables)]
    attrs: dict[str, Any] = {"Tin": attr(given, "list(type)")}
    kinds = [kind_of(raw) for raw in raws[:count]]
    attrs["Tout"] = attr(kinds, "list(type)")
    attrs["output_shapes"] = attr([_shape(raw) for raw in raws[:count]], "list(shape)")
    if step.kind == "If":
        attrs.update(Tcond=index.dtype, then_branch=names[0], else_branch=names[1])
    else:
        attrs["branches"] = attr(names)
    node, values = _call(writer, op, [index, *inputs], variables, kinds, stateful, **attrs)
    _define(writer, step.results[:count], values)
    for raw in raws[count:]:
        writer.set_by[id(raw)] = node


def _shape(raw: Any) -> Any:
    return TensorShape([] if raw.device == META else sizes_of(raw))


def _define(writer: Any, results: Sequence[Tensor], values: Sequence[Value]) -> None:
    for x, value in zip(results, values, strict=True):
        writer.define(scope._slot_t.__get__(x), value, scope._slot_node.__get__(x))


# -- loops -------------------------------------------------------------------------------------------------------------


def _loop(writer: Any, step: Any) -> None:
    parts = step.parts
    if parts["stream"] is not None:
        raise refused("it goes through a dataset")
    tested, bodied = parts["tested"], parts["bodied"]
    carried, total, rows = parts["carried"], parts["total"], parts["rows"]
    given = step.inputs
    # Functions have the resources of Variables that they assign to; of others they have the values.
    variables: list[Any] = [*bodied.written()]
    for trace in (bodied.trace, *(() if tested is None else (tested.trace,))):
        variables += [
            one for key, one in others_of(writer, trace).items() if key not in {id(x) for x in variables}
        ]
    taken = [*range(carried), *range(total, len(given))]  # without the Variables that the body assigns to
    collected = len(bodied.raws) - total
    count = parts["count"]
    # As TensorFlow's gradient of loops wants it: a counter and the largest number of rounds come first.
    inputs = [writer.constant(np.int32(0)), _as_int32(writer, -1 if count is None else count)]
    inputs += [outside(writer, given[i]) for i in taken]
    firsts = len(inputs)
    nothing = writer.constant(np.int32(-1))
    for raw in bodied.raws[total:]:
        shape = writer.constant(np.array(_dims(raw), np.int32))
        inputs.append(
            writer.one(
                "EmptyTensorList",
                [shape, nothing],
                VARIANT,
                element_dtype=dtype_of(raw),
                shape_type=dtypes.int32,
            )
        )
    shapes = [[], [], *[_like(given[i]) for i in taken], *[None] * collected]
    places = {i: 2 + n for n, i in enumerate(taken)}

    def begun(trace: Any, slots: Any, name: str) -> tuple[Any, list[Value]]:
        inner = _function(writer, trace, name)
        arguments = [
            inner.argument(f"state_{i}", x.dtype, None, shape)
            for i, (x, shape) in enumerate(zip(inputs, shapes, strict=True))
        ]
        numbers = [number for number, _ in trace.sources()]
        for number, (kind, place) in zip(numbers, slots, strict=True):
            if kind == "state" and place >= carried:
                continue
            raw = trace.recorder.values[number]
            at = place + {"state": 0, "row": total, "fixed": total + rows}[kind]
            value = arguments[places[at]]
            if kind == "row":
                shape = inner.constant(np.array(_dims(raw), np.int32))
                value = inner.one(
                    "TensorListGetItem",
                    [value, arguments[0], shape],
                    dtype_of(raw),
                    element_dtype=dtype_of(raw),
                )
            inner.define(raw, value)
        inner.write()
        return inner, arguments

    inner, arguments = begun(bodied.trace, parts["slots"], "while_body")
    one_more = [arguments[0], inner.constant(np.int32(1))]
    results = [inner.one("AddV2", one_more, dtypes.int32, T=dtypes.int32), arguments[1]]
    values = [inner.value(raw, node, True) for raw, node in zip(bodied.raws, bodied.nodes, strict=True)]
    results += [values[i] if i < carried else arguments[places[i]] for i in taken]
    for i in range(collected):
        one = values[total + i]
        results.append(
            inner.one("TensorListPushBack", [arguments[firsts + i], one], VARIANT, element_dtype=one.dtype)
        )
    stateful = bool(inner.effects)
    body = FunctionName(inner.function)
    _finish_loop(inner, variables, results, True)
    test = _function(writer, bodied.trace, "while_cond") if tested is None else None
    if test is None:
        test, arguments = begun(tested.trace, parts["test_slots"], "while_cond")
        goes = test.value(tested.raws[0], tested.nodes[0])
        if tested.raws[0].dim():
            none = test.constant(np.zeros(0, np.int32))
            goes = test.one(
                "Reshape", [goes, none], dtypes.as_dtype(bool), T=dtypes.as_dtype(bool), Tshape=dtypes.int32
            )
    else:
        arguments = [
            test.argument(f"state_{i}", x.dtype, None, shape)
            for i, (x, shape) in enumerate(zip(inputs, shapes, strict=True))
        ]
        goes = None
    if count is not None:
        less = test.one("Less", [arguments[0], arguments[1]], dtypes.as_dtype(bool), T=dtypes.int32)
        goes = less if goes is None else test.one("LogicalAnd", [less, goes], dtypes.as_dtype(bool))
    stateful = stateful or bool(test.effects)
    cond = FunctionName(test.function)
    _finish_loop(test, variables, [goes], False)
    kinds = [x.dtype for x in inputs]
    every = [*kinds, *[dtypes.resource] * len(variables)]
    known = [TensorShape(shape) for shape in shapes]
    node, found = _call(
        writer,
        "While" if stateful else "StatelessWhile",
        inputs,
        variables,
        every,
        stateful,
        T=attr(every, "list(type)"),
        cond=cond,
        body=body,
        # Where there are resources, TensorFlow finds the shapes, and so what they are resources of.
        output_shapes=attr([] if variables else known, "list(shape)"),
        parallel_iterations=10,
    )
    _define(writer, step.results[:carried], [found[places[i]] for i in range(carried)])
    for x in step.results[carried:total]:
        writer.set_by[id(scope._slot_t.__get__(x))] = node
    _define(writer, step.results[total : total + collected], found[firsts : firsts + collected])


def _finish_loop(inner: Any, variables: Sequence[Variable], results: list[Value], body: bool) -> None:
    """A body gives the resources that it has, too."""
    given = [inner.resource(variable) for variable in variables]
    _finish(inner, variables, [*results, *given] if body else results)


def _dims(raw: Any) -> list[int]:
    return [-1 if n is None else n for n in sizes_of(raw)]


def _like(x: Tensor) -> Any:
    raw = scope._slot_t.__get__(x)
    return None if raw.device == META else sizes_of(raw)


def _as_int32(writer: Any, count: Any) -> Value:
    if isinstance(count, int):
        return writer.constant(np.int32(count))  # type: ignore[no-any-return]
    found: Value = writer.value(count)
    if found.dtype == dtypes.int32:
        return found
    return writer.one("Cast", [found], dtypes.int32, SrcT=found.dtype, DstT=dtypes.int32)  # type: ignore[no-any-return]


# -- gradients of the user's -------------------------------------------------------------------------------------------


def _gradient(writer: Any, step: Any) -> None:
    inner_trace = step.parts["inner"].trace
    outputs = [outside(writer, x) for x in step.results]
    inputs = [outside(writer, x) for x in step.inputs]
    both = [*outputs, *inputs]
    tensors, variables = _captured(writer, [inner_trace])
    inner = _function(writer, inner_trace, "internal_grad_fn")
    for i, x in enumerate(both):
        raw = scope._slot_t.__get__(inner_trace.arguments[i]) if i < len(outputs) else None
        shape = sizes_of(scope._slot_t.__get__([*step.results, *step.inputs][i]))
        inner.argument(f"result_grads_{i}", x.dtype, raw, shape)
    places = []
    for i, tensor in enumerate(tensors):
        value = outside(writer, tensor)
        places.append(value)
        inner.argument(f"captured_{i}", value.dtype, inner_trace.captures[id(tensor)][1])
    inner.write()
    grads = []
    for grad in step.parts["grads"]:
        if isinstance(grad, IndexedSlices):
            raise refused("a tf.custom_gradient gives IndexedSlices")
        grads.append(
            None if grad is None else outside(inner, grad if isinstance(grad, Tensor) else Tensor(grad, None))
        )
    specs = [None] * len(outputs) + [None if grad is None else TensorSpec(None, grad.dtype) for grad in grads]
    _finish(inner, variables, [grad for grad in grads if grad is not None])
    name = writer.library.custom_gradient(
        inner.function,
        [writer.flat.get(x.text, f"{x.text}:0") for x in places],
        writer.function,
        variables,
        specs,
        [x.dtype for x in both],
    )
    _, values = writer.add(
        "IdentityN",
        both,
        [x.dtype for x in both],
        T=attr([x.dtype for x in both], "list(type)"),
        _gradient_op_type=name,
    )
    for x, value in zip(step.parts["given"], values, strict=False):
        entry = scope._slot_node.__get__(x)
        if entry is not None:
            writer.of_entries[id(entry)] = value
