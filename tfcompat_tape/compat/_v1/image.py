"""Image functions with the arguments of version 1: `align_corners`, methods by numbers."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.arguments import either
from tfcompat_tape.core.convert import convert


class ResizeMethod:
    """The methods of `resize`. Source: `tf.compat.v1.image.ResizeMethod`."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


def _resizer(name: str, op: str) -> Any:
    def resize(
        images: Any,
        size: Any,
        align_corners: bool = False,
        name: str | None = None,
        half_pixel_centers: bool = False,
    ) -> Any:
        images = convert(images)
        call = getattr(tf.raw_ops, op)
        return call(
            images=images, size=size, align_corners=align_corners, half_pixel_centers=half_pixel_centers
        )

    resize.__name__ = resize.__qualname__ = name
    resize.__doc__ = f"The op `{op}`. Source: `tf.compat.v1.image.{name}`."
    return resize


resize_bilinear = _resizer("resize_bilinear", "ResizeBilinear")
resize_bicubic = _resizer("resize_bicubic", "ResizeBicubic")
resize_nearest_neighbor = _resizer("resize_nearest_neighbor", "ResizeNearestNeighbor")


def resize_area(images: Any, size: Any, align_corners: bool = False, name: str | None = None) -> Any:
    """The op `ResizeArea`. Source: `tf.compat.v1.image.resize_area`."""
    return tf.raw_ops.ResizeArea(images=images, size=size, align_corners=align_corners)


_METHODS = {
    0: resize_bilinear,
    "bilinear": resize_bilinear,
    1: resize_nearest_neighbor,
    "nearest": resize_nearest_neighbor,
    2: resize_bicubic,
    "bicubic": resize_bicubic,
    3: resize_area,
    "area": resize_area,
}


def resize_images(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Any:
    """Images of another size, by the older sampling without half pixels.

    Args:
      images: `(h, w, c)` or `(b, h, w, c)`.
      size: `(height, width)`.
      method: of `ResizeMethod`, or its name in version 2.
      align_corners: the corners of both grids are the same points.

    Returns:
      float32, except by the nearest neighbour, or where the size stays.

    Raises:
      ValueError: no such method, another number of axes, or a size that is not two numbers.

    Source: `tf.compat.v1.image.resize`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.image.resize(tf.ones([2, 2, 1]), [4, 4]).shape
    TensorShape([4, 4, 1])
    """
    images = convert(images)
    if images.ndim not in (3, 4):
        raise ValueError("'images' must have either 3 or 4 dimensions.")
    single = images.ndim == 3
    batch = tf.expand_dims(images, 0) if single else images
    size = tf.convert_to_tensor(size, tf.int32)
    if size.shape != [2]:
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    height, width = (int(n) for n in size.numpy())
    if preserve_aspect_ratio:
        scale = min(height / batch.shape[1], width / batch.shape[2])
        height, width = round(scale * batch.shape[1]), round(scale * batch.shape[2])
    if (height, width) == tuple(batch.shape[1:3]):
        return images
    if method not in _METHODS:
        raise ValueError("Resize method is not implemented.")
    result = _METHODS[method](batch, [height, width], align_corners=align_corners)
    return tf.squeeze(result, [0]) if single else result


resize = resize_images


def resize_image_with_pad(
    image: Any,
    target_height: int,
    target_width: int,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
) -> Any:
    """Resize within a frame, which is filled with zeros. Source: `tf.compat.v1.image.resize_image_with_pad`."""
    image = convert(image)
    height, width = image.shape[-3], image.shape[-2]
    ratio = max(width / target_width, height / target_height)
    inner = [int(height / ratio), int(width / ratio)]
    resized = resize_images(image, inner, method, align_corners)
    top = max(0, int((target_height - height / ratio) / 2))
    left = max(0, int((target_width - width / ratio) / 2))
    return tf.image.pad_to_bounding_box(resized, top, left, target_height, target_width)


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_ind: Any = None,
    crop_size: Any = None,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
    box_indices: Any = None,
) -> Any:
    """`tf.image.crop_and_resize` with the arguments of version 1. Source: `tf.compat.v1.image.crop_and_resize`."""
    return tf.image.crop_and_resize(
        image,
        boxes,
        either("box_indices", box_indices, "box_ind", box_ind),
        crop_size,
        method,
        extrapolation_value,
    )


def draw_bounding_boxes(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> Any:
    """`tf.image.draw_bounding_boxes` with the arguments of version 1.

    Source: `tf.compat.v1.image.draw_bounding_boxes`.
    """
    return tf.image.draw_bounding_boxes(images, boxes, colors)


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    name: str | None = None,
) -> Any:
    """`tf.image.extract_glimpse` with the arguments of version 1. Source: `tf.compat.v1.image.extract_glimpse`."""
    noise = "uniform" if uniform_noise else "gaussian"
    return tf.image.extract_glimpse(input, size, offsets, centered, normalized, noise)


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    sizes: Any = None,
) -> Any:
    """`tf.image.extract_patches` with the arguments of version 1.

    Source: `tf.compat.v1.image.extract_image_patches`.
    """
    return tf.raw_ops.ExtractImagePatches(
        images=images,
        ksizes=either("sizes", sizes, "ksizes", ksizes),
        strides=strides,
        rates=rates,
        padding=padding,
    )
