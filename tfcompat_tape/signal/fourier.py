"""Discrete Fourier transforms."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import complex64, float32, int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import fourier as ops
from tfcompat_tape.ops.arguments import as_axes, as_ints
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.shapes import roll

__all__ = [
    "fft",
    "fft2d",
    "fft3d",
    "fftshift",
    "ifft",
    "ifft2d",
    "ifft3d",
    "ifftshift",
    "irfft",
    "irfft2d",
    "irfft3d",
    "rfft",
    "rfft2d",
    "rfft3d",
]


def _complex(x: Any) -> Tensor:
    """`x` as a Tensor; arrays become complex64 if they can, lists only if they are not complex."""
    if type(x) is Tensor or hasattr(x, "dtype"):
        return convert(x, preferred=complex64)
    found = convert(x)
    return found if found.dtype.is_complex else convert(x, complex64)


def fft(input: Any, name: Any = None) -> Any:
    """The discrete Fourier transform over the last axis.

    Args:
      input: complex64 or complex128, with at least one axis.

    Raises:
      InvalidArgumentError: another dtype or too few axes.

    Source: `tf.signal.fft`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.fft(tf.constant([1, 1, 0, 0], tf.complex64)).numpy())
    [2.+0.j 1.-1.j 0.+0.j 1.+1.j]
    """
    return ops.fft(_complex(input))


def ifft(input: Any, name: Any = None) -> Any:
    """The inverse discrete Fourier transform over the last axis.

    Args:
      input: complex64 or complex128, with at least one axis.

    Raises:
      InvalidArgumentError: another dtype or too few axes.

    Source: `tf.signal.ifft`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.ifft(tf.constant([2, 0], tf.complex64)).numpy())
    [1.+0.j 1.+0.j]
    """
    return ops.ifft(_complex(input))


def fft2d(input: Any, name: Any = None) -> Any:
    """The discrete Fourier transform over the last two axes.

    Args:
      input: complex64 or complex128, with at least two axes.

    Raises:
      InvalidArgumentError: another dtype or too few axes.

    Source: `tf.signal.fft2d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.fft2d(tf.ones([2, 2], tf.complex64)).numpy())
    [[4.+0.j 0.+0.j]
     [0.+0.j 0.+0.j]]
    """
    return ops.fft2d(_complex(input))


def ifft2d(input: Any, name: Any = None) -> Any:
    """The inverse discrete Fourier transform over the last two axes.

    Args:
      input: complex64 or complex128, with at least two axes.

    Raises:
      InvalidArgumentError: another dtype or too few axes.

    Source: `tf.signal.ifft2d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.ifft2d(tf.constant([[4, 0], [0, 0]], tf.complex64)).numpy())
    [[1.+0.j 1.+0.j]
     [1.+0.j 1.+0.j]]
    """
    return ops.ifft2d(_complex(input))


def fft3d(input: Any, name: Any = None) -> Any:
    """The discrete Fourier transform over the last three axes.

    Args:
      input: complex64 or complex128, with at least three axes.

    Raises:
      InvalidArgumentError: another dtype or too few axes.

    Source: `tf.signal.fft3d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.fft3d(tf.ones([1, 1, 2], tf.complex64)).numpy())
    [[[2.+0.j 0.+0.j]]]
    """
    return ops.fft3d(_complex(input))


def ifft3d(input: Any, name: Any = None) -> Any:
    """The inverse discrete Fourier transform over the last three axes.

    Args:
      input: complex64 or complex128, with at least three axes.

    Raises:
      InvalidArgumentError: another dtype or too few axes.

    Source: `tf.signal.ifft3d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.ifft3d(tf.constant([[[2, 0]]], tf.complex64)).numpy())
    [[[1.+0.j 1.+0.j]]]
    """
    return ops.ifft3d(_complex(input))


# -- of real numbers --------------------------------------------------------------------------------------------------


def _real(transform: Any, rank: int, x: Any, fft_length: Any) -> Any:
    x = _input(convert(x, preferred=float32), rank)
    if x.dtype.is_complex or x.dtype.name not in ("float32", "float64"):
        raise ValueError(f"{transform.op.name}: the input must be float32 or float64, got {x.dtype.name}.")
    length = _length(fft_length, tuple(x._t.shape[-rank:]))
    return transform(x if fft_length is None else _filled(x, length, rank), fft_length=length)


def _real_inverse(transform: Any, rank: int, x: Any, fft_length: Any) -> Any:
    x = _input(convert(x, preferred=complex64), rank)
    if not x.dtype.is_complex:
        raise ValueError(
            f"{transform.op.name}: the input must be complex64 or complex128, got {x.dtype.name}."
        )
    sizes = tuple(x._t.shape[-rank:])
    length = _length(fft_length, (*sizes[:-1], max(0, 2 * (sizes[-1] - 1))))
    if fft_length is not None:
        x = _filled(x, (*length[:-1], length[-1] // 2 + 1 if length[-1] else 0), rank)
    return transform(x, fft_length=length)


def _filled(x: Tensor, sizes: tuple[int, ...], rank: int) -> Any:
    """The input with enough elements; what is wrong with the sizes is for the op to say."""
    return ops.filled(x, sizes) if len(sizes) == rank and min(sizes, default=0) >= 0 else x


def _input(x: Tensor, rank: int) -> Tensor:
    if x._t.ndim < rank:
        raise ValueError(f"Shape {tuple(x._t.shape)} must have rank at least {rank}")
    return x


def _length(fft_length: Any, natural: tuple[int, ...]) -> tuple[int, ...]:
    if fft_length is None:
        return natural
    if isinstance(fft_length, int):
        raise TypeError(f"fft_length must be a list of {len(natural)} sizes, got {fft_length}.")
    return as_ints(fft_length, "fft_length", to=int32)


def rfft(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
    """The discrete Fourier transform of real numbers over the last axis: its first n // 2 + 1 elements.

    Args:
      input_tensor: float32 or float64.
      fft_length: `[n]`; the input is cut off or filled up with zeros. By default the size of the axis.

    Raises:
      ValueError: another dtype or too few axes.
      InvalidArgumentError: `fft_length` is not one size.

    Source: `tf.signal.rfft`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.rfft([1.0, 1.0, 0.0, 0.0]).numpy())
    [2.+0.j 1.-1.j 0.+0.j]
    """
    return _real(ops.rfft, 1, input_tensor, fft_length)


def irfft(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
    """The inverse of `tf.signal.rfft`.

    Args:
      input_tensor: complex64 or complex128.
      fft_length: `[n]`, the size of the result; by default twice the size of the axis less 2.

    Raises:
      ValueError: another dtype or too few axes.
      InvalidArgumentError: `fft_length` is not one size.

    Source: `tf.signal.irfft`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.irfft(tf.constant([2, 0], tf.complex64)).numpy())
    [1. 1.]
    """
    return _real_inverse(ops.irfft, 1, input_tensor, fft_length)


def rfft2d(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
    """The discrete Fourier transform of real numbers over the last two axes: n // 2 + 1 columns of it.

    Args:
      input_tensor: float32 or float64.
      fft_length: `[m, n]`; the input is cut off or filled up with zeros. By default the sizes of the axes.

    Raises:
      ValueError: another dtype or too few axes.
      InvalidArgumentError: `fft_length` is not two sizes.

    Source: `tf.signal.rfft2d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.rfft2d(tf.ones([1, 2])).numpy())
    [[2.+0.j 0.+0.j]]
    """
    return _real(ops.rfft2d, 2, input_tensor, fft_length)


def irfft2d(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
    """The inverse of `tf.signal.rfft2d`.

    Args:
      input_tensor: complex64 or complex128.
      fft_length: `[m, n]`, the sizes of the result; by default n is twice the size of the last axis less 2.

    Raises:
      ValueError: another dtype or too few axes.
      InvalidArgumentError: `fft_length` is not two sizes.

    Source: `tf.signal.irfft2d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.irfft2d(tf.constant([[2, 0]], tf.complex64)).numpy())
    [[1. 1.]]
    """
    return _real_inverse(ops.irfft2d, 2, input_tensor, fft_length)


def rfft3d(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
    """The discrete Fourier transform of real numbers over the last three axes. There is no gradient.

    Args:
      input_tensor: float32 or float64.
      fft_length: three sizes; the input is cut off or filled up with zeros. By default the sizes of the axes.

    Raises:
      ValueError: another dtype or too few axes.
      InvalidArgumentError: `fft_length` is not three sizes.

    Source: `tf.signal.rfft3d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.rfft3d(tf.ones([1, 1, 2])).numpy())
    [[[2.+0.j 0.+0.j]]]
    """
    return _real(ops.rfft3d, 3, input_tensor, fft_length)


def irfft3d(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
    """The inverse of `tf.signal.rfft3d`. There is no gradient.

    Args:
      input_tensor: complex64 or complex128.
      fft_length: three sizes, those of the result; by default the last is twice that of the last axis less 2.

    Raises:
      ValueError: another dtype or too few axes.
      InvalidArgumentError: `fft_length` is not three sizes.

    Source: `tf.signal.irfft3d`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.irfft3d(tf.constant([[[2, 0]]], tf.complex64)).numpy())
    [[[1. 1.]]]
    """
    return _real_inverse(ops.irfft3d, 3, input_tensor, fft_length)


# -- order of the frequencies -----------------------------------------------------------------------------------------


def fftshift(x: Any, axes: Any = None, name: Any = None) -> Any:
    """`x` rolled so that the frequency zero, which comes first, stands in the middle.

    Args:
      axes: an axis or several; all by default.

    Raises:
      InvalidArgumentError: there is no such axis.

    Source: `tf.signal.fftshift`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.fftshift([0, 1, 2, -2, -1]).numpy())
    [-2 -1  0  1  2]
    """
    x = as_tensor(x)
    axes = as_axes(axes, x._t.ndim, "axes")
    return roll(x, shift=tuple([x._t.shape[axis] // 2 for axis in axes]), axis=axes)


def ifftshift(x: Any, axes: Any = None, name: Any = None) -> Any:
    """The inverse of `tf.signal.fftshift`.

    Args:
      axes: an axis or several; all by default.

    Raises:
      InvalidArgumentError: there is no such axis.

    Source: `tf.signal.ifftshift`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.ifftshift([-2, -1, 0, 1, 2]).numpy())
    [ 0  1  2 -2 -1]
    """
    x = as_tensor(x)
    axes = as_axes(axes, x._t.ndim, "axes")
    return roll(x, shift=tuple([-(x._t.shape[axis] // 2) for axis in axes]), axis=axes)
