"""Moments and normalization, composed of ops as TensorFlow composes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfcompat_tape.core import autocast
from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.dtypes import float16, float32
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.math.counting import zero_fraction
from tfcompat_tape.ops import normalization as ops
from tfcompat_tape.ops.arguments import as_axes
from tfcompat_tape.ops.arithmetic import (
    add_v2,
    div_no_nan,
    mul,
    neg,
    reciprocal,
    square,
    squared_difference,
    sub,
)
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.extrema import maximum
from tfcompat_tape.ops.identity import stop_gradient
from tfcompat_tape.ops.operands import shaped
from tfcompat_tape.ops.reductions import mean as _mean
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.roots import rsqrt
from tfcompat_tape.ops.shapes import broadcast_to, squeeze

__all__ = [
    "batch_norm_with_global_normalization",
    "batch_normalization",
    "bias_add",
    "l2_normalize",
    "local_response_normalization",
    "lrn",
    "moments",
    "normalize_moments",
    "sufficient_statistics",
    "weighted_moments",
    "zero_fraction",
]


def _tensor(value: Any, preferred: Any = None) -> Tensor:
    return value if type(value) is Tensor else convert(value, preferred=preferred)


def _as(x: Tensor, dtype: Any) -> Tensor:
    return x if x.dtype == dtype else cast(x, SrcT=x.dtype, DstT=dtype)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """value + bias along the channels: the last axis, or the second one where `data_format` starts with 'NC'.

    value: numeric, of at least two axes; bias: a vector of the same dtype. Errors: InvalidArgumentError for shapes that
    do not fit, ValueError for an unknown data format. Source: `tf.nn.bias_add`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.bias_add([[1.0, 2.0]], [10.0, 20.0]).numpy().tolist()
    [[11.0, 22.0]]
    """
    x, b = (value, bias) if type(value) is Tensor and type(bias) is Tensor else match((value, bias))
    if isinstance(bias, Variable) and b._t.dtype is not x._t.dtype and autocast.enabled():
        b = OPS["Cast"].call(b, DstT=x.dtype)  # as torch's layers lower their bias
    if data_format is None:
        return ops.bias_add(x, b)
    if data_format.startswith("NC"):
        return ops.bias_add(x, b, data_format="NCHW")
    if data_format.startswith("N") and data_format.endswith("C"):
        return ops.bias_add(x, b)
    raise ValueError(
        f"`data_format` must be of the form `N...C` or `NC...`. Received: data_format={data_format}"
    )


def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance of `x` over `axes`. `shift` is ignored, as in TensorFlow; float16 is summed in float32.

    As in TensorFlow, second derivatives take the mean within the variance for a constant.
    Errors: InvalidArgumentError for an axis that there is not. Source: `tf.nn.moments`.

    >>> import tfcompat_tape as tf
    >>> [m.numpy().tolist() for m in tf.nn.moments(tf.constant([[1.0, 2.0], [3.0, 6.0]]), axes=[0])]
    [[2.0, 4.0], [1.0, 4.0]]
    """
    given = shaped(x, "tf.nn.moments")
    y = _as(given, float32) if given.dtype == float16 else given
    axis = as_axes(axes, len(y._t.shape))
    mean = _mean(y, axis=axis, keep_dims=True)
    variance = _mean(squared_difference(y, stop_gradient(mean)), axis=axis, keep_dims=True)
    return _finish(mean, axis, keepdims, given.dtype), _finish(variance, axis, keepdims, given.dtype)


def _finish(x: Tensor, axis: tuple[int, ...], keepdims: bool, dtype: Any) -> Tensor:
    """Without the reduced axes, or without all of size 1 where none is reduced, as TensorFlow squeezes."""
    return _as(x if keepdims else squeeze(x, squeeze_dims=axis), dtype)


def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance of `x` over `axes`, each element counted as often as its weight says.

    The weights broadcast to the shape of `x` and are cast to its dtype; where they sum to 0, both moments are 0.
    Source: `tf.nn.weighted_moments`.

    >>> import tfcompat_tape as tf
    >>> [m.numpy().tolist() for m in tf.nn.weighted_moments([1.0, 4.0], 0, [2.0, 1.0])]
    [2.0, 2.0]
    """
    given = _tensor(x)
    weights = _tensor(frequency_weights)
    y = _as(given, float32) if given.dtype == float16 else given
    weights = _as(weights, y.dtype)
    axis = as_axes(axes, len(y._t.shape))
    spread = weights
    if weights._t.shape != y._t.shape:
        spread = broadcast_to(weights, shape=tuple(y._t.shape))
    total = sum_(spread, axis=axis, keep_dims=True)
    mean = div_no_nan(sum_(mul(weights, y), axis=axis, keep_dims=True), total)
    distances = mul(weights, squared_difference(y, mean))
    variance = div_no_nan(sum_(distances, axis=axis, keep_dims=True), total)
    return _finish(mean, axis, keepdims, given.dtype), _finish(variance, axis, keepdims, given.dtype)


def sufficient_statistics(
    x: Any, axes: Sequence[int], shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Count, sum and sum of squares of `x - shift` over `axes`, and `shift`: what `normalize_moments` takes.

    Source: `tf.nn.sufficient_statistics`.

    >>> import tfcompat_tape as tf
    >>> [s.numpy().tolist() for s in tf.nn.sufficient_statistics([1.0, 3.0], [0])[:3]]
    [2.0, 4.0, 10.0]
    """
    y = _tensor(x)
    axes = list(axes)
    for number in axes:
        if not isinstance(number, (int, np.integer)):
            raise TypeError(f"sufficient_statistics: axes must be Python integers, got {number!r}.")
    axis = as_axes(axes, len(y._t.shape))
    count = convert(math.prod([y._t.shape[i] for i in axis]))
    total, squares = y, square(y)
    if shift is not None:
        shift = _tensor(shift)
        total, squares = sub(y, shift), squared_difference(y, shift)
    return (
        _as(count, y.dtype),
        sum_(total, axis=axis, keep_dims=keepdims),
        sum_(squares, axis=axis, keep_dims=keepdims),
        shift,
    )


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Mean and variance from the results of `sufficient_statistics`.

    Source: `tf.nn.normalize_moments`.

    >>> import tfcompat_tape as tf
    >>> [m.numpy().tolist() for m in tf.nn.normalize_moments(2.0, [4.0], [10.0], None)]
    [[2.0], [1.0]]
    """
    divisor = reciprocal(_tensor(counts))
    shifted = mul(mean_ss, divisor)
    mean = shifted if shift is None else add_v2(shifted, shift)
    return mean, sub(mul(variance_ss, divisor), square(shifted))


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: Any,
    name: str | None = None,
) -> Tensor:
    """(x - mean) / sqrt(variance + variance_epsilon) * scale + offset; scale and offset may be None.

    All broadcast against `x`, and are cast to its dtype in the end. Source: `tf.nn.batch_normalization`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.batch_normalization(tf.constant([[1.0, 5.0]]), 3.0, 4.0, 0.5, None, 0.0).numpy().tolist()
    [[-0.5, 1.5]]
    """
    for label, moment in (("mean", mean), ("variance", variance)):
        if moment is None or isinstance(moment, (list, tuple)):
            raise TypeError(f"tf.nn.batch_normalization: {label} must be a tensor, not {moment!r}.")
    y = shaped(x, "tf.nn.batch_normalization")
    inverse = rsqrt(add_v2(variance, variance_epsilon))
    if scale is not None:
        inverse = mul(inverse, scale)
    shift = mul(mean, inverse)
    shift = neg(shift) if offset is None else sub(offset, shift)
    return add_v2(mul(y, _as(inverse, y.dtype)), _as(shift, y.dtype))


def batch_norm_with_global_normalization(
    input: Any,
    mean: Any,
    variance: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: Any,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Tensor:
    """`batch_normalization` with offset `beta`, and scale `gamma` if `scale_after_normalization`.

    Source: `tf.nn.batch_norm_with_global_normalization`.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant([[5.0]])
    >>> tf.nn.batch_norm_with_global_normalization(x, 3.0, 4.0, 0.5, 9.0, 0.0, False).numpy().tolist()
    [[1.5]]
    """
    scale = gamma if scale_after_normalization else None
    return batch_normalization(input, mean, variance, beta, scale, variance_epsilon)


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """input / (bias + alpha * sum of the squares of the channels at most `depth_radius` away) ** beta.

    input: float16 or float32 of four axes. As in TensorFlow it differentiates once. Errors: InvalidArgumentError for
    another rank or dtype. Source: `tf.nn.local_response_normalization`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.lrn([[[[0.0, 3.0, 4.0]]]], bias=0.0).numpy().round(4))
    [[[[0.  0.6 0.8]]]]
    """
    return ops.lrn(_tensor(input, float32), depth_radius=int(depth_radius), bias=bias, alpha=alpha, beta=beta)


lrn = local_response_normalization


@composed
def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """x / sqrt(max(sum(abs(x) ** 2), epsilon)), with the sum over `axis` (over all axes by default).

    x: floating or complex; `dim` is an old name of `axis`. Errors: ValueError where both are given,
    InvalidArgumentError for an axis that there is not. Source: `tf.nn.l2_normalize`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.l2_normalize([3.0, 4.0]).numpy().round(4))
    [0.6 0.8]
    """
    if dim is not None:
        if axis is not None:
            raise ValueError("Cannot specify both 'dim' and 'axis'.")
        axis = dim
    y = _tensor(x)
    axes = as_axes(axis, len(y._t.shape))
    if not y._t.is_complex():
        squares = sum_(square(y), axis=axes, keep_dims=True)
        return mul(y, rsqrt(maximum(squares, epsilon)))
    real, imag = OPS["Real"].call(y), OPS["Imag"].call(y)
    squares = sum_(add_v2(square(real), square(imag)), axis=axes, keep_dims=True)
    inverse = rsqrt(maximum(squares, epsilon))
    return OPS["Complex"].call(mul(real, inverse), mul(imag, inverse))
