"""Boxes in images: drawing them, cutting them out at random, and what lies around a point."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import boxes as _ops  # noqa: F401  # the ops are entered
from tfcompat_tape.ops.raw.calls import named
from tfcompat_tape.ops.seeds import get_seed

__all__ = [
    "draw_bounding_boxes",
    "extract_glimpse",
    "sample_distorted_bounding_box",
    "stateless_sample_distorted_bounding_box",
]


def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: Any = None) -> Any:
    """The images with frames, one pixel wide, around boxes.

    images: float32 or half, (batch, height, width, 1, 3 or 4). boxes: float32, (batch, count, 4), corners (y1, x1,
    y2, x2) in fractions of the image. colors: float32, (n, channels), taken in turn, or `None` for ten of the
    library's. There is no gradient. Errors: InvalidArgumentError for other shapes or dtypes.
    Source: `tf.image.draw_bounding_boxes`.

    >>> import tfcompat_tape as tf
    >>> image = tf.image.draw_bounding_boxes(tf.zeros([1, 3, 3, 1]), [[[0.0, 0.0, 0.9, 0.9]]], [[5.0]])
    >>> image.numpy()[0, :, :, 0].tolist()
    [[5.0, 5.0, 0.0], [5.0, 5.0, 0.0], [0.0, 0.0, 0.0]]
    """
    images, boxes = [x if type(x) is Tensor else convert(x, float32) for x in (images, boxes)]
    if colors is None:
        return named("DrawBoundingBoxes")(images=images, boxes=boxes)
    return named("DrawBoundingBoxesV2")(images=images, boxes=boxes, colors=convert(colors, float32))


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: Any = True,
    normalized: Any = True,
    noise: Any = "uniform",
    name: Any = None,
) -> Any:
    """A window of `size` of each image, at `offsets`.

    input: float32, (batch, height, width, channels). size: two int32, rows and columns. offsets: float32,
    (batch, 2), of the window's center if `centered`; in halves of the image if `normalized`. noise: what
    stands beyond the image, "uniform", "gaussian" or "zero". There is no gradient. Errors:
    InvalidArgumentError for other shapes. Source: `tf.image.extract_glimpse`.

    >>> import tfcompat_tape as tf
    >>> image = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> print(tf.image.extract_glimpse(image, [1, 1], [[0.0, 0.0]], noise="zero").numpy().ravel())
    [4.]
    """
    return named("ExtractGlimpseV2")(
        input=convert(input, float32),
        size=size,
        offsets=convert(offsets, float32),
        centered=centered,
        normalized=normalized,
        uniform_noise=False,
        noise=noise,
    )


def _options(**options: Any) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value is not None}


def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any = 0,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: Any = None,
    use_image_if_no_bounding_boxes: Any = None,
    name: Any = None,
) -> Any:
    """A random crop of an image that shows enough of one of the boxes: `(begin, size, bboxes)`, for `tf.slice`.

    image_size: three integers. bounding_boxes: float32, (batch, count, 4), corners in fractions of the image.
    min_object_covered: which part of a box must be seen. aspect_ratio_range, area_range: (0.75, 1.33) and (0.05, 1)
    unless given. max_attempts: then the whole image is returned. Errors: InvalidArgumentError for other shapes
    or ranges, and where there are no boxes. Source: `tf.image.sample_distorted_bounding_box`.

    >>> import tfcompat_tape as tf
    >>> begin, size, _ = tf.image.sample_distorted_bounding_box([9, 9, 3], [[[0.0, 0.0, 1.0, 1.0]]], seed=1)
    >>> begin.shape, size.shape
    (TensorShape([3]), TensorShape([3]))
    """
    first, second = get_seed(seed) if seed else (0, 0)
    return named("SampleDistortedBoundingBoxV2")(
        image_size=image_size,
        bounding_boxes=convert(bounding_boxes, float32),
        min_object_covered=min_object_covered,
        seed=first,
        seed2=second,
        **_options(
            aspect_ratio_range=aspect_ratio_range,
            area_range=area_range,
            max_attempts=max_attempts,
            use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes,
        ),
    )


def stateless_sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: Any = None,
    use_image_if_no_bounding_boxes: Any = None,
    name: Any = None,
) -> Any:
    """As `sample_distorted_bounding_box`, a function of its `seed`: two integers.

    Source: `tf.image.stateless_sample_distorted_bounding_box`.

    >>> import tfcompat_tape as tf
    >>> boxes = [[[0.1, 0.2, 0.5, 0.9]]]
    >>> begin, size, _ = tf.image.stateless_sample_distorted_bounding_box([40, 50, 3], boxes, seed=[1, 2])
    >>> begin.shape, size.shape
    (TensorShape([3]), TensorShape([3]))
    """
    return named("StatelessSampleDistortedBoundingBox")(
        image_size=image_size,
        bounding_boxes=convert(bounding_boxes, float32),
        min_object_covered=min_object_covered,
        seed=seed,
        **_options(
            aspect_ratio_range=aspect_ratio_range,
            area_range=area_range,
            max_attempts=max_attempts,
            use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes,
        ),
    )
