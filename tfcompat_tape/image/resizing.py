"""Images brought to another size."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32, int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import resizing as ops
from tfcompat_tape.ops.arguments import as_bool, as_ints
from tfcompat_tape.ops.cropping import crop_and_resize as _crop_and_resize
from tfcompat_tape.ops.shapes import expand_dims, squeeze

__all__ = ["ResizeMethod", "crop_and_resize", "resize"]


class ResizeMethod:
    """Names of the methods of `resize`. Source: `tf.image.ResizeMethod`.

    >>> import tfcompat_tape as tf
    >>> image = tf.reshape(tf.range(4.0), [2, 2, 1])
    >>> print(tf.image.resize(image, [2, 4], tf.image.ResizeMethod.NEAREST_NEIGHBOR)[0, :, 0].numpy())
    [0. 0. 1. 1.]
    """

    AREA = "area"
    BICUBIC = "bicubic"
    BILINEAR = "bilinear"
    GAUSSIAN = "gaussian"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    MITCHELLCUBIC = "mitchellcubic"
    NEAREST_NEIGHBOR = "nearest"


_SAMPLED = {"lanczos3", "lanczos5", "gaussian", "mitchellcubic"}


def resize(
    images: Any,
    size: Any,
    method: str = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Tensor:
    """Images (height, width, channels), or a batch of them, brought to `size`: (height, width).

    The result is float32, or of the images' dtype for 'nearest'. `antialias` widens the
    kernels of all methods but 'nearest' and 'area' when shrinking. As in TensorFlow the gradient does not differentiate
    again. Errors: ValueError for another number of axes, an unknown method or a size that is not two integers.
    Source: `tf.image.resize`.

    >>> import tfcompat_tape as tf
    >>> tf.image.resize([[[1.0], [2.0]]], [1, 4]).numpy()[:, :, 0].tolist()
    [[1.0, 1.25, 1.75, 2.0]]
    """
    x = images if type(images) is Tensor else convert(images)
    rank = len(x._t.shape)
    if rank not in (3, 4):
        raise ValueError("'images' must have either 3 or 4 dimensions.")
    height, width = _new_size(size, x._t.shape[rank - 3 : rank - 1], preserve_aspect_ratio)
    batch = expand_dims(x, dim=0) if rank == 3 else x
    result = _resized(batch, (height, width), method, antialias)
    return squeeze(result, squeeze_dims=(0,)) if rank == 3 else result


def _new_size(size: Any, old: Any, preserve: bool) -> tuple[int, int]:
    try:
        given = convert(size, int32)
    except (TypeError, ValueError) as error:
        raise ValueError("'size' must be a 1-D int32 Tensor") from error
    if tuple(given._t.shape) != (2,):
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    height, width = as_ints(given, "size")
    if preserve:
        scale = min(height / old[0], width / old[1])
        height, width = round(scale * old[0]), round(scale * old[1])
    return height, width


def _resized(x: Tensor, size: tuple[int, int], method: str, antialias: bool) -> Tensor:
    if method == ResizeMethod.NEAREST_NEIGHBOR:
        return ops.resize_nearest_neighbor(x, size=size, half_pixel_centers=True)
    if method == ResizeMethod.AREA:
        return ops.resize_area(x, size=size)
    if method == ResizeMethod.BILINEAR and not antialias:
        return ops.resize_bilinear(x, size=size, half_pixel_centers=True)
    if method == ResizeMethod.BICUBIC and not antialias:
        return ops.resize_bicubic(x, size=size, half_pixel_centers=True)
    kernel = {ResizeMethod.BILINEAR: "triangle", ResizeMethod.BICUBIC: "keyscubic"}.get(method, method)
    if kernel == method and method not in _SAMPLED:
        raise ValueError(f"Resize method is not implemented: {method}")
    scale = tuple([new / max(old, 1) for new, old in zip(size, x._t.shape[1:3], strict=True)])
    return ops.scale_and_translate(
        x,
        size=size,
        scale=scale,
        translation=(0.0, 0.0),
        kernel_type=kernel,
        antialias=as_bool(antialias, "antialias", True),
    )


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
    name: str | None = None,
) -> Tensor:
    """Each box (top, left, bottom, right, in fractions of the image) of the image that its index names, at `crop_size`.

    Image and boxes get gradients, once. Errors: InvalidArgumentError for shapes that do not fit, OutOfRangeError for an
    index that is no image. Source: `tf.image.crop_and_resize`.

    >>> import tfcompat_tape as tf
    >>> image = [[[[1.0], [2.0]], [[3.0], [4.0]]]]
    >>> tf.image.crop_and_resize(image, [[0.0, 0.0, 1.0, 0.5]], [0], [2, 2]).numpy()[0, :, :, 0].tolist()
    [[1.0, 1.5], [3.0, 3.5]]
    """
    x = image if type(image) is Tensor else convert(image)
    frames, index = convert(boxes, float32), convert(box_indices, int32)
    size = as_ints(crop_size, "crop_size", to=int32, beside=(image, boxes, box_indices))
    return _crop_and_resize(
        x, frames, index, crop_size=size, method=method, extrapolation_value=extrapolation_value
    )
