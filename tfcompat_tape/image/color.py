"""Colours: conversions between their spaces, and adjustments. Colours stand in the last axis.

Integer images are taken as fractions of their dtype's maximum and brought back to it.
"""

from __future__ import annotations

from typing import Any

from tfcompat_tape.arrays.joining import tile
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import DType, as_dtype, float16, float32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed, type_name
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.image._common import as_image
from tfcompat_tape.linalg.products import tensordot
from tfcompat_tape.math.casting import saturate_cast
from tfcompat_tape.math.reductions import reduce_std
from tfcompat_tape.ops import colors as ops
from tfcompat_tape.ops.arithmetic import add_v2, mul, real_div, sub
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.extrema import maximum
from tfcompat_tape.ops.powers import pow_
from tfcompat_tape.ops.reductions import mean
from tfcompat_tape.ops.rounding import floor_div
from tfcompat_tape.ops.shapes import expand_dims

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "convert_image_dtype",
    "grayscale_to_rgb",
    "hsv_to_rgb",
    "per_image_standardization",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "rgb_to_yiq",
    "rgb_to_yuv",
    "yiq_to_rgb",
    "yuv_to_rgb",
]


def _tensor(value: Any, preferred: DType | None = None) -> Tensor:
    return value if type(value) is Tensor else own(value, preferred)


def _as(x: Tensor, dtype: DType) -> Tensor:
    return x if x.dtype == dtype else cast(x, SrcT=x.dtype, DstT=dtype)


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Tensor:
    """The image in another dtype: floating images range from 0 to 1, integer ones to their maximum.

    `saturate`: what is out of the range is clipped rather than wrapped around. Errors: AttributeError for a dtype that
    is neither floating nor integer. Source: `tf.image.convert_image_dtype`.

    >>> import tfcompat_tape as tf
    >>> tf.image.convert_image_dtype([0.0, 0.5, 1.0], tf.uint8).numpy().tolist()
    [0, 127, 255]
    """
    x, to = _tensor(image), as_dtype(dtype)
    if not (to.is_floating or to.is_integer):
        raise AttributeError("dtype must be either floating point or integer")
    if x.dtype == to:
        return x
    if x.dtype.is_integer and to.is_integer:
        return _between_integers(x, to, saturate)
    if x.dtype.is_floating and to.is_floating:
        return _as(x, to)
    if x.dtype.is_integer:
        return mul(_as(x, to), 1.0 / x.dtype.max)
    scaled = mul(x, to.max + 0.5)
    return saturate_cast(scaled, to) if saturate else _as(scaled, to)


def _between_integers(x: Tensor, to: DType, saturate: bool) -> Tensor:
    old, new = int(x.dtype.max), int(to.max)
    if old > new:
        scaled = floor_div(x, (old + 1) // (new + 1))
        return saturate_cast(scaled, to) if saturate else _as(scaled, to)
    wide = saturate_cast(x, to) if saturate else _as(x, to)
    return mul(wide, (new + 1) // (old + 1))


def _floating(x: Tensor) -> Tensor:
    """float16 and float32 as they are, anything else as float32."""
    return x if x.dtype in (float16, float32) else convert_image_dtype(x, float32)


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """The brightness of each colour, as one channel: 0.2989 red + 0.587 green + 0.114 blue.

    Source: `tf.image.rgb_to_grayscale`.

    >>> import tfcompat_tape as tf
    >>> print(tf.image.rgb_to_grayscale([[1.0, 0.0, 1.0]]).numpy().round(4))
    [[0.4129]]
    """
    x = _tensor(images)
    wide = convert_image_dtype(x, float32)
    gray = tensordot(wide, convert([0.2989, 0.5870, 0.1140]), [[-1], [-1]])
    return convert_image_dtype(expand_dims(gray, dim=-1), x.dtype)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """The one channel three times.

    Errors: ValueError for another number of channels. Source: `tf.image.grayscale_to_rgb`.

    >>> import tfcompat_tape as tf
    >>> tf.image.grayscale_to_rgb([[2.0]]).numpy().tolist()
    [[2.0, 2.0, 2.0]]
    """
    x = _tensor(images)
    shape = x._t.shape
    if not shape or shape[-1] != 1:
        raise ValueError("Last dimension of a grayscale image should be size 1.")
    result: Tensor = tile(x, [1] * (len(shape) - 1) + [3])
    return result


def rgb_to_hsv(images: Any, name: str | None = None) -> Tensor:
    """Hue, saturation and value, all from 0 to 1, of colours from 0 to 1.

    Errors: FailedPreconditionError unless there are 3 channels. Source: `tf.image.rgb_to_hsv`.

    >>> import tfcompat_tape as tf
    >>> tf.image.rgb_to_hsv([[0.0, 0.5, 0.5]]).numpy().tolist()
    [[0.5, 1.0, 0.5]]
    """
    return ops.rgb_to_hsv(_tensor(images, float32))


def hsv_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """The inverse of `rgb_to_hsv`. As in TensorFlow it has no gradient.

    Source: `tf.image.hsv_to_rgb`.

    >>> import tfcompat_tape as tf
    >>> tf.image.hsv_to_rgb([[0.5, 1.0, 0.5]]).numpy().tolist()
    [[0.0, 0.5, 0.5]]
    """
    return ops.hsv_to_rgb(_tensor(images, float32))


def _mixed(images: Any, kernel: list[list[float]]) -> Tensor:
    x = _tensor(images)
    result: Tensor = tensordot(x, convert(kernel, x.dtype), [[len(x._t.shape) - 1], [0]])
    return result


_TO_YIQ = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_FROM_YIQ = [[1.0, 1.0, 1.0], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_FROM_YUV = [[1.0, 1.0, 1.0], [0.0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0.0]]


def rgb_to_yiq(images: Any) -> Tensor:
    """Red, green, blue to luma and the chroma of NTSC. Source: `tf.image.rgb_to_yiq`.

    >>> import tfcompat_tape as tf
    >>> print(tf.image.rgb_to_yiq([[1.0, 0.0, 0.0]]).numpy().round(4))
    [[0.299 0.5959 0.2115]]
    """
    return _mixed(images, _TO_YIQ)


def yiq_to_rgb(images: Any) -> Tensor:
    """The inverse of `rgb_to_yiq`. Source: `tf.image.yiq_to_rgb`.

    >>> import tfcompat_tape as tf
    >>> tf.image.yiq_to_rgb([[0.5, 0.0, 0.0]]).numpy().tolist()
    [[0.5, 0.5, 0.5]]
    """
    return _mixed(images, _FROM_YIQ)


def rgb_to_yuv(images: Any) -> Tensor:
    """Red, green, blue to luma and the chroma of PAL. Source: `tf.image.rgb_to_yuv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.image.rgb_to_yuv([[1.0, 0.0, 0.0]]).numpy().round(4))
    [[ 0.299 -0.1471 0.615 ]]
    """
    return _mixed(images, _TO_YUV)


def yuv_to_rgb(images: Any) -> Tensor:
    """The inverse of `rgb_to_yuv`. Source: `tf.image.yuv_to_rgb`.

    >>> import tfcompat_tape as tf
    >>> tf.image.yuv_to_rgb([[0.5, 0.0, 0.0]]).numpy().tolist()
    [[0.5, 0.5, 0.5]]
    """
    return _mixed(images, _FROM_YUV)


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """The image with `delta`, a fraction of the maximum, added.

    Source: `tf.image.adjust_brightness`.

    >>> import tfcompat_tape as tf
    >>> tf.image.adjust_brightness([0.0, 0.5], 0.25).numpy().tolist()
    [0.25, 0.75]
    """
    x = _tensor(image)
    wide = _floating(x)
    return convert_image_dtype(add_v2(wide, _as(_tensor(delta), wide.dtype)), x.dtype, saturate=True)


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """The difference of each pixel from its channel's mean multiplied by `contrast_factor`.

    As in TensorFlow it has no gradient (LookupError). Source: `tf.image.adjust_contrast`.

    >>> import tfcompat_tape as tf
    >>> tf.image.adjust_contrast([[[1.0], [3.0]]], 2.0).numpy()[:, :, 0].tolist()
    [[0.0, 4.0]]
    """
    x = _tensor(images)
    factor = _tensor(contrast_factor)._t
    return convert_image_dtype(
        ops.adjust_contrast(_floating(x), contrast_factor=factor), x.dtype, saturate=True
    )


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """gain * image ** gamma.

    Errors: ValueError for a negative gamma, InvalidArgumentError for one that is a Tensor.
    Source: `tf.image.adjust_gamma`.

    >>> import tfcompat_tape as tf
    >>> tf.image.adjust_gamma([0.5, 1.0], gamma=2.0).numpy().tolist()
    [0.25, 1.0]
    """
    x = _tensor(image)
    wide = _floating(x)
    fits = gamma >= 0
    if isinstance(fits, Tensor):
        if reading.known(fits._t) is not None and not bool(fits):
            raise invalid("Gamma should be a non-negative real number.")
    elif not fits:
        raise ValueError("Gamma should be a non-negative real number.")
    return convert_image_dtype(mul(gain, pow_(wide, gamma)), x.dtype, saturate=True)


@composed
def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """The hue of each colour turned by `delta`, a fraction of the circle.

    As in TensorFlow it has no gradient (LookupError). Errors: ValueError for a delta outside [-1, 1].
    Source: `tf.image.adjust_hue`.

    >>> import tfcompat_tape as tf
    >>> tf.image.adjust_hue([[[1.0, 0.0, 0.0]]], 0.5).numpy().ravel().tolist()
    [0.0, 1.0, 1.0]
    """
    by = _factor("AdjustHue", delta)
    if type(by) is float and not -1.0 <= by <= 1.0:  # a graph of TensorFlow's does not look
        raise ValueError("delta must be in the interval [-1, 1]")
    x = _tensor(image)
    return convert_image_dtype(ops.adjust_hue(_floating(x), by=by), x.dtype)


@composed
def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """The saturation of each colour multiplied by `saturation_factor` (and at most 1).

    As in TensorFlow it has no gradient (LookupError). Source: `tf.image.adjust_saturation`.

    >>> import tfcompat_tape as tf
    >>> tf.image.adjust_saturation([[[1.0, 0.0, 0.0]]], 0.5).numpy().ravel().tolist()
    [1.0, 0.5, 0.5]
    """
    x = _tensor(image)
    by = _factor("AdjustSaturation", saturation_factor)
    return convert_image_dtype(ops.adjust_saturation(_floating(x), by=by), x.dtype)


def _factor(op: str, value: Any) -> Any:
    """A scalar of float32 as a number, or as a raw tensor where a trace leaves its value open.

    Raises:
      InvalidArgumentError: it is of another dtype, or no scalar.
    """
    x = own(value, float32)
    if x.dtype != float32:
        raise invalid(
            f"cannot compute {op} as input #1(zero-based) was expected to be a float tensor but is a "
            f"{type_name(x.dtype)} tensor"
        )
    if x._t.shape:
        raise invalid(f"{op}: scale must be a scalar, got the shape {x.shape}.")
    return x._t if reading.known(x._t) is None else float(x._t)


def per_image_standardization(image: Any) -> Tensor:
    """Each image with its mean subtracted, divided by its standard deviation (at least 1 / sqrt(number of elements)).

    Errors: ValueError for less than three axes. Source: `tf.image.per_image_standardization`.

    >>> import tfcompat_tape as tf
    >>> tf.image.per_image_standardization([[[1.0], [3.0]]]).numpy().ravel().tolist()
    [-1.0, 1.0]
    """
    x, axis = as_image(image, exact=False)
    count = 1
    for n in x._t.shape[-3:]:
        count *= n
    wide = _as(x, float32)
    axes = (axis, axis + 1, axis + 2)
    centred = sub(wide, mean(wide, axis=axes, keep_dims=True))
    deviation = reduce_std(wide, axes, keepdims=True)
    return real_div(centred, maximum(deviation, count**-0.5))
