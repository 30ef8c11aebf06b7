"""CropAndResize: boxes of images, each brought to one size by bilinear or nearest sampling."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, out_of_range
from tfcompat_tape.core.registry import FLOATS, REALS, gradient
from tfcompat_tape.ops.bounds import readable
from tfcompat_tape.ops.helpers import dtype_of


def _check(image: torch.Tensor, boxes: torch.Tensor, index: torch.Tensor, size: Any, method: str) -> None:
    if image.dim() != 4:
        raise invalid(f"CropAndResize: the image must have 4 axes, got shape {list(image.shape)}.")
    if boxes.dim() != 2 or boxes.shape[1] != 4:
        raise invalid(f"CropAndResize: boxes must have 4 columns, got shape {list(boxes.shape)}.")
    if index.shape != boxes.shape[:1]:
        raise invalid(
            f"CropAndResize: there must be one box_index for each box, got shape {list(index.shape)}."
        )
    if len(size) != 2 or min(size) <= 0:
        raise invalid(f"CropAndResize: crop_size must be two positive numbers, got {list(size)}.")
    if method not in ("bilinear", "nearest"):
        raise invalid(f"CropAndResize: method must be 'bilinear' or 'nearest', got {method!r}.")
    if readable(index) and index.numel() and not 0 <= int(index.min()) <= int(index.max()) < image.shape[0]:
        raise out_of_range(f"CropAndResize: box_index has values outside [0, {image.shape[0]}).")


def _axis(low: torch.Tensor, high: torch.Tensor, count: int, length: int) -> torch.Tensor:
    """Where the samples of each box lie along an axis of `length` pixels, (boxes, count)."""
    steps = torch.arange(count, dtype=low.dtype, device=low.device)
    if count > 1:
        return (low * (length - 1)).unsqueeze(1) + steps * (
            (high - low) * (length - 1) / (count - 1)
        ).unsqueeze(1)
    return 0.5 * (low + high).unsqueeze(1) * (length - 1)


def _crop(
    image: torch.Tensor,
    boxes: torch.Tensor,
    index: torch.Tensor,
    *,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
) -> torch.Tensor:
    _check(image, boxes, index, crop_size, method)
    wide = image if image.dtype is torch.float64 else image.to(torch.float32)
    _, height, width, _ = image.shape
    rows = _axis(boxes[:, 0], boxes[:, 2], crop_size[0], height)
    columns = _axis(boxes[:, 1], boxes[:, 3], crop_size[1], width)
    which = index.to(torch.int64)[:, None, None]

    def pixels(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        row = row.clamp(0, height - 1).to(torch.int64)[:, :, None]
        column = column.clamp(0, width - 1).to(torch.int64)[:, None, :]
        return wide[which, row, column]

    if method == "nearest":
        found = pixels(torch.floor(rows + 0.5), torch.floor(columns + 0.5))
    else:
        top, left = torch.floor(rows), torch.floor(columns)
        down = (rows - top)[:, :, None, None].to(wide.dtype)
        across = (columns - left)[:, None, :, None].to(wide.dtype)
        right, bottom = torch.ceil(columns), torch.ceil(rows)
        above = pixels(top, left) * (1 - across) + pixels(top, right) * across
        below = pixels(bottom, left) * (1 - across) + pixels(bottom, right) * across
        found = above * (1 - down) + below * down
    inside = ((rows >= 0) & (rows <= height - 1))[:, :, None] & ((columns >= 0) & (columns <= width - 1))[
        :, None, :
    ]
    return torch.where(inside.unsqueeze(-1), found, extrapolation_value).to(torch.float32)


def _image_adjoint(
    dy: torch.Tensor,
    boxes: torch.Tensor,
    index: torch.Tensor,
    *,
    shape: Any,
    dtype: torch.dtype = torch.float32,
    method: str = "bilinear",
) -> torch.Tensor:
    like = torch.zeros(tuple(shape), dtype=dy.dtype, device=dy.device)
    size = tuple(dy.shape[1:3])
    (found,) = torch.func.vjp(lambda x: _crop(x, boxes, index, crop_size=size, method=method), like)[1](dy)
    return found.to(dtype)


def _boxes_adjoint(
    dy: torch.Tensor, image: torch.Tensor, boxes: torch.Tensor, index: torch.Tensor
) -> torch.Tensor:
    """As in TensorFlow, that of bilinear sampling for either method."""
    size = tuple(dy.shape[1:3])
    (found,) = torch.func.vjp(lambda b: _crop(image, b, index, crop_size=size), boxes)[1](dy)
    return found


_ATTRS = {"method": "bilinear", "extrapolation_value": 0.0}
crop_and_resize = primitive(
    "CropAndResize",
    _crop,
    inputs="image boxes box_ind",
    defaults=_ATTRS,
    dtypes=REALS - {torch.uint32, torch.uint64},
)
crop_and_resize_grad_image = primitive(
    "CropAndResizeGradImage", _image_adjoint, inputs="grads boxes box_ind", dtypes=FLOATS
)
crop_and_resize_grad_boxes = primitive(
    "CropAndResizeGradBoxes", _boxes_adjoint, inputs="grads image boxes box_ind", dtypes=FLOATS
)


@gradient("CropAndResize")
def _crop_and_resize_rule(op: Any, dy: Any) -> Any:
    image, boxes, index = op.inputs
    need_image, need_boxes, _ = op.needs
    dimage = dboxes = None
    if need_image:
        dtype = dtype_of(image)
        dimage = crop_and_resize_grad_image(
            dy, boxes, index, shape=op.shapes[0], dtype=dtype, method=op.get_attr("method")
        )
    if need_boxes:
        dboxes = crop_and_resize_grad_boxes(dy, image, boxes, index)
    return dimage, dboxes, None
