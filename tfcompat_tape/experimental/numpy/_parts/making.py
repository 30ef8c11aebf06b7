"""Arrays made from a shape or a range."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.operators import promoting
from tfcompat_tape.experimental.numpy._parts.promotion import (
    as_dtype,
    asarray,
    cast,
    default_float,
    promoted,
    result_type,
)
from tfcompat_tape.experimental.numpy._parts.shaping import moveaxis


def _filled(shape: Any, value: int, dtype: Any) -> Tensor:
    wanted, sides = as_dtype(dtype or float), tf.reshape(_dimensions(shape), [-1])
    if wanted is tf.string:
        return tf.zeros(sides, wanted)
    return tf.cast(tf.fill(sides, value), wanted)


def _dimensions(shape: Any) -> Any:
    """A shape as an int32 tensor: a number is a shape of one axis."""
    if isinstance(shape, (list, tuple)) and not shape:
        return tf.zeros([0], tf.int32)
    if isinstance(shape, (np.ndarray, np.generic)) or tf.is_tensor(shape):
        return tf.cast(shape, tf.int32)
    return tf.convert_to_tensor(shape, tf.int32)


def zeros(shape: Any, dtype: Any = float) -> Tensor:
    """Zeros of a shape: an integer, several, or a tensor of them. Source: `tf.experimental.numpy.zeros`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.zeros(2).dtype
    tf.float64
    """
    return _filled(shape, 0, dtype)


def ones(shape: Any, dtype: Any = float) -> Tensor:
    """Ones of a shape: an integer, several, or a tensor of them. Source: `tf.experimental.numpy.ones`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.ones(2, int).numpy()
    array([1, 1])
    """
    return _filled(shape, 1, dtype)


def empty(shape: Any, dtype: Any = float) -> Tensor:
    """The same as `zeros`. Source: `tf.experimental.numpy.empty`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.empty(2).shape
    TensorShape([2])
    """
    return zeros(shape, dtype)


def zeros_like(a: Any, dtype: Any = None) -> Tensor:
    """Zeros of the shape of `a`, and of its dtype unless `dtype` is given. Source: `tf.experimental.numpy.zeros_like`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.zeros_like([1, 2]).numpy()
    array([0, 0])
    """
    x = asarray(a)
    return tf.zeros_like(x, x.dtype if dtype is None else as_dtype(dtype))


def ones_like(a: Any, dtype: Any = None) -> Tensor:
    """Ones of the shape of `a`, and of its dtype unless `dtype` is given. Source: `tf.experimental.numpy.ones_like`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.ones_like([1, 2]).numpy()
    array([1, 1])
    """
    x = asarray(a)
    return tf.ones_like(x, x.dtype if dtype is None else as_dtype(dtype))


def empty_like(a: Any, dtype: Any = None) -> Tensor:
    """The same as `zeros_like`. Source: `tf.experimental.numpy.empty_like`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.empty_like([1, 2]).shape
    TensorShape([2])
    """
    return zeros_like(a, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """`fill_value`, a number or an array, broadcast to a shape. Source: `tf.experimental.numpy.full`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.full(2, 7).numpy()
    array([7, 7])
    """
    return tf.broadcast_to(asarray(fill_value, dtype), tf.reshape(_dimensions(shape), [-1]))


def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None
) -> Tensor:
    """`fill_value` broadcast to the shape of `a`, in its dtype unless `dtype` is given.

    Other values of `order`, `subok` and `shape` are a ValueError. Source: `tf.experimental.numpy.full_like`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.full_like([1, 2], 7).numpy()
    array([7, 7])
    """
    if order != "K":
        raise ValueError("Non-standard orders are not supported.")
    if not subok:
        raise ValueError("subok being False is not supported.")
    if shape:
        raise ValueError("Overriding the shape is not supported.")
    x = asarray(a)
    return tf.broadcast_to(asarray(fill_value, dtype or x.dtype), list(x._t.shape))


def eye(N: Any, M: Any = None, k: Any = 0, dtype: Any = float) -> Tensor:
    """Ones on the diagonal `k` of an N x M matrix (N x N for None). Source: `tf.experimental.numpy.eye`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.eye(2, dtype=int).numpy().tolist()
    [[1, 0], [0, 1]]
    """
    rows, columns = int(N), int(N if M is None else M)
    if rows < 0 or columns < 0:
        return zeros((rows, columns), dtype)
    places = tf.range(columns)[None, :] - tf.range(rows)[:, None]
    return tf.cast(tf.equal(places, int(k)), tf.as_dtype(None) if dtype is None else as_dtype(dtype))


def identity(n: Any, dtype: Any = float) -> Tensor:
    """The n x n matrix with ones on its diagonal. Source: `tf.experimental.numpy.identity`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.identity(2, int).numpy().tolist()
    [[1, 0], [0, 1]]
    """
    return eye(n, n, dtype=dtype)


def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = None) -> Tensor:
    """Ones on and below the diagonal `k` of an N x M matrix (N x N for None). Source: `tf.experimental.numpy.tri`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.tri(2, dtype=int).numpy().tolist()
    [[1, 0], [1, 1]]
    """
    columns = N if M is None else M
    places = tf.range(columns)[None, :] - tf.range(N)[:, None]
    return tf.cast(places <= k, default_float() if dtype is None else as_dtype(dtype))


_RANGES = (tf.int32, tf.int64, tf.float16, tf.bfloat16, tf.float32, tf.float64)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Tensor:
    """From `start` (0 if it is the only argument) to before `stop`, by `step`.

    ValueError for a step of 0. Source: `tf.experimental.numpy.arange`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.arange(1, 6, 2).numpy()
    array([1, 3, 5])
    """
    if step == 0:
        raise ValueError("step must be non-zero.")
    if stop is None:
        start, stop = 0, start
    found = result_type(start, stop, step) if dtype is None else as_dtype(dtype)
    if (step > 0 and stop < start) or (step < 0 and stop > start):
        return tf.zeros([0], found)
    if dtype is None:
        for end in (start, stop):
            kind = asarray(end).dtype
            assert kind in _RANGES, f"arange: there is no range of {kind.name}; cast it afterwards."
    ends = promoted(start, stop, step)
    return tf.cast(tf.range(*ends), found)


def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    dtype: Any = float,
    axis: Any = 0,
) -> Any:
    """`num` numbers from `start` to `stop`, at equal distances, along a new axis.

    Args:
      start, stop: numbers or tensors; lists are a TypeError.
      num: how many, not negative.
      endpoint: whether `stop` is the last one.
      retstep: whether the distance is returned too.
      dtype: left out of account, as in TensorFlow: the result is of the dtype of `start` and `stop`.
      axis: where the new axis is.

    Source: `tf.experimental.numpy.linspace`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.linspace(0, 1, 3).numpy()
    array([0. , 0.5, 1. ])
    """
    first, last = promoted(start * 1.0, stop * 1.0)
    if num < 0:
        raise ValueError(
            f"Argument `num` (number of samples) must be a non-negative integer. Received: num={num}"
        )
    step = tf.constant(np.nan)
    if endpoint:
        found = tf.linspace(first, last, num, axis=axis)
        if num > 1:
            step = (last - first) / (num - 1)
    elif num > 0:
        step = (last - first) / num
        found = tf.linspace(first, last - step, num, axis=axis)
    else:
        found = tf.linspace(first, last, num, axis=axis)
    return (found, step) if retstep else found


def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: Any = 0,
) -> Tensor:
    """Powers of `base` from `start` to `stop`, exponents at equal distances: see `linspace`.

    Source: `tf.experimental.numpy.logspace`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.logspace(0, 2, 3).numpy()
    array([  1.,  10., 100.])
    """
    exponents = linspace(start, stop, num, endpoint, False, dtype, axis)
    return tf.pow(tf.cast(base, exponents.dtype), exponents)


def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0
) -> Tensor:
    """`num` numbers from `start` to `stop`, of which each is the same multiple of the one before.

    `dtype` is one of `tf.as_dtype`: `float` is float32.

    Source: `tf.experimental.numpy.geomspace`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.geomspace(1, 4, 2).numpy()
    array([1., 4.])
    """
    wanted = result_type(start, stop, np.float64(1)) if dtype is None else tf.as_dtype(dtype)
    if result_type(start, stop).is_complex:
        if not promoting():
            raise invalid(
                "geomspace: cannot compute Mul of complex numbers until NumPy's behavior is enabled."
            )
        first, last = promoted(start, stop)
        found = tf.exp(linspace(tf.math.log(first), tf.math.log(last), num, endpoint))
    else:
        first, last = asarray(start, default_float()), asarray(stop, default_float())
        one = tf.constant(1, first.dtype)
        sign = tf.where((first < 0) & (last < 0), -one, one)
        found = tf.exp(linspace(tf.math.log(first * sign), tf.math.log(last * sign), num, endpoint)) * sign
    return tf.cast(moveaxis(found, 0, axis) if axis else found, wanted)


def meshgrid(*xi: Any, **kwargs: Any) -> Any:
    """The coordinates of a grid, a list of tensors with one axis for each argument.

    Keywords: `indexing`, "xy" or "ij"; `sparse=True` and `copy=False` are a ValueError.
    Source: `tf.experimental.numpy.meshgrid`.

    >>> import tfcompat_tape as tf
    >>> [x.shape for x in tf.experimental.numpy.meshgrid([1, 2], [3, 4, 5])]
    [TensorShape([3, 2]), TensorShape([3, 2])]
    """
    if kwargs.get("sparse"):
        raise ValueError(
            f"Function `meshgrid` does not support returning sparse arrays yet. Received: sparse={kwargs['sparse']}"
        )
    if not kwargs.get("copy", True):
        raise ValueError(f"Function `meshgrid` only supports copy=True. Received: copy={kwargs['copy']}")
    indexing = kwargs.get("indexing", "xy")
    arrays = [asarray(x) for x in xi]
    if not promoting() or len({x.dtype for x in arrays}) < 2:
        return tf.meshgrid(*arrays, indexing=indexing)
    # TensorFlow multiplies each by ones of the first one's dtype, with the operator.
    dtypes = [result_type(x.dtype, arrays[0].dtype) for x in arrays]
    return [
        tf.meshgrid(*(cast(x, dtype) for x in arrays), indexing=indexing)[place]
        for place, dtype in enumerate(dtypes)
    ]


def diag_indices(n: Any, ndim: Any = 2) -> Any:
    """The indices of the diagonal of an array of `ndim` axes, n long: `ndim` times 0 to n - 1.

    Source: `tf.experimental.numpy.diag_indices`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.diag_indices(2)[0].numpy().tolist()
    [0, 1]
    """
    return (tf.range(n),) * ndim


def ix_(*args: Any) -> Any:
    """Vectors of indices, or masks, each along an axis of its own: together they index a grid.

    ValueError for what is no vector, or of floats. Source: `tf.experimental.numpy.ix_`.

    >>> import tfcompat_tape as tf
    >>> [x.shape for x in tf.experimental.numpy.ix_([0, 1], [2])]
    [TensorShape([2, 1]), TensorShape([1, 1])]
    """
    found = []
    for position, arg in enumerate(args):
        x = asarray(arg)
        if len(x._t.shape) != 1:
            raise ValueError(f"Arguments must be 1-d, got arg {position} of rank {len(x._t.shape)}")
        if not (x.dtype.is_integer or x.dtype is tf.bool):
            raise ValueError(f"Only integer and bool dtypes are supported, got {x.dtype}")
        if x.dtype is tf.bool:
            x = tf.reshape(tf.where(x), [-1])
        found.append(tf.reshape(x, [1] * position + [-1] + [1] * (len(args) - position - 1)))
    return found


def vander(x: Any, N: Any = None, increasing: Any = False) -> Tensor:
    """The powers of a vector's elements, one row for each, the highest first unless `increasing`.

    ValueError for what is no vector, and a negative `N`. Source: `tf.experimental.numpy.vander`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.vander([2, 3], 3).numpy().tolist()
    [[4, 2, 1], [9, 3, 1]]
    """
    base = asarray(x)
    if len(base._t.shape) > 1:
        raise ValueError("x must be a one-dimensional array")
    count = tf.shape(base)[0] if N is None else N
    if N is not None and N < 0:
        raise ValueError("N must be nonnegative")
    exponents = tf.range(count) if increasing else tf.range(count - 1, -1, -1)
    return tf.pow(base[:, None], tf.cast(exponents, base.dtype)[None, :])
