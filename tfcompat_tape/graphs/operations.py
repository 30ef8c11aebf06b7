"""What a graph consists of, to be looked at: operations, which have names, and tensors between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfcompat_tape.core import dtypes, operation
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.graphs.messages import GraphDef, OpDef
from tfcompat_tape.graphs.nodes import attr
from tfcompat_tape.ops.raw import definitions as op_defs
from tfcompat_tape.tracing.symbols import Symbol

# The version of graphs that TensorFlow 2.21 writes.
PRODUCER = 2474


class Operation(operation.Operation):
    """A node of a graph.

    Attributes:
      name, type, device, graph, node_def: its own.
      inputs: tensors, as a tuple. outputs: tensors, as a list. control_inputs: operations that come before.

    Source: `tf.Operation`.
    """

    def __init__(
        self,
        graph: Any,
        node_def: Any,
        outputs: Sequence[tuple[TensorShape, DType]],
        known: Mapping[str, Symbol],
    ) -> None:
        self.graph = graph
        self.node_def = node_def
        self.name = str(node_def.name)
        self.type = str(node_def.op)
        self.device = str(node_def.device)
        self.inputs: tuple[Symbol, ...] = ()
        self.control_inputs: list[Operation] = []
        self.outputs = [
            known.get(f"{self.name}:{i}") or Symbol(self.name, shape, dtype, i, graph)
            for i, (shape, dtype) in enumerate(outputs)
        ]

    def values(self) -> tuple[Symbol, ...]:
        """The results."""
        return tuple(self.outputs)

    def get_attr(self, name: str) -> Any:
        """The attribute `name`: dtypes as DTypes, strings as bytes, lists as lists, shapes and tensors as messages.

        Raises:
          ValueError: the operation has no such attribute.
        """
        if name not in self.node_def.attr:
            raise ValueError(f"Operation {self.name!r} has no attr named {name!r}.")
        return _value(self.node_def.attr[name])

    @property
    def op_def(self) -> Any:
        """The definition of the op: its name, inputs and results."""
        found: Any = OpDef(name=self.type)
        if op_defs.known(self.type):
            form = op_defs.form(self.type)
            for port in form.inputs:
                found.input_arg.add(name=port.name)
            for port in form.results:
                found.output_arg.add(name=port.name)
        return found

    def colocation_groups(self) -> list[bytes]:
        """Where it has to be: with itself alone."""
        return [f"loc:@{self.name}".encode()]

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    found = getattr(value, kind)
    if kind == "type":
        return dtypes.as_dtype(found)
    if kind != "list":
        return found
    for name in ("s", "i", "f", "b", "type", "shape", "tensor", "func"):
        several = list(getattr(found, name))
        if several:
            return [dtypes.as_dtype(one) for one in several] if name == "type" else several
    return []


Outputs = Callable[[Any], Sequence[tuple[TensorShape, DType]]]


class Contents:
    """The operations of a graph.

    Args:
      graph: it. nodes: their messages, in order. outputs: for a node the shapes and dtypes of its results.
      library: the functions that nodes call, as a message. known: tensors that there are already, by name.
    """

    def __init__(
        self,
        graph: Any,
        nodes: Sequence[Any],
        outputs: Outputs,
        library: Any = None,
        known: Mapping[str, Symbol] | None = None,
    ) -> None:
        self.graph = graph
        self.nodes = list(nodes)
        self.library = library
        self.operations = [Operation(graph, node, outputs(node), known or {}) for node in self.nodes]
        self._by_name = {op.name: op for op in self.operations}
        for op in self.operations:
            op.inputs = tuple([self.tensor(_full(x)) for x in op.node_def.input if not x.startswith("^")])
            op.control_inputs = [self.operation(x[1:]) for x in op.node_def.input if x.startswith("^")]

    def operation(self, name: Any) -> Operation:
        """An operation by its name.

        Raises:
          TypeError, ValueError: it is no string, or the name of a tensor. KeyError: there is none.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        found = self.element(name, allow_tensor=False)
        assert isinstance(found, Operation)
        return found

    def tensor(self, name: Any) -> Symbol:
        """A tensor by its name.

        Raises:
          TypeError, ValueError: it is no string, or the name of an operation. KeyError: there is none.
        """
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        found = self.element(name, allow_operation=False)
        assert isinstance(found, Symbol)
        return found

    def element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Operation | Symbol:
        """What `obj`, a name or a part of the graph, stands for; errors as above; ValueError for another graph's."""
        if not allow_tensor and not allow_operation:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        if (isinstance(obj, Operation) and allow_operation) or (isinstance(obj, Symbol) and allow_tensor):
            if obj.graph is not self.graph:
                what = "Operation" if isinstance(obj, Operation) else "Tensor"
                raise ValueError(f"{what} {obj} is not an element of this graph.")
            return obj
        if not isinstance(obj, str):
            wanted = " or ".join(["Tensor"] * allow_tensor + ["Operation"] * allow_operation)
            raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")
        name, colon, place = obj.rpartition(":")
        if colon and place.isdigit():
            if not allow_tensor:
                raise ValueError(f"Name {obj!r} appears to refer to a Tensor, not a Operation.")
            op = self._by_name.get(name)
            if op is None:
                raise KeyError(
                    f"The name {obj!r} refers to a Tensor which does not exist. The operation, {name!r}, does not "
                    "exist in the graph."
                )
            if int(place) >= len(op.outputs):
                raise KeyError(
                    f"The name {obj!r} refers to a Tensor which does not exist. The operation, {name!r}, exists but "
                    f"only has {len(op.outputs)} outputs."
                )
            return op.outputs[int(place)]
        if colon and allow_tensor and not allow_operation:
            raise ValueError(
                f"The name {obj!r} looks like an (invalid) Tensor name. Names must be of the form "
                '"<op_name>:<output_index>".'
            )
        op = self._by_name.get(obj)
        if not allow_operation:
            what = (
                "an Operation, not a Tensor"
                if op is not None
                else "an (invalid) Operation name, not a Tensor"
            )
            raise ValueError(
                f"The name {obj!r} refers to {what}. Tensor names must be of the form "
                '"<op_name>:<output_index>".'
            )
        if op is None:
            raise KeyError(f"The name {obj!r} refers to an Operation not in the graph.")
        return op

    def graph_def(self, add_shapes: bool = False) -> Any:
        """The graph as a message; with `add_shapes`, the attribute `_output_shapes` of each node has shapes."""
        found: Any = GraphDef()
        for op in self.operations:
            node = found.node.add()
            node.CopyFrom(op.node_def)
            if add_shapes and op.outputs:
                node.attr["_output_shapes"].CopyFrom(attr([x.shape for x in op.outputs], "list(shape)"))
        found.versions.producer = PRODUCER
        if self.library is not None and len(self.library.function):
            found.library.CopyFrom(self.library)
        return found


def _full(text: str) -> str:
    return text if ":" in text else f"{text}:0"


def outputs_of(node: Any, shapes: Mapping[str, TensorShape]) -> list[tuple[TensorShape, DType]]:
    """The shapes and dtypes of the results of a node, the first as far as they are known.

    Raises:
      UnimplementedError: how many results the op has is not known.
    """
    if not op_defs.known(node.op):
        raise unimplemented(f"the op {node.op} of the node {node.name!r} is not known here")
    kinds: list[DType] = []
    form = op_defs.form(node.op)
    for port in form.results:
        if port.mixed:
            kinds += _value(node.attr[port.kind]) or []
            continue
        if port.kind in node.attr:
            kind = _value(node.attr[port.kind])
        elif port.kind in form.defaults:
            kind = dtypes.as_dtype(form.defaults[port.kind])
        else:
            kind = dtypes.as_dtype(port.kind)
        kinds += [kind] * (_value(node.attr[port.count]) if port.count else 1)
    names = [node.name if i == 0 else f"{node.name}:{i}" for i in range(len(kinds))]
    return [(shapes.get(name, TensorShape(None)), kind) for name, kind in zip(names, kinds, strict=True)]
