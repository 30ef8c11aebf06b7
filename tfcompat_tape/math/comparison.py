"""Comparisons, logic on booleans, and what floats are."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import bool_
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops.comparison import equal as _equal
from tfcompat_tape.ops.comparison import greater as _greater
from tfcompat_tape.ops.comparison import greater_equal as _greater_equal
from tfcompat_tape.ops.comparison import is_finite as _is_finite
from tfcompat_tape.ops.comparison import is_inf as _is_inf
from tfcompat_tape.ops.comparison import is_nan as _is_nan
from tfcompat_tape.ops.comparison import less as _less
from tfcompat_tape.ops.comparison import less_equal as _less_equal
from tfcompat_tape.ops.comparison import logical_and as _logical_and
from tfcompat_tape.ops.comparison import logical_not as _logical_not
from tfcompat_tape.ops.comparison import logical_or as _logical_or
from tfcompat_tape.ops.comparison import not_equal as _not_equal
from tfcompat_tape.ops.operands import outer
from tfcompat_tape.ops.operators import logical_xor as _logical_xor

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "is_finite",
    "is_inf",
    "is_nan",
    "is_non_decreasing",
    "is_strictly_increasing",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
]


def _booleans(x: Any, y: Any) -> tuple[Any, Any]:
    """Both as Tensors. What is one already goes to the op as it is, unless the other one takes a longer way."""
    if isinstance(x, _DIRECT) and isinstance(y, _DIRECT):
        return _boolean(x), _boolean(y)
    return convert(x, bool_), convert(y, bool_)


def _boolean(x: Any) -> Tensor:
    return convert(x) if isinstance(x, (Tensor, Variable)) else convert(x, bool_)


_DIRECT = (Tensor, Variable, bool, int, float, np.ndarray)


def _ordered(x: Any, before: Any) -> Any:
    raw = (x if type(x) is Tensor else convert(x))._t
    if not isinstance(raw, torch.Tensor) or raw.dtype is torch.bool:
        raise TypeError(f"Expected x to be numeric, instead found: {x!r}")
    flat = raw.reshape(-1)
    pairs = before(Tensor(flat[:-1], None), Tensor(flat[1:], None))
    return Tensor(torch.all(pairs._t), None)


def equal(x: Any, y: Any, name: Any = None) -> Any:
    """Whether `x` and `y` are equal, elementwise.

    Args:
      x, y: tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.equal`.

    >>> import tfcompat_tape as tf
    >>> print(tf.equal([1, 2], [1, 3]).numpy())
    [ True False]
    """
    return _equal(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def not_equal(x: Any, y: Any, name: Any = None) -> Any:
    """Whether `x` and `y` differ, elementwise.

    Args:
      x, y: tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.not_equal`.

    >>> import tfcompat_tape as tf
    >>> print(tf.not_equal([1, 2], [1, 3]).numpy())
    [False  True]
    """
    return _not_equal(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def less(x: Any, y: Any, name: Any = None) -> Any:
    """Whether `x < y`, elementwise.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.less`.

    >>> import tfcompat_tape as tf
    >>> print(tf.less([1, 2, 3], 2).numpy())
    [ True False False]
    """
    return _less(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def less_equal(x: Any, y: Any, name: Any = None) -> Any:
    """Whether `x <= y`, elementwise.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.less_equal`.

    >>> import tfcompat_tape as tf
    >>> print(tf.less_equal([1, 2, 3], 2).numpy())
    [ True  True False]
    """
    return _less_equal(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def greater(x: Any, y: Any, name: Any = None) -> Any:
    """Whether `x > y`, elementwise.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.greater`.

    >>> import tfcompat_tape as tf
    >>> print(tf.greater([1, 2, 3], 2).numpy())
    [False False  True]
    """
    return _greater(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def greater_equal(x: Any, y: Any, name: Any = None) -> Any:
    """Whether `x >= y`, elementwise.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.greater_equal`.

    >>> import tfcompat_tape as tf
    >>> print(tf.greater_equal([1, 2, 3], 2).numpy())
    [False  True  True]
    """
    return _greater_equal(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def logical_and(x: Any, y: Any, name: Any = None) -> Any:
    """Whether both `x` and `y` are true, elementwise.

    Args:
      x, y: boolean tensors.

    Raises:
      InvalidArgumentError, TypeError: what is not boolean, or shapes that do not broadcast.

    Source: `tf.math.logical_and`.

    >>> import tfcompat_tape as tf
    >>> print(tf.logical_and([True, False], True).numpy())
    [ True False]
    """
    return _logical_and(*_booleans(x, y))


def logical_or(x: Any, y: Any, name: Any = None) -> Any:
    """Whether one of `x` and `y` is true, elementwise.

    Args:
      x, y: boolean tensors.

    Raises:
      InvalidArgumentError, TypeError: what is not boolean, or shapes that do not broadcast.

    Source: `tf.math.logical_or`.

    >>> import tfcompat_tape as tf
    >>> print(tf.logical_or([True, False], False).numpy())
    [ True False]
    """
    return _logical_or(*_booleans(x, y))


def logical_xor(x: Any, y: Any, name: Any = "LogicalXor") -> Any:
    """Whether exactly one of `x` and `y` is true, elementwise.

    Args:
      x, y: boolean tensors.

    Raises:
      InvalidArgumentError, TypeError: what is not boolean, or shapes that do not broadcast.

    Source: `tf.math.logical_xor`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.logical_xor([True, False], True).numpy())
    [False  True]
    """
    return _logical_xor(*_booleans(x, y))


def logical_not(x: Any, name: Any = None) -> Any:
    """Whether each element is false.

    Args:
      x: a boolean tensor.

    Raises:
      InvalidArgumentError, TypeError: `x` is not boolean.

    Source: `tf.math.logical_not`.

    >>> import tfcompat_tape as tf
    >>> print(tf.logical_not([True, False]).numpy())
    [False  True]
    """
    return _logical_not(x if type(x) is Tensor else convert(x, bool_))


def is_finite(x: Any, name: Any = None) -> Any:
    """Whether each element is neither infinite nor NaN.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.is_finite`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.is_finite([1.0, float("inf"), float("nan")]).numpy())
    [ True False False]
    """
    return _is_finite(x if type(x) is Tensor else convert(x))


def is_inf(x: Any, name: Any = None) -> Any:
    """Whether each element is infinite.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.is_inf`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.is_inf([1.0, float("inf"), float("nan")]).numpy())
    [False  True False]
    """
    return _is_inf(x if type(x) is Tensor else convert(x))


def is_nan(x: Any, name: Any = None) -> Any:
    """Whether each element is NaN.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.is_nan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.is_nan([1.0, float("inf"), float("nan")]).numpy())
    [False False  True]
    """
    return _is_nan(x if type(x) is Tensor else convert(x))


def is_non_decreasing(x: Any, name: Any = None) -> Any:
    """Whether each element, in row-major order, is never less than the one before: one boolean.

    Args:
      x: a real tensor.

    Raises:
      TypeError: `x` is not numeric.
      InvalidArgumentError: `x` is complex.

    Source: `tf.math.is_non_decreasing`.

    >>> import tfcompat_tape as tf
    >>> [bool(tf.math.is_non_decreasing(x)) for x in ([1, 1, 2], [3, 2, 1])]
    [True, False]
    """
    return _ordered(x, _less_equal)


def is_strictly_increasing(x: Any, name: Any = None) -> Any:
    """Whether each element, in row-major order, is greater than the one before: one boolean.

    Args:
      x: a real tensor.

    Raises:
      TypeError: `x` is not numeric.
      InvalidArgumentError: `x` is complex.

    Source: `tf.math.is_strictly_increasing`.

    >>> import tfcompat_tape as tf
    >>> [bool(tf.math.is_strictly_increasing(x)) for x in ([1, 1, 2], [1, 2, 3])]
    [False, True]
    """
    return _ordered(x, _less)
