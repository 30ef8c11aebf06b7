"""Images of different sizes in one RaggedTensor."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import arrays, image
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def resize(
    images: Any,
    size: Any,
    method: Any = "bilinear",
    preserve_aspect_ratio: Any = False,
    antialias: Any = False,
    name: Any = None,
) -> Any:
    """`tf.image.resize` of a RaggedTensor: a Tensor, for all images have one size then."""
    if preserve_aspect_ratio:
        raise ValueError("tf.image.resize: preserve_aspect_ratio is not supported for RaggedTensors.")
    if not isinstance(images, RaggedTensor) or images.shape.rank != 4:
        raise ValueError("tf.image.resize: ragged images must have rank 4: (batch, height, width, channels).")
    singles = [one.to_tensor() if isinstance(one, RaggedTensor) else one for one in images]
    return arrays.stack([image.resize(one, size, method, antialias=antialias) for one in singles])
