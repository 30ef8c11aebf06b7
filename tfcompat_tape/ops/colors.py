"""Colour spaces and adjustments. The last axis holds red, green and blue, or hue, saturation and value in [0, 1]."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import failed_precondition, invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, Keep, gradient
from tfcompat_tape.ops.derived import derived


def _three(name: str, x: torch.Tensor) -> None:
    if not x.dim():
        raise invalid(f"{name}: the input must have at least one axis, got a scalar.")
    if x.shape[-1] != 3:
        raise failed_precondition(
            f"{name}: input must have 3 channels but input only has {x.shape[-1]} channels."
        )


def _rgb_to_hsv(images: torch.Tensor) -> torch.Tensor:
    _three("RGBToHSV", images)
    r, g, b = images.unbind(-1)
    # The later one of equals, and of what does not compare: NaN stays only where it is blue.
    most = torch.where(r > g, r, g)
    value = torch.where(most > b, most, b)
    least = torch.where(r < g, r, g)
    span = value - torch.where(least < b, least, b)
    saturation = torch.where(value > 0, span / torch.where(value > 0, value, 1), 0.0)
    norm = 1 / (6 * torch.where(span == 0, 1, span))
    hue = torch.where(
        r == value, norm * (g - b), torch.where(g == value, norm * (b - r) + 2 / 6, norm * (r - g) + 4 / 6)
    )
    hue = torch.where(span > 0, torch.where(hue < 0, hue + 1, hue), 0.0)
    return torch.stack([hue, saturation, value], -1)


def _rgb_to_hsv_grad(images: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """The gradient, with TensorFlow's choices: of equal channels the first one is the greatest and the last one the
    least; the saturation does not depend on the least one unless that is positive, and a colour whose value is not
    positive has neither hue nor saturation. Derivatives of the gradient take the order of the channels as given.
    """
    r, g, b = images.unbind(-1)
    greatest = torch.stack([(r >= g) & (r >= b), (g > r) & (g >= b), (b > r) & (b > g)], -1)
    least = torch.stack([(r < g) & (r < b), (g <= r) & (g < b), (b <= r) & (b <= g)], -1)
    value = torch.where(greatest, images, 0.0).sum(-1, keepdim=True)
    low = torch.where(least, images, 0.0).sum(-1, keepdim=True)
    dhue, dsaturation, dvalue = dy.unsqueeze(-2).unbind(-1)

    bright = value > 0
    over = 1 / torch.where(bright, value, 1.0)
    of_saturation = torch.where(greatest & bright, low * over * over, 0.0) - torch.where(
        least & bright & (low > 0), over, 0.0
    )
    coloured = bright & (value > low)
    per_span = 1 / torch.where(coloured, value - low, 1.0)
    # TensorFlow writes this one by way of the saturation.
    wide = value - torch.where(low > 0, low, low.detach())
    per_wide = 1 / torch.where(coloured, wide, 1.0)
    ahead, behind = images.roll(-1, -1), images.roll(-2, -1)  # green and blue, seen from red
    turn = torch.where(greatest, ahead - behind, 0.0).sum(-1, keepdim=True)
    is_ahead, is_behind = greatest.roll(1, -1), greatest.roll(2, -1)
    of_hue = torch.where(is_ahead, per_span, 0.0) - torch.where(is_behind, per_span, 0.0)
    of_hue = of_hue - torch.where(greatest, turn * per_wide * per_wide, 0.0)
    of_hue = of_hue + torch.where(least & ~greatest, turn * per_span * per_span, 0.0)
    of_hue = torch.where(coloured, of_hue / 6, 0.0)
    dx = torch.where(greatest, dvalue, 0.0) + of_saturation * dsaturation + of_hue * dhue
    # A channel that is not finite makes NaN of all, but minus infinity not of itself.
    odd = ~images.isfinite()
    spoilt = (odd.sum(-1, keepdim=True) > odd.to(torch.int64)) | (odd & (images != -torch.inf))
    return torch.where(images == -torch.inf, 0.0, dx) * torch.where(spoilt, torch.nan, 1.0).to(dx.dtype)


def _ramps(hue: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """How far red, green and blue lie between the least and the greatest channel of a hue."""
    h = hue * 6
    return (
        ((h - 3).abs() - 1).clamp(0, 1),
        (2 - (h - 2).abs()).clamp(0, 1),
        (2 - (h - 4).abs()).clamp(0, 1),
    )


def _hsv_to_rgb(images: torch.Tensor) -> torch.Tensor:
    _three("HSVToRGB", images)
    hue, saturation, value = images.unbind(-1)
    return torch.stack([((ramp - 1) * saturation + 1) * value for ramp in _ramps(hue)], -1)


rgb_to_hsv = primitive("RGBToHSV", _rgb_to_hsv, inputs="images", dtypes=FLOATS)
_rgb_to_hsv_gradient = derived("RGBToHSVGrad", _rgb_to_hsv_grad, inputs="images dy", dtypes=FLOATS)


@gradient("RGBToHSV")
def _rgb_to_hsv_rule(op: Any, dy: Any) -> Any:
    return _rgb_to_hsv_gradient(op.inputs[0], dy)


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
    def kernel(images: torch.Tensor, *, by: Any) -> torch.Tensor:
        if images.dim() < 3:
            raise invalid(f"{name}: the input must have at least 3 axes, got shape {list(images.shape)}.")
        if images.shape[-1] != 3:
            raise invalid(
                f"{name}: the input must have 3 channels but instead has {images.shape[-1]} channels."
            )
        return change(images.float(), by).to(images.dtype)

    return kernel


def _turned(images: torch.Tensor, delta: Any) -> torch.Tensor:
    """The hue turned between the greatest and the least channel, which may be negative."""
    hue, saturation, value = _rgb_to_hsv(images).unbind(-1)
    span = torch.where(value > 0, saturation * value, value - images.amin(-1))
    turned = torch.remainder(hue + delta, 1.0)
    return torch.stack([value - (1 - ramp) * span for ramp in _ramps(turned)], -1)


def _saturated(images: torch.Tensor, scale: Any) -> torch.Tensor:
    hue, saturation, value = _rgb_to_hsv(images).unbind(-1)
    return _hsv_to_rgb(torch.stack([hue, (saturation * scale).clamp(0, 1), value], -1))


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
