"""The namespace `tf.math.special`: Bessel functions, and functions defined by integrals."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.composites import of_values
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.bessel import bessel_i0 as _bessel_i0
from tfcompat_tape.ops.bessel import bessel_i0e as _bessel_i0e
from tfcompat_tape.ops.bessel import bessel_i1 as _bessel_i1
from tfcompat_tape.ops.bessel import bessel_i1e as _bessel_i1e
from tfcompat_tape.ops.bessel import bessel_j0 as _bessel_j0
from tfcompat_tape.ops.bessel import bessel_j1 as _bessel_j1
from tfcompat_tape.ops.bessel import bessel_k0 as _bessel_k0
from tfcompat_tape.ops.bessel import bessel_k0e as _bessel_k0e
from tfcompat_tape.ops.bessel import bessel_k1 as _bessel_k1
from tfcompat_tape.ops.bessel import bessel_k1e as _bessel_k1e
from tfcompat_tape.ops.bessel import bessel_y0 as _bessel_y0
from tfcompat_tape.ops.bessel import bessel_y1 as _bessel_y1
from tfcompat_tape.ops.integrals import dawsn as _dawsn
from tfcompat_tape.ops.integrals import expint as _expint
from tfcompat_tape.ops.integrals import fresnel_cos as _fresnel_cos
from tfcompat_tape.ops.integrals import fresnel_sin as _fresnel_sin
from tfcompat_tape.ops.integrals import spence as _spence

__all__ = [
    "bessel_i0",
    "bessel_i0e",
    "bessel_i1",
    "bessel_i1e",
    "bessel_j0",
    "bessel_j1",
    "bessel_k0",
    "bessel_k0e",
    "bessel_k1",
    "bessel_k1e",
    "bessel_y0",
    "bessel_y1",
    "dawsn",
    "expint",
    "fresnel_cos",
    "fresnel_sin",
    "spence",
]


def bessel_i0(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the first kind, I0, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_i0`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_i0([0.5, 1.0, 2.0]).numpy())
    [1.0634834 1.2660658 2.2795854]
    """
    return _bessel_i0(x if type(x) is Tensor else convert(x))


def bessel_i0e(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the first kind, I0, of each element, scaled by exp(-|x|).

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_i0e`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_i0e([0.5, 1.0, 2.0]).numpy())
    [0.64503527 0.4657596  0.30850834]
    """
    return _bessel_i0e(x) if type(x) is Tensor else of_values(_bessel_i0e, x)


def bessel_i1(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the first kind, I1, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_i1`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_i1([0.5, 1.0, 2.0]).numpy())
    [0.2578943 0.5651591 1.5906368]
    """
    return _bessel_i1(x if type(x) is Tensor else convert(x))


def bessel_i1e(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the first kind, I1, of each element, scaled by exp(-|x|).

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_i1e`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_i1e([0.5, 1.0, 2.0]).numpy())
    [0.1564208  0.20791042 0.21526928]
    """
    return _bessel_i1e(x) if type(x) is Tensor else of_values(_bessel_i1e, x)


def bessel_j0(x: Any, name: Any = None) -> Any:
    """The Bessel function of the first kind, J0, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_j0`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_j0([0.5, 1.0, 2.0]).numpy())
    [0.9384698  0.7651977  0.22389078]
    """
    return _bessel_j0(x if type(x) is Tensor else convert(x))


def bessel_j1(x: Any, name: Any = None) -> Any:
    """The Bessel function of the first kind, J1, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_j1`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_j1([0.5, 1.0, 2.0]).numpy())
    [0.24226846 0.44005057 0.5767248 ]
    """
    return _bessel_j1(x if type(x) is Tensor else convert(x))


def bessel_k0(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the second kind, K0, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_k0`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_k0([0.5, 1.0, 2.0]).numpy())
    [0.92441905 0.42102444 0.11389387]
    """
    return _bessel_k0(x if type(x) is Tensor else convert(x))


def bessel_k0e(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the second kind, K0, of each element, scaled by exp(x).

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_k0e`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_k0e([0.5, 1.0, 2.0]).numpy())
    [1.5241094  1.1444631  0.84156823]
    """
    return _bessel_k0e(x if type(x) is Tensor else convert(x))


def bessel_k1(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the second kind, K1, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_k1`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_k1([0.5, 1.0, 2.0]).numpy())
    [1.6564411  0.60190725 0.13986588]
    """
    return _bessel_k1(x if type(x) is Tensor else convert(x))


def bessel_k1e(x: Any, name: Any = None) -> Any:
    """The modified Bessel function of the second kind, K1, of each element, scaled by exp(x).

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_k1e`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_k1e([0.5, 1.0, 2.0]).numpy())
    [2.7310097 1.6361535 1.0334768]
    """
    return _bessel_k1e(x if type(x) is Tensor else convert(x))


def bessel_y0(x: Any, name: Any = None) -> Any:
    """The Bessel function of the second kind, Y0, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_y0`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_y0([0.5, 1.0, 2.0]).numpy())
    [-0.44451874  0.08825696  0.5103757 ]
    """
    return _bessel_y0(x if type(x) is Tensor else convert(x))


def bessel_y1(x: Any, name: Any = None) -> Any:
    """The Bessel function of the second kind, Y1, of each element.

    Args:
      x: a tensor of dtype float16, float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.bessel_y1`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.bessel_y1([0.5, 1.0, 2.0]).numpy())
    [-1.4714724  -0.7812128  -0.10703243]
    """
    return _bessel_y1(x if type(x) is Tensor else convert(x))


def dawsn(x: Any, name: Any = None) -> Any:
    """Dawson's integral: exp(-x^2) times the integral of exp(t^2) from 0 to x.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.dawsn`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.dawsn([0.5, 1.0, 2.0]).numpy())
    [0.4244364 0.5380795 0.3013404]
    """
    return _dawsn(x if type(x) is Tensor else convert(x))


def expint(x: Any, name: Any = None) -> Any:
    """The exponential integral Ei of each element; NaN for negative ones.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.expint`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.expint([0.5, 1.0, 2.0]).numpy())
    [0.4542199 1.8951178 4.954234 ]
    """
    return _expint(x if type(x) is Tensor else convert(x))


def fresnel_cos(x: Any, name: Any = None) -> Any:
    """Fresnel's integral of cos(pi t^2 / 2) from 0 to x.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.fresnel_cos`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.fresnel_cos([0.5, 1.0, 2.0]).numpy())
    [0.49234423 0.7798934  0.4882534 ]
    """
    return _fresnel_cos(x if type(x) is Tensor else convert(x))


def fresnel_sin(x: Any, name: Any = None) -> Any:
    """Fresnel's integral of sin(pi t^2 / 2) from 0 to x.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.fresnel_sin`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.fresnel_sin([0.5, 1.0, 2.0]).numpy())
    [0.06473243 0.43825915 0.34341568]
    """
    return _fresnel_sin(x if type(x) is Tensor else convert(x))


def spence(x: Any, name: Any = None) -> Any:
    """Spence's integral of log(t) / (1 - t) from 1 to x: the dilogarithm of 1 - x; NaN for negative ones.

    Args:
      x: a tensor of dtype float32 or float64.

    Raises:
      InvalidArgumentError, NotFoundError: `x` is of another dtype.

    Source: `tf.math.special.spence`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.special.spence([0.0, 1.0, 2.0]).numpy())
    [ 1.644934 -0.       -0.822467]
    """
    return _spence(x if type(x) is Tensor else convert(x))
