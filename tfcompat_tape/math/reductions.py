"""Sums, means, extremes and the like over axes: `tf.reduce_*`."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import reductions as ops
from tfcompat_tape.ops.arguments import as_axes
from tfcompat_tape.ops.arithmetic import add_v2, mul, square, sub
from tfcompat_tape.ops.complex_numbers import real
from tfcompat_tape.ops.elementary import exp, log
from tfcompat_tape.ops.helpers import conj
from tfcompat_tape.ops.reductions import mean as _mean
from tfcompat_tape.ops.reductions import sum_ as _sum
from tfcompat_tape.ops.roots import sqrt

__all__ = [
    "reduce_all",
    "reduce_any",
    "reduce_euclidean_norm",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_std",
    "reduce_sum",
    "reduce_variance",
]


def _axes(axis: Any, x: Tensor) -> tuple[int, ...] | None:
    """`axis` as the ops take it; `None`: all."""
    if axis is None:
        return None
    if isinstance(axis, float):
        raise TypeError(f"Cannot convert {axis!r} to EagerTensor of dtype int32")
    return as_axes(axis if type(axis) is not bool else int(axis), x._t.ndim)


def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The sum over `axis`: an int, several, or `None` for all axes.

    Returns:
      A Tensor of the dtype of `input_tensor`, without the summed axes, or with size 1 there if `keepdims`.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is bool.

    Source: `tf.reduce_sum`.

    >>> import tfcompat_tape as tf
    >>> tf.reduce_sum([[1, 2], [3, 4]], axis=0).numpy()
    array([4, 6], dtype=int32)
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    if axis is None and not keepdims:
        return _sum(x)
    return _sum(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The mean over `axis`; integers are divided towards zero and stay integers.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is bool.

    Source: `tf.reduce_mean`.

    >>> import tfcompat_tape as tf
    >>> tf.reduce_mean([[1.0, 2.0], [3.0, 4.0]], axis=1).numpy()
    array([1.5, 3.5], dtype=float32)
    >>> int(tf.reduce_mean([1, 2]))
    1
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    if axis is None and not keepdims:
        return _mean(x)
    return _mean(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The product over `axis`; its gradient is right where factors are zero, too.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is bool.

    Source: `tf.reduce_prod`.

    >>> import tfcompat_tape as tf
    >>> float(tf.reduce_prod([2.0, 3.0, 4.0]))
    24.0
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    return ops.prod(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_max(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The maximum over `axis`; elements that share it share the gradient equally. Of no elements it is -inf.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is bool or complex.

    Source: `tf.reduce_max`.

    >>> import tfcompat_tape as tf
    >>> tf.reduce_max([[1, 5], [7, 3]], axis=1).numpy()
    array([5, 7], dtype=int32)
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    return ops.max_(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_min(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The minimum over `axis`; elements that share it share the gradient equally. Of no elements it is inf.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is bool or complex.

    Source: `tf.reduce_min`.

    >>> import tfcompat_tape as tf
    >>> int(tf.reduce_min([[1, 5], [7, 3]]))
    1
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    return ops.min_(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def _truth(value: Any) -> Tensor:
    return value if type(value) is Tensor or hasattr(value, "_read") else convert(value, dtypes.bool_)


def reduce_all(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """Whether all elements along `axis` are true; True of no elements.

    Raises:
      InvalidArgumentError: the input is not bool, or there is no such axis.

    Source: `tf.reduce_all`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.reduce_all([True, False]))
    False
    """
    x = convert(_truth(input_tensor))
    return ops.all_(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_any(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """Whether any element along `axis` is true; False of no elements.

    Raises:
      InvalidArgumentError: the input is not bool, or there is no such axis.

    Source: `tf.reduce_any`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.reduce_any([True, False]))
    True
    """
    x = convert(_truth(input_tensor))
    return ops.any_(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None
) -> Tensor:
    """The root of the sum of squares over `axis`; the gradient is NaN where the norm is zero.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is bool.

    Source: `tf.math.reduce_euclidean_norm`.

    >>> import tfcompat_tape as tf
    >>> float(tf.math.reduce_euclidean_norm([3.0, 4.0]))
    5.0
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    return ops.euclidean_norm(x, axis=_axes(axis, x), keep_dims=bool(keepdims))


def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """`log(sum(exp(x)))` over `axis`, without overflow; -inf of no elements.

    Raises:
      InvalidArgumentError: there is no such axis, one stands twice, or the input is not floating.

    Source: `tf.reduce_logsumexp`.

    >>> import tfcompat_tape as tf
    >>> round(float(tf.reduce_logsumexp([1000.0, 1000.0])), 3)
    1000.693
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    axes = _axes(axis, x)
    top = ops.max_(Tensor(x._t, None), axis=axes, keep_dims=True)._t  # a constant to every tape
    top = torch.where(torch.isfinite(top), top, 0)
    result = log(_sum(exp(sub(x, Tensor(top, None))), axis=axes, keep_dims=bool(keepdims)))
    return add_v2(result, Tensor(top.reshape(result._t.shape), None))


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The variance over `axis` (the mean squared distance from the mean); real for complex inputs.

    Raises:
      TypeError: the input is of an integer dtype.
      InvalidArgumentError: there is no such axis, or one stands twice.

    Source: `tf.math.reduce_variance`.

    >>> import tfcompat_tape as tf
    >>> float(tf.math.reduce_variance([1.0, 3.0]))
    1.0
    """
    x = input_tensor if type(input_tensor) is Tensor else convert(input_tensor)
    axes = _axes(axis, x)
    center = _mean(x, axis=axes, keep_dims=True)
    if center.dtype.is_integer:
        raise TypeError(f"Input must be either real or complex. Received integer type {center.dtype}.")
    away = sub(x, center)
    if away._t.is_complex():
        squares = real(mul(conj(away), away))
    else:
        squares = square(away)
    return _mean(squares, axis=axes, keep_dims=bool(keepdims))


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Tensor:
    """The standard deviation over `axis`; the gradient is NaN where it is zero.

    Raises:
      TypeError: the input is of an integer dtype.
      InvalidArgumentError: there is no such axis, or one stands twice.

    Source: `tf.math.reduce_std`.

    >>> import tfcompat_tape as tf
    >>> float(tf.math.reduce_std([1.0, 3.0]))
    1.0
    """
    return sqrt(reduce_variance(input_tensor, axis, keepdims))
