"""`DType`: one instance for each element type of TensorFlow, and `as_dtype`, which finds it.

Types that torch lacks (quantized types, int4, resource, ...) exist as names; their `torch` is None.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

import ml_dtypes as mld
import numpy as np
import torch


class DType:
    """The element type of a Tensor; there is exactly one object for each type.

    It equals whatever `tf.as_dtype` turns into it: a name, a NumPy or torch type, TensorFlow's enum number.
    `DType(1)` finds the type by that number. Source: tf.DType.

    >>> import tfcompat_tape as tf
    >>> tf.float32, tf.float32.size, tf.float32 == "float32"
    (tf.float32, 4, True)
    """

    __slots__ = (
        "_enum",
        "_numpy",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_numeric",
        "is_numpy_compatible",
        "is_quantized",
        "is_unsigned",
        "name",
        "size",
        "torch",
    )

    name: str
    torch: torch.dtype | None
    size: int
    is_floating: bool
    is_integer: bool
    is_unsigned: bool
    is_complex: bool
    is_bool: bool
    is_quantized: bool
    is_numeric: bool
    is_numpy_compatible: bool
    _enum: int
    _numpy: Any

    def __new__(cls, type_enum: Any, handle_data: object = None) -> DType:
        try:
            return _BY_ENUM[int(type_enum)]
        except KeyError:
            raise TypeError(f"{type_enum} does not correspond to a valid tensorflow::DataType") from None

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy scalar type (`object` for strings); KeyError for types that NumPy cannot hold."""
        if self._numpy is None:
            raise KeyError(self._enum)
        return self._numpy

    @property
    def as_datatype_enum(self) -> int:
        """TensorFlow's number of the type."""
        return self._enum

    @property
    def base_dtype(self) -> DType:
        """The type itself; TensorFlow's reference types do not exist here."""
        return self

    @property
    def real_dtype(self) -> DType:
        """The type of the real part: float32 for complex64, float64 for complex128, else the type itself."""
        if self.is_complex:
            return float32 if self is complex64 else float64
        return self

    @property
    def min(self) -> Any:
        """The least finite value; TypeError where there is none."""
        if self.is_floating:
            return _finfo(self._numpy).min
        if self.is_integer:
            return int(_iinfo(self._numpy).min)
        return self._no_bound("minimum")

    @property
    def max(self) -> Any:
        """The greatest finite value; TypeError where there is none."""
        if self.is_floating:
            return _finfo(self._numpy).max
        if self.is_integer:
            return int(_iinfo(self._numpy).max)
        return self._no_bound("maximum")

    def _no_bound(self, which: str) -> NoReturn:
        if not self.is_numpy_compatible:
            raise TypeError(f"Cannot find {which} value of {self}.")
        kind = "quantized type" if self.is_quantized else "type"
        raise TypeError(f"Cannot find {which} value of {self} with {kind} {self}.")

    @property
    def limits(self) -> tuple[Any, Any]:
        """The range of intensities that TensorFlow's image functions use; its lower end is 0.

        ValueError for types without one; KeyError for resource and variant.
        """
        if not self.is_numpy_compatible:
            raise KeyError(self._enum)
        if self not in _WITH_LIMITS:
            raise ValueError(f"{self} does not have defined limits.")
        if self.is_floating:
            return 0, 1
        return (0, True) if self.is_bool else (0, self.max)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether `other`, made a DType, is this type; TypeError if it names no type."""
        return self is as_dtype(other)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other is None or type(other) is DType:
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return self._enum

    def __int__(self) -> int:
        return self._enum

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: '{self.name}'>"

    # Attributes are fixed; pickling and copying give the one object back.
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return as_dtype, (self.name,)


def _finfo(numpy_type: Any) -> Any:
    find: Any = np.finfo if issubclass(numpy_type, np.floating) else mld.finfo
    return find(numpy_type)


def _iinfo(numpy_type: Any) -> Any:
    find: Any = np.iinfo if issubclass(numpy_type, np.integer) else mld.iinfo
    return find(numpy_type)


_BY_ENUM: dict[int, DType] = {}

FROM_TORCH: dict[torch.dtype, DType] = {}
"""The DType of each torch dtype that has one."""

FROM_NUMPY: dict[type, DType] = {}
"""The DType of each NumPy scalar type that has one."""


def _define(
    enum: int, name: str, kind: str, size: int, numpy_type: Any, torch_type: torch.dtype | None
) -> DType:
    """Make the one DType of a name. `kind`: f(loat), i(nteger), u(nsigned), c(omplex), b(ool), q(uantized),
    F, I, U (narrow types, which TensorFlow does not count as numeric), s(tring), o(paque handle)."""
    made = object.__new__(DType)
    made._enum = enum
    made.name = name
    made.size = size
    made.torch = torch_type
    made._numpy = np.dtype([(name, numpy_type)]) if kind == "q" else numpy_type
    made.is_floating = kind in "fF"
    made.is_integer = kind in "iuIU"
    made.is_unsigned = kind in "uU"
    made.is_complex = kind == "c"
    made.is_bool = kind == "b"
    made.is_quantized = kind == "q"
    made.is_numeric = kind in "fiucq"
    made.is_numpy_compatible = kind != "o"
    _BY_ENUM[enum] = made
    if torch_type is not None:
        FROM_TORCH[torch_type] = made
    if kind in "fiucbFIU":
        FROM_NUMPY[numpy_type] = made
    return made


# fmt: off
float32            = _define( 1, "float32",            "f",  4, np.float32,             torch.float32)
float64            = _define( 2, "float64",            "f",  8, np.float64,             torch.float64)
int32              = _define( 3, "int32",              "i",  4, np.int32,               torch.int32)
uint8              = _define( 4, "uint8",              "u",  1, np.uint8,               torch.uint8)
int16              = _define( 5, "int16",              "i",  2, np.int16,               torch.int16)
int8               = _define( 6, "int8",               "i",  1, np.int8,                torch.int8)
string             = _define( 7, "string",             "s",  0, object,                 None)
complex64          = _define( 8, "complex64",          "c",  8, np.complex64,           torch.complex64)
int64              = _define( 9, "int64",              "i",  8, np.int64,               torch.int64)
bool_              = _define(10, "bool",               "b",  1, np.bool_,               torch.bool)
qint8              = _define(11, "qint8",              "q",  1, "i1",                   None)
quint8             = _define(12, "quint8",             "q",  1, "u1",                   None)
qint32             = _define(13, "qint32",             "q",  4, "<i4",                  None)
bfloat16           = _define(14, "bfloat16",           "f",  2, mld.bfloat16,           torch.bfloat16)
qint16             = _define(15, "qint16",             "q",  2, "<i2",                  None)
quint16            = _define(16, "quint16",            "q",  2, "<u2",                  None)
uint16             = _define(17, "uint16",             "u",  2, np.uint16,              torch.uint16)
complex128         = _define(18, "complex128",         "c", 16, np.complex128,          torch.complex128)
float16            = _define(19, "float16",            "f",  2, np.float16,             torch.float16)
resource           = _define(20, "resource",           "o",  0, None,                   None)
variant            = _define(21, "variant",            "o",  0, None,                   None)
uint32             = _define(22, "uint32",             "u",  4, np.uint32,              torch.uint32)
uint64             = _define(23, "uint64",             "u",  8, np.uint64,              torch.uint64)
float8_e5m2        = _define(24, "float8_e5m2",        "F",  1, mld.float8_e5m2,        torch.float8_e5m2)
float8_e4m3fn      = _define(25, "float8_e4m3fn",      "F",  1, mld.float8_e4m3fn,      torch.float8_e4m3fn)
float8_e4m3fnuz    = _define(26, "float8_e4m3fnuz",    "F",  1, mld.float8_e4m3fnuz,    torch.float8_e4m3fnuz)
float8_e4m3b11fnuz = _define(27, "float8_e4m3b11fnuz", "F",  1, mld.float8_e4m3b11fnuz, None)
float8_e5m2fnuz    = _define(28, "float8_e5m2fnuz",    "F",  1, mld.float8_e5m2fnuz,    torch.float8_e5m2fnuz)
int4               = _define(29, "int4",               "I",  1, mld.int4,               None)
uint4              = _define(30, "uint4",              "U",  1, mld.uint4,              None)
int2               = _define(31, "int2",               "I",  1, mld.int2,               None)
uint2              = _define(32, "uint2",              "U",  1, mld.uint2,              None)
float4_e2m1fn      = _define(33, "float4_e2m1fn",      "F",  1, mld.float4_e2m1fn,      None)
# fmt: on

half = float16
double = float64

QUANTIZED_DTYPES: Final = frozenset({qint8, quint8, qint16, quint16, qint32})

FROM_TORCH[np.dtype(object)] = string  # type: ignore[index]  # of arrays, and of what stands for them in a trace

OF_ARRAYS: Final = {made._numpy: made for made in QUANTIZED_DTYPES}
"""The DType of a raw value that is a NumPy array, by the array's dtype; strings are not among them, but `object`."""

_WITH_LIMITS: Final = frozenset(
    {bool_, uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32, float64}
)

# Everything hashable that names a type. Enum numbers are plain keys, so 3.0 and np.float32(3) name int32 too.
_BY_ANY: dict[Any, DType] = {
    **_BY_ENUM,
    **{made.name: made for made in _BY_ENUM.values()},
    **FROM_NUMPY,
    **FROM_TORCH,
    "half": float16,
    "double": float64,
    "float": float32,
    float: float32,
    bool: bool_,
    object: string,
    np.object_: string,
    np.str_: string,
    np.bytes_: string,
    np.longlong: int64,
    np.ulonglong: uint64,
    np.intc: int32,
    np.uintc: uint32,
}


def named(numpy_type: Any) -> DType | None:
    """The DType of a NumPy scalar type, by any of its names; `None` if it has none."""
    return _BY_ANY.get(numpy_type)


def as_dtype(type_value: Any) -> DType:
    """The DType that `type_value` stands for.

    Args:
        type_value: a DType, a name ("float32", "half"), a NumPy dtype or scalar type, a torch dtype, `float`,
            `bool` or `object`, TensorFlow's enum number, or an object whose `dtype` is a NumPy dtype.

    Raises TypeError for anything else; Python's `int` and `complex` among it, as in TensorFlow.
    Source: tf.as_dtype, tf.dtypes.as_dtype.

    >>> import tfcompat_tape as tf
    >>> tf.as_dtype("half"), tf.as_dtype(float)
    (tf.float16, tf.float32)
    """
    if type(type_value) is DType:
        return type_value
    try:
        return _BY_ANY[type_value]
    except (KeyError, TypeError):  # an unhashable value is a TypeError; it may still have a NumPy dtype
        pass
    if isinstance(type_value, np.dtype):
        found = _BY_ANY.get(type_value.type)
    else:
        owned = getattr(type_value, "dtype", None)
        found = _BY_ANY.get(owned.type) if isinstance(owned, np.dtype) else None
    if found is None:
        raise TypeError(f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType.")
    return found
