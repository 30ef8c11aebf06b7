"""Functions of two arrays, element by element, which first get the dtype that they have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts import unary
from tfcompat_tape.experimental.numpy._parts.promotion import asarray, cast, default_float, floating, promoted
from tfcompat_tape.experimental.numpy._parts.selecting import where

Function = Callable[[Any, Any], Any]


def _bits(op: Function, logical: Function) -> Function:
    """`op`, or for booleans `logical`."""
    return lambda x, y: logical(x, y) if x.dtype is tf.bool else op(x, y)


def _whole(op: Function) -> Function:
    """`op` of integers: booleans are int8."""
    return lambda x, y: op(*(cast(item, tf.int8) if x.dtype is tf.bool else item for item in (x, y)))


def _ordered(op: Function) -> Function:
    """`op` of what has an order: booleans are int32."""
    return lambda x, y: op(*(cast(item, tf.int32) if x.dtype is tf.bool else item for item in (x, y)))


def _divide(x: Tensor, y: Tensor) -> Tensor:
    if x.dtype is tf.bool:
        x, y = cast(x, default_float()), cast(y, default_float())
    quotient: Tensor = tf.truediv(x, y)
    return quotient


def _logical(op: Function) -> Function:
    return lambda x, y: op(cast(x, tf.bool), cast(y, tf.bool))


_floor_divide = _whole(tf.math.floordiv)
_mod = _whole(tf.math.floormod)


def _defined(name: str, what: str, f: Function, convert: Callable[[Any, Any], Any], result: str) -> Function:
    def call(x1: Any, x2: Any) -> Any:
        return f(*convert(x1, x2))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"""{what}, element by element.

    `x1`, `x2`: arrays or numbers whose shapes fit each other. Returns {result}.
    InvalidArgumentError for shapes that do not fit, and the op's error for a dtype that it lacks; TypeError for dtypes
    that have none in common. Source: `tf.experimental.numpy.{name}`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.{name}(3, tf.constant([{2 if name.startswith("bit") else 2.0}]))[0].shape
    TensorShape({[1] if name == "divmod" else []})
    """
    return call


def _of_two(name: str, what: str, f: Function) -> Function:
    return _defined(name, what, f, promoted, "a Tensor, computed in the dtype that they have in common")


def _of_truth(name: str, what: str, f: Function) -> Function:
    return _defined(
        name,
        what,
        _logical(f),
        lambda x, y: (asarray(x), asarray(y)),
        "a Tensor of booleans; 0 counts as false",
    )


add = _of_two("add", "The sum; either, of booleans", _bits(tf.add, tf.logical_or))
arctan2 = _of_two("arctan2", "The angle of the point (x2, x1)", tf.atan2)
bitwise_and = _of_two("bitwise_and", "The bits that both have", _bits(tf.bitwise.bitwise_and, tf.logical_and))
bitwise_or = _of_two("bitwise_or", "The bits that one has", _bits(tf.bitwise.bitwise_or, tf.logical_or))
bitwise_xor = _of_two(
    "bitwise_xor", "The bits that just one has", _bits(tf.bitwise.bitwise_xor, tf.math.logical_xor)
)
divide = _of_two("divide", "The quotient, of integers in floats", _divide)
divmod = _of_two(
    "divmod", "The quotient rounded down, and what remains", lambda x, y: (_floor_divide(x, y), _mod(x, y))
)
equal = _of_two("equal", "Whether equal", tf.equal)
float_power = _of_two("float_power", "The power", tf.pow)
floor_divide = _of_two("floor_divide", "The quotient rounded down", _floor_divide)
greater = _of_two("greater", "Whether greater", _ordered(tf.greater))
greater_equal = _of_two("greater_equal", "Whether not less", _ordered(tf.greater_equal))
less = _of_two("less", "Whether less", _ordered(tf.less))
less_equal = _of_two("less_equal", "Whether not greater", _ordered(tf.less_equal))
maximum = _of_two("maximum", "The greater one", _bits(tf.maximum, tf.logical_or))
minimum = _of_two("minimum", "The lesser one", _bits(tf.minimum, tf.logical_and))
mod = _of_two("mod", "What remains of a quotient rounded down", _mod)
multiply = _of_two("multiply", "The product; both, of booleans", _bits(tf.multiply, tf.logical_and))
nextafter = _of_two("nextafter", "The next number in the direction of x2", tf.math.nextafter)
not_equal = _of_two("not_equal", "Whether not equal", tf.not_equal)
power = _of_two("power", "The power", tf.pow)
remainder = _of_two("remainder", "What remains of a quotient rounded down", _mod)
subtract = _of_two("subtract", "The difference", tf.subtract)
true_divide = _of_two("true_divide", "The quotient, of integers in floats", _divide)

logical_and = _of_truth("logical_and", "Whether both are true", tf.logical_and)
logical_or = _of_truth("logical_or", "Whether one is true", tf.logical_or)
logical_xor = _of_truth("logical_xor", "Whether just one is true", tf.math.logical_xor)


def heaviside(x1: Any, x2: Any) -> Tensor:
    """The step: 0 where `x1` is negative, 1 where positive, else `x2`.

    AttributeError for integers alone, until NumPy's behavior is enabled. Source: `tf.experimental.numpy.heaviside`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.heaviside([-1.0, 0.0, 2.0], 0.5).numpy()
    array([0. , 0.5, 1. ])
    """
    x, y = promoted(x1, x2)
    if x.dtype is tf.bool:
        raise TypeError("heaviside: booleans have no sign; cast them to floats first.")
    x, y = floating(x), floating(y)
    step: Tensor = tf.where(x < 0, tf.zeros_like(x), tf.where(x > 0, tf.ones_like(x), y))
    return step


def hypot(x1: Any, x2: Any) -> Tensor:
    """sqrt(x1**2 + x2**2), for operands of one dtype, or with NumPy's behavior enabled of any.

    Source: `tf.experimental.numpy.hypot`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.hypot(3.0, 4.0))
    5.0
    """
    root: Tensor = unary.sqrt(unary.square(x1) + unary.square(x2))
    return root


def _log_of_sum(x1: Any, x2: Any, exponential: Any, unit: Any) -> Tensor:
    greater = maximum(x1, x2)
    delta = x1 - x2
    lost = unary.isnan(delta)
    tail = unary.log1p(exponential(-unary.absolute(delta)))
    found: Tensor = where(lost, x1 + x2, greater + (tail if unit is None else tail / unit))
    return found


def logaddexp(x1: Any, x2: Any) -> Tensor:
    """log(exp(x1) + exp(x2)), without overflow. Source: `tf.experimental.numpy.logaddexp`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.logaddexp(1000.0, 1.0))
    1000.0
    """
    return _log_of_sum(x1, x2, unary.exp, None)


def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """log2(2**x1 + 2**x2), without overflow. Source: `tf.experimental.numpy.logaddexp2`.

    >>> import tfcompat_tape as tf
    >>> float(tf.experimental.numpy.logaddexp2(3.0, 3.0))
    4.0
    """
    return _log_of_sum(x1, x2, unary.exp2, np.log(2))


def _integers(name: str, x1: Any, x2: Any) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = promoted(x1, x2)
    if not x.dtype.is_integer:
        raise ValueError(f"{name} is of integers; the operands have the common dtype {x.dtype.name}.")
    return tf.abs(x)._t, tf.abs(y)._t


def gcd(x1: Any, x2: Any) -> Tensor:
    """The greatest common divisor of signed integers; ValueError for floats. Source: `tf.experimental.numpy.gcd`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.gcd(12, 18))
    6
    """
    return Tensor(torch.gcd(*_integers("gcd", x1, x2)), None)


def lcm(x1: Any, x2: Any) -> Tensor:
    """The least common multiple of signed integers; ValueError for floats. Source: `tf.experimental.numpy.lcm`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.lcm(4, 6))
    12
    """
    return Tensor(torch.lcm(*_integers("lcm", x1, x2)), None)


def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Tensor:
    """Whether `abs(a - b) <= atol + rtol * abs(b)`; of integers, whether equal.

    `equal_nan`: whether NaN is close to NaN. Source: `tf.experimental.numpy.isclose`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.isclose(1.0, 1.0 + 1e-9))
    True
    """
    x, y = promoted(a, b)
    if not (x.dtype.is_floating or x.dtype.is_complex):
        same: Tensor = tf.equal(x, y)
        return same
    real = x.dtype.real_dtype
    close: Tensor = tf.abs(x - y) <= tf.cast(atol, real) + tf.cast(rtol, real) * tf.abs(y)
    if equal_nan:
        close = close | (tf.math.is_nan(x) & tf.math.is_nan(y))
    return close


def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Tensor:
    """Whether all elements are close: see `isclose`. Source: `tf.experimental.numpy.allclose`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.allclose([1.0, 2.0], [1.0, 2.1]))
    False
    """
    return tf.reduce_all(isclose(a, b, rtol, atol, equal_nan))


def array_equal(a1: Any, a2: Any) -> Tensor:
    """Whether shapes and all elements are equal. Source: `tf.experimental.numpy.array_equal`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.experimental.numpy.array_equal([1, 2], [1.0, 2.0]))
    True
    """
    x, y = promoted(a1, a2)
    if x._t.shape != y._t.shape:
        return tf.constant(False)
    return tf.reduce_all(tf.equal(x, y))


def clip(a: Any, a_min: Any, a_max: Any) -> Tensor:
    """At least `a_min` and at most `a_max`; where these cross, `a_max` first, then `a_min`. One of them may be None.

    Source: `tf.experimental.numpy.clip`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.clip([1, 5, 9], 2, 6).numpy()
    array([2, 5, 6])
    """
    if a_min is None and a_max is None:
        raise ValueError("Not more than one of `a_min` and `a_max` may be `None`.")
    if a_min is None or a_max is None:
        pick = tf.minimum if a_min is None else tf.maximum
        nearer: Tensor = pick(*promoted(a, a_max if a_min is None else a_min))
        return nearer
    x, low, high = promoted(a, a_min, a_max)
    return tf.broadcast_to(tf.maximum(tf.minimum(x, high), low), _shape_of_all(x, low, high))


def _shape_of_all(*tensors: Tensor) -> list[int]:
    return list(torch.broadcast_shapes(*(x._t.shape for x in tensors)))
