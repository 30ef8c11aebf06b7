"""The parts of complex numbers. `tf.complex`, which makes them, is in `casting`."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import convert, number, own
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.registry import BOOL, COMPLEX
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import zeros_like
from tfcompat_tape.ops.complex_numbers import angle as _angle
from tfcompat_tape.ops.complex_numbers import conj_ as _conj
from tfcompat_tape.ops.complex_numbers import imag as _imag
from tfcompat_tape.ops.complex_numbers import real as _real

__all__ = ["angle", "conj", "imag", "real"]


def _numeric(x: Any) -> Tensor:
    x = x if type(x) is Tensor else own(x)
    if not isinstance(x._t, torch.Tensor) or x._t.dtype in BOOL:
        raise TypeError(f"input must be a numeric tensor, but got tensor with dtype {x.dtype}")
    return x


def real(input: Any, name: Any = None) -> Any:
    """The real part of each element; a real tensor stays as it is.

    Args:
      input: a numeric tensor.

    Raises:
      TypeError: `input` is not numeric.

    Source: `tf.math.real`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.real([1 + 2j, 3 - 4j]).numpy())
    [1. 3.]
    """
    x = _numeric(input)
    return _real(x) if x._t.dtype in COMPLEX else x


def imag(input: Any, name: Any = None) -> Any:
    """The imaginary part of each element; zeros, without a gradient, for a real tensor.

    Args:
      input: a tensor.

    Source: `tf.math.imag`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.imag([1 + 2j, 3 - 4j]).numpy())
    [ 2. -4.]
    """
    x = input if type(input) is Tensor else convert(input)
    return _imag(x) if x._t.dtype in COMPLEX else zeros_like(x)


def conj(x: Any, name: Any = None) -> Any:
    """The complex conjugate of each element; a real tensor stays as it is.

    Args:
      x: a numeric tensor.

    Raises:
      TypeError: `x` is not numeric.

    Source: `tf.math.conj`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.conj([1 + 2j]).numpy())
    [1.-2.j]
    """
    x = _numeric(x)
    return _conj(x) if x._t.dtype in COMPLEX else x


@composed
def angle(input: Any, name: Any = None) -> Any:
    """The angle of each element as a point of the complex plane; of real numbers 0 or, where they are negative, pi.

    A real tensor gets no gradient.

    Args:
      input: a tensor of a floating or complex dtype.

    Raises:
      TypeError: `input` is of another dtype.

    Source: `tf.math.angle`.

    >>> import tfcompat_tape as tf
    >>> print(tf.math.angle([1j, -1 + 0j]).numpy(), tf.math.angle([2.0, -2.0]).numpy())
    [1.57079633 3.14159265] [0.        3.1415927]
    """
    x = input if type(input) is Tensor else convert(input)
    raw = x._t
    if isinstance(raw, torch.Tensor) and raw.dtype in COMPLEX:
        return _angle(x)
    half_turn = number(math.pi, raw.dtype)
    return Tensor(torch.where(raw < 0, half_turn, torch.zeros_like(raw)), None)
