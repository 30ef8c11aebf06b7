"""The gamma function and its relatives, the error function, and their inverses."""

from __future__ import annotations

import math
from typing import Any

from tfcompat_tape.core.composites import of_values
from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.elementary import erf as _erf
from tfcompat_tape.ops.elementary import erfc as _erfc
from tfcompat_tape.ops.incomplete import betainc as _betainc
from tfcompat_tape.ops.incomplete import igamma as _igamma
from tfcompat_tape.ops.incomplete import igammac as _igammac
from tfcompat_tape.ops.operands import outer
from tfcompat_tape.ops.reductions import sum_ as _sum
from tfcompat_tape.ops.special import digamma as _digamma
from tfcompat_tape.ops.special import erfinv as _erfinv
from tfcompat_tape.ops.special import lgamma as _lgamma
from tfcompat_tape.ops.special import ndtri as _ndtri
from tfcompat_tape.ops.special import polygamma as _polygamma
from tfcompat_tape.ops.special import zeta as _zeta

__all__ = [
    "betainc",
    "digamma",
    "erf",
    "erfc",
    "erfcinv",
    "erfinv",
    "igamma",
    "igammac",
    "lbeta",
    "lgamma",
    "ndtri",
    "polygamma",
    "zeta",
]


def lgamma(x: Any, name: Any = None) -> Any:
    """The logarithm of |Gamma(x)| of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.lgamma`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.lgamma([1.0, 5.0, 0.5]).numpy())
    [0.        3.1780539 0.5723649]
    """
    return _lgamma(x if type(x) is Tensor else convert(x))


def digamma(x: Any, name: Any = None) -> Any:
    """The derivative of `lgamma` at each element; NaN at its poles 0, -1, -2, ...

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.digamma`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.digamma([1.0, 2.0]).numpy())
    [-0.5772159  0.4227842]
    """
    return _digamma(x if type(x) is Tensor else convert(x))


def polygamma(a: Any, x: Any, name: Any = None) -> Any:
    """Derivative number `a` of `digamma` at `x`; NaN where `a` is not a whole number of at least 0.

    Args:
      a, x: tensors of dtype float32 or float64, both alike.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.polygamma`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.polygamma([0.0, 1.0], 1.0).numpy())
    [-0.5772159  1.644934 ]
    """
    return _polygamma(a if type(a) is Tensor or type(x) is Tensor else outer(a, x), x)


def zeta(x: Any, q: Any, name: Any = None) -> Any:
    """The Hurwitz zeta function, the sum of `(k + q) ** -x` over k = 0, 1, 2, ...; `x` must be greater than 1.

    Args:
      x, q: tensors of dtype float32 or float64, both alike.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.zeta`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.zeta([2.0, 4.0], 1.0).numpy())
    [1.644934  1.0823232]
    """
    return _zeta(x if type(x) is Tensor or type(q) is Tensor else outer(x, q), q)


def igamma(a: Any, x: Any, name: Any = None) -> Any:
    """The lower regularized incomplete gamma function P(a, x).

    Gradients go to both arguments; that by `a` has no gradient of its own.

    Args:
      a, x: tensors of dtype float32 or float64, both alike.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.igamma`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.igamma(2.0, [0.5, 2.0]).numpy())
    [0.09020401 0.59399426]
    """
    return _igamma(a if type(a) is Tensor or type(x) is Tensor else outer(a, x), x)


def igammac(a: Any, x: Any, name: Any = None) -> Any:
    """The upper regularized incomplete gamma function Q(a, x) = 1 - P(a, x).

    Gradients go to both arguments; that by `a` has no gradient of its own.

    Args:
      a, x: tensors of dtype float32 or float64, both alike.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that do not broadcast.

    Source: `tf.math.igammac`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.igammac(2.0, [0.5, 2.0]).numpy())
    [0.909796  0.4060059]
    """
    return _igammac(a if type(a) is Tensor or type(x) is Tensor else outer(a, x), x)


def erf(x: Any, name: Any = None) -> Any:
    """The error function of each element.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.erf`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.erf([0.0, 1.0]).numpy())
    [0.        0.8427008]
    """
    return _erf(x) if type(x) is Tensor else of_values(_erf, x)


def erfc(x: Any, name: Any = None) -> Any:
    """1 - erf(x) of each element, exact also where it is nearly 0.

    Args:
      x: a tensor of a floating dtype.

    Raises:
      InvalidArgumentError: `x` is of another dtype.

    Source: `tf.math.erfc`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.erfc([0.0, 10.0]).numpy())
    [1.e+00 1.e-45]
    """
    return _erfc(x if type(x) is Tensor else convert(x))


def erfinv(x: Any, name: Any = None) -> Any:
    """The inverse of `erf` at each element.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.erfinv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.erfinv([0.0, 0.5, 1.0]).numpy())
    [0.         0.47693628        inf]
    """
    return _erfinv(x if type(x) is Tensor else convert(x))


def ndtri(x: Any, name: Any = None) -> Any:
    """The quantile of the standard normal distribution at each element.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.ndtri`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.ndtri([0.5, 0.975]).numpy())
    [0.        1.9599644]
    """
    return _ndtri(x if type(x) is Tensor else convert(x))


def erfcinv(x: Any, name: Any = None) -> Any:
    """The inverse of `erfc` at each element.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      TypeError, InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.erfcinv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.erfcinv([1.0, 0.5]).numpy())
    [-0.         0.4769363]
    """
    x = x if type(x) is Tensor else convert(x)
    return -_ndtri(0.5 * x) * math.sqrt(0.5)


def betainc(a: Any, b: Any, x: Any, name: Any = None) -> Any:
    """The regularized incomplete beta function I_x(a, b).

    A gradient goes to `x` alone.

    Args:
      a, b: positive tensors of dtype float32 or float64.
      x: a tensor of the same dtype, in [0, 1]. Each of the three has the same shape or is a scalar.

    Raises:
      InvalidArgumentError: other dtypes, dtypes that differ, or shapes that differ.

    Source: `tf.math.betainc`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.betainc(2.0, 3.0, [0.0, 0.5, 1.0]).numpy())
    [0.     0.6875 1.    ]
    """
    return _betainc(*match((a, b, x)))


def lbeta(x: Any, name: Any = None) -> Any:
    """The logarithm of |Beta(z)| for the vectors z along the last axis: the sum of `lgamma`, less `lgamma` of the sum.

    Args:
      x: a tensor of dtype float16, float32 or float64, of one or more axes.

    Raises:
      InvalidArgumentError: `x` is a scalar, or of another dtype.

    Source: `tf.math.lbeta`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.lbeta([[1.0, 1.0], [2.0, 3.0]]).numpy())
    [ 0.        -2.4849067]
    """
    x = x if type(x) is Tensor else convert(x)
    if not x._t.shape:
        raise invalid("lbeta: invalid reduction dimension -1 for input with 0 dimensions.")
    last = (len(x._t.shape) - 1,)
    return _sum(_lgamma(x), axis=last) - _lgamma(_sum(x, axis=last))
