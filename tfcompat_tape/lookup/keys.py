"""Keys and values of tables as Python and NumPy have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor, to_numpy

_NUMBERS = {"float32", "float64"}
STATIC = {
    "string": {"string", "int32", "int64", "bool", *_NUMBERS},
    "int32": {"string", "int32", *_NUMBERS},
    "int64": {"string", "int32", "int64", *_NUMBERS},
}
MUTABLE = {
    "string": {"int32", "int64", "bool", *_NUMBERS},
    "int32": {"int32", *_NUMBERS},
    "int64": {"string", "int32", "int64", *_NUMBERS},
}
DENSE = {**MUTABLE, "int64": {"int32", "int64", "bool", *_NUMBERS}}


def supported(op: str, key: DType, value: DType, pairs: dict[str, set[str]]) -> None:
    """NotFoundError where there is no table of these dtypes."""
    if value.name not in pairs.get(key.name, ()):
        raise not_found(
            f"{op}: Could not find device for node: no kernel for keys of {key.name} and values of {value.name}. "
            f"There are: {', '.join(f'{k} to {v}' for k, values in pairs.items() for v in sorted(values))}."
        )


def array_of(tensor: Tensor) -> np.ndarray[Any, Any]:
    return to_numpy(tensor._t)


def given(value: Any, dtype: DType, what: str) -> np.ndarray[Any, Any]:
    """Keys or values for a table. ValueError for a Tensor of another dtype."""
    if isinstance(value, Tensor) and value.dtype != dtype:
        raise ValueError(
            f"{what}: Tensor conversion requested dtype {dtype.name} for Tensor with dtype {value.dtype.name}: "
            f"{value!r}"
        )
    return array_of(convert(value, dtype))


def stacked(rows: list[Any], shape: tuple[int, ...], dtype: DType) -> Tensor:
    """Values of a table as one Tensor."""
    array = np.empty(shape, dtype=object if dtype.name == "string" else dtype.as_numpy_dtype)
    flat = array.reshape(len(rows), -1) if rows else array
    for i, row in enumerate(rows):
        flat[i] = row if np.ndim(row) else [row]
    return convert(array)


def within(keys: Any, lookup: Callable[[Tensor], Tensor]) -> Any:
    """A SparseTensor or RaggedTensor with what `lookup` finds in place of its keys."""
    if isinstance(keys, SparseTensor):
        return keys.with_values(lookup(keys.values))
    return keys.with_flat_values(lookup(keys.flat_values))


def of_one_shape(keys: tuple[int, ...], values: np.ndarray[Any, Any], tail: tuple[int, ...]) -> None:
    """InvalidArgumentError unless there is a value of shape `tail` for each key, which lie in shape `keys`."""
    expected = (*keys, *tail)
    if values.shape != expected:
        shown = [str(list(shape)).replace(" ", "") for shape in (expected, values.shape)]
        raise invalid(f"Expected shape {shown[0]} for value, got {shown[1]}")
