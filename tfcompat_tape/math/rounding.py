"""Rounding, and division with a whole quotient."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import binary_call
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.operands import outer
from tfcompat_tape.ops.operators import whole_division_refused
from tfcompat_tape.ops.rounding import ceil as _ceil
from tfcompat_tape.ops.rounding import floor as _floor
from tfcompat_tape.ops.rounding import floor_div
from tfcompat_tape.ops.rounding import floor_mod as _floormod
from tfcompat_tape.ops.rounding import rint as _rint
from tfcompat_tape.ops.rounding import round_ as _round
from tfcompat_tape.ops.rounding import truncate_div as _truncatediv
from tfcompat_tape.ops.rounding import truncate_mod as _truncatemod

__all__ = [
    "ceil",
    "floor",
    "floordiv",
    "floormod",
    "mod",
    "rint",
    "round",
]


_floordiv = binary_call(floor_div.op, otherwise=whole_division_refused)


def floor(x: Any, name: Any = None) -> Any:
    """The greatest whole number that is not above each element.

    The gradient is None.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.floor`.

    >>> import tfcompat_tape as tf
    >>> print(tf.floor([1.7, -1.2]).numpy())
    [ 1. -2.]
    """
    return _floor(x if type(x) is Tensor else convert(x))


def ceil(x: Any, name: Any = None) -> Any:
    """The least whole number that is not below each element.

    The gradient is None.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.ceil`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.ceil([1.2, -1.7]).numpy())
    [ 2. -1.]
    """
    return _ceil(x if type(x) is Tensor else convert(x))


def round(x: Any, name: Any = None) -> Any:
    """Each element rounded to a whole number, halves to the even one. The gradient is None.

    Args:
      x: a real tensor; integers stay as they are.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is boolean or complex.

    Source: `tf.math.round`.

    >>> import tfcompat_tape as tf
    >>> print(tf.round([0.5, 1.5, -2.5, 0.7]).numpy())
    [ 0.  2. -2.  1.]
    """
    x = x if type(x) is Tensor else convert(x)
    return x if x.dtype.is_integer else _round(x)


def rint(x: Any, name: Any = None) -> Any:
    """Each element rounded to a whole number, halves to the even one.

    The gradient is None.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.rint`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.rint([0.5, 1.5, -2.5, 0.7]).numpy())
    [ 0.  2. -2.  1.]
    """
    return _rint(x if type(x) is Tensor else convert(x))


def floordiv(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y` rounded down, elementwise, as Python's `//`.

    The gradient is None.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, shapes that do not broadcast, or an integer divided by 0.

    Source: `tf.math.floordiv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.floordiv([7, -7], 2).numpy())
    [ 3 -4]
    """
    return _floordiv(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def floormod(x: Any, y: Any, name: Any = None) -> Any:
    """What remains of `x` after division by `y` rounded down, elementwise, as Python's `%`: it has the sign of `y`.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, shapes that do not broadcast, or an integer divided by 0.

    Source: `tf.math.floormod`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.floormod([7, -7], 3).numpy())
    [1 2]
    """
    return _floormod(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def mod(x: Any, y: Any, name: Any = None) -> Any:
    """The same as `floormod`.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, shapes that do not broadcast, or an integer divided by 0.

    Source: `tf.math.mod`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.mod([7, -7], 3).numpy())
    [1 2]
    """
    return _floormod(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def truncatediv(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y` rounded towards 0, elementwise, as C divides integers.

    The gradient is None.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.
      InternalError: an integer divided by 0.

    Source: `tf.truncatediv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.truncatediv([7, -7], 2).numpy())
    [ 3 -3]
    """
    return _truncatediv(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def truncatemod(x: Any, y: Any, name: Any = None) -> Any:
    """What remains of `x` after division by `y` rounded towards 0, elementwise: it has the sign of `x`.

    It has no gradient: a tape that meets it raises LookupError.

    Args:
      x, y: tensors of one dtype: float32, float64, int32 or int64.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.
      InternalError: an integer divided by 0.

    Source: `tf.truncatemod`.

    >>> import tfcompat_tape as tf
    >>> print(tf.truncatemod([7, -7], 3).numpy())
    [ 1 -1]
    """
    return _truncatemod(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)
