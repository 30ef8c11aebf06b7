"""Values that no op has made, but a kernel that stands alone: sizes as tensors, copies, lists of tensors.

A tape sees such a kernel only where it has an entry on the list: an input whose entry is not among the parents of that
one is a constant to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.registry import INEXACT
from tfcompat_tape.graphs import draws
from tfcompat_tape.graphs.expansions import sorted_rows
from tfcompat_tape.graphs.nodes import VARIANT, Value, attr, dtype_of, refused
from tfcompat_tape.tracing import loop_statements, rows, widening
from tfcompat_tape.tracing.nodes import Ref
from tfcompat_tape.tracing.recorder import _tensor_of
from tfcompat_tape.tracing.texts import Array, AtCall

aten = torch.ops.aten
INT32 = dtypes.int32


class Kernel:
    """A node of the trace that is to be written.

    Attributes:
      raw: its result. dtype: the dtype of that. args: its arguments, with raw tensors.
    """

    def __init__(self, writer: Any, node: Any, raw: Any, entry: Any) -> None:
        self.writer, self.node, self.raw, self._entry = writer, node, raw, entry
        self.dtype: DType = dtype_of(raw)
        self.args = [self._raw(x) for x in node.args]

    def _raw(self, x: Any) -> Any:
        if type(x) is Ref:
            return self.writer.recorder.values[int(x)]
        return [self._raw(one) for one in x] if isinstance(x, (list, tuple)) else x

    def value(self, x: Any, dtype: DType | None = None) -> Value:
        """An argument."""
        if not isinstance(x, torch.Tensor):
            if isinstance(x, (torch.SymInt, torch.SymFloat)):
                return self.writer.size(x, dtype or INT32)  # type: ignore[no-any-return]
            return self.writer.constant(x, dtype)  # type: ignore[no-any-return]
        x = _before_layout(self.writer, x)
        parent = None
        if self._entry is not None:
            pairs = zip(self._entry.parents, self._entry.inputs, strict=False)
            parent = next((p for p, raw in pairs if raw is x), None)
        return self.writer.value(x, parent, self.raw.dtype in INEXACT)  # type: ignore[no-any-return]

    def one(self, op: str, inputs: list[Value], dtype: DType | None = None, **attrs: Any) -> Value:
        """A node with one result."""
        return self.writer.one(op, inputs, dtype or self.dtype, **attrs)  # type: ignore[no-any-return]

    def sizes(self, shape: Any) -> Value:
        """A shape."""
        return self.writer.sizes(tuple(shape), INT32)  # type: ignore[no-any-return]

    def refused(self) -> Exception:
        """The error for a kernel that no op says."""
        function = self.node.function
        name = str(function) if hasattr(function, "overloadpacket") else getattr(function, "__name__", "")
        if isinstance(function, AtCall):
            name = getattr(function.function, "__qualname__", name)
        return refused(f"it has a part that is no op of TensorFlow's: {name or type(function).__name__}")


def _before_layout(writer: Any, raw: Any) -> Any:
    """What a raw tensor is a copy of in another layout, which no entry of the list knows."""
    recorder = writer.recorder
    while id(raw) not in writer.values and id(raw) not in writer.listed:
        index = recorder.producers.get(recorder.numbers.get(id(raw)))
        node = None if index is None else recorder.nodes[index]
        if node is None or getattr(node.function, "overloadpacket", None) not in (
            aten.clone,
            aten.contiguous,
        ):
            break
        raw = recorder.values[int(node.args[0])]
    return raw


def value(writer: Any, raw: Any) -> Value:
    """The value of a raw tensor, by the node of the trace that has made it."""
    recorder = writer.recorder
    number = recorder.numbers.get(id(raw))
    index = recorder.producers.get(number)
    if index is None:
        raise refused("it uses a value that no op has made")
    node = recorder.nodes[index]
    if isinstance(node.function, Array):
        return writer.constant_texts(node.function.array)  # type: ignore[no-any-return]
    kernel = Kernel(writer, node, raw, writer.listed.get(id(raw)))
    rule = (
        _RULES.get(node.function)
        or _RULES.get(getattr(node.function, "overloadpacket", None))
        or _RULES.get(type(node.function))
    )
    if rule is None or node.effect or node.writes:
        raise kernel.refused()
    return rule(kernel)


def _same(k: Kernel) -> Value:
    source = k.value(k.args[0])
    if source.dtype == k.dtype:
        return source
    return k.one("Cast", [source], SrcT=source.dtype, DstT=k.dtype)


def _sizes(k: Kernel) -> Value:
    return k.writer.sizes(k.node.args[0], dtypes.FROM_TORCH[k.node.args[1]])  # type: ignore[no-any-return]


def _filled(k: Kernel, fill: Any) -> Value:
    one = k.writer.constant(bool(fill) if k.dtype.is_bool else fill, k.dtype)
    if not k.raw.dim():
        return one  # type: ignore[no-any-return]
    return k.one("Fill", [k.sizes(k.raw.shape), one], T=k.dtype, index_type=INT32)


def _binary(op: str, compares: bool = False) -> Callable[[Kernel], Value]:
    def rule(k: Kernel) -> Value:
        if k.node.kwargs or len(k.args) != 2:
            raise k.refused()
        like = [dtype_of(x) for x in k.args if isinstance(x, torch.Tensor)]
        given = [k.value(x, like[0]) for x in k.args]
        if given[0].dtype != given[1].dtype or (not compares and given[0].dtype != k.dtype):
            raise k.refused()
        if given[0].dtype.is_bool and op in _LOGICAL:
            return k.one(_LOGICAL[op], given)
        return k.one(op, given, T=given[0].dtype)

    return rule


_LOGICAL = {"Mul": "LogicalAnd", "BitwiseAnd": "LogicalAnd", "BitwiseOr": "LogicalOr", "AddV2": "LogicalOr"}


def _unary(op: str) -> Callable[[Kernel], Value]:
    def rule(k: Kernel) -> Value:
        source = k.value(k.args[0])
        if source.dtype != k.dtype or len(k.args) != 1:
            raise k.refused()
        return k.one(op, [source], T=k.dtype)

    return rule


def _shaped(k: Kernel) -> Value:
    source = k.value(k.args[0])
    return k.one("Reshape", [source, k.sizes(k.raw.shape)], T=k.dtype, Tshape=INT32)


def _broadcast(k: Kernel) -> Value:
    source = k.value(k.args[0])
    return k.one("BroadcastTo", [source, k.sizes(k.raw.shape)], T=k.dtype, Tidx=INT32)


def _slice(k: Kernel) -> Value:
    """A part of one axis."""
    x, axis, start, end, step = [*k.args, *[None, 0, None, None, 1][len(k.args) :]]
    axis %= x.dim()
    before = [0] * axis
    places = [[*before, 0 if start is None else start], [*before, 0], [1] * (axis + 1)]
    places[2][axis] = step
    mask = 2**axis - 1
    ends = mask
    if end is None or (type(end) is int and end >= np.iinfo(np.int32).max):
        ends |= 2**axis
    else:
        places[1][axis] = end
    given = [k.value(x), *[k.sizes(place) for place in places]]
    return k.one("StridedSlice", given, T=k.dtype, Index=INT32, begin_mask=mask, end_mask=ends)


def _selected(k: Kernel) -> Value:
    """One place of an axis, which goes."""
    x, axis, place = k.args
    axis %= x.dim()
    before = [0] * axis
    ends = [[*before, place], [*before, 1 if place == -1 else place + 1], [1] * (axis + 1)]
    mask, here = 2**axis - 1, 2**axis
    kept = mask | here if place == -1 else mask
    given = [k.value(x), *[k.sizes(end) for end in ends]]
    attrs = {"begin_mask": mask, "end_mask": kept, "shrink_axis_mask": here}
    return k.one("StridedSlice", given, T=k.dtype, Index=INT32, **attrs)


def _stacked(k: Kernel) -> Value:
    raws, axis = [*k.args, 0][:2]
    given = [k.value(x) for x in raws]
    if any(x.dtype != k.dtype for x in given):
        raise k.refused()
    return k.one("Pack", given, N=len(given), T=k.dtype, axis=axis)


def _concatenated(k: Kernel) -> Value:
    raws, axis = [*k.args, 0][:2]
    given = [k.value(x) for x in raws]
    if any(x.dtype != k.dtype for x in given) or any(raw.dim() != k.raw.dim() for raw in raws):
        raise k.refused()
    place = k.writer.constant(np.int32(axis))
    return k.one("ConcatV2", [*given, place], N=len(given), T=k.dtype, Tidx=INT32)


def _clamped(k: Kernel) -> Value:
    x, least, most = [*k.args, *[k.node.kwargs.get("min"), k.node.kwargs.get("max")][len(k.args) - 1 :]]
    found = k.value(x)
    for bound, op in ((least, "Maximum"), (most, "Minimum")):
        if bound is not None:
            found = k.one(op, [found, k.writer.constant(bound, k.dtype)], T=k.dtype)
    return found


def _summed_up(k: Kernel) -> Value:
    if k.node.kwargs:
        raise k.refused()
    x, axis = k.args
    source = k.value(x)
    if source.dtype != k.dtype:
        source = k.one("Cast", [source], SrcT=source.dtype, DstT=k.dtype)
    return k.one("Cumsum", [source, k.writer.constant(np.int32(axis))], T=k.dtype, Tidx=INT32)


def _taken(k: Kernel) -> Value:
    """Rows along an axis."""
    x, axis, rows = k.args
    place = k.writer.constant(np.int32(axis))
    indices = k.value(rows)
    kinds = {"Tparams": k.dtype, "Tindices": indices.dtype, "Taxis": INT32}
    return k.one("GatherV2", [k.value(x), indices, place], batch_dims=0, **kinds)


def _row_numbers(k: Kernel) -> Value:
    """Each number of a row as often as `repeats` says."""
    if len(k.args) != 1 or k.raw.dtype not in (torch.int32, torch.int64):
        raise k.refused()
    zero, one = k.writer.constant(np.int32(0)), k.writer.constant(1, k.dtype)
    ends = k.one("Cumsum", [k.value(k.args[0]), zero], T=k.dtype, Tidx=INT32)
    count = k.writer.size(k.raw.shape[0], k.dtype)
    places = k.one("Range", [k.writer.constant(0, k.dtype), count, one], Tidx=k.dtype)
    given = [k.one("ExpandDims", [x, zero], T=k.dtype, Tdim=INT32) for x in (ends, places)]
    found = k.one("UpperBound", given, T=k.dtype, out_type=k.dtype)
    return k.one("Squeeze", [found], T=k.dtype, squeeze_dims=attr([0], "list(int)"))


def _where(k: Kernel) -> Value:
    if len(k.args) != 3:
        raise k.refused()
    test, *ways = k.args
    given = [k.value(test), *[k.value(x, k.dtype) for x in ways]]
    if any(x.dtype != k.dtype for x in given[1:]):
        raise k.refused()
    return k.one("SelectV2", given, T=k.dtype)


def _sort(k: Kernel) -> Value:
    """The rows of a sort along the last axis, or their places."""
    if k.raw.dim() == 0 or k.node.kwargs.get("dim", -1) not in (-1, k.raw.dim() - 1):
        raise k.refused()
    source = k.value(k.args[0])
    descending = k.node.kwargs.get("descending", False)
    values, places = sorted_rows(k.writer, source, k.raw.dim(), descending)
    number = k.writer.recorder.numbers[id(k.raw)]
    if number == k.node.outs[0]:
        return values
    return k.one("Cast", [places], SrcT=INT32, DstT=k.dtype)


def _all(k: Kernel) -> Value:
    if len(k.args) != 1 or k.node.kwargs:
        raise k.refused()
    axes = k.writer.constant(np.arange(k.args[0].dim(), dtype=np.int32))
    return k.one("All", [k.value(k.args[0]), axes], Tidx=INT32, keep_dims=False)


# -- lists of tensors --------------------------------------------------------------------------------------------------


def _shape_of_elements(k: Kernel, shape: Any) -> Value:
    sizes = [n if type(n) is int else -1 for n in shape]
    return k.writer.constant(np.array(sizes, np.int32))  # type: ignore[no-any-return]


def _unstack(k: Kernel) -> Value:
    source = k.value(k.args[0])
    shape = _shape_of_elements(k, k.args[0].shape[1:])
    kinds = {"element_dtype": source.dtype, "shape_type": INT32}
    return k.one("TensorListFromTensor", [source, shape], VARIANT, **kinds)


def _range(k: Kernel) -> Value:
    start, limit, delta = [k.value(x, k.dtype) for x in k.args[:3]]
    ends = [
        x if x.dtype == k.dtype else k.one("Cast", [x], SrcT=x.dtype, DstT=k.dtype)
        for x in (start, limit, delta)
    ]
    found = k.one("Range", ends, Tidx=k.dtype)
    nothing = k.writer.constant(np.zeros(0, np.int32))
    return k.one("TensorListFromTensor", [found, nothing], VARIANT, element_dtype=k.dtype, shape_type=INT32)


def _arange(k: Kernel) -> Value:
    start, limit, *step = k.args if len(k.args) > 1 else [0, *k.args]
    ends = [k.value(x, k.dtype) for x in (start, limit, *(step or [1]))]
    return k.one("Range", ends, Tidx=k.dtype)


def _stack(k: Kernel) -> Value:
    source, shape = k.value(k.args[0]), k.args[1]
    elements = _shape_of_elements(k, shape[1:])
    return k.one("TensorListStack", [source, elements], element_dtype=k.dtype, num_elements=-1)


def _read(k: Kernel) -> Value:
    source, index = k.value(k.args[0]), _index(k, k.args[1])
    elements = _shape_of_elements(k, k.args[2])
    return k.one("TensorListGetItem", [source, index, elements], element_dtype=k.dtype)


def _write(k: Kernel) -> Value:
    source, index, item = k.value(k.args[0]), _index(k, k.args[1]), k.value(k.args[2])
    return k.one(
        "TensorListSetItem",
        [source, index, item],
        VARIANT,
        element_dtype=item.dtype,
        resize_if_index_out_of_bounds=bool(k.args[3]),
    )


def _pack(k: Kernel) -> Value:
    missing, *raws = k.node.args[0], *k.args[1:]
    if any(missing):
        raise k.refused()
    empty = [
        k.writer.constant(np.int32(-1)),
        k.writer.constant(np.int32(len(raws))),
    ]
    found = k.one("TensorListReserve", empty, VARIANT, element_dtype=k.dtype, shape_type=INT32)
    for i, raw in enumerate(raws):
        given = [found, k.writer.constant(np.int32(i)), k.value(raw)]
        found = k.one("TensorListSetItem", given, VARIANT, element_dtype=k.dtype)
    return found


def _empty(k: Kernel) -> Value:
    given = [k.writer.constant(np.int32(-1)), _index(k, k.args[0])]
    return k.one("TensorListReserve", given, VARIANT, element_dtype=k.dtype, shape_type=INT32)


def _size(k: Kernel) -> Value:
    return k.one("TensorListLength", [k.value(k.args[0])], INT32)


def _index(k: Kernel, index: Any) -> Value:
    found = k.value(index, INT32)
    return found if found.dtype == INT32 else k.one("Cast", [found], INT32, SrcT=found.dtype, DstT=INT32)


def _checked(k: Kernel) -> Value:
    return _index(k, k.args[1])


def _fewest(k: Kernel) -> Value:
    return k.one("Minimum", [_index(k, x) for x in k.args], T=INT32)


_RULES: dict[Any, Callable[[Kernel], Value]] = {
    _tensor_of: _sizes,
    torch.full: lambda k: _filled(k, k.args[1]),
    aten.full: lambda k: _filled(k, k.args[1]),
    aten.full_like: lambda k: _filled(k, k.args[1]),
    **dict.fromkeys((aten.ones_like, aten.ones, aten.new_ones), lambda k: _filled(k, 1)),
    **dict.fromkeys((aten.zeros_like, aten.zeros, aten.new_zeros), lambda k: _filled(k, 0)),
    **dict.fromkeys(
        (aten.alias, aten.clone, aten.contiguous, aten.detach, aten.lift_fresh, aten._to_copy), _same
    ),
    **dict.fromkeys((aten.view, aten.reshape, aten._unsafe_view, aten.unsqueeze, aten.squeeze), _shaped),
    aten.arange: _arange,
    aten.expand: _broadcast,
    aten.all: _all,
    aten.cat: _concatenated,
    aten.clamp: _clamped,
    aten.cumsum: _summed_up,
    aten.index_select: _taken,
    aten.repeat_interleave: _row_numbers,
    aten.select: _selected,
    aten.slice: _slice,
    aten.stack: _stacked,
    aten.sort: _sort,
    aten.where: _where,
    aten.add: _binary("AddV2"),
    aten.sub: _binary("Sub"),
    aten.mul: _binary("Mul"),
    aten.div: _binary("RealDiv"),
    aten.maximum: _binary("Maximum"),
    aten.minimum: _binary("Minimum"),
    aten.gt: _binary("Greater", True),
    aten.ge: _binary("GreaterEqual", True),
    aten.lt: _binary("Less", True),
    aten.le: _binary("LessEqual", True),
    aten.eq: _binary("Equal", True),
    aten.ne: _binary("NotEqual", True),
    **dict.fromkeys((aten.bitwise_and, aten.logical_and), _binary("BitwiseAnd")),
    **dict.fromkeys((aten.bitwise_or, aten.logical_or), _binary("BitwiseOr")),
    aten.bitwise_xor: _binary("BitwiseXor"),
    aten.neg: _unary("Neg"),
    aten.sqrt: _unary("Sqrt"),
    aten.exp: _unary("Exp"),
    aten.log: _unary("Log"),
    aten.sigmoid: _unary("Sigmoid"),
    aten.tanh: _unary("Tanh"),
    aten.abs: _unary("Abs"),
    aten.reciprocal: _unary("Reciprocal"),
    aten.rsqrt: _unary("Rsqrt"),
    aten.isfinite: lambda k: k.one("IsFinite", [x := k.value(k.args[0])], T=x.dtype),
    aten.logical_not: lambda k: k.one("LogicalNot", [k.value(k.args[0])]),
    loop_statements._range: _range,
    rows._unstack: _unstack,
    rows._stack: _stack,
    rows._read: _read,
    rows._write: _write,
    rows._pack: _pack,
    rows._empty: _empty,
    rows._size: _size,
    rows._checked: _checked,
    rows._fewest: _fewest,
    widening.same: _same,
    **draws.RULES,
}
