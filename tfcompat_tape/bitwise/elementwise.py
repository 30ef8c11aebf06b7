"""The namespace `tf.bitwise`: the bits of integers."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import comparison
from tfcompat_tape.ops.operands import outer

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]


def bitwise_and(x: Any, y: Any, name: Any = None) -> Any:
    """The bits that are set in both `x` and `y`, elementwise.

    Args:
      x, y: integer tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.bitwise.bitwise_and`.

    >>> import tfcompat_tape as tf
    >>> print(tf.bitwise.bitwise_and([12, 10], 9).numpy())
    [8 8]
    """
    return comparison.bitwise_and(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def bitwise_or(x: Any, y: Any, name: Any = None) -> Any:
    """The bits that are set in `x` or `y`, elementwise.

    Args:
      x, y: integer tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.bitwise.bitwise_or`.

    >>> import tfcompat_tape as tf
    >>> print(tf.bitwise.bitwise_or([12, 10], 9).numpy())
    [13 11]
    """
    return comparison.bitwise_or(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def bitwise_xor(x: Any, y: Any, name: Any = None) -> Any:
    """The bits in which `x` and `y` differ, elementwise.

    Args:
      x, y: integer tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.bitwise.bitwise_xor`.

    >>> import tfcompat_tape as tf
    >>> print(tf.bitwise.bitwise_xor([12, 10], 9).numpy())
    [5 3]
    """
    return comparison.bitwise_xor(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def invert(x: Any, name: Any = None) -> Any:
    """The other bits of each element.

    Args:
      x: an integer tensor.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.bitwise.invert`.

    >>> import tfcompat_tape as tf
    >>> print(tf.bitwise.invert([0, 5]).numpy())
    [-1 -6]
    """
    return comparison.invert(x if type(x) is Tensor else convert(x))


def left_shift(x: Any, y: Any, name: Any = None) -> Any:
    """The bits of `x` moved up by `y` places, elementwise; `y` is taken as 0 or the last place where it is beyond them.

    Args:
      x, y: integer tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.bitwise.left_shift`.

    >>> import tfcompat_tape as tf
    >>> print(tf.bitwise.left_shift([1, 5], 2).numpy())
    [ 4 20]
    """
    return comparison.left_shift(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def right_shift(x: Any, y: Any, name: Any = None) -> Any:
    """The bits of `x` moved down by `y` places, elementwise, the sign kept; `y` is limited as in `left_shift`.

    Args:
      x, y: integer tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.bitwise.right_shift`.

    >>> import tfcompat_tape as tf
    >>> print(tf.bitwise.right_shift([20, -5], 2).numpy())
    [ 5 -2]
    """
    return comparison.right_shift(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)
