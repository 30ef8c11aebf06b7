"""Sums, products, quotients, powers and roots, signs, and the greater and lesser of two."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.composites import CompositeTensor, of_values
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import binary_call, refused
from tfcompat_tape.core.errors import not_found
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import COMPLEX, INTEGERS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import abs_ as _abs
from tfcompat_tape.ops.arithmetic import add_v2, real_div, sum_call, zeros_like
from tfcompat_tape.ops.arithmetic import div_no_nan as _div_no_nan
from tfcompat_tape.ops.arithmetic import mul as _multiply
from tfcompat_tape.ops.arithmetic import mul_no_nan as _multiply_no_nan
from tfcompat_tape.ops.arithmetic import neg as _negative
from tfcompat_tape.ops.arithmetic import reciprocal as _reciprocal
from tfcompat_tape.ops.arithmetic import sign as _sign
from tfcompat_tape.ops.arithmetic import square as _square
from tfcompat_tape.ops.arithmetic import squared_difference as _squared_difference
from tfcompat_tape.ops.arithmetic import sub as _subtract
from tfcompat_tape.ops.complex_numbers import complex_ as _complex
from tfcompat_tape.ops.complex_numbers import complex_abs as _complex_abs
from tfcompat_tape.ops.extrema import maximum as _maximum
from tfcompat_tape.ops.extrema import minimum as _minimum
from tfcompat_tape.ops.operands import hint_operands, joined, outer, quotient, reflected_operand
from tfcompat_tape.ops.powers import pow_ as _pow
from tfcompat_tape.ops.powers import power as _power
from tfcompat_tape.ops.roots import rsqrt as _rsqrt
from tfcompat_tape.ops.roots import sqrt as _sqrt
from tfcompat_tape.ops.rounding import next_after as _next_after

__all__ = [
    "abs",
    "add",
    "divide",
    "divide_no_nan",
    "maximum",
    "minimum",
    "multiply",
    "multiply_no_nan",
    "negative",
    "nextafter",
    "pow",
    "reciprocal",
    "reciprocal_no_nan",
    "rsqrt",
    "sign",
    "sqrt",
    "square",
    "squared_difference",
    "subtract",
    "truediv",
]


_add = sum_call(add_v2.op, hint_operands, joined)
_divide = binary_call(real_div.op, otherwise=quotient(real_div))
_truediv = binary_call(real_div.op, hint_operands, quotient(real_div))
_divide_no_nan = binary_call(_div_no_nan.op, otherwise=quotient(_div_no_nan))


def _no_whole_numbers(op: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
    if a.dtype in INTEGERS:
        raise not_found(
            f"Could not find device for node: RealDiv has no kernel for {a.dtype}. Use tf.divide."
        )
    raise refused(op, (a, b))


_realdiv = binary_call(real_div.op, otherwise=_no_whole_numbers)


def add(x: Any, y: Any, name: Any = None) -> Any:
    """`x + y`, elementwise; strings are joined.

    Args:
      x: a tensor of a numeric dtype, or of strings.
      y: a tensor of the same dtype; a Python number takes the dtype of `x`.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.add`.

    >>> import tfcompat_tape as tf
    >>> print(tf.add([1.0, 2.0], [[10.0], [20.0]]).numpy())
    [[11. 12.]
     [21. 22.]]
    """
    return _add(x if type(x) is Tensor else convert(x), y)


def subtract(x: Any, y: Any, name: Any = None) -> Any:
    """`x - y`, elementwise.

    Args:
      x, y: numeric tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.subtract`.

    >>> import tfcompat_tape as tf
    >>> print(tf.subtract([1.0, 2.0], 3.0).numpy())
    [-2. -1.]
    """
    return _subtract(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def multiply(x: Any, y: Any, name: Any = None) -> Any:
    """`x * y`, elementwise.

    Args:
      x, y: numeric tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.multiply`.

    >>> import tfcompat_tape as tf
    >>> print(tf.multiply([1.0, 2.0], 3.0).numpy())
    [3. 6.]
    """
    return _multiply(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def divide(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y`, elementwise, as Python divides.

    Integers are divided as float64, those of 8 and 16 bits as float32.

    Args:
      x: a numeric tensor.
      y: a tensor of the same dtype; a Python number on either side takes the dtype of the other one.

    Raises:
      TypeError: dtypes that differ, or booleans.
      InvalidArgumentError: shapes that do not broadcast.

    Source: `tf.math.divide`.

    >>> import tfcompat_tape as tf
    >>> print(tf.divide([1, 3], 2).numpy())
    [0.5 1.5]
    """
    if type(x) is not Tensor:
        if isinstance(x, IndexedSlices) or (
            isinstance(x, CompositeTensor) and hasattr(type(x), "__truediv__")
        ):
            return x / y
        if type(y) is not Tensor:
            x = reflected_operand(x, y)
    return _divide(x, y)


def truediv(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y`, elementwise, as Python divides.

    Integers are divided as float64, those of 8 and 16 bits as float32.

    Args:
      x: a numeric tensor.
      y: a tensor of the same dtype; a Python number takes the dtype of `x`.

    Raises:
      TypeError: dtypes that differ, or booleans.
      InvalidArgumentError: shapes that do not broadcast.

    Source: `tf.math.truediv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.truediv([1, 3], 2).numpy())
    [0.5 1.5]
    """
    return _truediv(x if type(x) is Tensor else convert(x), y)


def divide_no_nan(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y`, elementwise, and 0 where `y` is 0.

    Integers are divided as float64, those of 8 and 16 bits as float32.

    Args:
      x: a numeric tensor.
      y: a tensor of the same dtype; a Python number on either side takes the dtype of the other one.

    Raises:
      TypeError: dtypes that differ, or booleans.
      InvalidArgumentError: shapes that do not broadcast.

    Source: `tf.math.divide_no_nan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.divide_no_nan([1, 3], [0, 2]).numpy())
    [0.  1.5]
    """
    return _divide_no_nan(x if type(x) is Tensor or type(y) is Tensor else reflected_operand(x, y), y)


def realdiv(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y` of floating or complex numbers, elementwise.

    Args:
      x, y: tensors of one floating or complex dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError, NotFoundError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.realdiv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.realdiv([1.0, 3.0], 2.0).numpy())
    [0.5 1.5]
    """
    return _realdiv(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def multiply_no_nan(x: Any, y: Any, name: Any = None) -> Any:
    """`x * y`, elementwise, and 0 where `y` is 0, even if `x` is infinite or NaN.

    Args:
      x: a tensor of a floating or complex dtype.
      y: a tensor of the same dtype.

    Raises:
      ValueError, TypeError: `y` has no form in the dtype of `x`.
      InvalidArgumentError: other dtypes, or shapes that do not broadcast.

    Source: `tf.math.multiply_no_nan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.multiply_no_nan([float("nan"), 2.0], [0.0, 3.0]).numpy())
    [0. 6.]
    """
    x = x if type(x) is Tensor else convert(x)
    return _multiply_no_nan(x, convert(y, x.dtype))


def negative(x: Any, name: Any = None) -> Any:
    """`-x` of each element.

    Args:
      x: a tensor of a signed numeric dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.negative`.

    >>> import tfcompat_tape as tf
    >>> print(tf.negative([1.0, -2.0]).numpy())
    [-1.  2.]
    """
    return _negative(x) if type(x) is Tensor else of_values(_negative, x)


def abs(x: Any, name: Any = None) -> Any:
    """The absolute value of each element; of a complex number it is real.

    Args:
      x: a tensor of a signed numeric dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.abs`.

    >>> import tfcompat_tape as tf
    >>> print(tf.abs([-1.5, 2.0]).numpy(), tf.abs(tf.constant(3 + 4j)).numpy())
    [1.5 2. ] 5.0
    """
    if type(x) is not Tensor:
        return of_values(abs, x)
    return _complex_abs(x) if x._t.dtype in COMPLEX else _abs(x)


def sign(x: Any, name: Any = None) -> Any:
    """-1, 0 or 1 as each element is negative, zero or positive; `x / |x|` of complex numbers.

    The gradient is 0, not None; that of complex numbers is the one of `x / |x|`.

    Args:
      x: a tensor of a signed numeric dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.sign`.

    >>> import tfcompat_tape as tf
    >>> print(tf.sign([-1.5, 0.0, 2.0]).numpy())
    [-1.  0.  1.]
    """
    if type(x) is not Tensor:
        return of_values(sign, x)
    if x.dtype.is_complex:
        size = _complex_abs(x)
        return _div_no_nan(x, _complex(size, zeros_like(size)))
    return _sign(x)


def square(x: Any, name: Any = None) -> Any:
    """The square of each element.

    Args:
      x: a numeric tensor.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.square`.

    >>> import tfcompat_tape as tf
    >>> print(tf.square([1.0, -3.0]).numpy())
    [1. 9.]
    """
    return _square(x) if type(x) is Tensor else of_values(_square, x)


def squared_difference(x: Any, y: Any, name: Any = None) -> Any:
    """`(x - y) ** 2`, elementwise; of complex numbers the squared absolute value of the difference.

    Args:
      x, y: tensors of one dtype: floating, complex, int32 or int64.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.squared_difference`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.squared_difference([1.0, 5.0], 3.0).numpy())
    [4. 4.]
    """
    return _squared_difference(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def sqrt(x: Any, name: Any = None) -> Any:
    """The square root of each element; NaN for a negative real number.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.sqrt`.

    >>> import tfcompat_tape as tf
    >>> print(tf.sqrt([4.0, 0.0, -1.0]).numpy())
    [ 2.  0. nan]
    """
    return _sqrt(x) if type(x) is Tensor else of_values(_sqrt, x)


def rsqrt(x: Any, name: Any = None) -> Any:
    """`1 / sqrt(x)` of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.rsqrt`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.rsqrt([4.0, 0.25]).numpy())
    [0.5 2. ]
    """
    return _rsqrt(x if type(x) is Tensor else convert(x))


def reciprocal(x: Any, name: Any = None) -> Any:
    """`1 / x` of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.reciprocal`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.reciprocal([4.0, 0.0]).numpy())
    [0.25  inf]
    """
    return _reciprocal(x if type(x) is Tensor else convert(x))


def reciprocal_no_nan(x: Any, name: Any = None) -> Any:
    """`1 / x` of each element, and 0 where `x` is 0.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError, TypeError: `x` is of another dtype.

    Source: `tf.math.reciprocal_no_nan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.reciprocal_no_nan([4.0, 0.0]).numpy())
    [0.25 0.  ]
    """
    x = x if type(x) is Tensor else convert(x)
    return _div_no_nan(convert(1, x.dtype), x)


def pow(x: Any, y: Any, name: Any = None) -> Any:
    """`x ** y`, elementwise.

    The gradient by `y` is 0 where a real `x` is not positive.

    Args:
      x, y: tensors of one dtype, floating, complex or of signed integers; a Python number takes the dtype of the other.

    Raises:
      InvalidArgumentError: dtypes other or different, shapes that do not broadcast, integers to negative powers.

    Source: `tf.math.pow`.

    >>> import tfcompat_tape as tf
    >>> print(tf.pow([2.0, 3.0], 2).numpy())
    [4. 9.]
    """
    if type(y) is int or type(y) is float:
        return _power(x if type(x) is Tensor else convert(x), y)
    return _pow(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def maximum(x: Any, y: Any, name: Any = None) -> Any:
    """The greater of `x` and `y`, elementwise; NaN where one is NaN.

    Where they are equal, the gradient goes to `x`.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.maximum`.

    >>> import tfcompat_tape as tf
    >>> print(tf.maximum([1.0, 5.0], 3.0).numpy())
    [3. 5.]
    """
    return _maximum(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def minimum(x: Any, y: Any, name: Any = None) -> Any:
    """The lesser of `x` and `y`, elementwise; NaN where one is NaN.

    Where they are equal, the gradient goes to `x`.

    Args:
      x, y: real tensors of one dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.minimum`.

    >>> import tfcompat_tape as tf
    >>> print(tf.minimum([1.0, 5.0], 3.0).numpy())
    [1. 3.]
    """
    return _minimum(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def nextafter(x1: Any, x2: Any, name: Any = None) -> Any:
    """The number after `x1` in the direction of `x2`, elementwise.

    Args:
      x1, x2: tensors of dtype float32 or float64, both alike.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.nextafter`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.nextafter(1.0, [2.0, 0.0]).numpy())
    [1.0000001  0.99999994]
    """
    return _next_after(x1 if type(x1) is Tensor or type(x2) is Tensor else outer(x1, x2), x2)
