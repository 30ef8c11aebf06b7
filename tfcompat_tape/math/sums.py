"""Sums of many tensors, scaling, and polynomials."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import add_n as _add_n
from tfcompat_tape.ops.arithmetic import mul, zeros_like
from tfcompat_tape.ops.operands import as_tensor

__all__ = ["accumulate_n", "add_n", "polyval", "scalar_mul"]


def add_n(inputs: Any, name: Any = None) -> Any:
    """The sum of all `inputs`.

    Args:
      inputs: an iterable of numeric tensors of one shape and dtype; IndexedSlices are made dense.

    Raises:
      TypeError: `inputs` is no iterable.
      ValueError: no tensor at all, or what has no tensor form.
      InvalidArgumentError: dtypes or shapes that differ.

    Source: `tf.math.add_n`.

    >>> import tfcompat_tape as tf
    >>> print(tf.add_n([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).numpy())
    [ 9. 12.]
    """
    items = list(inputs)
    if not items or any(item is None for item in items):
        raise ValueError(
            "add_n: Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    if len(items) == 1 and type(items[0]) is Tensor:
        return items[0]
    return _add_n(*[as_tensor(item) for item in items])


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: Any = None) -> Any:
    """The sum of all `inputs`.

    Args:
      inputs: a list or tuple of numeric tensors of one shape and dtype.
      shape: the shape that they must have, if given.
      tensor_dtype: the dtype that they must have, if given.

    Raises:
      ValueError: no tensor, dtypes or shapes that differ, or that are not `shape`.
      TypeError: the dtype is not `tensor_dtype`.

    Source: `tf.math.accumulate_n`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.accumulate_n([[1.0, 2.0], [3.0, 4.0]]).numpy())
    [4. 6.]
    """
    message = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(message)
    items = [as_tensor(item) for item in inputs]
    if any(item.dtype != items[0].dtype for item in items):
        raise ValueError(message)
    wanted = items[0].shape if shape is None else TensorShape(shape)
    for item in items:
        wanted.assert_is_compatible_with(item.shape)
    if tensor_dtype is not None and as_dtype(tensor_dtype) != items[0].dtype:
        raise TypeError(
            f"tensor_dtype is {tensor_dtype}, but input is of type {items[0].dtype}. Use tf.cast."
        )
    return items[0] if len(items) == 1 else _add_n(*items)


def scalar_mul(scalar: Any, x: Any, name: Any = None) -> Any:
    """`scalar * x`, where `x` may be IndexedSlices.

    Args:
      scalar: a number or scalar tensor of the dtype of `x`.
      x: a numeric Tensor, Variable or IndexedSlices.

    Raises:
      ValueError: `scalar` has axes, or another dtype.
      AttributeError: `x` has no dtype.

    Source: `tf.math.scalar_mul`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.scalar_mul(3.0, tf.constant([1.0, 2.0])).numpy())
    [3. 6.]
    """
    factor = convert(scalar, as_dtype(x.dtype))
    if factor._t.shape:
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}.")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(mul(factor, x.values), x.indices, x.dense_shape)
    return mul(factor, x)


def polyval(coeffs: Any, x: Any, name: Any = None) -> Any:
    """A polynomial at `x`, by Horner's scheme.

    Args:
      coeffs: a list of tensors, the coefficient of the highest power first; without any the polynomial is 0.
      x: a numeric tensor.

    Raises:
      ValueError: `coeffs` is no list.
      InvalidArgumentError: dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.polyval`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.polyval([1.0, 2.0, 3.0], [0.0, 1.0, 10.0]).numpy())
    [  3.   6. 123.]
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    x = x if type(x) is Tensor else convert(x)
    if not coeffs:
        return zeros_like(x)
    total = as_tensor(coeffs[0])
    for coefficient in coeffs[1:]:
        total = as_tensor(coefficient) + total * x
    return total
