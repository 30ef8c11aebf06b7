"""Functions of one array, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.promotion import asarray, astype, cast, floating, is_inexact

_Function = Callable[[Any], Any]


def _defined(name: str, what: str, f: _Function, convert: Callable[[Any], Tensor], kinds: str) -> _Function:
    def call(x: Any) -> Any:
        return f(convert(x))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"""{what}, element by element.

    `x`: {kinds}. Returns a Tensor of the same shape. Source: `tf.experimental.numpy.{name}`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.{name}({"tf.constant([1, 2])" if name == "bitwise_not" else "tf.ones([2])"}).shape
    TensorShape([2])
    """
    return call


def _of_floats(name: str, what: str, f: _Function) -> _Function:
    return _defined(
        name,
        what,
        f,
        floating,
        "floats or complex numbers; integers once NumPy's behavior is enabled, else they are an AttributeError",
    )


def _of_any(name: str, what: str, f: _Function) -> _Function:
    return _defined(name, what, f, asarray, "an array or a number; a dtype that the op lacks is its error")


def _cbrt(x: Tensor) -> Tensor:
    root = tf.pow(tf.abs(x), 1 / 3)
    return tf.where(x < 0, -root, root)


def _sinc(x: Tensor) -> Tensor:
    pi_x = x * np.pi
    return tf.where(tf.equal(x, tf.zeros_like(x)), tf.ones_like(x), tf.sin(pi_x) / pi_x)


arccos = _of_floats("arccos", "The inverse of the cosine", tf.acos)
arccosh = _of_floats("arccosh", "The inverse of the hyperbolic cosine", tf.acosh)
arcsin = _of_floats("arcsin", "The inverse of the sine", tf.asin)
arcsinh = _of_floats("arcsinh", "The inverse of the hyperbolic sine", tf.asinh)
arctan = _of_floats("arctan", "The inverse of the tangent", tf.atan)
arctanh = _of_floats("arctanh", "The inverse of the hyperbolic tangent", tf.atanh)
cbrt = _of_floats("cbrt", "The cube root, real of negative numbers too", _cbrt)
ceil = _of_floats("ceil", "The least integer that is not less", tf.math.ceil)
cos = _of_floats("cos", "The cosine", tf.cos)
cosh = _of_floats("cosh", "The hyperbolic cosine", tf.cosh)
deg2rad = _of_floats("deg2rad", "Degrees as radians", lambda x: x * (np.pi / 180.0))
exp = _of_floats("exp", "The exponential", tf.exp)
exp2 = _of_floats("exp2", "The power of 2", lambda x: tf.pow(tf.constant(2.0, x.dtype), x))
expm1 = _of_floats("expm1", "exp(x) - 1, exact near 0", tf.math.expm1)
fix = _of_floats("fix", "Rounded towards 0", lambda x: tf.where(x < 0, tf.math.ceil(x), tf.floor(x)))
floor = _of_floats("floor", "The greatest integer that is not greater", tf.floor)
isfinite = _of_floats("isfinite", "Whether neither infinite nor NaN", tf.math.is_finite)
isnan = _of_floats("isnan", "Whether NaN", tf.math.is_nan)
log = _of_floats("log", "The natural logarithm", tf.math.log)
log10 = _of_floats("log10", "The logarithm to base 10", lambda x: tf.math.log(x) / np.log(10))
log1p = _of_floats("log1p", "log(1 + x), exact near 0", tf.math.log1p)
log2 = _of_floats("log2", "The logarithm to base 2", lambda x: tf.math.log(x) / np.log(2))
sin = _of_floats("sin", "The sine", tf.sin)
sinc = _of_floats("sinc", "sin(pi x) / (pi x), 1 at 0", _sinc)
sinh = _of_floats("sinh", "The hyperbolic sine", tf.sinh)
sqrt = _of_floats("sqrt", "The square root", tf.sqrt)
tan = _of_floats("tan", "The tangent", tf.tan)
tanh = _of_floats("tanh", "The hyperbolic tangent", tf.tanh)

abs = _of_any("abs", "The absolute value; the magnitude of complex numbers", tf.abs)
absolute = _of_any("absolute", "The absolute value; the magnitude of complex numbers", tf.abs)
bitwise_not = _of_any("bitwise_not", "The other bits, or not", lambda x: ~x)
conj = _of_any("conj", "The complex conjugate", tf.math.conj)
conjugate = _of_any("conjugate", "The complex conjugate", tf.math.conj)
fabs = _of_any("fabs", "The absolute value", tf.abs)
iscomplex = _of_any("iscomplex", "Whether the imaginary part is not 0", lambda x: imag(x) != 0)
isreal = _of_any("isreal", "Whether the imaginary part is 0", lambda x: imag(x) == 0)
logical_not = _of_any("logical_not", "Whether 0 or false", lambda x: tf.logical_not(cast(x, tf.bool)))
negative = _of_any("negative", "With the other sign", tf.negative)
positive = _of_any("positive", "As it is", lambda x: x)
reciprocal = _of_any("reciprocal", "1 / x", tf.math.reciprocal)
signbit = _of_any(
    "signbit", "Whether less than 0", lambda x: tf.zeros_like(x) if x.dtype is tf.bool else x < 0
)
square = _of_any("square", "The square", tf.square)


def rad2deg(x: Any) -> Any:
    """Radians as degrees: `x` times 180 / pi, by the operator of `x`.

    Source: `tf.experimental.numpy.rad2deg`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.rad2deg(tf.constant(0.0)))
    0.0
    """
    return x * (180.0 / np.pi)


def angle(z: Any, deg: Any = False) -> Tensor:
    """The angle of complex numbers in the plane, in radians, or with `deg` in degrees.

    Source: `tf.experimental.numpy.angle`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.angle(1j, deg=True))
    90.0
    """
    x = floating(z)
    # TensorFlow's angle of real numbers is float32, whatever they are.
    y: Tensor = tf.math.angle(x if x.dtype.is_complex else cast(x, tf.float32))
    return y * (180.0 / np.pi) if deg else y


def real(val: Any) -> Tensor:
    """The real part. Source: `tf.experimental.numpy.real`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.real(3 + 4j))
    3.0
    """
    part: Tensor = tf.math.real(asarray(val))
    return part


def imag(val: Any) -> Tensor:
    """The imaginary part; zeros of the same dtype for what is not complex. Source: `tf.experimental.numpy.imag`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.imag(3 + 4j))
    4.0
    """
    x = asarray(val)
    part: Tensor = tf.math.imag(x) if x.dtype.is_complex else tf.zeros_like(x)
    return part


def sign(x: Any, out: Any = None, where: Any = None, **kwargs: Any) -> Tensor:
    """-1, 0 or 1; x / abs(x) of complex numbers. `out`, `where` and other keywords are a ValueError.

    Source: `tf.experimental.numpy.sign`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.sign([-2, 0]).numpy()
    array([-1,  0])
    """
    if out:
        raise ValueError("tf.numpy doesnt support setting out.")
    if where:
        raise ValueError("tf.numpy doesnt support setting where.")
    if kwargs:
        raise ValueError(f"tf.numpy doesnt support setting {kwargs.keys()}")
    x = asarray(x)
    found: Tensor = tf.sign(x)
    return found


def around(a: Any, decimals: Any = 0) -> Tensor:
    """Rounded to so many decimals, halves to even; negative ones round to tens, hundreds, ...

    AttributeError until NumPy's behavior is enabled, as in TensorFlow. Source: `tf.experimental.numpy.around`.

    >>> import tfcompat_tape as tf
    >>> tnp = tf.experimental.numpy
    """
    x = asarray(a)
    dtype = x.dtype
    factor = float(10**decimals) if decimals >= 0 else 10.0**decimals
    if is_inexact(x):
        scale = tf.cast(factor, dtype)
    else:
        # Multiplied in floats, since the factor may be a fraction.
        scale = tf.cast(factor, tf.float64)
        x = astype(x, tf.float64)
    return astype(tf.math.divide(tf.round(tf.multiply(x, scale)), scale), dtype)


def round(a: Any, decimals: Any = 0) -> Tensor:
    """The same as `around`. Source: `tf.experimental.numpy.round`.

    >>> import tfcompat_tape as tf
    >>> tnp = tf.experimental.numpy
    """
    return around(a, decimals)


def isinf(x: Any) -> Any:
    """Whether infinite; False for a tensor of no floats. Source: `tf.experimental.numpy.isinf`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.isinf(tf.constant(1.0)))
    False
    """
    return tf.math.is_inf(floating(x)) if x.dtype.is_floating else False


def isposinf(x: Any) -> Any:
    """Whether positive infinity; False for a tensor of no floats. Source: `tf.experimental.numpy.isposinf`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.isposinf(tf.constant(1.0)))
    False
    """
    return x == np.inf if x.dtype.is_floating else False


def isneginf(x: Any) -> Any:
    """Whether negative infinity; False for a tensor of no floats. Source: `tf.experimental.numpy.isneginf`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.isneginf(tf.constant(1.0)))
    False
    """
    return x == -np.inf if x.dtype.is_floating else False


def iscomplexobj(x: Any) -> bool:
    """Whether the dtype is complex. Source: `tf.experimental.numpy.iscomplexobj`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.iscomplexobj([1j])
    True
    """
    return asarray(x).dtype.is_complex


def isrealobj(x: Any) -> bool:
    """Whether the dtype is not complex. Source: `tf.experimental.numpy.isrealobj`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.isrealobj([1j])
    False
    """
    return not iscomplexobj(x)
