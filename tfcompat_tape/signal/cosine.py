"""Discrete cosine transforms, by way of Fourier transforms of real numbers."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import mul
from tfcompat_tape.ops.complex_numbers import complex_, real
from tfcompat_tape.ops.fourier import filled, irfft, rfft
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.padding import pad
from tfcompat_tape.ops.shapes import reverse

__all__ = ["dct", "idct"]


@composed
def dct(input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: Any = None, name: Any = None) -> Any:
    """The discrete cosine transform over the last axis.

    Args:
      input: float32 or float64, of shape `[..., samples]`.
      type: 1, 2, 3 or 4.
      n: cut the input off or fill it up with zeros to this size.
      axis: -1.
      norm: "ortho" for an orthogonal transform (types 2 to 4), or None.

    Raises:
      ValueError: an unknown type or norm, `n` that is not positive, type 1 of a single sample or of another dtype.
      TypeError: another dtype.
      NotImplementedError: another axis.

    Source: `tf.signal.dct`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.dct([1.0, 1.0]).numpy())
    [4. 0.]
    """
    x = as_tensor(input)
    if x.dtype.name not in ("float32", "float64"):
        refusal = ValueError if type == 1 and x.dtype.is_floating else TypeError
        raise refusal(f"dct: the input must be float32 or float64, got {x.dtype.name}.")
    size = x._t.shape[-1] if n is None else n
    _check(type, x._t.shape[-1], n, axis, norm)
    x = _resized(x, size)
    if type == 1:
        mirrored = concat(x, reverse(x[..., 1:-1], axis=(-1,)), axis=-1)
        return real(rfft(mirrored, fft_length=(mirrored._t.shape[-1],)))
    if type == 2:
        return (
            mul(_second(x, size), _weights(x, size, 0.5 / math.sqrt(size), math.sqrt(2.0)))
            if norm
            else _second(x, size)
        )
    if type == 3:
        scaled = mul(x, _weights(x, size, math.sqrt(size), math.sqrt(0.5)) if norm else float(size))
        turned = mul(complex_(scaled, Tensor(torch.zeros_like(scaled._t), None)), _turns(x, size, 1.0))
        return irfft(filled(turned, (size + 1,)), fft_length=(2 * size,))[..., :size]
    found = _second(_resized(x, 2 * size), 2 * size)[..., 1::2]
    return mul(found, math.sqrt(0.5 / size)) if norm else found


def _second(x: Any, size: int) -> Any:
    """The transform of type 2, not normalized."""
    doubled = filled(x, (2 * size,))
    return real(mul(rfft(doubled, fft_length=(2 * size,))[..., :size], _turns(x, size, -1.0)))


def _turns(x: Tensor, size: int, sign: float) -> Tensor:
    """2 exp(sign i pi k / 2n)."""
    angle = torch.arange(size, dtype=torch.float64, device=x._t.device) * (sign * math.pi / (2 * size))
    return Tensor((2.0 * torch.polar(torch.ones_like(angle), angle)).to((x._t[:0] * 1j).dtype), None)


def _weights(x: Tensor, size: int, first: float, ratio: float) -> Tensor:
    """`first`, then `first * ratio` for all others."""
    weights = torch.full((size,), first * ratio, dtype=x._t.dtype, device=x._t.device)
    return Tensor(torch.cat([weights[:1] / ratio, weights[1:]]), None)


def _resized(x: Any, size: int) -> Any:
    have = x._t.shape[-1]
    if have > size:
        return x[..., :size]
    return pad(x, paddings=(*[(0, 0)] * (x._t.ndim - 1), (0, size - have))) if have < size else x


def _check(type: Any, size: int, n: Any, axis: Any, norm: Any) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3, 4):
        raise ValueError("Types I, II, III and IV (I)DCT are supported.")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    if type == 1 and size < 2:
        raise ValueError("Type-I DCT requires the dimension to be greater than one.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


@composed
def idct(input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: Any = None, name: Any = None) -> Any:
    """The inverse of the discrete cosine transform of the same type, up to a factor (none with `norm="ortho"`).

    Args:
      input, type, n, axis, norm: as for `tf.signal.dct`.

    Raises:
      ValueError, TypeError, NotImplementedError: as `tf.signal.dct`.

    Source: `tf.signal.idct`.

    >>> import tfcompat_tape as tf
    >>> x = tf.signal.idct(tf.signal.dct([1.0, 3.0], norm="ortho"), norm="ortho")
    >>> print(tf.round(x).numpy())
    [1. 3.]
    """
    return dct(input, {1: 1, 2: 3, 3: 2, 4: 4}.get(type, 0), n, axis, norm)
