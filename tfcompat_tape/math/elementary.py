"""Exponentials, logarithms, trigonometric and hyperbolic functions, sigmoid and softplus."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.composites import of_values
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.activations import sigmoid as _sigmoid
from tfcompat_tape.ops.activations import softplus as _softplus
from tfcompat_tape.ops.activations import softsign as _softsign
from tfcompat_tape.ops.arithmetic import neg as _neg
from tfcompat_tape.ops.elementary import acos as _acos
from tfcompat_tape.ops.elementary import acosh as _acosh
from tfcompat_tape.ops.elementary import asin as _asin
from tfcompat_tape.ops.elementary import asinh as _asinh
from tfcompat_tape.ops.elementary import atan as _atan
from tfcompat_tape.ops.elementary import atan2 as _atan2
from tfcompat_tape.ops.elementary import atanh as _atanh
from tfcompat_tape.ops.elementary import cos as _cos
from tfcompat_tape.ops.elementary import cosh as _cosh
from tfcompat_tape.ops.elementary import exp as _exp
from tfcompat_tape.ops.elementary import expm1 as _expm1
from tfcompat_tape.ops.elementary import log as _log
from tfcompat_tape.ops.elementary import log1p as _log1p
from tfcompat_tape.ops.elementary import sin as _sin
from tfcompat_tape.ops.elementary import sinh as _sinh
from tfcompat_tape.ops.elementary import tan as _tan
from tfcompat_tape.ops.elementary import tanh as _tanh
from tfcompat_tape.ops.elementary import xdivy as _xdivy
from tfcompat_tape.ops.elementary import xlog1py as _xlog1py
from tfcompat_tape.ops.elementary import xlogy as _xlogy
from tfcompat_tape.ops.operands import outer

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log_sigmoid",
    "sigmoid",
    "sin",
    "sinh",
    "softplus",
    "softsign",
    "tan",
    "tanh",
    "xdivy",
    "xlog1py",
    "xlogy",
]


def exp(x: Any, name: Any = None) -> Any:
    """The exponential function of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.exp`.

    >>> import tfcompat_tape as tf
    >>> print(tf.exp([0.0, 1.0]).numpy())
    [1.        2.7182817]
    """
    return _exp(x if type(x) is Tensor else convert(x))


def expm1(x: Any, name: Any = None) -> Any:
    """exp(x) - 1 of each element, exact also where `x` is near 0.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.expm1`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.expm1([0.0, 1e-5]).numpy())
    [0.000000e+00 1.000005e-05]
    """
    return _expm1(x if type(x) is Tensor else convert(x))


def log(x: Any, name: Any = None) -> Any:
    """The natural logarithm of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.log`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.log([1.0, 0.0, -1.0]).numpy())
    [  0. -inf  nan]
    """
    return _log(x if type(x) is Tensor else convert(x))


def log1p(x: Any, name: Any = None) -> Any:
    """log(1 + x) of each element, exact also where `x` is near 0.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.log1p`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.log1p([0.0, 1e-5]).numpy())
    [0.00000e+00 9.99995e-06]
    """
    return _log1p(x if type(x) is Tensor else convert(x))


def sin(x: Any, name: Any = None) -> Any:
    """The sine of each element, an angle in radians.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.sin`.

    >>> import tfcompat_tape as tf
    >>> print(tf.sin([0.0, 1.0]).numpy())
    [0.         0.84147096]
    """
    return _sin(x) if type(x) is Tensor else of_values(_sin, x)


def cos(x: Any, name: Any = None) -> Any:
    """The cosine of each element, an angle in radians.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.cos`.

    >>> import tfcompat_tape as tf
    >>> print(tf.cos([0.0, 1.0]).numpy())
    [1.         0.54030234]
    """
    return _cos(x if type(x) is Tensor else convert(x))


def tan(x: Any, name: Any = None) -> Any:
    """The tangent of each element, an angle in radians.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.tan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.tan([0.0, 1.0]).numpy())
    [0.        1.5574077]
    """
    return _tan(x) if type(x) is Tensor else of_values(_tan, x)


def asin(x: Any, name: Any = None) -> Any:
    """The inverse sine of each element, in [-pi/2, pi/2]; NaN for a real number outside [-1, 1].

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.asin`.

    >>> import tfcompat_tape as tf
    >>> print(tf.asin([0.0, 1.0, 2.0]).numpy())
    [0.        1.5707964       nan]
    """
    return _asin(x) if type(x) is Tensor else of_values(_asin, x)


def acos(x: Any, name: Any = None) -> Any:
    """The inverse cosine of each element, in [0, pi]; NaN for a real number outside [-1, 1].

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.acos`.

    >>> import tfcompat_tape as tf
    >>> print(tf.acos([1.0, 0.0, 2.0]).numpy())
    [0.        1.5707964       nan]
    """
    return _acos(x if type(x) is Tensor else convert(x))


def atan(x: Any, name: Any = None) -> Any:
    """The inverse tangent of each element, in [-pi/2, pi/2].

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.atan`.

    >>> import tfcompat_tape as tf
    >>> print(tf.atan([0.0, 1.0]).numpy())
    [0.        0.7853982]
    """
    return _atan(x) if type(x) is Tensor else of_values(_atan, x)


def atan2(y: Any, x: Any, name: Any = None) -> Any:
    """The angle of the points (`x`, `y`), in [-pi, pi].

    Args:
      y, x: tensors of one floating dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.atan2`.

    >>> import tfcompat_tape as tf
    >>> print(tf.atan2([1.0, 0.0], [0.0, -1.0]).numpy())
    [1.5707964 3.1415927]
    """
    return _atan2(y if type(y) is Tensor or type(x) is Tensor else outer(y, x), x)


def sinh(x: Any, name: Any = None) -> Any:
    """The hyperbolic sine of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.sinh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.sinh([0.0, 1.0]).numpy())
    [0.        1.1752012]
    """
    return _sinh(x if type(x) is Tensor else convert(x))


def cosh(x: Any, name: Any = None) -> Any:
    """The hyperbolic cosine of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.cosh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.cosh([0.0, 1.0]).numpy())
    [1.        1.5430806]
    """
    return _cosh(x if type(x) is Tensor else convert(x))


def tanh(x: Any, name: Any = None) -> Any:
    """The hyperbolic tangent of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.tanh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.tanh([0.0, 1.0]).numpy())
    [0.        0.7615942]
    """
    return _tanh(x) if type(x) is Tensor else of_values(_tanh, x)


def asinh(x: Any, name: Any = None) -> Any:
    """The inverse hyperbolic sine of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.asinh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.asinh([0.0, 1.0]).numpy())
    [0.        0.8813736]
    """
    return _asinh(x) if type(x) is Tensor else of_values(_asinh, x)


def acosh(x: Any, name: Any = None) -> Any:
    """The inverse hyperbolic cosine of each element; NaN for a real number below 1.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.acosh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.acosh([1.0, 2.0, 0.0]).numpy())
    [0.       1.316958      nan]
    """
    return _acosh(x if type(x) is Tensor else convert(x))


def atanh(x: Any, name: Any = None) -> Any:
    """The inverse hyperbolic tangent of each element; NaN for a real number outside [-1, 1].

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.atanh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.atanh([0.0, 0.5, 1.0]).numpy())
    [0.         0.54930615        inf]
    """
    return _atanh(x) if type(x) is Tensor else of_values(_atanh, x)


def sigmoid(x: Any, name: Any = None) -> Any:
    """1 / (1 + exp(-x)) of each element.

    Args:
      x: a tensor of a floating or complex dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.sigmoid`, `tf.nn.sigmoid`.

    >>> import tfcompat_tape as tf
    >>> print(tf.sigmoid([0.0, 2.0]).numpy())
    [0.5      0.880797]
    """
    return _sigmoid(x if type(x) is Tensor else convert(x))


def log_sigmoid(x: Any, name: Any = None) -> Any:
    """log(sigmoid(x)) of each element, exact also where the sigmoid is nearly 0.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.log_sigmoid`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.log_sigmoid([0.0, -100.0]).numpy())
    [  -0.6931472 -100.       ]
    """
    return _neg(_softplus(_neg(x if type(x) is Tensor else convert(x))))


def softplus(features: Any, name: Any = None) -> Any:
    """log(1 + exp(x)) of each element: a smooth form of `max(x, 0)`.

    Args:
      features: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `features` is of another dtype.

    Source: `tf.math.softplus`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.softplus([0.0, 100.0]).numpy())
    [  0.6931472 100.       ]
    """
    return _softplus(features if type(features) is Tensor else convert(features))


def softsign(features: Any, name: Any = None) -> Any:
    """x / (1 + |x|) of each element.

    Args:
      features: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `features` is of another dtype.

    Source: `tf.math.softsign`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.softsign([0.0, 1.0, -3.0]).numpy())
    [ 0.    0.5  -0.75]
    """
    return _softsign(features if type(features) is Tensor else convert(features))


def xlogy(x: Any, y: Any, name: Any = None) -> Any:
    """`x * log(y)`, and 0 where `x` is 0, whatever `y`.

    Args:
      x, y: tensors of one floating or complex dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.xlogy`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.xlogy([0.0, 2.0], [0.0, 3.0]).numpy())
    [0.        2.1972246]
    """
    return _xlogy(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def xlog1py(x: Any, y: Any, name: Any = None) -> Any:
    """`x * log(1 + y)`, and 0 where `x` is 0, whatever `y`.

    Args:
      x, y: tensors of one floating or complex dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.xlog1py`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.xlog1py([0.0, 2.0], [-1.0, 3.0]).numpy())
    [0.        2.7725887]
    """
    return _xlog1py(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)


def xdivy(x: Any, y: Any, name: Any = None) -> Any:
    """`x / y`, and 0 where `x` is 0, whatever `y`.

    Args:
      x, y: tensors of one floating or complex dtype; a Python number takes the dtype of the other one.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.xdivy`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.xdivy([0.0, 2.0], [0.0, 4.0]).numpy())
    [0.  0.5]
    """
    return _xdivy(x if type(x) is Tensor or type(y) is Tensor else outer(x, y), y)
