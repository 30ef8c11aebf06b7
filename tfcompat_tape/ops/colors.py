"""Colour spaces and adjustments. The last axis holds red, green and blue, or hue, saturation and value in [0, 1]."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import failed_precondition, invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, Keep
from tfcompat_tape.ops.derived import derived


def _three(name: str, x: torch.Tensor) -> None:
    if not x.dim():
        raise invalid(f"{name}: the input must have at least one axis, got a scalar.")
    if x.shape[-1] != 3:
        raise failed_precondition(f"{name}: the input must have 3 channels, got {x.shape[-1]}.")


def _rgb_to_hsv(images: torch.Tensor) -> torch.Tensor:
    _three("RGBToHSV", images)
    r, g, b = images.unbind(-1)
    value = images.amax(-1)
    span = value - images.amin(-1)
    saturation = torch.where(value > 0, span / torch.where(value > 0, value, 1), 0.0)
    norm = 1 / (6 * torch.where(span == 0, 1, span))
    hue = torch.where(
        r == value, norm * (g - b), torch.where(g == value, norm * (b - r) + 2 / 6, norm * (r - g) + 4 / 6)
    )
    hue = torch.where(span <= 0, 0.0, torch.where(hue < 0, hue + 1, hue))
    return torch.stack([hue, saturation, value], -1)


def _hsv_to_rgb(images: torch.Tensor) -> torch.Tensor:
    _three("HSVToRGB", images)
    hue, saturation, value = images.unbind(-1)
    h = hue * 6
    ramps = (
        ((h - 3).abs() - 1).clamp(0, 1),
        (2 - (h - 2).abs()).clamp(0, 1),
        (2 - (h - 4).abs()).clamp(0, 1),
    )
    return torch.stack([((ramp - 1) * saturation + 1) * value for ramp in ramps], -1)


rgb_to_hsv = derived("RGBToHSV", _rgb_to_hsv, inputs="images", dtypes=FLOATS)
hsv_to_rgb = primitive(
    "HSVToRGB", _hsv_to_rgb, inputs="images", dtypes=FLOATS, keep=Keep.NOTHING, differentiable=False
)


def _adjust_contrast(images: torch.Tensor, *, contrast_factor: Any) -> torch.Tensor:
    if images.dim() < 3:
        raise invalid(
            f"AdjustContrastv2: the input must have at least 3 axes, got shape {list(images.shape)}."
        )
    mean = images.mean((-3, -2), keepdim=True)
    return (images - mean) * contrast_factor + mean


def _by_hsv(name: str, change: Any) -> Any:
    def kernel(images: torch.Tensor, *, by: float) -> torch.Tensor:
        if images.dim() < 3:
            raise invalid(f"{name}: the input must have at least 3 axes, got shape {list(images.shape)}.")
        if images.shape[-1] != 3:
            raise invalid(
                f"{name}: the input must have 3 channels but instead has {images.shape[-1]} channels."
            )
        hsv = _rgb_to_hsv(images.float())
        return _hsv_to_rgb(change(hsv, by)).to(images.dtype)

    return kernel


def _turned(hsv: torch.Tensor, delta: float) -> torch.Tensor:
    return torch.cat([torch.remainder(hsv[..., :1] + delta, 1.0), hsv[..., 1:]], -1)


def _saturated(hsv: torch.Tensor, scale: float) -> torch.Tensor:
    return torch.cat([hsv[..., :1], (hsv[..., 1:2] * scale).clamp(0, 1), hsv[..., 2:]], -1)


# TensorFlow has no gradients for these three either.
_SINGLE_AND_HALF = frozenset({torch.float16, torch.float32})
adjust_contrast = primitive(
    "AdjustContrastv2", _adjust_contrast, inputs="images", dtypes=_SINGLE_AND_HALF, keep=Keep.NOTHING
)
adjust_hue = primitive(
    "AdjustHue",
    _by_hsv("AdjustHue", _turned),
    inputs="images",
    dtypes=FLOATS - HALVES | _SINGLE_AND_HALF,
    keep=Keep.NOTHING,
)
adjust_saturation = primitive(
    "AdjustSaturation",
    _by_hsv("AdjustSaturation", _saturated),
    inputs="images",
    dtypes=FLOATS - HALVES | _SINGLE_AND_HALF,
    keep=Keep.NOTHING,
)
