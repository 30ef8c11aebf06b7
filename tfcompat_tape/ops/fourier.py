"""Discrete Fourier transforms over the last one, two or three axes. Each is the adjoint of another, up to a factor."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive, unary
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import COMPLEX, Keep, gradient
from tfcompat_tape.ops.helpers import raw_of, shape_of
from tfcompat_tape.ops.padding import pad
from tfcompat_tape.ops.tangents import linear

_REAL = frozenset({torch.float32, torch.float64})


def _axes(rank: int) -> tuple[int, ...]:
    return tuple(range(-rank, 0))


def _check(name: str, x: Any, rank: int) -> None:
    if x.ndim < rank:
        raise invalid(
            f"{name}: the input must have a rank of at least {rank}, got the shape {list(x.shape)}."
        )


# -- complex ----------------------------------------------------------------------------------------------------------


def _complex_transform(name: str, function: Any, rank: int) -> Any:
    axes = _axes(rank)

    def kernel(x: Any) -> Any:
        _check(name, x, rank)
        return function(x, dim=axes) if x.numel() else x

    transform = unary(name, kernel, dtypes=COMPLEX, keep=Keep.NOTHING)
    transform.op.inputs = ("input",)
    return transform


fft = _complex_transform("FFT", torch.fft.fftn, 1)
fft2d = _complex_transform("FFT2D", torch.fft.fftn, 2)
fft3d = _complex_transform("FFT3D", torch.fft.fftn, 3)
ifft = _complex_transform("IFFT", torch.fft.ifftn, 1)
ifft2d = _complex_transform("IFFT2D", torch.fft.ifftn, 2)
ifft3d = _complex_transform("IFFT3D", torch.fft.ifftn, 3)


def _count(x: Any, rank: int) -> float:
    return float(math.prod(shape_of(x)[-rank:]))


def _pair(forward: Any, inverse: Any, rank: int) -> None:
    """The rules of a transform and its inverse."""

    @gradient(forward.op.name)
    def _forward(op: Any, dy: Any) -> Any:
        return inverse(dy) * _count(dy, rank)

    @gradient(inverse.op.name)
    def _inverse(op: Any, dy: Any) -> Any:
        return forward(dy) * (1.0 / max(_count(dy, rank), 1.0))


_pair(fft, ifft, 1)
_pair(fft2d, ifft2d, 2)
_pair(fft3d, ifft3d, 3)


# -- real -------------------------------------------------------------------------------------------------------------
#
# The transform of n real numbers is given by its first n // 2 + 1 elements; those between the first and, for even n,
# the last one stand for two.


def _real_kernel(name: str, rank: int) -> Any:
    axes = _axes(rank)

    def kernel(x: Any, *, fft_length: tuple[int, ...], Tcomplex: Any = None) -> Any:
        _check(name, x, rank)
        _check_length(name, fft_length, rank)
        if not x.numel() or 0 in fft_length:
            last = fft_length[-1] // 2 + 1 if fft_length[-1] else 0
            return x.new_zeros((*x.shape[:-rank], *fft_length[:-1], last)) + 0j
        return torch.fft.rfftn(x, s=fft_length, dim=axes)

    return kernel


def _real_inverse_kernel(name: str, rank: int) -> Any:
    axes = _axes(rank)

    def kernel(x: Any, *, fft_length: tuple[int, ...], Treal: Any = None) -> Any:
        _check(name, x, rank)
        _check_length(name, fft_length, rank)
        if not x.numel() or 0 in fft_length:
            return x.new_zeros((*x.shape[:-rank], *fft_length)).real
        return torch.fft.irfftn(x, s=fft_length, dim=axes)

    return kernel


def _check_length(name: str, fft_length: tuple[int, ...], rank: int) -> None:
    if len(fft_length) != rank or min(fft_length) < 0:
        raise invalid(f"{name}: fft_length must be {rank} sizes, got {list(fft_length)}.")


def _real_transforms(rank: int, suffix: str) -> tuple[Any, Any]:
    forward = primitive(
        f"RFFT{suffix}", _real_kernel(f"RFFT{suffix}", rank), inputs="input", dtypes=_REAL, keep=Keep.SHAPES
    )
    inverse = primitive(
        f"IRFFT{suffix}",
        _real_inverse_kernel(f"IRFFT{suffix}", rank),
        inputs="input",
        dtypes=COMPLEX,
        keep=Keep.SHAPES,
    )
    return forward, inverse


rfft, irfft = _real_transforms(1, "")
rfft2d, irfft2d = _real_transforms(2, "2D")
rfft3d, irfft3d = _real_transforms(3, "3D")  # TensorFlow has no gradient for these two


def _weights(like: Any, length: int, inner: float) -> Any:
    """`inner` for the elements that stand for two, 1 for the others."""
    raw = raw_of(like)
    ends = (1, 0) if length < 2 else (1, 1 - length % 2)
    parts = (1.0, ends[0]), (inner, length // 2 + 1 - sum(ends)), (1.0, ends[1])
    return torch.cat(
        [torch.full((size,), value, dtype=raw.dtype, device=raw.device) for value, size in parts]
    )


def _fit(x: Any, shape: Any, rank: int) -> Any:
    """`x` cut off or filled up with zeros to `shape` in its last axes."""
    have = shape_of(x)
    for axis in range(len(have) - rank, len(have)):
        if have[axis] > shape[axis]:
            index = (slice(None),) * axis + (slice(0, shape[axis]),)
            x = x[index]
    have = shape_of(x)
    if have != shape:
        x = pad(x, paddings=tuple([(0, wanted - size) for wanted, size in zip(shape, have, strict=True)]))
    return x


def filled(x: Any, sizes: Any) -> Any:
    """`x` with zeros after its elements, so that the last axes have these sizes at least, which graphs ask for."""
    have = shape_of(x)
    before = len(have) - len(sizes)
    more = [max(0, wanted - n) for wanted, n in zip(sizes, have[before:], strict=True)]
    return pad(x, paddings=((0, 0),) * before + tuple([(0, n) for n in more])) if any(more) else x


def _real_pair(forward: Any, inverse: Any, rank: int) -> None:
    """The rules of a transform of real numbers and its inverse."""

    @gradient(forward.op.name)
    def _forward(op: Any, dy: Any) -> Any:
        length = op.attrs["fft_length"]
        grad = inverse(dy * _weights(dy, length[-1], 0.5), fft_length=length) * float(math.prod(length))
        return _fit(grad, op.shapes[0], rank)

    @gradient(inverse.op.name)
    def _inverse(op: Any, dy: Any) -> Any:
        length = op.attrs["fft_length"]
        grad = forward(dy, fft_length=length)
        return _fit(grad * (_weights(grad, length[-1], 2.0) / float(math.prod(length))), op.shapes[0], rank)


_real_pair(rfft, irfft, 1)
_real_pair(rfft2d, irfft2d, 2)


linear("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D", "RFFT", "IRFFT", "RFFT2D", "IRFFT2D")
