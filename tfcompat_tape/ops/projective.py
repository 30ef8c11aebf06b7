"""ImageProjectiveTransformV2 and V3: images seen through projective maps of their coordinates."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.ops.helpers import raw_of

_DTYPES = frozenset(
    {torch.uint8, torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64}
)
_ATTRS = {"interpolation": "BILINEAR", "fill_mode": "CONSTANT", "fill_value": 0.0}
_INTERPOLATIONS = ("NEAREST", "BILINEAR")
_FILL_MODES = ("CONSTANT", "REFLECT", "WRAP", "NEAREST")


def _check(
    op: str, images: torch.Tensor, transforms: torch.Tensor, size: Any, interpolation: str, fill_mode: str
) -> None:
    if images.dim() != 4:
        raise invalid(f"{op}: Input images must have rank 4, got shape {list(images.shape)}.")
    if transforms.dim() != 2 or transforms.shape[1] != 8:
        raise invalid(
            f"{op}: Input transform should be num_images x 8 or 1 x 8, got shape {list(transforms.shape)}."
        )
    if transforms.shape[0] not in (1, images.shape[0]):
        raise invalid(
            f"{op}: Input transform should be num_images x 8 or 1 x 8: there are {images.shape[0]} images, and "
            f"the transforms have shape {list(transforms.shape)}."
        )
    if len(size) != 2:
        raise invalid(f"{op}: output shape must have two elements, got {list(size)}.")
    if min(size) <= 0:
        raise invalid(f"{op}: new dimensions must be positive, got {list(size)}.")
    if interpolation not in _INTERPOLATIONS:
        raise invalid(f"{op}: Invalid interpolation {interpolation}. Supported types: NEAREST, BILINEAR")
    if fill_mode not in _FILL_MODES:
        raise invalid(f"{op}: Invalid mode {fill_mode}. Supported types: {', '.join(_FILL_MODES)}")


def _mapped(x: torch.Tensor, length: int, fill_mode: str) -> torch.Tensor:
    """Coordinates outside of an axis of `length` pixels, brought into it."""
    if fill_mode == "CONSTANT":
        return x
    last = length - 1
    if fill_mode != "NEAREST":
        if length <= 1:
            return torch.zeros_like(x)
        if fill_mode == "REFLECT":
            twice = 2 * length
            low = torch.where(x < -twice, twice * torch.trunc(-x / twice) + x, x)
            low = torch.where(low < -length, low + twice, -low - 1)
            high = x - twice * torch.trunc(x / twice)
            high = torch.where(high >= length, twice - high - 1, high)
        else:
            low = x + length * (torch.trunc(-x / last) + 1)
            high = x - length * torch.trunc(x / last)
        x = torch.where(x < 0, low, torch.where(x > last, high, x))
    return x.clamp(0, last)


def _transform(
    images: torch.Tensor,
    transforms: torch.Tensor,
    *,
    output_shape: Any,
    interpolation: str = "BILINEAR",
    fill_mode: str = "CONSTANT",
    fill_value: float = 0.0,
) -> torch.Tensor:
    fill_mode = fill_mode.upper()
    interpolation = interpolation.upper()
    _check("ImageProjectiveTransform", images, transforms, output_shape, interpolation, fill_mode)
    count, height, width, _ = images.shape
    rows, columns = output_shape
    kind = images.dtype
    if not kind.is_floating_point:
        fill_value = int(fill_value)
    wide = images.to(torch.float64 if kind in (torch.float64, torch.int64) else torch.float32)
    y = torch.arange(rows, dtype=torch.float32, device=images.device)[:, None]
    x = torch.arange(columns, dtype=torch.float32, device=images.device)[None, :]
    a0, a1, a2, b0, b1, b2, c0, c1 = [one[:, None, None] for one in transforms.unbind(1)]
    depth = c0 * x + c1 * y + 1.0
    flat = depth == 0
    depth = torch.where(flat, 1.0, depth)
    across = _mapped((a0 * x + a1 * y + a2) / depth, width, fill_mode)
    down = _mapped((b0 * x + b1 * y + b2) / depth, height, fill_mode)
    which = torch.arange(count, device=images.device)[:, None, None]

    def pixels(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        row = torch.where(inside, row, 0.0).to(torch.int64)
        column = torch.where(inside, column, 0.0).to(torch.int64)
        return torch.where(inside[..., None], wide[which, row, column], fill_value)

    if interpolation == "NEAREST":
        found = pixels(_rounded(down), _rounded(across))
    else:
        top, left = torch.floor(down), torch.floor(across)
        bottom, right = top + 1, left + 1
        lower, upper = (across - left)[..., None], (right - across)[..., None]
        above = upper * pixels(top, left) + lower * pixels(top, right)
        below = upper * pixels(bottom, left) + lower * pixels(bottom, right)
        found = (bottom - down)[..., None] * above + (down - top)[..., None] * below
    found = torch.where(flat[..., None], fill_value, found)
    return found.to(kind)


def _rounded(x: torch.Tensor) -> torch.Tensor:
    """Rounded, halves away from zero."""
    return torch.sign(x) * torch.floor(x.abs() + 0.5)


def _inverted(transforms: torch.Tensor) -> torch.Tensor:
    """The maps back."""
    ones = torch.ones_like(transforms[:, :1])
    matrices = torch.linalg.inv(torch.cat([transforms, ones], 1).reshape(-1, 3, 3)).reshape(-1, 9)
    return matrices[:, :8] / matrices[:, 8:]


def _define(name: str, attrs: dict[str, Any]) -> Any:
    call = primitive(
        name,
        _transform,
        inputs="images transforms",
        defaults=attrs,
        dtypes=_DTYPES,
        keep=Keep.INPUTS,
        keep_inputs=(1,),
    )

    @gradient(name)
    def rule(op: Any, dy: Any) -> Any:
        """As in TensorFlow: the cotangent seen through the inverse maps."""
        attrs = {**op.attrs, "output_shape": tuple(op.shapes[0][1:3])}
        if "fill_value" in attrs:
            attrs["fill_value"] = 0.0
        return call(dy, _inverted(raw_of(op.inputs[1])), **attrs), None

    return call


image_projective_transform_v2 = _define(
    "ImageProjectiveTransformV2", {k: v for k, v in _ATTRS.items() if k != "fill_value"}
)
image_projective_transform_v3 = _define("ImageProjectiveTransformV3", _ATTRS)
