"""The graph outside of functions: what sessions, TensorFlow Serving and `saved_model_cli run` have of a SavedModel.

It has a node for each Variable, constant, table and file that functions capture, calls of the signatures with
placeholders, and nodes that initialize the model, and that save and restore it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfcompat_tape.checkpoint.messages import OBJECT_GRAPH_KEY
from tfcompat_tape.checkpoint.saving import as_array
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.functions import Written
from tfcompat_tape.graphs.nodes import RESOURCE, FunctionName, Nodes, PlainFunction, Value, attr
from tfcompat_tape.saved_model.assets import Asset
from tfcompat_tape.saved_model.graph_functions import GraphConstant
from tfcompat_tape.saved_model.resources import changing, exported, imported

INIT_OP = "__saved_model_init_op"
MAIN_OP = "saved_model_main_op"
PREDICT = "tensorflow/serving/predict"
STRING = dtypes.string


class Outside(Nodes):
    """The nodes outside of functions.

    Args:
      library: the functions of the graph. tables, assets: those of the model.

    Attributes:
      files: the messages of files, by number.
    """

    def __init__(self, library: Any, tables: Any, assets: Any) -> None:
        super().__init__()
        self.library, self.tables, self.assets = library, tables, assets
        self._values: dict[int, Value] = {}  # what functions capture, by id
        self._kept: list[Any] = []
        self.first: list[str] = []  # nodes that initialize something
        self.files: dict[int, Any] = {}
        self._read: dict[int, Value] = {}  # the names of files, by number
        self._at_first: dict[str, Value] = {}  # the same while the model is initialized

    def text(self, node: str, port: str, place: int, number: int) -> str:
        return f"{node}:{number}" if number else node

    def named(
        self, wanted: str, op: str, results: Sequence[Any], inputs: Sequence[Value] = (), **attrs: Any
    ) -> Any:
        """One more node with a name that is wanted."""
        name = self.name(re.sub(r"[^A-Za-z0-9_./>-]", "_", wanted) if wanted[:1].isalnum() else f"a{wanted}")
        _, values = self.add(op, inputs, results, named=name, **attrs)
        return name, [Value(name if i == 0 else f"{name}:{i}", value.dtype) for i, value in enumerate(values)]

    def captured(self, obj: Any) -> Value:
        """What functions capture, as a value."""
        found = self._values.get(id(obj))
        if found is None:
            found = self._values[id(obj)] = self._node(obj)
            self._kept.append(obj)
        return found

    def _node(self, obj: Any) -> Value:
        if isinstance(obj, Variable):
            name = obj.name.removesuffix(":0") or "Variable"
            shape = TensorShapeProto.of(obj.shape._dims)
            name, (value,) = self.named(
                name, "VarHandleOp", [RESOURCE], dtype=obj.dtype, shape=attr(shape, "shape"), shared_name=name
            )
            self.found[-1].attr["shared_name"].CopyFrom(attr(name))
            return value
        if isinstance(obj, GraphConstant):
            return self.constant(obj.value._t)
        if isinstance(obj, Asset):
            return self._file(obj)
        _, handle = self.tables.node(self, obj)
        self._values[id(obj)] = handle
        self._kept.append(obj)
        initialize = self.tables.of(obj).initialize
        given = [self.captured(one) for one in initialize.bound]
        given = [self._at_first.get(value.text, value) for value in given]
        called, _ = self._called(initialize, given, [dtypes.int32])
        self.first.append(called)
        return handle

    def _file(self, asset: Asset) -> Value:
        """Where a file lies: who loads the model says it before anything else, and it is kept."""
        number = self.assets.add(asset)
        if number in self._read:
            return self._read[number]
        place, (value,) = self.named(
            "asset_path_initializer", "Placeholder", [STRING], dtype=STRING, shape=attr([], "shape")
        )
        self.files[number] = place
        name, (handle,) = self.named(
            "asset_path", "VarHandleOp", [RESOURCE], dtype=STRING, shape=attr([], "shape")
        )
        self.found[-1].attr["shared_name"].CopyFrom(attr(name))
        assigned, _ = self.add("AssignVariableOp", [handle, value], [], dtype=STRING)
        self.first.append(assigned)
        _, (found,) = self.add("ReadVariableOp", [handle], [STRING], [assigned], dtype=STRING)
        # Only the initialization may ask for the placeholder.
        _, (later,) = self.add("ReadVariableOp", [handle], [STRING], dtype=STRING)
        self._read[number] = later
        self._at_first[later.text] = found
        return later

    # -- signatures ----------------------------------------------------------------------------------------------------

    def signature(self, name: str, kind: Written, found: Any) -> None:
        """The call of a function by names, and what it is called by in the message `found`."""
        _, specs = kind.arguments
        given = []
        for key in sorted(specs):
            spec = specs[key]
            node, (value,) = self.named(
                f"{name}_{key}",
                "Placeholder",
                [spec.dtype],
                dtype=spec.dtype,
                shape=attr(spec.shape, "shape"),
            )
            given.append(value)
            _described(found.inputs[key], node + ":0", spec)
        results = [kind.result[key] for key in sorted(kind.result)]
        called, _ = self.call(kind, given, [spec.dtype for spec in results])
        for i, key in enumerate(sorted(kind.result)):
            _described(found.outputs[key], f"{called}:{i}", kind.result[key])
        found.method_name = PREDICT

    def call(self, kind: Any, given: Sequence[Value], results: Sequence[Any]) -> Any:
        """A call of a function with what it captures."""
        return self._called(kind, [*given, *map(self.captured, kind.bound)], results)

    def _called(self, kind: Any, inputs: Sequence[Value], results: Sequence[Any]) -> Any:
        return self.add(
            "StatefulPartitionedCall",
            inputs,
            results,
            f=FunctionName(kind.name),
            Tin=attr([x.dtype for x in inputs], "list(type)"),
            Tout=attr(list(results), "list(type)"),
        )

    # -- initialization ------------------------------------------------------------------------------------------------

    def initialization(self, meta: Any) -> None:
        """The node that all that initializes comes before."""
        name, _ = self.add("NoOp", [], [], self.first)
        output = meta.signature_def[INIT_OP].outputs[INIT_OP]
        output.name = name
        output.tensor_shape.unknown_rank = True
        meta.collection_def[MAIN_OP].node_list.value.append(name)

    # -- saving and restoring ------------------------------------------------------------------------------------------

    def saver(self, meta: Any, graph: Any, variable_of: Any) -> None:
        """The nodes that save and restore the values of the model, by functions."""
        held: dict[int, tuple[str, Variable]] = {}  # by id: its key
        tables: list[tuple[list[str], Any]] = []
        others: list[tuple[str, Any]] = []
        for obj, values in zip(graph.objects, graph.values, strict=True):
            variable = variable_of(obj)
            if variable is not None and len(values) == 1:
                held.setdefault(id(variable), (values[0].key, variable))
            elif changing(obj) is not None:
                if values:
                    tables.append(([value.key for value in values], obj))
            else:
                others += [(value.key, as_array(value.read())[1]) for value in values]
        text = np.empty((), object)
        text[()] = graph.message.SerializeToString()
        others.append((OBJECT_GRAPH_KEY, text))
        for _, one in [*held.values(), *tables]:
            self.captured(one)
        place, (prefix,) = self.named(
            "saver_filename", "Placeholder", [dtypes.string], dtype=dtypes.string, shape=attr([], "shape")
        )
        saved = _saves(self.library, list(held.values()), tables, others)
        restored = _restores(self.library, list(held.values()), tables)
        save, _ = self.call(saved, [prefix], [dtypes.string])
        restore, _ = self.call(restored, [prefix], [dtypes.string])
        meta.saver_def.filename_tensor_name = f"{place}:0"
        meta.saver_def.save_tensor_name = f"{save}:0"
        meta.saver_def.restore_op_name = restore
        meta.saver_def.version = _V2


_V2 = 2


def _described(info: Any, name: str, spec: TensorSpec) -> None:
    info.name = name
    info.dtype = spec.dtype.as_datatype_enum
    info.tensor_shape.CopyFrom(TensorShapeProto.of(spec.shape._dims))


Held = Sequence[tuple[str, Variable]]
OfTables = Sequence[tuple[list[str], Any]]


def _saves(library: Any, held: Held, tables: OfTables, others: Sequence[tuple[str, Any]]) -> Written:
    """The function that writes the values of Variables and tables, and these others, into files."""
    made = PlainFunction(library.name("_traced_save"))
    string = dtypes.string
    prefix = made.argument("file_prefix", string, [])
    resources = [made.resource(f"resource_{i}", variable) for i, (_, variable) in enumerate(held)]
    values = [
        made.one("ReadVariableOp", [resource], variable.dtype, dtype=variable.dtype)
        for resource, (_, variable) in zip(resources, held, strict=True)
    ]
    for _, table in tables:
        values += exported(made, made.resource("table_handle", table), table)[1]
    values += [made.constant(np.asarray(value)) for _, value in others]
    part = made.one("StringJoin", [prefix, made.constant(b"_temp/part")], string, N=2)
    counts = [made.constant(np.int32(0)), made.constant(np.int32(1))]
    name = made.one("ShardedFilename", [part, *counts], string)
    keys = [key for key, _ in held]
    keys += [*[key for names, _ in tables for key in names], *[key for key, _ in others]]
    names, slices = _texts(made, keys), _texts(made, [""] * len(keys))
    dtypes_ = attr([value.dtype for value in values], "list(type)")
    save, _ = made.add("SaveV2", [name, names, slices, *values], [], dtypes=dtypes_)
    _, (parts,) = made.add("Pack", [name], [string], [save], N=1, T=string, axis=0)
    merge, _ = made.add("MergeV2Checkpoints", [parts, prefix], [])
    library.add(made.finished([prefix], [merge]))
    spec = TensorSpec([], string)
    return Written(made.definition.signature.name, [x for _, x in (*held, *tables)], ((spec,), {}), spec)


def _restores(library: Any, held: Held, tables: OfTables) -> Written:
    """The function that reads the values of Variables and tables from files."""
    made = PlainFunction(library.name("_traced_restore"))
    string = dtypes.string
    prefix = made.argument("file_prefix", string, [])
    resources = [made.resource(f"resource_{i}", variable) for i, (_, variable) in enumerate(held)]
    handles = [made.resource("table_handle", table) for _, table in tables]
    kinds = [variable.dtype for _, variable in held]
    keys = [key for key, _ in held]
    for names, table in tables:
        changes = changing(table)
        assert changes is not None
        kinds += [changes.key_dtype, changes.value_dtype]
        keys += names
    done = []
    if keys:
        given = [prefix, _texts(made, keys), _texts(made, [""] * len(keys))]
        _, found = made.add("RestoreV2", given, kinds, dtypes=attr(kinds, "list(type)"))
        for resource, value in zip(resources, found, strict=False):
            done.append(made.add("AssignVariableOp", [resource, value], [], dtype=value.dtype)[0])
        for i, handle in enumerate(handles):
            at = len(held) + 2 * i
            done.append(imported(made, handle, found[at : at + 2]))
    library.add(made.finished([prefix], done))
    spec = TensorSpec([], string)
    return Written(made.definition.signature.name, [x for _, x in (*held, *tables)], ((spec,), {}), spec)


def _texts(made: Nodes, texts: Sequence[str]) -> Value:
    found = np.empty(len(texts), object)
    found[:] = [text.encode() for text in texts]
    return made.constant(found)
