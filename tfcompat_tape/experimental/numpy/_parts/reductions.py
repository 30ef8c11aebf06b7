"""Reductions and running sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.promotion import (
    as_dtype,
    asarray,
    cast,
    default_float,
    floating,
    is_inexact,
    promoted,
    result_type,
)
from tfcompat_tape.experimental.numpy._parts.unary import isnan


def _no_out(out: Any) -> None:
    if out is not None:
        raise ValueError("Setting out is not supported.")


def _wide(x: Tensor) -> Tensor:
    """Integers in 64 bits, in which they are summed."""
    if x.dtype.is_unsigned:
        return cast(x, tf.uint64)
    return cast(x, tf.int64) if x.dtype.is_integer or x.dtype is tf.bool else x


def _summed(
    of: Callable[..., Any], of_bool: Callable[..., Any], a: Any, axis: Any, dtype: Any, keepdims: Any
) -> Any:
    x = asarray(a)
    x = _wide(x) if dtype is None else cast(x, as_dtype(dtype))
    return (of_bool if x.dtype is tf.bool else of)(x, axis=axis, keepdims=bool(keepdims))


def sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Tensor:
    """The sum along axes; of integers in 64 bits, unless `dtype` says otherwise.

    Source: `tf.experimental.numpy.sum`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.sum([True, True]))
    2
    """
    return _summed(tf.reduce_sum, tf.reduce_any, a, axis, dtype, keepdims)


def prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Tensor:
    """The product along axes; of integers in 64 bits, unless `dtype` says otherwise.

    Source: `tf.experimental.numpy.prod`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.prod([2, 3]))
    6
    """
    return _summed(tf.reduce_prod, tf.reduce_all, a, axis, dtype, keepdims)


def _averaged(a: Any, dtype: Any) -> Tensor:
    """What a mean is taken of: integers as floats."""
    x = asarray(a)
    if dtype is not None:
        return cast(x, as_dtype(dtype))
    return cast(x, default_float()) if x.dtype.is_integer or x.dtype is tf.bool else x


def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None) -> Tensor:
    """The mean along axes, in `dtype`; of integers in floats. `out` is a ValueError.

    Source: `tf.experimental.numpy.mean`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.mean([1, 2]))
    1.5
    """
    _no_out(out)
    return tf.reduce_mean(_averaged(a, dtype), axis=axis, keepdims=bool(keepdims))


def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = None
) -> Tensor:
    """The variance along axes, real for complex numbers; divided by the count less `ddof`.

    `dtype` is one of `tf.as_dtype`: `float` is float32.

    TypeError for a `ddof` without a `dtype`, as in TensorFlow; `out` is a ValueError.
    Source: `tf.experimental.numpy.var`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.var([1, 3]))
    1.0
    """
    _no_out(out)
    x = asarray(a)
    wanted = None if dtype is None else tf.as_dtype(dtype)
    if wanted is not None and wanted.is_floating and x.dtype.is_complex:
        x = cast(x, tf.complex128 if wanted is tf.float64 else tf.complex64)
    else:
        x = _averaged(x, wanted if wanted is None or wanted.is_floating or wanted.is_complex else None)
    keep = bool(keepdims)
    if not ddof:
        found = tf.math.reduce_variance(x, axis=axis, keepdims=keep)
    else:
        if wanted is None:
            tf.as_dtype(None)
        deviation = x - tf.reduce_mean(x, axis=axis, keepdims=True)
        squares = (
            tf.math.real(deviation * tf.math.conj(deviation)) if x.dtype.is_complex else tf.square(deviation)
        )
        count = tf.reduce_sum(tf.ones_like(squares), axis=axis, keepdims=keep)
        found = tf.reduce_sum(squares, axis=axis, keepdims=keep) / (count - tf.cast(ddof, count.dtype))
    return found if wanted is None else cast(found, wanted)


def std(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The square root of the variance along axes. Source: `tf.experimental.numpy.std`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.std([1, 3]))
    1.0
    """
    return tf.math.reduce_std(_averaged(a, None), axis=axis, keepdims=bool(keepdims))


def _extreme(of: Callable[..., Any], of_bool: Callable[..., Any], a: Any, axis: Any, keepdims: Any) -> Tensor:
    x = asarray(a)
    found: Tensor = (of_bool if x.dtype is tf.bool else of)(x, axis=axis, keepdims=bool(keepdims))
    return found


def max(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The maximum along axes; -infinity of no floats. Source: `tf.experimental.numpy.max`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.max([1, 3]))
    3
    """
    return _extreme(tf.reduce_max, tf.reduce_any, a, axis, keepdims)


def min(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The minimum along axes; infinity of no floats. Source: `tf.experimental.numpy.min`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.min([1, 3]))
    1
    """
    return _extreme(tf.reduce_min, tf.reduce_all, a, axis, keepdims)


def amax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Tensor:
    """The same as `max`; `out` is a ValueError. Source: `tf.experimental.numpy.amax`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.amax([1, 3]))
    3
    """
    _no_out(out)
    return max(a, axis, keepdims)


def amin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Tensor:
    """The same as `min`; `out` is a ValueError. Source: `tf.experimental.numpy.amin`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.amin([1, 3]))
    1
    """
    _no_out(out)
    return min(a, axis, keepdims)


def ptp(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The maximum less the minimum along axes. Source: `tf.experimental.numpy.ptp`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.ptp([1, 3]))
    2
    """
    x = asarray(a)
    return tf.subtract(max(x, axis, keepdims), min(x, axis, keepdims))


def all(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """Whether all elements along axes are true; 0 is false. Source: `tf.experimental.numpy.all`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.all([1, 0]))
    False
    """
    return tf.reduce_all(asarray(a, tf.bool), axis=axis, keepdims=bool(keepdims))


def any(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """Whether one element along axes is true; 0 is false. Source: `tf.experimental.numpy.any`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.any([1, 0]))
    True
    """
    return tf.reduce_any(asarray(a, tf.bool), axis=axis, keepdims=bool(keepdims))


def _position(of: Callable[..., Any], a: Any, axis: Any) -> Tensor:
    x = asarray(a)
    if axis is None or not x._t.shape:
        x, axis = tf.reshape(x, [-1]), 0
    found: Tensor = of(x, axis=axis)
    return found


def argmax(a: Any, axis: Any = None) -> Tensor:
    """Where the maximum is along an axis, the first one; of all elements for None. int64.

    Source: `tf.experimental.numpy.argmax`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.argmax([1, 3, 2]))
    1
    """
    return _position(tf.argmax, a, axis)


def argmin(a: Any, axis: Any = None) -> Tensor:
    """Where the minimum is along an axis, the first one; of all elements for None. int64.

    Source: `tf.experimental.numpy.argmin`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.argmin([1, 3, 2]))
    0
    """
    return _position(tf.argmin, a, axis)


def count_nonzero(a: Any, axis: Any = None) -> Tensor:
    """How many elements along axes are not 0. int64. Source: `tf.experimental.numpy.count_nonzero`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.count_nonzero([0, 3]))
    1
    """
    return tf.math.count_nonzero(asarray(a), axis)


def _running(of: Callable[..., Any], a: Any, axis: Any, dtype: Any) -> Tensor:
    x = asarray(a, dtype)
    if dtype is None and (x.dtype.is_integer):
        x = cast(x, result_type(x.dtype, tf.int64))
    if axis is None or not x._t.shape:
        x, axis = tf.reshape(x, [-1]), 0
    found: Tensor = of(x, axis)
    return found


def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Tensor:
    """The running sum along an axis, for None of all elements in a row. Source: `tf.experimental.numpy.cumsum`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.cumsum([1, 2, 3]).numpy()
    array([1, 3, 6])
    """
    return _running(tf.cumsum, a, axis, dtype)


def cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Tensor:
    """The running product along an axis, for None of all elements in a row. Source: `tf.experimental.numpy.cumprod`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.cumprod([1, 2, 3]).numpy()
    array([1, 2, 6])
    """
    return _running(tf.math.cumprod, a, axis, dtype)


def _without_nan(a: Any, value: float) -> Tensor:
    x = asarray(a)
    other = tf.cast(value, x.dtype)
    return tf.where(isnan(x), other, x)


def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Tensor:
    """The sum of what is not NaN. Source: `tf.experimental.numpy.nansum`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.nansum([1.0, float("nan")]))
    1.0
    """
    return sum(_without_nan(a, 0.0), axis, dtype, keepdims)


def nanprod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Tensor:
    """The product of what is not NaN. Source: `tf.experimental.numpy.nanprod`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.nanprod([2.0, float("nan")]))
    2.0
    """
    return prod(_without_nan(a, 1.0), axis, dtype, keepdims)


def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Tensor:
    """The mean of what is not NaN; NaN where nothing is. Source: `tf.experimental.numpy.nanmean`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.nanmean([2.0, float("nan")]))
    2.0
    """
    x = asarray(a)
    if x.dtype.is_integer or x.dtype is tf.bool:
        return mean(x, axis, dtype, keepdims=keepdims)
    total = nansum(x, axis, dtype, keepdims)
    there = tf.cast(tf.logical_not(isnan(x)), total.dtype)
    return tf.math.divide(total, tf.reduce_sum(there, axis=axis, keepdims=bool(keepdims)))


def average(a: Any, axis: Any = None, weights: Any = None, returned: Any = False) -> Any:
    """The mean along an axis, weighted.

    Args:
      a: floats; integers are an AttributeError until NumPy's behavior is enabled.
      axis: an integer; None for all elements.
      weights: as many as elements, or a vector along the axis.
      returned: whether the sum of the weights is returned too.

    Raises:
      ValueError: an axis that is no integer.
      InvalidArgumentError: weights whose shape does not fit.

    Source: `tf.experimental.numpy.average`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.average([1.0, 2.0], weights=[1, 3]))
    1.75
    """
    if axis is not None and not isinstance(axis, int):
        raise ValueError(f"Argument `axis` must be an integer. Received axis={axis} (of type {type(axis)})")
    x = asarray(a)
    if weights is None:
        x = floating(x)
        found = tf.reduce_mean(x, axis=axis)
        if not returned:
            return found
        count = tf.size(x) if axis is None else x._t.shape[axis]
        return found, tf.cast(tf.broadcast_to(count, list(found._t.shape)), found.dtype)
    x, w = promoted(x, weights) if is_inexact(x) else promoted(floating(x), weights)
    if x._t.shape == w._t.shape:
        total = tf.reduce_sum(w, axis=axis)
        found = tf.math.divide(tf.reduce_sum(x * w, axis=axis), total)
    else:
        if axis is None:
            tf.debugging.assert_equal(
                tf.shape(x), tf.shape(w), "The axis must be specified when shapes differ."
            )
        found = tf.tensordot(x, w, [[axis], [0]])
        total = tf.reduce_sum(w)
        found = tf.math.divide(found, total)
        total = tf.broadcast_to(total, list(found._t.shape))
    return (found, total) if returned else found
