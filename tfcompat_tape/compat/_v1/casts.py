"""Casts to one dtype each, and quotients as in Python 2."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.core.convert import convert


def _cast(name: str, dtype: Any, title: str) -> Any:
    def to(x: Any, name: str = title) -> Any:
        return tf.cast(x, dtype)

    to.__name__ = to.__qualname__ = name
    to.__doc__ = f"`tf.cast` to {dtype.name}. Source: `tf.compat.v1.{name}`."
    return to


to_bfloat16 = _cast("to_bfloat16", tf.bfloat16, "ToBFloat16")
to_complex64 = _cast("to_complex64", tf.complex64, "ToComplex64")
to_complex128 = _cast("to_complex128", tf.complex128, "ToComplex128")
to_double = _cast("to_double", tf.float64, "ToDouble")
to_float = _cast("to_float", tf.float32, "ToFloat")
to_int32 = _cast("to_int32", tf.int32, "ToInt32")
to_int64 = _cast("to_int64", tf.int64, "ToInt64")


def div(x: Any, y: Any, name: str | None = None) -> Any:
    """`x / y` as in Python 2: rounded down for integers. ValueError if the dtypes differ.

    Source: `tf.compat.v1.div`.

    >>> import tfcompat_tape as tf
    >>> print(tf.compat.v1.div(-3, 2).numpy(), tf.compat.v1.div(-3.0, 2.0).numpy())
    -2 -1.5
    """
    x = convert(x)
    y = convert(y, None if isinstance(y, (tf.Tensor, tf.Variable)) else x.dtype)
    if x.dtype != y.dtype:
        raise ValueError(
            f"Tensor conversion requested dtype {x.dtype.name} for Tensor with dtype {y.dtype.name}: {y!r}"
        )
    return x / y if x.dtype.is_floating or x.dtype.is_complex else x // y


def floor_div(x: Any, y: Any, name: str | None = None) -> Any:
    """`x // y`. Source: `tf.compat.v1.floor_div`."""
    return tf.raw_ops.FloorDiv(x=x, y=y)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """`tf.math.scalar_mul`. Source: `tf.compat.v1.scalar_mul`."""
    return tf.math.scalar_mul(scalar, x)


def sparse_matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The product of two matrices that may hold many zeros. Source: `tf.compat.v1.sparse_matmul`."""
    return tf.raw_ops.SparseMatMul(
        a=a,
        b=b,
        transpose_a=transpose_a,
        transpose_b=transpose_b,
        a_is_sparse=a_is_sparse,
        b_is_sparse=b_is_sparse,
    )
