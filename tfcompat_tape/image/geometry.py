"""Images turned, mirrored, cropped and padded. They are (height, width, channels) or a batch of such.

Pixels are only moved, so every dtype will do, and gradients move back. ValueError for another number of axes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.arrays.joining import pad
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, bool_, int32, int64, string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.image._common import as_image, cut
from tfcompat_tape.image.resizing import resize
from tfcompat_tape.ops import projective as _projective  # noqa: F401  # its ops are entered
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.joining import pack
from tfcompat_tape.ops.shapes import reverse
from tfcompat_tape.ops.shapes import transpose as _transpose

__all__ = [
    "central_crop",
    "crop_to_bounding_box",
    "flip_left_right",
    "flip_up_down",
    "pad_to_bounding_box",
    "resize_with_crop_or_pad",
    "resize_with_pad",
    "rot90",
    "transpose",
]


def flip_left_right(image: Any) -> Tensor:
    """The image mirrored left to right.

    Source: `tf.image.flip_left_right`.

    >>> import tfcompat_tape as tf
    >>> tf.image.flip_left_right([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0].tolist()
    [[2, 1], [4, 3]]
    """
    x, axis = as_image(image)
    return reverse(x, axis=(axis + 1,))


def flip_up_down(image: Any) -> Tensor:
    """The image mirrored top to bottom.

    Source: `tf.image.flip_up_down`.

    >>> import tfcompat_tape as tf
    >>> tf.image.flip_up_down([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0].tolist()
    [[3, 4], [1, 2]]
    """
    x, axis = as_image(image)
    return reverse(x, axis=(axis,))


def transpose(image: Any, name: str | None = None) -> Tensor:
    """The image with height and width exchanged.

    Source: `tf.image.transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.image.transpose([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0].tolist()
    [[1, 3], [2, 4]]
    """
    x, axis = as_image(image)
    return _transpose(x, perm=(0, 2, 1, 3) if axis else (1, 0, 2))


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """The image turned `k` times by 90 degrees, counter-clockwise.

    Errors: TypeError or ValueError if `k` is not an integer scalar. Source: `tf.image.rot90`.

    >>> import tfcompat_tape as tf
    >>> tf.image.rot90([[[1], [2]], [[3], [4]]]).numpy()[:, :, 0].tolist()
    [[2, 4], [1, 3]]
    """
    x, axis = as_image(image)
    turns = convert(k, int32)
    if turns._t.shape:
        raise ValueError(f"Shape {turns.shape} must have rank 0")
    if reading.known(turns._t) is None and x._t.shape[axis] == x._t.shape[axis + 1]:
        one = reverse(_transpose(x, perm=(0, 2, 1, 3) if axis else (1, 0, 2)), axis=(axis,))
        half = reverse(x, axis=(axis, axis + 1))
        return gather(pack(x, one, half, reverse(one, axis=(axis, axis + 1))), turns % 4)
    times = int(reading.item(turns._t)) % 4
    if times == 2:
        return reverse(x, axis=(axis, axis + 1))
    if times:
        x = _transpose(x, perm=(0, 2, 1, 3) if axis else (1, 0, 2))
        x = reverse(x, axis=(axis if times == 1 else axis + 1,))
    return x


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """The middle of the image, `central_fraction` of its height and width.

    Errors: ValueError for a fraction outside (0, 1]. Source: `tf.image.central_crop`.

    >>> import tfcompat_tape as tf
    >>> tf.image.central_crop(tf.ones([4, 6, 1]), 0.5).shape
    TensorShape([2, 4, 1])
    """
    x, axis = as_image(image)
    if not 0.0 < central_fraction <= 1.0:
        raise ValueError("central_fraction must be within (0, 1]")
    if central_fraction == 1.0:
        return x
    height, width = x._t.shape[axis : axis + 2]
    top, left = [int((n - n * central_fraction) / 2) for n in (height, width)]
    return cut(x, axis, top, left, height - 2 * top, width - 2 * left)


def _pixels(value: Any, what: str, exact: bool = False) -> int:
    """A number of pixels that TensorFlow computes with as it is, and packs with Python's integers in the end.

    With `exact`, NumPy's floats are a TypeError, as Python's are.
    """
    if type(value) is int or isinstance(value, (bool, np.integer)):
        return int(value)
    if type(value) is torch.SymInt:  # another one at each call
        return value
    dtype = getattr(value, "dtype", None)
    if isinstance(value, (Tensor, np.ndarray, np.generic)) or hasattr(value, "_read"):
        if dtype in (bool_, np.bool_, string, object) or (
            exact and isinstance(dtype, np.dtype) and dtype.kind == "f"
        ):
            raise TypeError(f"{what} must be an integer, got {value!r}.")
        if dtype != int32 if isinstance(dtype, DType) else not np.issubdtype(dtype, np.integer):
            raise invalid(f"{what} must be of dtype int32, got {value!r}.")
        return int(value)
    raise TypeError(f"{what} must be an integer, got {value!r}.")


def _require(*claims: tuple[bool, str]) -> None:
    for holds, message in claims:
        if not holds:
            raise ValueError(message)


def crop_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Tensor:
    """The rectangle of `target_height` x `target_width` pixels below and right of the offsets.

    Errors: ValueError for a rectangle that is empty or not within the image. Source: `tf.image.crop_to_bounding_box`.

    >>> import tfcompat_tape as tf
    >>> tf.image.crop_to_bounding_box([[[1], [2]], [[3], [4]]], 1, 0, 1, 2).numpy()[:, :, 0].tolist()
    [[3, 4]]
    """
    x, axis = as_image(image)
    height, width = x._t.shape[axis : axis + 2]
    _require(
        (offset_width >= 0, "offset_width must be >= 0."),
        (offset_height >= 0, "offset_height must be >= 0."),
        (target_width > 0, "target_width must be > 0."),
        (target_height > 0, "target_height must be > 0."),
        (width >= target_width + offset_width, "width must be >= target + offset."),
        (height >= target_height + offset_height, "height must be >= target + offset."),
    )
    top, left = _pixels(offset_height, "offset_height"), _pixels(offset_width, "offset_width")
    return cut(
        x,
        axis,
        top,
        left,
        _pixels(target_height, "target_height", True),
        _pixels(target_width, "target_width", True),
    )


def pad_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Tensor:
    """The image in a frame of zeros of `target_height` x `target_width` pixels, below and right of the offsets.

    Errors: ValueError where the frame is too small. Source: `tf.image.pad_to_bounding_box`.

    >>> import tfcompat_tape as tf
    >>> tf.image.pad_to_bounding_box([[[1], [2]]], 1, 0, 2, 3).numpy()[:, :, 0].tolist()
    [[0, 0, 0], [1, 2, 0]]
    """
    x, axis = as_image(image)
    height, width = x._t.shape[axis : axis + 2]
    below, right = target_height - offset_height - height, target_width - offset_width - width
    _require(
        (offset_height >= 0, "offset_height must be >= 0"),
        (offset_width >= 0, "offset_width must be >= 0"),
        (right >= 0, "width must be <= target - offset"),
        (below >= 0, "height must be <= target - offset"),
    )
    frame = [[offset_height, below], [offset_width, right], [0, 0]]
    for value in (offset_height, below, offset_width, right):
        if (isinstance(value, Tensor) or hasattr(value, "_read")) and value.dtype not in (int32, int64):
            raise invalid(f"pad_to_bounding_box: sizes must be integers, got {value!r}.")
    result: Tensor = pad(x, [[0, 0], *frame] if axis else frame)
    return result


@composed
def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> Tensor:
    """The image brought to a size by cropping its middle or centring it in zeros.

    Errors: ValueError for a size that is not positive. Source: `tf.image.resize_with_crop_or_pad`.

    >>> import tfcompat_tape as tf
    >>> tf.image.resize_with_crop_or_pad([[[1], [2], [3]]], 2, 1).numpy()[:, :, 0].tolist()
    [[2], [0]]
    """
    x, axis = as_image(image)
    target_height = _pixels(target_height, "target_height")
    target_width = _pixels(target_width, "target_width")
    _require(
        (target_width > 0, "target_width must be > 0."),
        (target_height > 0, "target_height must be > 0."),
    )
    height, width = x._t.shape[axis : axis + 2]
    down, across = target_height - height, target_width - width
    x = crop_to_bounding_box(
        x, max(-down // 2, 0), max(-across // 2, 0), min(target_height, height), min(target_width, width)
    )
    return pad_to_bounding_box(x, max(down // 2, 0), max(across // 2, 0), target_height, target_width)


@composed
def resize_with_pad(
    image: Any, target_height: int, target_width: int, method: str = "bilinear", antialias: bool = False
) -> Tensor:
    """The image resized as far as it fits without distortion, and centred in zeros.

    Errors: ValueError for a size that is not positive. Source: `tf.image.resize_with_pad`.

    >>> import tfcompat_tape as tf
    >>> tf.image.resize_with_pad(tf.ones([2, 2, 1]), 1, 3).numpy()[:, :, 0].tolist()
    [[0.0, 1.0, 0.0]]
    """
    x, axis = as_image(image)
    _require(
        (target_width > 0, "target_width must be > 0."),
        (target_height > 0, "target_height must be > 0."),
    )
    target_height = _pixels(target_height, "target_height", True)
    target_width = _pixels(target_width, "target_width", True)
    height, width = x._t.shape[axis : axis + 2]
    ratio = max(width / target_width, height / target_height)
    exact = (height / ratio, width / ratio)
    top, left = [
        max(math.floor((t - n) / 2), 0) for t, n in zip((target_height, target_width), exact, strict=True)
    ]
    new = resize(x, [math.floor(n) for n in exact], method=method, antialias=antialias)
    return pad_to_bounding_box(new, top, left, target_height, target_width)
