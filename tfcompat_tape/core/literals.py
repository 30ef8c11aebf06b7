"""Python data and NumPy arrays as Tensors: the dtype they get, and the dtypes they may be given.

TensorFlow treats the two unlike. An array is cast to the dtype asked for, as NumPy casts. Python data - numbers,
strings and nested sequences of them - keep their kind: the first leaf says what it is, all others must fit, and a dtype
asked for must not lose it (a float never becomes an integer, and True is a number in the dtypes of `_DIRECT` alone).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import devices, dtypes, reading
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor, from_numpy

# Kinds of leaves, by type. A NumPy bool is a kind of its own: it never counts as a number.
BOOL, NUMPY_BOOL, INT, FLOAT, COMPLEX, TEXT = "bool", "numpy bool", "int", "float", "complex", "text"
# What is no leaf, or no data.
SEQUENCE, ARRAY, TENSOR, UNKNOWN = "sequence", "array", "tensor", "unknown"

_BOOLS = frozenset({BOOL, NUMPY_BOOL})
_INTS = frozenset({BOOL, INT})
_FLOATS = _INTS | {FLOAT}
_NUMBERS = _FLOATS | {COMPLEX}
_TEXTS = frozenset({TEXT})

# The dtypes that TensorFlow makes of Python data without a detour, with the kinds that each takes. Any other dtype is
# cast to, from the dtype that the data have by themselves.
_DIRECT = {
    dtypes.bool_: _BOOLS,
    dtypes.int32: _INTS,
    dtypes.int64: _INTS,
    dtypes.uint64: _INTS,
    dtypes.float16: _FLOATS,
    dtypes.float32: _FLOATS,
    dtypes.float64: _FLOATS,
    dtypes.complex128: _NUMBERS,
    dtypes.string: _TEXTS,
}
_TOO_LARGE = float.fromhex("0x1.ffffffp127")  # what rounds to infinity in single precision
_INT32, _INT64 = np.iinfo(np.int32), np.iinfo(np.int64)


def _kind_of(cls: type) -> str:
    """What a value of type `cls` is to a conversion."""
    if (
        cls is Tensor
        or issubclass(cls, torch.Tensor)
        or hasattr(cls, "_read")
        or hasattr(cls, "__tf_tensor__")
    ):
        return TENSOR
    if hasattr(cls, "_to_tensor"):  # composite values do not stand in lists
        return UNKNOWN
    if issubclass(cls, np.ndarray):
        return ARRAY
    for base, kind in (
        ((str, bytes), TEXT),
        (bool, BOOL),
        (np.bool_, NUMPY_BOOL),
        (np.timedelta64, UNKNOWN),  # which NumPy counts among its integers
        ((int, np.integer), INT),
        ((float, np.floating), FLOAT),
        ((complex, np.complexfloating), COMPLEX),
    ):
        if issubclass(cls, base):
            return kind
    if cls in dtypes.FROM_NUMPY:  # scalars of ml_dtypes
        return FLOAT if dtypes.FROM_NUMPY[cls].is_floating else INT
    if issubclass(cls, (Mapping, np.generic)):
        return UNKNOWN
    if hasattr(cls, "__len__") and hasattr(cls, "__getitem__"):
        return SEQUENCE
    return INT if hasattr(cls, "__index__") else UNKNOWN


kind_of: Callable[[Any], str] = lru_cache(maxsize=1024)(_kind_of)


def leaf_types(value: Any) -> dict[type, None]:
    """The types of the leaves of nested sequences, in the order in which they first appear."""
    found: dict[type, None] = {}
    _collect(value, found)
    return found


def _collect(value: Any, found: dict[type, None]) -> None:
    kind = kind_of(type(value))
    if kind is SEQUENCE:
        types = dict.fromkeys(map(type, value))
        if any(kind_of(item) in (SEQUENCE, ARRAY) for item in types):
            for item in value:
                _collect(item, found)
        else:
            found.update(types)
    elif kind is ARRAY:
        if value.dtype == object:
            _collect(value.tolist(), found)
        elif value.size:
            found[value.dtype.type] = None
    else:
        found[type(value)] = None


def holds_tensors(value: Any) -> bool:
    """Whether some leaf of nested sequences is a tensor."""
    return any(kind_of(cls) is TENSOR for cls in leaf_types(value))


def from_data(value: Any, dtype: DType | None = None) -> Tensor:
    """A number, a string or nested sequences of these as a Tensor.

    Raises:
      ValueError: no such data, leaves of different kinds, sequences of different lengths, an integer out of range.
      TypeError: data that cannot have the dtype.
    """
    leaves = leaf_types(value)
    kinds = {kind_of(cls) for cls in leaves}
    if kind_of(type(value)) is SEQUENCE and not isinstance(value, (list, tuple)):
        value = list(value)
    if not leaves:
        return _placed(_rectangular(value, float), dtype or dtypes.float32)
    if dtype is not None and kinds <= _DIRECT.get(dtype, frozenset()):
        natural = dtype
    else:
        natural = _natural(value, leaves, kinds)
    array = _filled(value, natural)
    if natural is dtypes.int32 and dtype is not natural and not _fits(array, _INT32):
        natural = dtypes.int64
    if dtype is not None and dtype is not natural and not _keeps_kind(natural, dtype):
        raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {dtype.name}")
    if natural is dtypes.float32 and dtype is None:
        check_single(array, value)
    if natural.torch is not None and dtype is not natural:
        array = _cast(array, natural)
    return _placed(array, dtype or natural)


def check_single(number: Any, value: Any) -> None:
    """Whether numbers without a dtype of their own have a form in single precision.

    With a dtype asked for, too large ones become infinite.

    Raises:
      ValueError: `value`, of which this is the number or the array, is too large.
    """
    size = np.abs(np.asarray(number, np.float64))
    if np.any((size >= _TOO_LARGE) & (size < np.inf)):
        raise ValueError(
            "Can't convert Python sequence with a value out of range for a double-precision floating-point "
            f"number to a Tensor of dtype float32: {value!r}. Ask for dtype=tf.float64."
        )


def _natural(value: Any, leaves: dict[type, None], kinds: set[str]) -> DType:
    """The dtype that data have by themselves; for integers int32, also where they need more."""
    first = next(iter(leaves))
    kind = kind_of(first)
    if kind in (UNKNOWN, TENSOR):
        refusal = ValueError if value is None or reading.current.tracer is None else TypeError  # of graphs
        raise refusal(
            f"Attempt to convert a value ({value!r}) with an unsupported type ({first}) to a Tensor."
        )
    if kind is INT and FLOAT in kinds:
        kind, first = FLOAT, float
    takes, found = {
        BOOL: (_BOOLS, dtypes.bool_),
        NUMPY_BOOL: (_BOOLS, dtypes.bool_),
        INT: (_INTS, dtypes.int32),
        FLOAT: (_FLOATS, dtypes.float32),
        COMPLEX: (_NUMBERS, dtypes.complex128),
        TEXT: (_TEXTS, dtypes.string),
    }[kind]
    if not kinds <= takes:
        raise ValueError(f"Can't convert Python sequence with mixed types to Tensor: {value!r}.")
    if kind is FLOAT and issubclass(first, np.generic):
        found = dtypes.FROM_NUMPY.get(first, found)
    return found


def _keeps_kind(natural: DType, dtype: DType) -> bool:
    """Whether data of the dtype `natural` may be cast to `dtype`."""
    if natural.is_integer:
        return dtype.is_integer or dtype.is_floating or dtype.is_complex
    if natural.is_floating:
        return dtype.is_floating or dtype.is_complex
    return natural.is_complex and dtype.is_complex


def _rectangular(value: Any, dtype: Any = None) -> np.ndarray[Any, Any]:
    try:
        return np.array(value, dtype)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"Can't convert non-rectangular Python sequence to Tensor: {error}.") from None


def _filled(value: Any, natural: DType) -> np.ndarray[Any, Any]:
    """An array with the data, of the dtype `natural` or a wider one."""
    if natural is dtypes.string:
        return _encoded(_rectangular(value, object))
    array = _rectangular(value)
    if natural.is_integer or natural.is_bool:
        exact = array.dtype.kind in "bi" or (array.dtype.kind == "u" and _fits(array, _INT64))
        return array if exact else _big_integers(value, natural)
    if array.dtype == object:  # integers of many digits
        array = array.astype(np.complex128 if natural.is_complex else np.float64)
    if natural is dtypes.float16:
        array = array.astype(np.float32)  # TensorFlow rounds twice
    return array


def _fits(array: np.ndarray[Any, Any], info: Any) -> bool:
    return not array.size or bool(info.min <= array.min() and array.max() <= info.max)


def _big_integers(value: Any, natural: DType) -> np.ndarray[Any, Any]:
    """Integers that NumPy did not recognize as such, or that only fit in 64 bits without a sign."""
    objects = _rectangular(value, object)
    exact = [operator.index(item) for item in objects.ravel()]
    wide = np.uint64 if natural is dtypes.uint64 and min(exact) >= 0 else np.int64
    try:
        return np.array(exact, wide).reshape(objects.shape)
    except OverflowError:
        raise ValueError(
            f"Can't convert Python sequence with out-of-range integer to Tensor: {value!r}."
        ) from None


def from_array(value: Any, dtype: DType | None = None) -> Tensor:
    """A copy of a NumPy array or scalar, or of what says how it is one (`__array__`), cast to `dtype`.

    Raises:
      ValueError, TypeError: an array with no tensor form, or elements that NumPy does not cast to `dtype`.
    """
    array = np.array(value, order="C")
    if dtype is not None and dtype is not dtypes.string:
        return _placed(array, dtype)
    if array.dtype.kind in "SUO" or (dtype is not None and not array.size):
        return Tensor(_encoded(array), None)
    found = dtypes.named(array.dtype.type)
    if found is None or dtype is not None:
        wish = "" if dtype is None else f" of dtype {dtype.name}"
        raise ValueError(f"Failed to convert a NumPy array of dtype {array.dtype} to a Tensor{wish}.")
    return _placed(array, found)


def _encoded(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Strings as the bytes that a string Tensor holds."""
    encoded = np.empty(array.shape, dtype=object)
    for place, item in enumerate(array.ravel().tolist()):
        if isinstance(item, str):
            try:
                item = item.encode()
            except UnicodeEncodeError:
                raise ValueError(
                    f"Error converting unicode string while converting Python sequence to Tensor: {item!r} is no text."
                ) from None
        if not isinstance(item, bytes):
            raise ValueError(
                f"Can't convert a sequence or array with {item!r} in it to a Tensor of dtype string."
            )
        encoded.flat[place] = item
    return encoded


def _cast(array: np.ndarray[Any, Any], dtype: DType) -> np.ndarray[Any, Any]:
    if array.dtype.type is np.dtype(dtype.as_numpy_dtype).type:
        return array
    if array.dtype == dtype.as_numpy_dtype:  # under another name: long long
        return array.view(dtype.as_numpy_dtype)
    with np.errstate(all="ignore"):  # what is too large becomes infinite
        cast: np.ndarray[Any, Any] = array.astype(dtype.as_numpy_dtype)
        return cast


def _placed(array: np.ndarray[Any, Any], dtype: DType) -> Tensor:
    """A Tensor with the elements of `array`, cast to `dtype`, on the current device; it may share the memory."""
    if dtype is dtypes.string:
        return Tensor(array.astype(object), None)
    if dtype.torch is None:
        raise TypeError(f"dtype {dtype.name} is not covered: torch has no such tensors.")
    raw = from_numpy(_cast(array, dtype))
    device = devices.current()
    return Tensor(raw if device.type == "cpu" else raw.to(device), None)
