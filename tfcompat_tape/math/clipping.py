"""Clipping: of values, and of gradients by their norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, bool_, string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_axes
from tfcompat_tape.ops.arithmetic import mul, real_div, where
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.comparison import greater
from tfcompat_tape.ops.extrema import maximum, minimum
from tfcompat_tape.ops.matrices import to_dtype
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.roots import sqrt

__all__ = ["clip_by_global_norm", "clip_by_norm", "clip_by_value", "global_norm"]


def _like(x: Any, values: Tensor) -> Any:
    """`values` as IndexedSlices where `x` is."""
    return IndexedSlices(values, x.indices, x.dense_shape) if isinstance(x, IndexedSlices) else values


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: Any = None) -> Any:
    """`t` with what is below `clip_value_min` or above `clip_value_max` replaced by these bounds.

    At a bound the gradient goes to `t`.

    Args:
      t: a real tensor, or IndexedSlices.
      clip_value_min, clip_value_max: of the same dtype; they broadcast to the shape of `t`.

    Raises:
      ValueError: the result would have another shape than `t`.
      InvalidArgumentError, TypeError: dtypes that differ.

    Source: `tf.clip_by_value`.

    >>> import tfcompat_tape as tf
    >>> print(tf.clip_by_value([-3.0, 0.5, 7.0], -1.0, 1.0).numpy())
    [-1.   0.5  1. ]
    """
    x = as_tensor(t.values if isinstance(t, IndexedSlices) else t)
    shape = x._t.shape
    lower = minimum(x, clip_value_max)
    _check_shape(shape, lower)
    result = maximum(lower, clip_value_min)
    _check_shape(shape, result)
    return _like(t, result)


def _check_shape(shape: torch.Size, x: Tensor) -> None:
    if x._t.shape != shape:
        raise ValueError(f"Shapes {TensorShape(shape)} and {x.shape} are incompatible")


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: Any = None) -> Any:
    """`t * clip_norm / norm(t)` where the Euclidean norm is above `clip_norm`, else `t`.

    Args:
      t: a floating tensor, or IndexedSlices.
      clip_norm: the greatest norm, a scalar or what broadcasts to `t`.
      axes: the axes to take norms along, all by default.

    Raises:
      ValueError: the result would have another shape than `t`.
      InvalidArgumentError: other dtypes.

    Source: `tf.clip_by_norm`.

    >>> import tfcompat_tape as tf
    >>> print(tf.clip_by_norm([3.0, 4.0], 1.0).numpy())
    [0.6 0.8]
    """
    x = as_tensor(t.values if isinstance(t, IndexedSlices) else t)
    squares = sum_(mul(x, x), axis=as_axes(axes, len(x._t.shape)), keep_dims=True)
    positive = greater(Tensor(squares._t, None), 0)
    one = torch.ones((), dtype=squares._t.dtype, device=squares._t.device)
    # Where all is zero the root has no finite slope, and its value there is not needed.
    norm = where(positive, sqrt(where(positive, squares, one)), squares)
    bound = maximum(_of_dtype(clip_norm, x.dtype), number_like(0.0, x))
    scaled = mul(x, bound)
    _check_shape(x._t.shape, scaled)
    return _like(t, real_div(scaled, maximum(norm, bound)))


def _of_dtype(clip_norm: Any, dtype: DType) -> Tensor:
    """The bound, of a real dtype, cast to `dtype`."""
    if isinstance(clip_norm, (np.ndarray, np.bool_)) and clip_norm.dtype == bool:
        raise TypeError(f"clip_norm must be a number, got {clip_norm!r}.")
    given = convert(clip_norm, None, dtype)
    if given.dtype is dtype:
        return given
    if given.dtype in (bool_, string):
        raise TypeError(f"clip_norm must be a number, got {clip_norm!r}.")
    if given.dtype.is_complex or not isinstance(given._t, torch.Tensor):
        raise invalid(f"clip_norm must be real, got {given.dtype.name}.")
    result: Tensor = cast(given, DstT=dtype)
    return result


def global_norm(t_list: Any, name: Any = None) -> Any:
    """The Euclidean norm of all elements of all tensors of a list.

    Args:
      t_list: a sequence of floating tensors of one dtype, IndexedSlices and `None`, which counts for nothing.

    Raises:
      TypeError: `t_list` is no sequence.
      InvalidArgumentError: dtypes that differ, or are not floating.

    Source: `tf.linalg.global_norm`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.global_norm([[3.0], None, [4.0]]).numpy())
    5.0
    """
    values = [as_tensor(v) for v in _values(t_list) if v is not None]
    if not values:
        return convert(0.0)
    if any(v.dtype is not values[0].dtype for v in values):
        raise invalid(f"global_norm: the tensors must have one dtype, got {[v.dtype.name for v in values]}.")
    if not values[0].dtype.is_floating:
        raise invalid(f"global_norm: the tensors must be floating, got {values[0].dtype.name}. Use tf.cast.")
    halves = []
    for v in values:
        half = number_like(0.5, v)
        halves.append(mul(sum_(mul(v, v), axis=tuple(range(len(v._t.shape))), keep_dims=False), half))
    total = halves[0]
    for half in halves[1:]:
        total = total + half
    return sqrt(mul(total, number_like(2.0, total)))


def number_like(value: float, x: Tensor) -> Tensor:
    """A scalar of the dtype of `x`."""
    return convert(value, x.dtype)


def _values(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, (str, bytes)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    return [t.values if isinstance(t, IndexedSlices) else t for t in t_list]


def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None, name: Any = None) -> Any:
    """All tensors of a list, scaled so that their common norm is at most `clip_norm`; and the norm they had.

    Args:
      t_list: a sequence of floating tensors, IndexedSlices and `None`, which stays; of one dtype unless their norm is
        given.
      clip_norm: the greatest norm, a scalar.
      use_norm: the norm, if it is known.

    Returns:
      The list of the scaled tensors (NaN if the norm is not finite), and the norm.

    Raises:
      TypeError: `t_list` is no sequence.
      InvalidArgumentError: dtypes that differ, or are not floating.

    Source: `tf.clip_by_global_norm`.

    >>> import tfcompat_tape as tf
    >>> clipped, norm = tf.clip_by_global_norm([[3.0], [4.0]], 1.0)
    >>> print([t.numpy().tolist() for t in clipped], norm.numpy())
    [[0.6000000238418579], [0.800000011920929]] 5.0
    """
    values = _values(t_list)
    if use_norm is not None and not hasattr(use_norm, "dtype"):
        raise AttributeError(
            f"clip_by_global_norm: {type(use_norm).__name__!r} object has no attribute 'dtype': make use_norm a tensor."
        )
    norm = global_norm(t_list) if use_norm is None else as_tensor(use_norm)
    one = number_like(1.0, norm)
    bound = clip_norm if type(clip_norm) is Tensor else convert(clip_norm, norm.dtype)
    scale = mul(bound, minimum(real_div(one, norm), real_div(one, bound)))
    scale = scale + (norm - norm)  # NaN if the norm is not finite
    result = []
    for t, v in zip(t_list, values, strict=True):
        result.append(
            None if v is None else _like(t, mul(as_tensor(v), to_dtype(scale, as_tensor(v)._t.dtype)))
        )
    return result, norm if use_norm is None else use_norm
