"""Tables of a model that is written: functions that make and fill them, and that save and restore their contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tfcompat_tape import lookup
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.graphs.functions import Written
from tfcompat_tape.graphs.nodes import RESOURCE, FunctionName, Nodes, PlainFunction, Value, attr
from tfcompat_tape.lookup.mutable import DenseHashTable, MutableHashTable
from tfcompat_tape.saved_model.assets import Asset
from tfcompat_tape.saved_model.copies import copied
from tfcompat_tape.saved_model.graph_functions import GraphResource, GraphTable

STRING, INT32 = dtypes.string, dtypes.int32
TABLES = (lookup.StaticHashTable, lookup.StaticVocabularyTable, MutableHashTable)


class Table(NamedTuple):
    """A table with its functions.

    Attributes:
      save, restore: of what changes; else None.
    """

    create: Written
    initialize: Written
    destroy: Written
    save: Written | None
    restore: Written | None


class Tables:
    """The tables of a model.

    Args:
      library: the functions of the graph. assets: the files of the model.
    """

    def __init__(self, library: Any, assets: Any) -> None:
        self.library, self.assets = library, assets
        self._found: dict[int, Table] = {}
        self._names: dict[int, str] = {}

    def of(self, obj: Any) -> Table:
        """The functions of a table."""
        found = self._found.get(id(obj))
        if found is None and isinstance(obj, GraphResource):
            found = self._found[id(obj)] = self._loaded(obj)
        if found is None:
            changes = isinstance(obj, MutableHashTable)
            found = self._found[id(obj)] = Table(
                self._creator(obj),
                self._initializer(obj),
                self._giving(1, "_destroyer"),
                self._saver(obj) if changes else None,
                self._restorer(obj) if changes else None,
            )
        return found

    def _loaded(self, obj: GraphResource) -> Table:
        """The functions that a table of a model that was loaded has."""

        def one(does: str, name: str) -> Written:
            kind = obj.function(does)
            return self._giving(1, name) if kind is None else copied(kind, self.library)

        both = [obj.function(does) for does in ("save", "restore")]
        return Table(
            one("_create_resource", "_creator"),
            one("_initialize", "_initializer"),
            one("_destroy_resource", "_destroyer"),
            *[None if kind is None else copied(kind, self.library) for kind in both],
        )

    def asset(self, obj: Any) -> Asset | None:
        """The file that a table is filled from."""
        static = static_of(obj)
        initializer = None if static is None else static._initializer
        if type(initializer) is lookup.TextFileInitializer:
            return self.assets.of(initializer._filename)  # type: ignore[no-any-return]
        return None

    def node(self, made: Nodes, obj: Any) -> tuple[str, Value]:
        """The node that makes a table: its name, and the handle."""
        if isinstance(obj, GraphResource):
            function = FunctionName(self.of(obj).create.name)
            kinds = {"Tin": attr([], "list(type)"), "Tout": attr([RESOURCE], "list(type)")}
            node, (handle,) = made.add("StatefulPartitionedCall", [], [RESOURCE], f=function, **kinds)
            return node, handle
        name = self._names.setdefault(id(obj), f"table_{len(self._names)}")
        op, kinds, inputs = _kind(made, obj)
        node, (handle,) = made.add(op, inputs, [RESOURCE], shared_name=name, **kinds)
        return node, handle

    def _creator(self, obj: Any) -> Written:
        made = PlainFunction(self.library.name("_creator"))
        node, handle = self.node(made, obj)
        return self._written(made, [handle], [node], [], (), TensorSpec([], RESOURCE))

    def _giving(self, number: int, name: str) -> Written:
        """A function that gives a number."""
        made = PlainFunction(self.library.name(name))
        return self._written(made, [made.constant(np.int32(number))], [], [], (), TensorSpec([], INT32))

    def _initializer(self, obj: Any) -> Written:
        static = static_of(obj)
        if static is None:
            return self._giving(1, "_initializer")
        made = PlainFunction(self.library.name("_initializer"))
        asset = self.asset(obj)
        bound: list[Any] = [obj]
        handle = made.resource("table_handle", obj)
        if asset is not None:
            bound.append(asset)
            node = _from_file(made, handle, made.argument("filename", STRING, []), static._initializer)
        else:
            entries = static._entries
            given = [
                made.constant(_array(list(values), kind), kind)
                for values, kind in ((entries, static.key_dtype), (entries.values(), static.value_dtype))
            ]
            kinds = {"Tin": static.key_dtype, "Tout": static.value_dtype}
            node, _ = made.add("LookupTableImportV2", [handle, *given], [], **kinds)
        done = made.constant(np.int32(1))
        return self._written(made, [done], [node], bound, (), TensorSpec([], INT32))

    def _saver(self, obj: Any) -> Written:
        made = PlainFunction(self.library.name("save_fn"))
        key = made.argument("checkpoint_key", STRING, [])
        node, values = exported(made, made.resource("table_handle", obj), obj)
        found, spec = [], []
        for i, (part, value) in enumerate(zip(("-keys", "-values"), values, strict=True)):
            name = made.one("StringJoin", [key, made.constant(part)], STRING, N=2)
            found += [name, made.constant(""), value]
            spec.append(
                {
                    "name": TensorSpec([], STRING, f"tensor_{i}_name"),
                    "slice_spec": TensorSpec([], STRING, f"tensor_{i}_slice_spec"),
                    "tensor": TensorSpec(None, value.dtype, f"tensor_{i}_tensor"),
                }
            )
        return self._written(made, found, [node], [obj], (TensorSpec([], STRING, "checkpoint_key"),), spec)

    def _restorer(self, obj: Any) -> Written:
        made = PlainFunction(self.library.name("restore_fn"))
        kinds = obj.key_dtype, obj.value_dtype
        given = [made.argument(f"restored_tensors_{i}", kind, None) for i, kind in enumerate(kinds)]
        node = imported(made, made.resource("table_handle", obj), given)
        specs = tuple([TensorSpec(None, kind, f"restored_tensors_{i}") for i, kind in enumerate(kinds)])
        done = made.constant(np.int32(1))
        return self._written(made, [done], [node], [obj], specs, TensorSpec([], INT32))

    def _written(
        self,
        made: PlainFunction,
        results: Sequence[Value],
        effects: Sequence[str],
        bound: list[Any],
        arguments: tuple[Any, ...],
        result: Any,
    ) -> Written:
        self.library.add(made.finished(results, effects))
        return Written(made.definition.signature.name, bound, (arguments, {}), result)


def static_of(obj: Any) -> Any:
    """The table without changes that one is, or has the words of; else None."""
    if isinstance(obj, lookup.StaticVocabularyTable):
        return obj._table
    return obj if isinstance(obj, lookup.StaticHashTable) else None


def has_resource(obj: Any) -> bool:
    """Whether an object is a table that graphs have a resource for: buckets alone have none."""
    if isinstance(obj, GraphResource):
        return "_create_resource" in obj.names
    return isinstance(obj, TABLES) and (static_of(obj) is not None or isinstance(obj, MutableHashTable))


def changing(obj: Any) -> MutableHashTable | None:
    """The table that changes, which an object is or stands for; else None."""
    if isinstance(obj, GraphTable):
        obj = obj.value
    return obj if isinstance(obj, MutableHashTable) else None


def exported(made: Nodes, handle: Value, obj: Any) -> tuple[str, list[Value]]:
    """The node that gives all keys and values."""
    table = changing(obj)
    assert table is not None
    kinds = {"Tkeys": table.key_dtype, "Tvalues": table.value_dtype}
    return made.add("LookupTableExportV2", [handle], list(kinds.values()), **kinds)


def imported(made: Nodes, handle: Value, given: Sequence[Value]) -> str:
    """The node that puts in these keys and values in place of all others."""
    kinds = dict(zip(("Tin", "Tout"), [x.dtype for x in given], strict=True))
    return made.add("LookupTableImportV2", [handle, *given], [], **kinds)[0]


def _kind(made: Nodes, obj: Any) -> tuple[str, dict[str, Any], list[Value]]:
    """The op of a table, with attributes and inputs."""
    table = static_of(obj) or obj
    kinds: dict[str, Any] = {"key_dtype": table.key_dtype, "value_dtype": table.value_dtype}
    if not isinstance(obj, MutableHashTable):
        return "HashTableV2", kinds, []
    shape = obj._default.shape
    if isinstance(obj, DenseHashTable):
        keys = [
            made.constant(_array([key], obj.key_dtype).reshape(obj._key_shape), obj.key_dtype)
            for key in (obj._empty, obj._deleted)
        ]
        return "MutableDenseHashTableV2", {**kinds, "value_shape": attr(list(shape), "shape")}, keys
    if shape:
        return "MutableHashTableOfTensorsV2", {**kinds, "value_shape": attr(list(shape), "shape")}, []
    return "MutableHashTableV2", kinds, []


def _from_file(made: Nodes, handle: Value, name: Value, initializer: Any) -> str:
    key, value = initializer._indices
    node, _ = made.add(
        "InitializeTableFromTextFileV2",
        [handle, name],
        [],
        key_index=key,
        value_index=value,
        vocab_size=-1 if initializer._size is None else initializer._size,
        delimiter=initializer._delimiter or "\t",
        offset=initializer._offset,
    )
    return node


def _array(values: list[Any], dtype: Any) -> np.ndarray[Any, Any]:
    if dtype is STRING:
        found = np.empty(len(values), object)
        found[:] = values
        return found
    return np.asarray(convert(values, dtype).numpy())
