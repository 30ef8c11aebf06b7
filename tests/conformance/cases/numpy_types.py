"""`tf.experimental.numpy`: names, dtypes and what may be asked of an array."""

import inspect

from cases._numpy import ask
from conformance_kit import script


@script("signatures")
def _(tf):
    tnp = tf.experimental.numpy
    found = {}
    for name in sorted({*dir(tnp), *(f"random.{name}" for name in dir(tnp.random))}):
        space, _, function = name.rpartition(".")
        value = getattr(getattr(tnp, space) if space else tnp, function)
        if function.startswith("_") or isinstance(value, type) or not callable(value):
            continue
        if not getattr(value, "__module__", "").startswith("numpy"):
            parameters = inspect.signature(value).parameters.values()
            found[name] = [f"{p.kind.name} {p.name} {p.default!r}" for p in parameters]
    return found


@script("names")
def _(tf):
    tnp = tf.experimental.numpy
    return [[name for name in dir(space) if not name.startswith("_")] for space in (tnp, tnp.random)]


ask(
    "result_type",
    r"""
    tnp.result_type(1)
    tnp.result_type(1.0)
    tnp.result_type(True, 1)
    tnp.result_type(2j)
    tnp.result_type(x)
    tnp.result_type(x, i)
    tnp.result_type(x, 1)
    tnp.result_type(i, 1.0)
    tnp.result_type(v, 1.0)
    tnp.result_type([1, 2])
    tnp.result_type([1.5], i)
    tnp.result_type(tnp.int8, tnp.float16)
    tnp.result_type(tf.int8, tf.float16)
    tnp.result_type("int8", "uint8")
    tnp.result_type(np.int8(1), 3)
    tnp.result_type(np.float32(1), 3.0)
    tnp.result_type(np.array(1.0), tnp.float32)
    tnp.result_type(int, float)
    tnp.result_type(float, x)
    tnp.result_type()
    tnp.result_type("foo")
    tnp.result_type(None)
    tnp.result_type(tf.bfloat16, tf.int32)
    """,
)
ask(
    "promote_types",
    r"""
    str(tnp.promote_types(tnp.int32, tnp.float32))
    str(tnp.promote_types("int8", "uint8"))
    str(tnp.promote_types(tf.int8, tf.uint8))
    str(tnp.promote_types(int, float))
    str(tnp.promote_types(bool, tnp.int16))
    str(tnp.promote_types(tnp.float32, complex))
    str(tnp.promote_types(1, 2))
    str(tnp.promote_types("foo", "int8"))
    str(tnp.promote_types(x, x))
    """,
)
ask(
    "finfo",
    r"""
    tnp.finfo(tnp.float32).eps
    tnp.finfo(tf.float16).max
    tnp.finfo("float64").tiny
    tnp.finfo(float).bits
    tnp.finfo(tf.bfloat16).eps
    tnp.finfo(x).eps
    tnp.finfo(tnp.int32)
    """,
)
ask(
    "iinfo",
    r"""
    tnp.iinfo(tnp.int8).max
    tnp.iinfo(np.uint16).min
    tnp.iinfo is np.iinfo
    """,
)
ask(
    "issubdtype",
    r"""
    tnp.issubdtype(tnp.float32, tnp.inexact)
    tnp.issubdtype(np.int32, np.floating)
    tnp.issubdtype is np.issubdtype
    tnp.issubdtype(tf.float32, tnp.inexact)
    """,
)
ask(
    "ndarray",
    r"""
    tnp.ndarray is tf.Tensor
    """,
)
ask(
    "constants",
    r"""
    isinstance(tnp.array(1), tnp.ndarray)
    [tnp.e, tnp.pi, tnp.inf, tnp.newaxis]
    [getattr(tnp, n) is getattr(np, n) for n in "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()]
    [getattr(tnp, n) is getattr(np, n) for n in "float16 float64 complex64 complex128 inexact".split()]
    """,
)
ask(
    "float32",
    r"""
    tnp.float32 is np.float32
    """,
)
ask(
    "bool_",
    r"""
    tnp.bool_ is np.bool_
    """,
)
ask(
    "complex_",
    r"""
    tnp.complex_ is np.complex128
    """,
)
ask(
    "float_",
    r"""
    tnp.float_ is np.float64
    """,
)
ask(
    "int_",
    r"""
    tnp.int_ is np.int64
    """,
)
ask(
    "object_",
    r"""
    tnp.object_ is np.object_
    """,
)
ask(
    "string_",
    r"""
    tnp.string_ is np.bytes_
    """,
)
ask(
    "unicode_",
    r"""
    tnp.unicode_ is np.str_
    """,
)
ask(
    "nan",
    r"""
    tnp.nan
    """,
)
ask(
    "float128",
    r"""
    tnp.float128
    """,
)
ask(
    "linalg",
    r"""
    tnp.linalg
    """,
)
ask(
    "uint",
    r"""
    tnp.uint
    """,
)
ask(
    "isscalar",
    r"""
    tnp.isscalar(1)
    tnp.isscalar(1.5)
    tnp.isscalar(True)
    tnp.isscalar([1])
    tnp.isscalar(c(1))
    tnp.isscalar(x)
    tnp.isscalar(np.float32(1))
    tnp.isscalar(np.array(1))
    tnp.isscalar("a")
    tnp.isscalar(2j)
    tnp.isscalar(None)
    """,
)
ask(
    "ndim",
    r"""
    tnp.ndim(1)
    tnp.ndim([[1]])
    tnp.ndim(x)
    """,
)
ask(
    "shape",
    r"""
    tnp.shape(x)
    tnp.shape([[1, 2]])
    tnp.shape(1)
    """,
)
ask(
    "size",
    r"""
    tnp.size(x)
    tnp.size(x, 0)
    tnp.size(x, 1)
    tnp.size(x, -1)
    tnp.size(x, 2)
    tnp.size(x, (0, 1))
    tnp.size([1, 2])
    tnp.size(1)
    tnp.size(1.5, axis=0)
    """,
)
ask(
    "iscomplexobj",
    r"""
    tnp.iscomplexobj(z)
    tnp.iscomplexobj(x)
    tnp.iscomplexobj([1j])
    tnp.iscomplexobj(1)
    """,
)
ask(
    "isrealobj",
    r"""
    tnp.isrealobj(z)
    tnp.isrealobj([1.0])
    """,
)
