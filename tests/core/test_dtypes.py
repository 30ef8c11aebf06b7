"""`DType` and `as_dtype`. The tables hold TensorFlow 2.21's answers."""

import copy
import pickle

import ml_dtypes
import numpy as np
import pytest
import torch

from tfcompat_tape import dtypes as namespace
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import as_dtype

# name: enum, flags (floating, integer, complex, bool, numeric, unsigned, quantized, numpy_compatible), size
PROPERTIES = {
    "float32": (1, "10001001", 4),
    "float64": (2, "10001001", 8),
    "int32": (3, "01001001", 4),
    "uint8": (4, "01001101", 1),
    "int16": (5, "01001001", 2),
    "int8": (6, "01001001", 1),
    "string": (7, "00000001", 0),
    "complex64": (8, "00101001", 8),
    "int64": (9, "01001001", 8),
    "bool": (10, "00010001", 1),
    "qint8": (11, "00001011", 1),
    "quint8": (12, "00001011", 1),
    "qint32": (13, "00001011", 4),
    "bfloat16": (14, "10001001", 2),
    "qint16": (15, "00001011", 2),
    "quint16": (16, "00001011", 2),
    "uint16": (17, "01001101", 2),
    "complex128": (18, "00101001", 16),
    "float16": (19, "10001001", 2),
    "resource": (20, "00000000", 0),
    "variant": (21, "00000000", 0),
    "uint32": (22, "01001101", 4),
    "uint64": (23, "01001101", 8),
    "float8_e5m2": (24, "10000001", 1),
    "float8_e4m3fn": (25, "10000001", 1),
    "float8_e4m3fnuz": (26, "10000001", 1),
    "float8_e4m3b11fnuz": (27, "10000001", 1),
    "float8_e5m2fnuz": (28, "10000001", 1),
    "int4": (29, "01000001", 1),
    "uint4": (30, "01000101", 1),
    "int2": (31, "01000001", 1),
    "uint2": (32, "01000101", 1),
    "float4_e2m1fn": (33, "10000001", 1),
}

# name: str(min), str(max), limits (or the class of the error)
RANGES = {
    "float32": ("-3.4028235e+38", "3.4028235e+38", (0, 1)),
    "float64": ("-1.7976931348623157e+308", "1.7976931348623157e+308", (0, 1)),
    "int32": ("-2147483648", "2147483647", (0, 2147483647)),
    "uint8": ("0", "255", (0, 255)),
    "int16": ("-32768", "32767", (0, 32767)),
    "int8": ("-128", "127", (0, 127)),
    "string": (TypeError, TypeError, ValueError),
    "complex64": (TypeError, TypeError, ValueError),
    "int64": ("-9223372036854775808", "9223372036854775807", (0, 9223372036854775807)),
    "bool": (TypeError, TypeError, (0, True)),
    "qint8": (TypeError, TypeError, ValueError),
    "bfloat16": ("-3.38953e+38", "3.38953e+38", ValueError),
    "uint16": ("0", "65535", (0, 65535)),
    "float16": ("-6.55e+04", "6.55e+04", ValueError),
    "resource": (TypeError, TypeError, KeyError),
    "variant": (TypeError, TypeError, KeyError),
    "uint32": ("0", "4294967295", (0, 4294967295)),
    "uint64": ("0", "18446744073709551615", (0, 18446744073709551615)),
    "float8_e5m2": ("-57344", "57344", ValueError),
    "float8_e4m3fn": ("-448", "448", ValueError),
    "float8_e4m3b11fnuz": ("-30", "30", ValueError),
    "int4": ("-8", "7", ValueError),
    "uint2": ("0", "3", ValueError),
    "float4_e2m1fn": ("-6", "6", ValueError),
}


def answer(question):
    """What `question` returns, or the class of what it raises."""
    try:
        return question()
    except (TypeError, ValueError, KeyError) as error:
        return type(error)


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties(name):
    enum, flags, size = PROPERTIES[name]
    dtype = as_dtype(name)
    got = (
        dtype.is_floating,
        dtype.is_integer,
        dtype.is_complex,
        dtype.is_bool,
        dtype.is_numeric,
        dtype.is_unsigned,
        dtype.is_quantized,
        dtype.is_numpy_compatible,
    )
    assert "".join(str(int(flag)) for flag in got) == flags
    assert (dtype.as_datatype_enum, dtype.size, dtype.name, hash(dtype)) == (enum, size, name, enum)
    assert (repr(dtype), str(dtype)) == (f"tf.{name}", f"<dtype: '{name}'>")
    assert dtype.base_dtype is dtype


def test_every_type_is_in_the_table():
    assert {dtype.name for dtype in vars(dtypes).values() if type(dtype) is dtypes.DType} == set(PROPERTIES)


@pytest.mark.parametrize("name", RANGES)
def test_ranges(name):
    dtype = as_dtype(name)
    least, greatest, limits = RANGES[name]
    assert answer(lambda: str(dtype.min)) == least
    assert answer(lambda: str(dtype.max)) == greatest
    assert answer(lambda: dtype.limits) == limits


def test_messages_of_missing_bounds():
    with pytest.raises(
        TypeError, match=r"^Cannot find minimum value of <dtype: 'qint8'> with quantized type"
    ):
        _ = dtypes.qint8.min
    with pytest.raises(TypeError, match=r"^Cannot find maximum value of <dtype: 'variant'>\.$"):
        _ = dtypes.variant.max
    with pytest.raises(ValueError, match=r"^<dtype: 'float16'> does not have defined limits\.$"):
        _ = dtypes.float16.limits


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("float32", np.float32),
        ("bool", np.bool_),
        ("string", object),
        ("bfloat16", ml_dtypes.bfloat16),
        ("float8_e5m2", ml_dtypes.float8_e5m2),
        ("int4", ml_dtypes.int4),
        ("complex128", np.complex128),
        ("quint16", np.dtype([("quint16", "<u2")])),
        ("resource", KeyError),
    ],
)
def test_numpy_types(name, expected):
    assert answer(lambda: as_dtype(name).as_numpy_dtype) == expected


@pytest.mark.parametrize(
    ("name", "real"),
    [("complex64", "float32"), ("complex128", "float64"), ("int32", "int32"), ("string", "string")],
)
def test_real_dtype(name, real):
    assert as_dtype(name).real_dtype is as_dtype(real)


class OwnsNumpyDtype:
    dtype = np.dtype("float32")


class OwnsDType:
    dtype = dtypes.float32


CONVERSIONS = [
    ("float", "float32"),
    ("half", "float16"),
    ("double", "float64"),
    ("bool", "bool"),
    ("int2", "int2"),
    (3, "int32"),
    (3.0, "int32"),
    (True, "float32"),
    (np.float32(3), "int32"),
    (float, "float32"),
    (bool, "bool"),
    (object, "string"),
    (np.float32, "float32"),
    (np.dtype("f8"), "float64"),
    (np.dtype(">f4"), "float32"),
    (np.dtype("U4"), "string"),
    (np.dtype("S4"), "string"),
    (np.dtype("O"), "string"),
    (np.str_, "string"),
    (np.bytes_, "string"),
    (np.object_, "string"),
    (np.int_, "int64"),
    (np.longlong, "int64"),
    (np.dtype(np.longlong), "int64"),
    (np.ulonglong, "uint64"),
    (np.intc, "int32"),
    (np.bool_, "bool"),
    (ml_dtypes.bfloat16, "bfloat16"),
    (np.dtype(ml_dtypes.float8_e5m2), "float8_e5m2"),
    (ml_dtypes.int4, "int4"),
    (OwnsNumpyDtype(), "float32"),
    (OwnsNumpyDtype, "float32"),
    (np.array(1.0), "float64"),
]

NO_TYPES = [
    "int", "complex", "str", "foo", "<f4", "f4", "", int, complex, str, bytes, list, None, [1], (), 0, 99,
    np.longdouble, np.generic, np.datetime64, np.dtype("M8[s]"), np.dtype([("a", "i4")]), np.floating,
    np.ndarray, OwnsDType(), torch.tensor(1.0),
]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), CONVERSIONS)
def test_as_dtype(value, name):
    assert as_dtype(value) is getattr(dtypes, "bool_" if name == "bool" else name)


@pytest.mark.parametrize("value", NO_TYPES)
def test_as_dtype_of_no_type(value):
    with pytest.raises(TypeError, match="Cannot convert the argument `type_value`"):
        as_dtype(value)


TORCH = {
    torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float32: "float32", torch.float64: "float64",
    torch.complex64: "complex64", torch.complex128: "complex128", torch.bool: "bool", torch.int8: "int8",
    torch.int16: "int16", torch.int32: "int32", torch.int64: "int64", torch.uint8: "uint8", torch.uint16: "uint16",
    torch.uint32: "uint32", torch.uint64: "uint64", torch.float8_e5m2: "float8_e5m2",
    torch.float8_e4m3fn: "float8_e4m3fn", torch.float8_e4m3fnuz: "float8_e4m3fnuz",
    torch.float8_e5m2fnuz: "float8_e5m2fnuz",
}  # fmt: skip


def test_torch_types():
    of_torch = {kind: dtype for kind, dtype in dtypes.FROM_TORCH.items() if kind != np.dtype(object)}
    assert dtypes.FROM_TORCH[np.dtype(object)] is dtypes.string  # held in arrays
    assert {torch_type: dtype.name for torch_type, dtype in of_torch.items()} == TORCH
    for torch_type, dtype in of_torch.items():
        assert dtype.torch is torch_type
        assert as_dtype(torch_type) is dtype
        assert dtype == torch_type
        assert torch.empty(0, dtype=torch_type).element_size() == dtype.size
        assert torch_type.is_floating_point == dtype.is_floating
    assert all(dtype.torch is None for dtype in map(as_dtype, ("string", "qint8", "resource", "int4")))


def test_equality():
    float32 = dtypes.float32
    for equal in (float32, "float32", "float", np.float32, np.dtype("float32"), torch.float32, 1, float):
        assert (float32 == equal, float32 != equal) == (True, False)
    for other in (dtypes.float64, "float64", "foo", None, object(), np.float64, torch.float64, [1], 2):
        assert (float32 == other, float32 != other) == (False, True)
    assert {float32: "found"}[as_dtype("float")] == "found"


def test_is_compatible_with():
    assert dtypes.float32.is_compatible_with("float32")
    assert not dtypes.float32.is_compatible_with(dtypes.float64)
    with pytest.raises(TypeError):
        dtypes.float32.is_compatible_with(None)


def test_one_object_for_each_type():
    for dtype in dtypes.FROM_TORCH.values():
        assert pickle.loads(pickle.dumps(dtype)) is dtype
        assert copy.deepcopy(dtype) is copy.copy(dtype) is dtype
        assert dtypes.DType(dtype.as_datatype_enum) is dtype
    with pytest.raises(TypeError, match=r"^99 does not correspond to a valid"):
        dtypes.DType(99)
    with pytest.raises(ValueError, match="invalid literal"):
        dtypes.DType("float32")
    with pytest.raises(TypeError, match="'<' not supported"):
        _ = dtypes.float32 < dtypes.float64


def test_namespace():
    for name in namespace.__all__:
        assert hasattr(namespace, name)
    assert namespace.bool is dtypes.bool_
    assert namespace.double is dtypes.float64
    quantized = ("qint8", "quint8", "qint16", "quint16", "qint32")
    assert {as_dtype(name) for name in quantized} == namespace.QUANTIZED_DTYPES
