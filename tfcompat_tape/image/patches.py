"""Patches of images."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.nn._windows import given, plain_padding, tensor
from tfcompat_tape.ops import layouts as _layouts  # noqa: F401  # its ops are entered
from tfcompat_tape.ops.patches import extract_image_patches
from tfcompat_tape.ops.patches import extract_volume_patches as _extract_volume_patches

__all__ = ["extract_patches"]


def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """What windows of `sizes` see, as the last axis: (batch, rows, columns, height * width * channels).

    images: numeric, of four axes. sizes, strides, rates (the gaps within a window): one int for each axis, 1 for batch
    and channels. Errors: InvalidArgumentError where there is no room, OutOfRangeError for a size below 1.
    Source: `tf.image.extract_patches`.

    >>> import tfcompat_tape as tf
    >>> image = [[[[1], [2], [3]], [[4], [5], [6]]]]
    >>> tf.image.extract_patches(image, [1, 2, 2, 1], [1] * 4, [1] * 4, "VALID").numpy().tolist()
    [[[[1, 2, 4, 5], [2, 3, 5, 6]]]]
    """
    return extract_image_patches(
        tensor(images),
        ksizes=given(sizes, "extract_image_patches", "ksizes"),
        strides=given(strides, "extract_image_patches", "strides"),
        rates=given(rates, "extract_image_patches", "rates"),
        padding=plain_padding(padding),
    )


def extract_volume_patches(
    input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None
) -> Tensor:
    """What windows of `ksizes` see of volumes, as the last axis: (batch, planes, rows, columns, window * channels).

    input: numeric, of five axes. ksizes, strides: one int for each axis, 1 for batch and channels.
    Errors: InvalidArgumentError where there is no room. Source: `tf.extract_volume_patches`.

    >>> import tfcompat_tape as tf
    >>> volume = tf.reshape(tf.range(4.0), [1, 1, 2, 2, 1])
    >>> tf.extract_volume_patches(volume, [1, 1, 2, 2, 1], [1] * 5, "VALID").numpy().ravel().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    return _extract_volume_patches(  # type: ignore[no-any-return]
        tensor(input),
        ksizes=given(ksizes, "extract_volume_patches", "ksizes"),
        strides=given(strides, "extract_volume_patches", "strides"),
        padding=plain_padding(padding),
    )
