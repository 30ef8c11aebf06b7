"""Signals in frames: cutting up, adding up, and the transforms that work on frames."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed, kernel_of
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import div_no_nan, mul
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.padding import pad, pad_v2
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.shapes import reshape, reverse, transpose
from tfcompat_tape.signal.cosine import dct
from tfcompat_tape.signal.fourier import irfft, rfft
from tfcompat_tape.signal.windows import hann_window, scalar_int, vorbis_window

__all__ = [
    "frame",
    "inverse_mdct",
    "inverse_stft",
    "inverse_stft_window_fn",
    "mdct",
    "overlap_and_add",
    "stft",
]


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: Any = None,
) -> Any:
    """A signal in overlapping frames.

    Args:
      signal: a tensor with at least one axis.
      frame_length, frame_step: how long a frame is, and how far from the next one; scalar integers.
      pad_end: also give the frames that reach beyond the end, filled up with `pad_value`.
      axis: the axis to cut up; in its place come the frames and the elements of a frame.

    Raises:
      ValueError: a scalar signal, or lengths that are not scalars.
      InvalidArgumentError: a negative length, or a step of zero.

    Source: `tf.signal.frame`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.frame([1, 2, 3, 4, 5], 3, 2).numpy())
    [[1 2 3]
     [3 4 5]]
    """
    x = as_tensor(signal)
    rank = x._t.ndim
    if rank < 1:
        raise ValueError("Shape () must have rank at least 1")
    length, step = scalar_int(frame_length, "frame_length"), scalar_int(frame_step, "frame_step")
    for what, number in (("frame_length", length), ("frame_step", step)):
        if not -(2**63) <= number < 2**63:
            raise ValueError(
                f"{what}: Can't convert Python sequence with out-of-range integer to Tensor: {number}."
            )
    if length < 0 or step == 0:
        raise invalid(f"frame: frame_length={length} must not be negative and frame_step={step} not zero.")
    if not -rank <= axis < rank:
        raise IndexError(f"frame: there is no axis {axis} in a signal of shape {list(x._t.shape)}.")
    axis %= rank
    size = x._t.shape[axis]
    count = -(-size // step) if pad_end else max(0, 1 + (size - length) // step)
    missing = (count - 1) * step + length - size
    if pad_end and missing > 0:
        paddings = tuple([(0, missing) if i == axis else (0, 0) for i in range(rank)])
        x = pad_v2(x, convert(pad_value, x.dtype), paddings=paddings)
    with kernel_of("frame"):
        steps = torch.arange(count, device=x._t.device)[:, None] * step
        places = Tensor(steps + torch.arange(length, device=x._t.device), None)
    return gather(x, places, axis=axis - rank, batch_dims=0)


@composed
def overlap_and_add(signal: Any, frame_step: Any, name: Any = None) -> Any:
    """The sum of overlapping frames: the adjoint of `tf.signal.frame`.

    Args:
      signal: of shape `[..., frames, frame_length]`.
      frame_step: how far a frame is from the next one; a scalar integer.

    Returns:
      Shape `[..., (frames - 1) * frame_step + frame_length]`.

    Raises:
      ValueError: fewer than 2 axes, or a step that is no scalar integer.
      InvalidArgumentError: the step is not positive.

    Source: `tf.signal.overlap_and_add`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.overlap_and_add([[1, 1, 1], [1, 1, 1]], 2).numpy())
    [1 1 2 1 1]
    """
    x = as_tensor(signal)
    if x._t.ndim < 2:
        raise ValueError(f"Shape {tuple(x._t.shape)} must have rank at least 2")
    step = scalar_int(as_tensor(frame_step), "frame_step")
    if step <= 0:
        raise invalid(f"overlap_and_add: frame_step must be positive, got {step}.")
    *batch, frames, length = x._t.shape
    total = (frames - 1) * step + length
    parts = -(-length // step)  # a frame is that many pieces of the size of a step
    none = [(0, 0)] * len(batch)
    x = pad(x, paddings=(*none, (0, 0), (0, parts * step - length)))
    x = reshape(x, shape=(*batch, frames, parts, step))
    axes = tuple(range(len(batch)))
    x = transpose(x, perm=(*axes, len(batch) + 1, len(batch), len(batch) + 2))
    # Row p of (parts, frames + parts, step), read as rows that are one shorter, has moved by p pieces.
    x = pad(x, paddings=(*none, (0, 0), (0, parts), (0, 0)))
    x = reshape(x, shape=(*batch, parts * (frames + parts), step))[..., : parts * (frames + parts - 1), :]
    x = reshape(x, shape=(*batch, parts, (frames + parts - 1) * step))
    return sum_(x, axis=(len(batch),), keep_dims=False)[..., : max(total, 0)]


# -- short-time Fourier transform -------------------------------------------------------------------------------------


@composed
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    pad_end: bool = False,
    name: Any = None,
) -> Any:
    """The Fourier transforms of the windowed frames of real signals.

    Args:
      signals: float32 or float64, of shape `[..., samples]`.
      frame_length, frame_step: how long a frame is, and how far from the next one.
      fft_length: size of the transforms; by default the power of two from `frame_length` on.
      window_fn: `window_fn(frame_length, dtype=...)`, or None for no window.
      pad_end: also give the frames that reach beyond the end.

    Returns:
      Shape `[..., frames, fft_length // 2 + 1]`, complex.

    Raises:
      ValueError: signals that are not floating.

    Source: `tf.signal.stft`.

    >>> import tfcompat_tape as tf
    >>> tf.signal.stft(tf.ones([10]), 4, 2).shape
    TensorShape([4, 3])
    """
    length = scalar_int(frame_length, "frame_length")
    framed = frame(as_tensor(signals), length, frame_step, pad_end)
    if window_fn is not None:
        framed = mul(framed, window_fn(length, dtype=framed.dtype))
    return rfft(framed, [_fft_length(fft_length, length)])


@composed
def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    name: Any = None,
) -> Any:
    """Real signals from the Fourier transforms of their frames.

    Args:
      stfts: complex64 or complex128, of shape `[..., frames, fft_length // 2 + 1]`.
      frame_length, frame_step, fft_length: as for `tf.signal.stft`.
      window_fn: `window_fn(frame_length, dtype=...)`, e.g. from `tf.signal.inverse_stft_window_fn`, or None.

    Raises:
      ValueError: `stfts` is not complex.

    Source: `tf.signal.inverse_stft`.

    >>> import tfcompat_tape as tf
    >>> window_fn = tf.signal.inverse_stft_window_fn(2)
    >>> x = tf.signal.inverse_stft(tf.signal.stft(tf.ones([8]), 4, 2), 4, 2, window_fn=window_fn)
    >>> print(tf.round(x[2:-2]).numpy())
    [1. 1. 1. 1.]
    """
    x = as_tensor(stfts)
    length = scalar_int(frame_length, "frame_length")
    size = _fft_length(fft_length, length)
    frames = irfft(x, [size])
    if size > length:
        frames = frames[..., :length]
    elif size < length:
        frames = pad(frames, paddings=(*[(0, 0)] * (frames._t.ndim - 1), (0, length - size)))
    if window_fn is not None:
        frames = mul(frames, window_fn(length, dtype=frames.dtype))
    return overlap_and_add(frames, frame_step)


def _fft_length(fft_length: Any, frame_length: int) -> int:
    if fft_length is None:
        return 2 ** max(0, math.ceil(math.log2(frame_length))) if frame_length else 1
    return scalar_int(fft_length, "fft_length")


def inverse_stft_window_fn(frame_step: Any, forward_window_fn: Any = hann_window, name: Any = None) -> Any:
    """The window for `tf.signal.inverse_stft` that undoes the window of `tf.signal.stft`.

    Args:
      frame_step: how far a frame is from the next one.
      forward_window_fn: the `window_fn` of `tf.signal.stft`.

    Returns:
      A function `window_fn(frame_length, dtype)`.

    Source: `tf.signal.inverse_stft_window_fn`.

    >>> import tfcompat_tape as tf
    >>> print(tf.signal.inverse_stft_window_fn(2)(4, tf.float32).numpy())
    [0. 1. 1. 1.]
    """

    def inverse_stft_window_fn_inner(frame_length: Any, dtype: Any) -> Any:
        length, step = scalar_int(frame_length, "frame_length"), scalar_int(frame_step, "frame_step")
        window = forward_window_fn(length, dtype=dtype)
        overlaps = -(-length // step)
        squares = pad(mul(window, window), paddings=((0, overlaps * step - length),))
        sums = sum_(reshape(squares, shape=(overlaps, step)), axis=(0,), keep_dims=False)
        return div_no_nan(window, concat(*[sums] * overlaps, axis=0)[:length])

    return inverse_stft_window_fn_inner


# -- modified discrete cosine transform -------------------------------------------------------------------------------


@composed
def mdct(
    signals: Any,
    frame_length: Any,
    window_fn: Any = vorbis_window,
    pad_end: bool = False,
    norm: Any = None,
    name: Any = None,
) -> Any:
    """The modified discrete cosine transform of frames that overlap by half.

    Args:
      signals: float32 or float64, of shape `[..., samples]`.
      frame_length: a multiple of 4.
      window_fn: `window_fn(frame_length, dtype=...)`, or None.
      pad_end: also give the frames that reach beyond the end.
      norm: "ortho" or None.

    Returns:
      Shape `[..., frames, frame_length // 2]`.

    Raises:
      ValueError: `frame_length` is no multiple of 4.

    Source: `tf.signal.mdct`.

    >>> import tfcompat_tape as tf
    >>> tf.signal.mdct(tf.ones([10]), 4).shape
    TensorShape([4, 2])
    """
    length = scalar_int(frame_length, "frame_length")
    if length % 4:
        raise ValueError("The frame length must be a multiple of 4.")
    half = length // 2
    framed = frame(as_tensor(signals), length, half, pad_end)
    if window_fn is not None:
        framed = mul(framed, window_fn(length, dtype=framed.dtype))
    else:
        framed = mul(framed, 1.0 / math.sqrt(2.0))
    quarter = half // 2
    a, b = framed[..., :quarter], framed[..., quarter:half]
    c, d = framed[..., half : half + quarter], framed[..., half + quarter :]
    folded = concat(-_mirrored(c) - d, a - _mirrored(b), axis=-1)
    return dct(folded, type=4, norm=norm)


@composed
def inverse_mdct(mdcts: Any, window_fn: Any = vorbis_window, norm: Any = None, name: Any = None) -> Any:
    """Signals from their modified discrete cosine transforms.

    Args:
      mdcts: float32 or float64, of shape `[..., frames, frame_length // 2]`.
      window_fn, norm: as for `tf.signal.mdct`.

    Raises:
      ValueError: an unknown norm.

    Source: `tf.signal.inverse_mdct`.

    >>> import tfcompat_tape as tf
    >>> x = tf.signal.inverse_mdct(tf.signal.mdct(tf.ones([8]), 4))
    >>> print(tf.round(x[2:-2]).numpy())
    [1. 1. 1. 1.]
    """
    x = as_tensor(mdcts)
    if x._t.ndim < 2:
        raise ValueError(f"Shape {x.shape} must have rank at least 2")
    half = x._t.shape[-1]
    found = dct(x, type=4, norm=norm)
    if norm is None:
        found = mul(found, 0.5 / half)
    first, second = found[..., : half // 2], found[..., half // 2 :]
    frames = concat(second, -_mirrored(second), -_mirrored(first), -first, axis=-1)
    if window_fn is not None:
        frames = mul(frames, window_fn(2 * half, dtype=frames.dtype))
    else:
        frames = mul(frames, 1.0 / math.sqrt(2.0))
    return overlap_and_add(frames, half)


def _mirrored(x: Any) -> Any:
    return reverse(x, axis=(-1,))
