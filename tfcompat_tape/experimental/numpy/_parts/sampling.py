"""Random arrays: `tf.random` with NumPy's names and dtypes."""

from __future__ import annotations

from typing import Any

import torch

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.promotion import as_dtype, asarray, cast, default_float


def seed(s: Any) -> None:
    """Set the global seed, as `tf.random.set_seed`; ValueError for what is no integer.

    Source: `tf.experimental.numpy.random.seed`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.seed(7)
    """
    try:
        s = int(s)
    except TypeError:
        raise ValueError(f"Argument `s` got an invalid value {s}. Only integers are supported.") from None
    tf.random.set_seed(s)


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Tensor:
    """Floats between `low` and `high`, which are broadcast to `size`, their common shape for None.

    Source: `tf.experimental.numpy.random.uniform`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.uniform(0, 1, (2,)).shape
    TensorShape([2])
    """
    dtype = default_float()
    first, last = asarray(low, dtype), asarray(high, dtype)
    if size is None:
        size = list(torch.broadcast_shapes(first._t.shape, last._t.shape))
    found: Tensor = tf.random.uniform(size, dtype=dtype) * (last - first) + first
    return found


def rand(*size: Any) -> Tensor:
    """Floats from 0 to 1, of the shape that the arguments name. Source: `tf.experimental.numpy.random.rand`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.rand(2, 3).shape
    TensorShape([2, 3])
    """
    return uniform(0.0, 1.0, list(size))


def random(size: Any = None) -> Tensor:
    """Floats from 0 to 1; one for None. Source: `tf.experimental.numpy.random.random`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.random().shape
    TensorShape([])
    """
    return uniform(0.0, 1.0, size)


def standard_normal(size: Any = None) -> Tensor:
    """Normally distributed floats; one for None. Source: `tf.experimental.numpy.random.standard_normal`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.standard_normal((2,)).shape
    TensorShape([2])
    """
    if size is None:
        size = []
    elif isinstance(size, int):
        size = [size]
    return tf.random.normal(size, dtype=default_float())


def randn(*args: Any) -> Tensor:
    """Normally distributed floats, of the shape that the arguments name.

    Source: `tf.experimental.numpy.random.randn`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.randn(2, 3).shape
    TensorShape([2, 3])
    """
    return standard_normal(list(args))


def randint(low: Any, high: Any = None, size: Any = None, dtype: Any = tf.int64.as_numpy_dtype) -> Tensor:
    """Integers from `low` to before `high`, or from 0 to before `low`; int32 or int64, else a ValueError.

    Source: `tf.experimental.numpy.random.randint`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.randint(5, size=3).shape
    TensorShape([3])
    """
    wanted = as_dtype(dtype)
    if wanted not in (tf.int32, tf.int64):
        raise ValueError(
            f"Argument `dtype` got an invalid value {dtype}. Only those convertible to int32 and int64 are supported."
        )
    if high is None:
        low, high = 0, low
    if size is None:
        size = []
    elif isinstance(size, int):
        size = [size]
    return tf.random.uniform(size, low, high, dtype=wanted)


def poisson(lam: Any = 1.0, size: Any = None) -> Tensor:
    """Poisson-distributed integers, int64, of the shape `size` for each rate in `lam`.

    Source: `tf.experimental.numpy.random.poisson`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.random.poisson(2.0, 3).shape
    TensorShape([3])
    """
    if size is None:
        size = []
    elif isinstance(size, int):
        size = [size]
    return cast(tf.random.poisson(size, asarray(lam, default_float()), dtype=default_float()), tf.int64)
