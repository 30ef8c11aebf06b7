"""Nodes of a graph that is written: names, attributes, constants, sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy  # type: ignore[import-untyped]
import torch
from torch.utils._sympy.functions import FloatTrueDiv, FloorDiv, IntTrueDiv, Max, Min, Mod, PythonMod, ToFloat

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.naming import Names
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.messages import AttrValue, FunctionDef, NodeDef
from tfcompat_tape.io.tensor_protos import make_tensor_proto
from tfcompat_tape.ops.raw import definitions as op_defs
from tfcompat_tape.tracing.sizes import SYMBOLIC, symbolic

RESOURCE, VARIANT = dtypes.resource, dtypes.variant


class Value(NamedTuple):
    """A value of a function: how nodes name it, and its dtype."""

    text: str
    dtype: DType


def refused(what: str) -> Exception:
    """The error for what no graph can say."""
    return unimplemented(what)


def attr(value: Any, kind: str = "") -> Any:
    """An attribute as a message; `kind` is its type in the definition of the op."""
    found: Any = AttrValue()
    if kind.startswith("list("):
        found.list.SetInParent()
        for one in value or ():
            _listed(found.list, one, kind[5:-1])
    elif isinstance(value, FunctionName):
        found.func.name = value
    elif isinstance(value, bool):
        found.b = value
    elif isinstance(value, (int, np.integer)) and kind != "float":
        found.i = int(value)
    elif isinstance(value, (float, int, np.floating)):
        found.f = float(value)
    elif isinstance(value, (str, bytes)):
        found.s = value.encode() if isinstance(value, str) else value
    elif isinstance(value, (DType, torch.dtype)):
        found.type = dtypes.as_dtype(value).as_datatype_enum
    elif isinstance(value, (TensorShape, TensorShapeProto)) or kind == "shape":
        found.shape.CopyFrom(shape_proto(value))
    elif type(value) is type(make_tensor_proto(0)):
        found.tensor.CopyFrom(value)
    elif isinstance(value, (tuple, list)):
        found.list.SetInParent()
        for one in value:
            _listed(found.list, one, "")
    else:
        raise refused(f"an attribute {value!r} is not written")
    return found


class FunctionName(str):
    """The name of a function of the library."""


def _several(node: Any, port: Any, rest: int) -> int:
    """How many results a port has, as attributes say; all that are left where they do not."""
    if port.count:
        return int(node.attr[port.count].i) if port.count in node.attr else rest
    return len(node.attr[port.kind].list.type) if port.kind in node.attr else rest


def _listed(found: Any, one: Any, kind: str) -> None:
    if isinstance(one, FunctionName):
        found.func.add().name = one
    elif isinstance(one, (DType, torch.dtype)):
        found.type.append(dtypes.as_dtype(one).as_datatype_enum)
    elif isinstance(one, bool):
        found.b.append(one)
    elif isinstance(one, int) and kind != "float":
        found.i.append(one)
    elif isinstance(one, (float, int)):
        found.f.append(float(one))
    elif isinstance(one, (str, bytes)):
        found.s.append(one.encode() if isinstance(one, str) else one)
    elif isinstance(one, (TensorShape, tuple, list)):
        found.shape.append(shape_proto(one))
    else:
        raise refused(f"an attribute with {one!r} in it is not written")


def shape_proto(shape: Any) -> Any:
    """A shape as a message; sizes that are open are -1."""
    shape = TensorShape(shape) if not isinstance(shape, TensorShape) else shape
    return TensorShapeProto.of(shape._dims)


def resource_argument(signature: Any, name: str, held: Any) -> None:
    """The resource of a Variable or of a table as an argument."""
    argument = signature.input_arg.add(name=name, type=RESOURCE.as_datatype_enum)
    if isinstance(held, Variable):
        argument.handle_data.add(
            dtype=held.dtype.as_datatype_enum, shape=TensorShapeProto.of(held.shape._dims)
        )


def dtype_of(raw: Any) -> DType:
    """The dtype of a raw tensor, which may be one of strings."""
    return dtypes.string if raw.dtype == _OBJECT else dtypes.FROM_TORCH[raw.dtype]


_OBJECT = np.dtype(object)


def sizes_of(raw: Any) -> list[int | None]:
    """The shape of a raw tensor, `None` where a size is open."""
    return [n if type(n) is int else None for n in raw.shape]


class Nodes:
    """The nodes of one function, as they come."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._names = Names()
        self.flat: dict[str, str] = {}  # what graphs, not functions, call the values of nodes
        self._constants: dict[Any, Value] = {}
        self._kept: list[Any] = []

    def name(self, wanted: str) -> str:
        """A name that no other node has."""
        return self._names.unique(wanted)

    def wanted(self, op: str) -> str:
        """What a node is called that has no name of its own, if that is free."""
        return op

    def add(
        self,
        op: str,
        inputs: Sequence[Value],
        results: Sequence[DType] = (),
        controls: Sequence[str] = (),
        named: str | None = None,
        **attrs: Any,
    ) -> tuple[str, list[Value]]:
        """One more node; its name, and its results.

        Args:
          results: their dtypes. attrs: messages, or values of which it is plain what they are.
          named: its name, which no other node has; left out, one is made.
        """
        node: Any = NodeDef(name=named or self.name(self.wanted(op)), op=op)
        node.input.extend([x.text for x in inputs])
        node.input.extend([f"^{control}" for control in controls])
        for key, value in attrs.items():
            node.attr[key].CopyFrom(value if isinstance(value, AttrValue) else attr(value))
        self.found.append(node)
        ports = op_defs.form(op).results
        texts = []
        for place, port in enumerate(ports):
            rest = len(results) - len(texts) - (len(ports) - place - 1)
            count = _several(node, port, rest) if port.count or port.mixed else 1
            texts += [
                self.text(node.name, port.name, i, number)
                for i, number in enumerate(range(len(texts), len(texts) + count))
            ]
        self.flat.update({text: f"{node.name}:{i}" for i, text in enumerate(texts)})
        return node.name, [Value(text, dtype) for text, dtype in zip(texts, results, strict=True)]

    def text(self, node: str, port: str, place: int, number: int) -> str:
        """What nodes of the same function call a result: the `place`-th of `port`, the `number`-th of all."""
        return f"{node}:{port}:{place}"

    def one(self, op: str, inputs: Sequence[Value], result: DType, **attrs: Any) -> Value:
        """One more node with one result."""
        return self.add(op, inputs, [result], **attrs)[1][0]

    # -- constants -----------------------------------------------------------------------------------------------------

    def constant(self, value: Any, dtype: DType | None = None) -> Value:
        """A constant; there is one node for equal ones."""
        if isinstance(value, torch.Tensor):
            key: Any = id(value)
            self._kept.append(value)
        else:
            key = _key(value), dtype
        found = self._constants.get(key)
        if found is None:
            found = self._constants[key] = self.new_constant(value, dtype)
        return found

    def new_constant(self, value: Any, dtype: DType | None = None, named: str | None = None) -> Value:
        """A constant with a node of its own."""
        if isinstance(value, torch.Tensor):
            dtype = dtypes.FROM_TORCH[value.dtype]
            value = Tensor(value.detach().cpu().contiguous(), None).numpy()
        proto = make_tensor_proto(value, dtype)
        kind = dtypes.as_dtype(proto.dtype)
        return self.add("Const", [], [kind], named=named, value=attr(proto), dtype=kind)[1][0]


class PlainFunction(Nodes):
    """A function of the graph that is written node by node."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.definition: Any = FunctionDef()
        self.definition.signature.name = name
        self._shapes: list[TensorShape] = []

    def argument(self, name: str, dtype: DType, shape: Any = None) -> Value:
        """One more argument."""
        found = Value(self.name(lower_name(name)), dtype)
        self.definition.signature.input_arg.add(name=found.text, type=dtype.as_datatype_enum)
        self._shapes.append(TensorShape(shape))
        return found

    def resource(self, name: str, variable: Any) -> Value:
        """One more argument: the resource of a Variable or of a table."""
        found = Value(self.name(lower_name(name)), RESOURCE)
        resource_argument(self.definition.signature, found.text, variable)
        self._shapes.append(TensorShape(None))
        return found

    def finished(self, results: Sequence[Value], effects: Sequence[str] = ()) -> Any:
        """The function with these results, which comes to an end when the nodes `effects` have run."""
        signature = self.definition.signature
        for value in results:
            name, (same,) = self.add("Identity", [value], [value.dtype], effects, T=value.dtype)
            key = name.lower()
            signature.output_arg.add(name=key, type=value.dtype.as_datatype_enum)
            self.definition.ret.add(key=key, value=same.text)
        self.definition.node_def.extend(self.found)
        for name in effects:
            signature.control_output.append(name)
            self.definition.control_ret.add(key=name, value=name)
        signature.is_stateful = True
        self.definition.attr["_input_shapes"].CopyFrom(attr(self._shapes, "list(shape)"))
        return self.definition


def lower_name(name: str) -> str:
    """A name as arguments have them."""
    found = "".join([c if c.isalnum() and c.isascii() else "_" for c in name.lower()])
    return found if found[:1].isalpha() else f"arg_{found}"


def _key(value: Any) -> Any:
    """What constants of equal values have in common."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    content = repr(value.tolist()) if value.dtype == _OBJECT else value.tobytes()
    return value.shape, value.dtype.str, content


class SizedNodes(Nodes):
    """Nodes that compute with sizes of values."""

    def __init__(self) -> None:
        super().__init__()
        self._ranks: dict[str, int] = {}
        self._places: dict[str, tuple[Value, int]] = {}
        self._sizes: dict[Any, Value] = {}

    def rank_of(self, value: Value) -> int:
        """The rank of a value of the trace."""
        return self._ranks[value.text]

    def axis_size(self, value: Value, axis: int, dtype: DType = dtypes.int32) -> Value:
        """The size of an axis, as a scalar."""
        shape = self.one("Shape", [value], dtype, T=value.dtype, out_type=dtype)
        ends = [self.constant(np.array([i], np.int32)) for i in (axis, axis + 1, 1)]
        kinds = {"T": dtype, "Index": dtypes.int32}
        return self.one("StridedSlice", [shape, *ends], dtype, shrink_axis_mask=1, **kinds)

    def place(self, raw: Any, value: Value) -> None:
        """Note which sizes a value has."""
        if isinstance(raw, torch.Tensor):
            self._ranks.setdefault(value.text, raw.dim())
        if isinstance(raw, torch.Tensor) and symbolic(raw.shape):
            for axis, n in enumerate(raw.shape):
                if isinstance(n, SYMBOLIC):
                    self._places.setdefault(str(n.node.expr), (value, axis))

    def size(self, n: Any, dtype: DType) -> Value:
        """A size as a scalar."""
        return self._of(n.node.expr, dtype) if isinstance(n, SYMBOLIC) else self.constant(int(n), dtype)

    def sizes(self, shape: Any, dtype: DType) -> Value:
        """A shape as a vector, or nested tuples of sizes as a tensor."""
        if not symbolic(shape):
            return self.constant(np.asarray(shape, dtype.as_numpy_dtype))
        if isinstance(shape, SYMBOLIC):
            return self.size(shape, dtype)
        parts = [self.sizes(n, dtype) if isinstance(n, (tuple, list)) else self.size(n, dtype) for n in shape]
        return self.one("Pack", parts, dtype, N=len(parts), T=dtype, axis=0)

    def _of(self, expression: Any, dtype: DType) -> Value:
        """An expression of sizes as a scalar; parts that are integers are computed as such."""
        if dtype.is_floating and expression.is_integer and not expression.is_number:
            whole = self._of(expression, dtypes.int32)
            return self.one("Cast", [whole], dtype, SrcT=dtypes.int32, DstT=dtype)
        key = str(expression), dtype
        found = self._sizes.get(key)
        if found is None:
            found = self._sizes[key] = self._computed(expression, dtype)
        return found

    def _computed(self, e: Any, dtype: DType) -> Value:
        place = self._places.get(str(e))
        if place is not None:
            return self.axis_size(*place, dtype)
        number = self.number(e, dtype)
        if number is not None:
            return number
        if e.is_number:
            return self.constant(float(e) if dtype.is_floating else int(e), dtype)
        if isinstance(e, ToFloat):
            return self._of(e.args[0], dtype)
        if e.is_Pow and e.exp.is_Integer and int(e.exp) > 0:
            return self._folded("Mul", [e.base] * int(e.exp), dtype)
        for kind, op in _ARITHMETIC:
            if isinstance(e, kind):
                return self._folded(op, e.args, dtype)
        raise refused(f"a size {e} is not computed in graphs")

    def number(self, symbol: Any, dtype: DType) -> Value | None:
        """A size that is an element of a value of the function, as a scalar; `None` if it is none."""
        return None

    def _folded(self, op: str, args: Any, dtype: DType) -> Value:
        first, *rest = [self._of(one, dtype) for one in args]
        for other in rest:
            first = self.one(op, [first, other], dtype, T=dtype)
        return first


_ARITHMETIC: tuple[tuple[Any, str], ...] = (
    (sympy.Add, "AddV2"),
    (sympy.Mul, "Mul"),
    ((IntTrueDiv, FloatTrueDiv), "RealDiv"),
    (FloorDiv, "FloorDiv"),
    ((Mod, PythonMod), "FloorMod"),
    ((Max, sympy.Max), "Maximum"),
    ((Min, sympy.Min), "Minimum"),
)
