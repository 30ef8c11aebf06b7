"""Python functions that run at each call (`core.at_call`), as nodes: ops on strings, and look-ups in tables."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tfcompat_tape import lookup, strings
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.coverage.names import drop_parts
from tfcompat_tape.debugging import values
from tfcompat_tape.graphs.nodes import Value, attr, refused
from tfcompat_tape.graphs.staged import outside
from tfcompat_tape.io import encoding
from tfcompat_tape.lookup.mutable import MutableHashTable
from tfcompat_tape.ragged._parts import padding
from tfcompat_tape.strings import splitting
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.notes import Called

drop_parts()
STRING, INT32, INT64 = dtypes.string, dtypes.int32, dtypes.int64


class Call:
    """A call that is to be written.

    Attributes:
      writer: of the function. given: all arguments, by name.
    """

    def __init__(self, writer: Any, step: Called) -> None:
        self.writer, self.step = writer, step
        args, kwargs = step.given
        bound = inspect.signature(step.function).bind(*args, **kwargs)
        bound.apply_defaults()
        self.given = bound.arguments
        results = step.result if isinstance(step.result, (list, tuple)) else [step.result]
        self.kinds: list[DType] = [x.dtype for x in results]

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def value(self, x: Any, dtype: DType | None = None) -> Value:
        """An argument that is a tensor, or becomes one."""
        if isinstance(x, Tensor):
            return outside(self.writer, x)
        if hasattr(x, "_read"):
            return outside(self.writer, x._read())
        array = np.asarray(x)
        if dtype is not None and dtype is not STRING:
            array = array.astype(dtype.as_numpy_dtype)
        return self.writer.constant(array, dtype)  # type: ignore[no-any-return]

    def one(self, op: str, inputs: Sequence[Value], dtype: DType | None = None, **attrs: Any) -> Value:
        """A node with one result."""
        return self.writer.one(op, inputs, dtype or self.kinds[0], **attrs)  # type: ignore[no-any-return]


Rule = Callable[[Call], list[Value]]


def write(writer: Any, step: Called) -> None:
    """Write a call."""
    rule = _rules().get(_name(step.function))
    if rule is None:
        if step.effect:
            raise refused(
                f"{getattr(step.function, '__qualname__', step.function)} is not written into graphs"
            )
        return  # who uses the result says so
    found = rule(Call(writer, step))
    results = step.result if isinstance(step.result, (list, tuple)) else [step.result]
    for x, value in zip(results, found, strict=True):
        writer.define(scope._slot_t.__get__(x), value)


def tables_of(trace: Any) -> Iterator[Any]:
    """The tables that a function uses."""
    for step in trace.recorder.notes.steps:
        if isinstance(step, Called):
            args, _ = step.given
            if args and isinstance(args[0], TABLES):
                table = args[0]
                if not isinstance(table, lookup.StaticVocabularyTable) or table._table is not None:
                    yield table


# -- strings -----------------------------------------------------------------------------------------------------------


def _elementwise(op: str, first: str, *named: str) -> Rule:
    """An op of one input; `named` are arguments that are attributes of that name."""

    def rule(call: Call) -> list[Value]:
        attrs = {name: call[name] for name in named}
        return [call.one(op, [call.value(call[first], STRING)], **attrs)]

    return rule


def _substr(call: Call) -> list[Value]:
    kinds = [x.dtype for x in (call["pos"], call["len"]) if isinstance(x, Tensor)]
    kind = kinds[0] if kinds else INT32
    places = [call.value(call["pos"], kind), call.value(call["len"], kind)]
    return [call.one("Substr", [call.value(call["input"], STRING), *places], T=kind, unit=call["unit"])]


def _matches(call: Call) -> list[Value]:
    text = call.value(call["input"], STRING)
    if isinstance(call["pattern"], (str, bytes)):
        return [call.one("StaticRegexFullMatch", [text], pattern=call["pattern"])]
    return [call.one("RegexFullMatch", [text, call.value(call["pattern"], STRING)])]


def _replaced(call: Call) -> list[Value]:
    text, pattern, rewrite = call.value(call["input"], STRING), call["pattern"], call["rewrite"]
    every = bool(call["replace_global"])
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        return [
            call.one("StaticRegexReplace", [text], pattern=pattern, rewrite=rewrite, replace_global=every)
        ]
    given = [text, call.value(pattern, STRING), call.value(rewrite, STRING)]
    return [call.one("RegexReplace", given, replace_global=every)]


def _joined(call: Call) -> list[Value]:
    given = [call.value(x, STRING) for x in call["inputs"]]
    return [call.one("StringJoin", given, N=len(given), separator=call["separator"] or "")]


def _reduced(call: Call) -> list[Value]:
    text, axis = call.value(call["inputs"], STRING), call["axis"]
    if axis is None:
        axis = list(range(call.writer.rank_of(text)))[::-1]
    keep, between = bool(call["keepdims"]), call["separator"] or ""
    return [call.one("ReduceJoin", [text, call.value(axis, INT32)], keep_dims=keep, separator=between)]


def _strong(call: Call) -> list[Value]:
    text, key = call.value(call["input"], STRING), attr(list(call["key"]), "list(int)")
    return [call.one("StringToHashBucketStrong", [text], num_buckets=int(call["num_buckets"]), key=key)]


def _number(call: Call) -> list[Value]:
    return [call.one("StringToNumber", [call.value(call["input"], STRING)], out_type=call.kinds[0])]


def _formatted(call: Call) -> list[Value]:
    inputs = call["inputs"]
    given = [call.value(x) for x in (inputs if isinstance(inputs, (list, tuple)) else [inputs])]
    kinds = attr([x.dtype for x in given], "list(type)")
    how = {name: call[name] for name in ("template", "placeholder", "summarize")}
    return [call.one("StringFormat", given, STRING, T=kinds, **how)]


def _transcoded(call: Call) -> list[Value]:
    names = ("input_encoding", "output_encoding", "errors", "replacement_char", "replace_control_characters")
    attrs = {name: call[name] for name in names if name in call.given}
    return [call.one("UnicodeTranscode", [call.value(call["input"], STRING)], **attrs)]


def _cut(call: Call) -> list[Value]:
    """Where words end, and the words."""
    texts = call.value(call["texts"], STRING)
    given = [texts, call.value(call["separator"], STRING)]
    kinds = [INT64, STRING, INT64]
    _, (indices, words, _) = call.writer.add("StringSplitV2", given, kinds, maxsplit=call["maxsplit"])
    constant = call.writer.constant
    ends = [constant(np.array(x, np.int32)) for x in ([0, 0], [0, 1], [1, 1])]
    masks = {"begin_mask": 1, "end_mask": 1, "shrink_axis_mask": 2}
    rows = call.one("StridedSlice", [indices, *ends], INT64, T=INT64, Index=INT32, **masks)
    size = call.writer.axis_size(texts, 0)
    ones = call.one("OnesLike", [rows], INT64, T=INT64)
    kinds_ = {"T": INT64, "Tindices": INT64, "Tnumsegments": INT32}
    lengths = call.one("UnsortedSegmentSum", [ones, rows, size], INT64, **kinds_)
    zero, axis = constant(np.zeros(1, np.int64)), constant(np.int32(0))
    sums = call.one("Cumsum", [lengths, axis], INT64, T=INT64, Tidx=INT32)
    return [call.one("ConcatV2", [zero, sums, axis], INT64, N=2, T=INT64, Tidx=INT32), words]


def _padded(call: Call) -> list[Value]:
    """RaggedTensor.to_tensor."""
    value, shape, other = call["value"], call["shape"], call["default_value"]
    rank = 2 + len(value.values.shape[1:])
    dims = [-1] * rank if shape is None else [-1 if n is None else n for n in list(shape)]
    kind = call.kinds[0]
    if other is None:
        other = "" if kind is STRING else np.zeros((), kind.as_numpy_dtype)
    given = [
        call.writer.constant(np.array(dims, np.int64)),
        call.value(value.values),
        call.value(other, kind),
        call.value(value.row_splits),
    ]
    attrs = {"T": kind, "Tindex": INT64, "Tshape": INT64, "num_row_partition_tensors": 1}
    types = attr(["ROW_SPLITS"], "list(string)")
    return [call.one("RaggedTensorToTensor", given, kind, row_partition_types=types, **attrs)]


# -- tables ------------------------------------------------------------------------------------------------------------

TABLES = (lookup.StaticHashTable, lookup.StaticVocabularyTable, MutableHashTable)


def _find(
    call: Call, table: Any, keys: Value, default: Value, controls: Sequence[str] = ()
) -> tuple[str, Value]:
    node, (found,) = call.writer.add(
        "LookupTableFindV2",
        [call.writer.resource(table), keys, default],
        [default.dtype],
        controls,
        Tin=keys.dtype,
        Tout=default.dtype,
    )
    return node, found


def _static(call: Call) -> list[Value]:
    table = call["self"]
    keys, default = call.value(call["keys"]), call.value(table._default)
    return [_find(call, table, keys, default)[1]]


def _vocabulary(call: Call) -> list[Value]:
    table, keys = call["self"], call.value(call["keys"])
    text = keys if keys.dtype == STRING else call.one("AsString", [keys], STRING, T=keys.dtype)
    bucket = call.one("StringToHashBucketFast", [text], INT64, num_buckets=table._buckets)
    if table._table is None:
        return [bucket]
    kind = table._table.key_dtype
    if keys.dtype != kind:
        keys = call.one("Cast", [keys], kind, SrcT=keys.dtype, DstT=kind)
    default = call.writer.constant(np.int64(-1))
    _, found = _find(call, table, keys, default)
    size = call.one("LookupTableSizeV2", [call.writer.resource(table)], INT64)
    beyond = call.one("AddV2", [bucket, size], INT64, T=INT64)
    there = call.one("NotEqual", [found, default], dtypes.as_dtype(bool), T=INT64)
    return [call.one("SelectV2", [there, found, beyond], INT64, T=INT64)]


def _looked_up(call: Call) -> list[Value]:
    table, writer = call["self"], call.writer
    other = call["dynamic_default_values"]
    default = call.value(convert(table._default) if other is None else other, table._value_dtype)
    keys = call.value(call["keys"], table._key_dtype)
    node, found = _find(call, table, keys, default, writer.last_of(table))
    writer.used(node, [table])
    return [found]


def _sized(call: Call) -> list[Value]:
    table, writer = call["self"], call.writer
    node, (found,) = writer.add("LookupTableSizeV2", [writer.resource(table)], [INT64], writer.last_of(table))
    writer.used(node, [table])
    return [found]


def _changed(op: str, *names: str) -> Rule:
    def rule(call: Call) -> list[Value]:
        table, writer = call["self"], call.writer
        kinds = {"keys": table._key_dtype, "values": table._value_dtype}
        given = [call.value(call[name], kinds[name]) for name in names]
        types = dict(zip(("Tin", "Tout"), [x.dtype for x in given], strict=False))
        node, _ = writer.add(op, [writer.resource(table), *given], [], writer.before(table), **types)
        writer.effects.append(node)
        writer.last[id(table)] = node
        writer.since.pop(id(table), None)
        return []

    return rule


def _noted(call: Call) -> list[Value]:
    """A check, which the notes have as a condition."""
    return []


@functools.cache
def _rules() -> dict[tuple[str, str], Rule]:
    table = {
        strings.length: _elementwise("StringLength", "input", "unit"),
        strings.lower: _elementwise("StringLower", "input", "encoding"),
        strings.upper: _elementwise("StringUpper", "input", "encoding"),
        strings.strip: _elementwise("StringStrip", "input"),
        strings.substr: _substr,
        strings.to_hash_bucket: _elementwise("StringToHashBucket", "input", "num_buckets"),
        strings.to_hash_bucket_fast: _elementwise("StringToHashBucketFast", "input", "num_buckets"),
        strings.to_hash_bucket_strong: _strong,
        strings.regex_full_match: _matches,
        strings.regex_replace: _replaced,
        strings.join: _joined,
        strings.reduce_join: _reduced,
        strings.to_number: _number,
        strings.format: _formatted,
        strings.unicode_transcode: _transcoded,
        encoding.decode_base64: _elementwise("DecodeBase64", "input"),
        encoding.encode_base64: _elementwise("EncodeBase64", "input", "pad"),
        lookup.StaticHashTable._found: _static,
        lookup.StaticVocabularyTable._found: _vocabulary,
        MutableHashTable.lookup: _looked_up,
        MutableHashTable.size: _sized,
        MutableHashTable.insert: _changed("LookupTableInsertV2", "keys", "values"),
        MutableHashTable.remove: _changed("LookupTableRemoveV2", "keys"),
        splitting.cut_at: _cut,
        padding.to_tensor: _padded,
        values._compared: _noted,
        values._near: _noted,
        values._signed: _noted,
    }
    return {_name(function): rule for function, rule in table.items()}


def _name(function: Any) -> tuple[str, str]:
    """What a function is known by: functions that others answer for are copied (`core.overloads`)."""
    return function.__module__, function.__qualname__
