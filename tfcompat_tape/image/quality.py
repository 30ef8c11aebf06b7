"""Edges of images, and how much two images differ."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.arrays.joining import pad, stack
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.image.color import convert_image_dtype
from tfcompat_tape.nn.convolution import depthwise_conv2d
from tfcompat_tape.nn.pooling import avg_pool2d
from tfcompat_tape.ops.activations import relu
from tfcompat_tape.ops.arithmetic import abs_, mul, square, squared_difference, sub
from tfcompat_tape.ops.elementary import log
from tfcompat_tape.ops.reductions import mean, prod, sum_
from tfcompat_tape.ops.shapes import reshape

__all__ = ["image_gradients", "psnr", "sobel_edges", "ssim", "ssim_multiscale", "total_variation"]


def _tensor(value: Any) -> Tensor:
    return value if type(value) is Tensor else convert(value)


def image_gradients(image: Any) -> tuple[Tensor, Tensor]:
    """Differences to the next row and to the next column; 0 in the last ones.

    image: (batch, height, width, channels). Errors: ValueError for another number of axes.
    Source: `tf.image.image_gradients`.

    >>> import tfcompat_tape as tf
    >>> dy, dx = tf.image.image_gradients([[[[1.0], [2.0]], [[4.0], [8.0]]]])
    >>> dy.numpy().ravel().tolist(), dx.numpy().ravel().tolist()
    ([3.0, 6.0, 0.0, 0.0], [1.0, 0.0, 4.0, 0.0])
    """
    x: Any = _tensor(image)
    if len(x._t.shape) != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {x.shape}.")
    down = pad(sub(x[:, 1:], x[:, :-1]), [[0, 0], [0, 1], [0, 0], [0, 0]])
    across = pad(sub(x[:, :, 1:], x[:, :, :-1]), [[0, 0], [0, 0], [0, 1], [0, 0]])
    return down, across


def total_variation(images: Any, name: str | None = None) -> Tensor:
    """The sum of the absolute differences of neighbouring pixels, of each image.

    Errors: ValueError unless there are 3 or 4 axes. Source: `tf.image.total_variation`.

    >>> import tfcompat_tape as tf
    >>> tf.image.total_variation([[[1.0], [2.0]], [[4.0], [8.0]]]).numpy()
    np.float32(14.0)
    """
    x: Any = _tensor(images)
    rank = len(x._t.shape)
    if rank not in (3, 4):
        raise ValueError("'images' must be either 3 or 4-dimensional.")
    lead = (slice(None),) * (rank - 3)
    down = sub(x[(*lead, slice(1, None))], x[(*lead, slice(None, -1))])
    across = sub(x[(*lead, slice(None), slice(1, None))], x[(*lead, slice(None), slice(None, -1))])
    axes = (rank - 3, rank - 2, rank - 1)
    return sum_(abs_(down), axis=axes) + sum_(abs_(across), axis=axes)  # type: ignore[operator]


@composed
def sobel_edges(image: Any) -> Tensor:
    """Sobel's edges of (batch, height, width, channels): vertical differences first, then horizontal, in a last axis.

    Source: `tf.image.sobel_edges`.

    >>> import tfcompat_tape as tf
    >>> tf.image.sobel_edges(tf.ones([1, 3, 4, 2])).shape
    TensorShape([1, 3, 4, 2, 2])
    """
    x = _tensor(image)
    depth = x._t.shape[-1]
    down = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]
    kernel = torch.tensor(down, dtype=x._t.dtype, device=x._t.device)
    kernels = torch.stack([kernel, kernel.T], -1)[:, :, None, :].expand(3, 3, depth, 2)
    padded = pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = depthwise_conv2d(padded, Tensor(kernels, None), [1, 1, 1, 1], "VALID")
    return reshape(edges, shape=(*x._t.shape, 2))


def _comparable(a: Any, b: Any, max_val: Any) -> tuple[Tensor, Tensor, float]:
    """Both images in float32, from 0 to 1 if they were integers, and the maximum in the same scale."""
    x, y = _tensor(a), _tensor(b)
    scale = 1.0 / x.dtype.max if x.dtype.is_integer else 1.0
    top = float(_tensor(max_val)._t) * scale
    return convert_image_dtype(x, float32), convert_image_dtype(y, float32), top


@composed
def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """The peak signal-to-noise ratio of two images in decibels: 20 log10(max_val) - 10 log10(mean squared difference).

    a, b: (..., height, width, channels), of one dtype; max_val: the greatest possible pixel. Source: `tf.image.psnr`.

    >>> import tfcompat_tape as tf
    >>> print(tf.image.psnr([[[0.0]]], [[[0.1]]], max_val=1.0).numpy().round(4))
    20.0
    """
    x, y, top = _comparable(a, b, max_val)
    difference = squared_difference(x, y)
    if len(difference._t.shape) < 3:
        raise invalid(f"psnr: images must have at least 3 axes, got shapes {x.shape} and {y.shape}.")
    error = mean(difference, axis=(-3, -2, -1))
    for image in (x, y):
        if len(image._t.shape) < 3:
            raise ValueError(f"Shape {image.shape} must have rank at least 3")
    return sub(20.0 * math.log(top) / math.log(10.0), mul(10.0 / math.log(10.0), log(error)))


def _gauss(size: int, sigma: float, like: Tensor) -> Tensor:
    """A filter of a depthwise convolution that averages by a normal distribution."""
    places = torch.arange(size, dtype=like._t.dtype, device=like._t.device) - (size - 1) / 2
    weights = places.square() * (-0.5 / sigma**2)
    square_ = torch.softmax((weights[:, None] + weights[None, :]).flatten(), 0).reshape(size, size, 1, 1)
    return Tensor(square_.expand(size, size, like._t.shape[-1], 1), None)


def _similarity(x: Any, y: Any, top: float, size: int, sigma: float, k1: float, k2: float) -> tuple[Any, Any]:
    """Maps of structural similarity and of its part without the brightness."""
    kernel = _gauss(size, sigma, x)

    def smooth(z: Tensor) -> Any:
        shape = z._t.shape
        flat = reshape(z, shape=(math.prod(shape[:-3]), *shape[-3:]))
        found = depthwise_conv2d(flat, kernel, [1, 1, 1, 1], "VALID")
        return reshape(found, shape=(*shape[:-3], *found._t.shape[1:]))

    c1, c2 = (k1 * top) ** 2, (k2 * top) ** 2
    mean_x, mean_y = smooth(x), smooth(y)
    product, squares = mean_x * mean_y * 2.0, square(mean_x) + square(mean_y)
    brightness = (product + c1) / (squares + c1)
    structure = (smooth(x * y) * 2.0 - product + c2) / (smooth(square(x) + square(y)) - squares + c2)
    return brightness * structure, structure


def _check_sizes(x: Tensor, y: Tensor, size: int) -> None:
    shape, other = x._t.shape, y._t.shape
    if len(shape) < 3 or shape[-3:] != other[-3:]:
        raise ValueError(f"The two images must have one size. Received: {x.shape} and {y.shape}")
    if min(shape[-3:-1]) < size:
        raise invalid(
            f"ssim: Expected to be true: images must be at least as large as the filter, {size} x {size}, "
            f"got {x.shape}."
        )


@composed
def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Tensor:
    """The structural similarity of two images (..., height, width, channels): 1 where they are equal.

    Averages are taken by a Gaussian window; `return_index_map`: one number per window rather than per image.
    Errors: InvalidArgumentError for images of different sizes or smaller than the window. Source: `tf.image.ssim`.

    >>> import tfcompat_tape as tf
    >>> print(tf.image.ssim(tf.ones([11, 11, 1]), tf.ones([11, 11, 1]), max_val=1.0).numpy())
    1.0
    """
    x, y, top = _comparable(img1, img2, max_val)
    _check_sizes(x, y, filter_size)
    value, _ = _similarity(x, y, top, filter_size, filter_sigma, k1, k2)
    return mean(value if return_index_map else mean(value, axis=(-3, -2)), axis=(-1,))


@composed
def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity at several scales, each half the one before, as a product of powers.

    Errors: InvalidArgumentError for images that are smaller than the window at some scale.
    Source: `tf.image.ssim_multiscale`.

    >>> import tfcompat_tape as tf
    >>> one = tf.ones([1, 12, 12, 1])
    >>> print(tf.image.ssim_multiscale(one, one, 1.0, power_factors=(0.5, 0.5), filter_size=3).numpy())
    [1.]
    """
    x, y, top = _comparable(img1, img2, max_val)
    factors = list(power_factors)
    parts = []
    for step in range(len(factors)):
        if step:
            x, y = _halved(x), _halved(y)
        _check_sizes(x, y, filter_size)
        value, structure = _similarity(x, y, top, filter_size, filter_sigma, k1, k2)
        last = step == len(factors) - 1
        parts.append(relu(mean(value if last else structure, axis=(-3, -2))))
    powers = stack(parts, axis=-1) ** convert(factors, parts[0].dtype)
    return mean(prod(powers, axis=(-1,)), axis=(-1,))


def _halved(x: Tensor) -> Tensor:
    """Averages of 2 x 2 pixels; an odd last row or column counts twice."""
    shape = x._t.shape
    flat = reshape(x, shape=(math.prod(shape[:-3]), *shape[-3:]))
    odd = [shape[-3] % 2, shape[-2] % 2]
    if any(odd):
        flat = pad(flat, [[0, 0], [0, odd[0]], [0, odd[1]], [0, 0]], mode="SYMMETRIC")
    half = avg_pool2d(flat, 2, 2, "VALID")
    return reshape(half, shape=(*shape[:-3], *half._t.shape[1:]))
