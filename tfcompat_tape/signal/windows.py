"""Window functions."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import devices
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32, int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import mul, real_div
from tfcompat_tape.ops.bessel import bessel_i0
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.cumulative import cumsum
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.roots import sqrt
from tfcompat_tape.ops.shapes import reverse

__all__ = [
    "hamming_window",
    "hann_window",
    "kaiser_bessel_derived_window",
    "kaiser_window",
    "vorbis_window",
]


def scalar_int(value: Any, what: str) -> int:
    """A scalar integer argument; ValueError for a vector."""
    if type(value) is int:
        return value
    number = convert(value, None if hasattr(value, "dtype") else int32)
    if number._t.ndim:
        raise ValueError(f"{what}: shape {tuple(number._t.shape)} must have rank 0")
    if not number.dtype.is_integer:
        raise ValueError(f"{what} must be an integer. Got {number.dtype.name}")
    return int(number._t)


def _arguments(window_length: Any, dtype: Any, least: int = 0) -> tuple[int, Any]:
    dtype = as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype!r}")
    length = scalar_int(window_length, "window_length")
    if length < least:
        raise invalid(f"window_length must be at least {least}, got {length}.")
    return length, dtype


def _steps(length: int) -> torch.Tensor:
    return torch.arange(length, dtype=torch.float64, device=devices.current())


def _raised_cosine(window_length: Any, periodic: Any, dtype: Any, mean: float) -> Tensor:
    length, dtype = _arguments(window_length, dtype)
    if length == 1:
        return Tensor(torch.ones(1, dtype=dtype.torch, device=devices.current()), None)
    # Of odd length a periodic window is the symmetric one.
    period = length - 1 + int(bool(periodic) and length % 2 == 0)
    window = mean - (1.0 - mean) * torch.cos(_steps(length) * (2.0 * math.pi / max(period, 1)))
    return Tensor(window.to(dtype.torch), None)


@composed
def hann_window(window_length: Any, periodic: bool = True, dtype: Any = float32, name: Any = None) -> Tensor:
    """A Hann window: one arch of a cosine, from 0 to 1.

    Args:
      window_length: a scalar integer.
      periodic: of even length, as if one more element followed; else symmetric.
      dtype: a floating dtype.

    Raises:
      ValueError: the dtype is not floating, or the length not a scalar.

    Source: `tf.signal.hann_window`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.hann_window(4).numpy())
    [0.  0.5 1.  0.5]
    """
    return _raised_cosine(window_length, periodic, dtype, 0.5)


@composed
def hamming_window(
    window_length: Any, periodic: bool = True, dtype: Any = float32, name: Any = None
) -> Tensor:
    """A Hamming window: one arch of a cosine, from 0.08 to 1.

    Args:
      window_length: a scalar integer.
      periodic: of even length, as if one more element followed; else symmetric.
      dtype: a floating dtype.

    Raises:
      ValueError: the dtype is not floating, or the length not a scalar.

    Source: `tf.signal.hamming_window`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.hamming_window(4).numpy())
    [0.08 0.54 1.   0.54]
    """
    return _raised_cosine(window_length, periodic, dtype, 0.54)


@composed
def vorbis_window(window_length: Any, dtype: Any = float32, name: Any = None) -> Tensor:
    """The window of the Vorbis format: its square and that of its other half add up to 1.

    Args:
      window_length: a scalar integer.
      dtype: a floating dtype.

    Raises:
      ValueError: the dtype is not floating, or the length not a scalar.

    Source: `tf.signal.vorbis_window`.

    >>> import tfcompat_tape as tf
    >>> print(tf.round(tf.signal.vorbis_window(2) * 1000).numpy())
    [707. 707.]
    """
    length, dtype = _arguments(window_length, dtype)
    arch = torch.sin((_steps(length) + 0.5) * (math.pi / max(length, 1)))
    return Tensor(torch.sin(arch * arch * (math.pi / 2.0)).to(dtype.torch), None)


@composed
def kaiser_window(window_length: Any, beta: Any = 12.0, dtype: Any = float32, name: Any = None) -> Any:
    """A Kaiser window, I0(beta sqrt(1 - t^2)) / I0(beta) for t from -1 to 1; `beta` has a gradient.

    Args:
      window_length: a positive scalar integer.
      beta: a scalar; the larger, the narrower is the window.
      dtype: a floating dtype.

    Raises:
      ValueError: the dtype is not floating, or the length not a scalar.
      InvalidArgumentError: the length is not positive.

    Source: `tf.signal.kaiser_window`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.kaiser_window(3).numpy().round(4))
    [1.e-04 1.e+00 1.e-04]
    """
    length, dtype = _arguments(window_length, dtype, least=1)
    beta = convert(beta) if isinstance(beta, Tensor) or hasattr(beta, "_read") else convert(beta, dtype)
    if beta.dtype != dtype:
        beta = cast(beta, DstT=dtype, SrcT=beta.dtype)
    if length == 1:
        return Tensor(torch.ones(1, dtype=dtype.torch, device=beta._t.device), None)
    place = _steps(length) * (2.0 / (length - 1)) - 1.0
    height = torch.sqrt(torch.clamp(1.0 - place * place, min=0.0)).to(beta._t.device, dtype.torch)
    return real_div(bessel_i0(mul(beta, Tensor(height, None))), bessel_i0(beta))


@composed
def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = float32, name: Any = None
) -> Any:
    """A window made of the running sums of a Kaiser window: its square and that of its other half add up to 1.

    Args:
      window_length: a scalar integer; an odd one gives one element less.
      beta: a scalar; the larger, the steeper is the window.
      dtype: a floating dtype.

    Raises:
      ValueError: the dtype is not floating, or the length not a scalar.

    Source: `tf.signal.kaiser_bessel_derived_window`.

    >>> import tfcompat_tape as tf
    >>> print(tf.round(tf.signal.kaiser_bessel_derived_window(2) * 1000).numpy())
    [707. 707.]
    """
    length, dtype = _arguments(window_length, dtype)
    half = length // 2
    sums = cumsum(kaiser_window(half + 1, beta, dtype), axis=0)
    rising = sqrt(real_div(sums[:-1], sums[-1]))
    return concat(rising, reverse(rising, axis=(0,)), axis=0)
