"""Sets along the last axis of dense and sparse tensors: one set for each row, in ascending order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor, to_numpy

_TYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "string")
Row = tuple[int, ...]
Rows = list[tuple[Row, set[Any]]]


def size(a: Any, validate_indices: bool = True) -> Tensor:
    """How many different elements each row has: int32, of the shape of `a` without its last axis.

    Args:
      a: a SparseTensor of integers or strings.
      validate_indices: whether to check that its indices are in order and within its shape.

    Raises:
      TypeError: not a SparseTensor, or another dtype.
      InvalidArgumentError: indices out of order or out of range.

    Source: `tf.sets.size`.

    >>> import tfcompat_tape as tf
    >>> a = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [5, 5, 6], [3, 2])
    >>> tf.sets.size(a).numpy().tolist()
    [1, 1, 0]
    """
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a!r}.")
    _typed("SetSize", a)
    rows, shape = _rows("SetSize", a, validate_indices)
    counts = np.zeros(shape, np.int32)
    for row, values in rows:
        counts[row] = len(values)
    return convert(counts)


def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements of each row that both have.

    Args:
      a, b: tensors or SparseTensors of one dtype, integers or strings, equal in shape up to the last axis.
      validate_indices: whether to check that indices of SparseTensors are in order and within their shapes.

    Returns a SparseTensor of that shape, whose last axis is as long as the largest set.

    Raises:
      TypeError: other dtypes, or two.
      InvalidArgumentError: shapes that do not fit, less than two axes, indices out of order or out of range.

    Source: `tf.sets.intersection`.

    >>> import tfcompat_tape as tf
    >>> tf.sets.intersection([[1, 2], [3, 4]], [[2, 9], [4, 3]]).values.numpy().tolist()
    [2, 3, 4]
    """
    return _operation("intersection", set.intersection, a, b, validate_indices)


def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """The elements of each row of `a` that `b` lacks there, or with `aminusb=False` the other way round.

    Arguments, result and errors: as for `tf.sets.intersection`. Source: `tf.sets.difference`.

    >>> import tfcompat_tape as tf
    >>> tf.sets.difference([[1, 2], [3, 4]], [[2, 9], [4, 3]]).values.numpy().tolist()
    [1]
    """
    minus = set.difference if aminusb else lambda mine, other: other - mine
    return _operation("difference", minus, a, b, validate_indices)


def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The elements of each row that either has.

    Arguments, result and errors: as for `tf.sets.intersection`. Source: `tf.sets.union`.

    >>> import tfcompat_tape as tf
    >>> tf.sets.union([[1, 2], [3, 4]], [[2, 9], [4, 3]]).values.numpy().tolist()
    [1, 2, 9, 3, 4]
    """
    return _operation("union", set.union, a, b, validate_indices)


def _operation(
    name: str, combine: Callable[[set[Any], set[Any]], set[Any]], a: Any, b: Any, validate: bool
) -> SparseTensor:
    what = f"SetOperation ({name})"
    a, b = [x if isinstance(x, SparseTensor) else convert(x) for x in (a, b)]
    if a.dtype != b.dtype:
        raise TypeError(f"{what}: Types don't match, {a.dtype!r} vs {b.dtype!r}.")
    _typed(what, a)
    (mine, shape), (others, other_shape) = _rows(what, a, validate), _rows(what, b, validate)
    if shape != other_shape:
        raise invalid(f"{what}: Mismatched group shapes {list(shape)} vs {list(other_shape)}.")
    found = [(row, sorted(combine(x, y))) for row, x, y in _side_by_side(mine, others)]
    longest = max((len(values) for _, values in found), default=0)
    indices = [(*row, i) for row, values in found for i in range(len(values))]
    values = np.empty(len(indices), dtype=_numpy_type(a.dtype))
    values[:] = [value for _, values in found for value in values]
    places = np.array(indices, np.int64).reshape(len(indices), len(shape) + 1)
    whole = np.array([*shape, longest], np.int64)
    return SparseTensor(convert(places), convert(values, a.dtype), convert(whole))


def _numpy_type(dtype: Any) -> Any:
    return object if dtype == dtypes.string else dtype.as_numpy_dtype


def _typed(what: str, x: Any) -> None:
    if x.dtype.name not in _TYPES:
        raise TypeError(
            f"{what}: Value passed to parameter 'set1' has DataType {x.dtype.name} not in list of allowed values: "
            f"{', '.join(_TYPES)}"
        )


def _rows(what: str, x: Any, validate: bool) -> tuple[Rows, Row]:
    """The rows of `x` that hold something, each with its set, as they follow in `x`; and the shape of all rows."""
    if isinstance(x, SparseTensor):
        places, values, whole = [to_numpy(part._t) for part in (x.indices, x.values, x.dense_shape)]
        shape = tuple(whole.tolist())
        if validate:
            _in_order(what, places, whole)
        pairs = zip(map(tuple, places[:, :-1].tolist()), values.tolist(), strict=True)
    else:
        array = to_numpy(x._t)
        shape = array.shape
        flat = array.reshape(-1, shape[-1]) if shape and array.size else []
        keys = np.ndindex(shape[:-1])
        pairs = ((row, value) for row, values in zip(keys, flat, strict=False) for value in values.tolist())
    if len(shape) < 2:
        raise invalid(f"{what}: Invalid input shape {list(shape)}: expected at least 2 dimensions.")
    rows = [(row, {value for _, value in group}) for row, group in groupby(pairs, lambda pair: pair[0])]
    return rows, shape[:-1]


def _in_order(what: str, places: np.ndarray[Any, Any], shape: np.ndarray[Any, Any]) -> None:
    if np.any(places < 0) or np.any(places >= shape):
        raise invalid(f"{what}: indices are out of bounds: dense_shape is {shape.tolist()}.")
    listed = places.tolist()
    for i in range(1, len(listed)):
        if listed[i] <= listed[i - 1]:
            problem = "repeated" if listed[i] == listed[i - 1] else "out of order"
            raise invalid(f"{what}: indices[{i}] = {listed[i]} is {problem}.")


def _side_by_side(a: Rows, b: Rows) -> list[tuple[Row, set[Any], set[Any]]]:
    """Each row of either, with both sets."""
    found, i, j = [], 0, 0
    while i < len(a) or j < len(b):
        first = j == len(b) or (i < len(a) and a[i][0] <= b[j][0])
        second = i == len(a) or (j < len(b) and b[j][0] <= a[i][0])
        row = (a[i] if first else b[j])[0]
        found.append((row, a[i][1] if first else set(), b[j][1] if second else set()))
        i, j = i + first, j + second
    return found
