"""Tables of TensorFlow's graphs: those that an initializer fills once, and those that change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, shape_of
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import failed_precondition
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.lookup import KeyValueTensorInitializer, StaticHashTable, TextFileInitializer
from tfcompat_tape.lookup.keys import array_of, stacked
from tfcompat_tape.lookup.mutable import DenseHashTable, MutableHashTable

Outputs = dict[str, list[Any]]
Operation = Callable[[list[Any]], Outputs]
Attrs = Mapping[str, Any]


class StaticTable:
    """A table that does not change: what its initializer fills in stays."""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self.key_dtype, self.value_dtype = key_dtype, value_dtype
        self._table: StaticHashTable | None = None

    def fill(self, initializer: Any) -> None:
        """Take in what an initializer of `tf.lookup` gives."""
        default: Any = "" if initializer.value_dtype is dtypes.string else 0
        self._table = StaticHashTable(initializer, convert(default, initializer.value_dtype))

    @property
    def table(self) -> StaticHashTable:
        """It with its contents. FailedPreconditionError before it is filled."""
        if self._table is None:
            raise failed_precondition("Table not initialized.")
        return self._table


def _as_found(table: StaticTable, keys: Any, default: Any) -> Any:
    return shape_of(keys), table.value_dtype


@at_call(_as_found)
def _found(table: StaticTable, keys: Tensor, default: Tensor) -> Tensor:
    array, other = array_of(convert(keys)), array_of(convert(default)).item()
    entries = table.table._entries
    return stacked(
        [entries.get(key, other) for key in array.ravel().tolist()], array.shape, table.value_dtype
    )


def _static(attrs: Attrs) -> Operation:
    return lambda inputs: {"table_handle": [StaticTable(attrs["key_dtype"], attrs["value_dtype"])]}


def _changing(attrs: Attrs) -> Operation:
    shape = attrs.get("value_shape")
    dims = [] if shape is None or shape.rank is None else shape.as_list()
    value = attrs["value_dtype"]
    nothing = np.full(dims, b"", object) if value is dtypes.string else np.zeros(dims, value.as_numpy_dtype)

    def run(inputs: list[Any]) -> Outputs:
        if not inputs:
            return {"table_handle": [MutableHashTable(attrs["key_dtype"], value, nothing)]}
        empty, deleted = inputs
        return {"table_handle": [DenseHashTable(attrs["key_dtype"], value, nothing, empty, deleted)]}

    return run


def _import(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        table, keys, values = inputs
        if isinstance(table, StaticTable):
            table.fill(KeyValueTensorInitializer(keys, values))
        else:
            table._restore_from_tensors({"-keys": keys, "-values": values})
        return {}

    return run


def _from_file(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        table, name = inputs
        size = attrs.get("vocab_size", -1)
        table.fill(
            TextFileInitializer(
                name,
                table.key_dtype,
                attrs["key_index"],
                table.value_dtype,
                attrs["value_index"],
                None if size == -1 else size,
                attrs.get("delimiter", "\t"),
                value_index_offset=attrs.get("offset", 0),
            )
        )
        return {}

    return run


def _find(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        table, keys, default = inputs
        if isinstance(table, StaticTable):
            return {"values": [_found(table, keys, default)]}
        return {"values": [table.lookup(keys, default)]}

    return run


def _size(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        (table,) = inputs
        return {"size": [(table.table if isinstance(table, StaticTable) else table).size()]}

    return run


def _export(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        (table,) = inputs
        keys, values = (table.table if isinstance(table, StaticTable) else table).export()
        return {"keys": [keys], "values": [values]}

    return run


def _insert(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        table, keys, values = inputs
        table.insert(keys, values)
        return {}

    return run


def _remove(attrs: Attrs) -> Operation:
    def run(inputs: list[Any]) -> Outputs:
        table, keys = inputs
        table.remove(keys)
        return {}

    return run


TABLES: dict[str, Callable[[Attrs], Operation]] = {
    "AnonymousHashTable": _static,
    "AnonymousMutableDenseHashTable": _changing,
    "AnonymousMutableHashTable": _changing,
    "AnonymousMutableHashTableOfTensors": _changing,
    "HashTableV2": _static,
    "InitializeTableFromTextFileV2": _from_file,
    "LookupTableExportV2": _export,
    "LookupTableFindV2": _find,
    "LookupTableImportV2": _import,
    "LookupTableInsertV2": _insert,
    "LookupTableRemoveV2": _remove,
    "LookupTableSizeV2": _size,
    "MutableDenseHashTableV2": _changing,
    "MutableHashTableOfTensorsV2": _changing,
    "MutableHashTableV2": _changing,
}
