"""What the functions on images share: their form, and conversion to and from float32."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor


def as_image(image: Any, exact: bool = True) -> tuple[Tensor, int]:
    """A Tensor of 3 axes (height, width, channels) or 4 (batch first), and the axis of the height.

    Raises:
      ValueError: another number of axes (more than 4 are let pass unless `exact`), or no pixels or channels.
    """
    x = image if type(image) is Tensor else convert(image)
    rank = len(x._t.shape)
    if rank < 3:
        raise ValueError(f"'image' (shape {x.shape}) must be at least three-dimensional.")
    if exact and rank > 4:
        raise ValueError(f"'image' (shape {x.shape}) must have either 3 or 4 dimensions.")
    if 0 in x._t.shape[-3:]:
        raise ValueError(f"inner 3 dims of 'image.shape' must be > 0: {x.shape}")
    return x, rank - 3


def cut(x: Tensor, axis: int, top: int, left: int, height: int, width: int) -> Tensor:
    """A rectangle of an image whose height is `axis`."""
    lead = (slice(None),) * axis
    result: Tensor = x[(*lead, slice(top, top + height), slice(left, left + width))]  # type: ignore[index]
    return result
