"""DrawBoundingBoxes, ExtractGlimpse, SampleDistortedBoundingBox: what images and boxes have to do with
each other."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep
from tfcompat_tape.core.tensor import to_numpy
from tfcompat_tape.ops import philox
from tfcompat_tape.ops.philox import Stream
from tfcompat_tape.ops.random_ops import pair_of
from tfcompat_tape.ops.seeds import reserve

# -- drawing ------------------------------------------------------------------------------------------------

_COLORS = torch.tensor(
    [
        [1, 1, 0, 1],
        [0, 0, 1, 1],
        [1, 0, 0, 1],
        [0, 1, 0, 1],
        [0.5, 0, 0.5, 1],
        [0.5, 0.5, 0, 1],
        [0.5, 0, 0, 1],
        [0, 0, 0.5, 1],
        [0, 1, 1, 1],
        [1, 0, 1, 1],
    ]
)


def _draw(images: torch.Tensor, boxes: torch.Tensor, colors: torch.Tensor | None = None) -> torch.Tensor:
    op = "DrawBoundingBoxesV2"
    if images.dim() != 4:
        raise invalid(f"{op}: The rank of the images should be 4, got shape {list(images.shape)}.")
    if boxes.dim() != 3:
        raise invalid(f"{op}: The rank of the boxes tensor should be 3, got shape {list(boxes.shape)}.")
    if boxes.shape[2] != 4:
        raise invalid(f"{op}: The size of the third dimension of the box must be 4, got {boxes.shape[2]}.")
    if boxes.shape[0] != images.shape[0]:
        raise invalid(
            f"{op}: The batch sizes should be the same, got {images.shape[0]} and {boxes.shape[0]}."
        )
    _, height, width, depth = images.shape
    if depth not in (1, 3, 4):
        raise invalid(f"{op}: Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA), got {depth}.")
    if colors is not None:
        if colors.dim() != 2 or colors.shape[0] < 1:
            raise invalid(f"{op}: colors must be a 2-D matrix, got shape {list(colors.shape)}.")
        if colors.shape[1] < depth:
            raise invalid(
                f"{op}: colors must have equal or more channels than the image, got {colors.shape[1]}."
            )
        table = colors[:, :depth].to(images.dtype)
    else:
        table = _COLORS[:, :depth].to(images)
        if depth == 1:
            table = torch.ones_like(table)
    drawn = images.clone()
    scale = np.float32([height - 1, width - 1, height - 1, width - 1])
    for b, of_image in enumerate(np.nan_to_num(to_numpy(boxes.to(torch.float32)), nan=-1e9) * scale):
        for n, corners in enumerate(of_image):
            top, left, bottom, right = [int(corner) for corner in corners]
            if top > bottom or left > right or top >= height or left >= width or bottom < 0 or right < 0:
                continue
            color = table[n % len(table)]
            rows = slice(max(top, 0), min(bottom, height - 1) + 1)
            columns = slice(max(left, 0), min(right, width - 1) + 1)
            if top >= 0:
                drawn[b, top, columns] = color
            if bottom < height:
                drawn[b, bottom, columns] = color
            if left >= 0:
                drawn[b, rows, left] = color
            if right < width:
                drawn[b, rows, right] = color
    return drawn


_DRAWN = frozenset({torch.float16, torch.float32})
draw_bounding_boxes = primitive(
    "DrawBoundingBoxes",
    _draw,
    inputs="images boxes",
    dtypes=_DRAWN,
    keep=Keep.NOTHING,
    differentiable=False,
)
draw_bounding_boxes_v2 = primitive(
    "DrawBoundingBoxesV2",
    _draw,
    inputs="images boxes colors",
    dtypes=_DRAWN,
    keep=Keep.NOTHING,
    differentiable=False,
)

# -- glimpses -----------------------------------------------------------------------------------------------


def _glimpse(
    images: torch.Tensor,
    offsets: torch.Tensor,
    *,
    size: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    noise: str = "uniform",
    version: int = 1,
) -> torch.Tensor:
    op = "ExtractGlimpse"
    if images.dim() != 4:
        raise invalid(f"{op}: input must be 4-dimensional, got shape {list(images.shape)}")
    if len(size) != 2:
        raise invalid(f"{op}: size must be a 1-D tensor of two elements, got {list(size)}")
    if min(size) < 0:
        raise invalid(f"{op}: glimpse size must not be negative, got {list(size)}")
    if offsets.dim() != 2 or offsets.shape[1] != 2:
        raise invalid(f"{op}: offsets must be a matrix of 2 columns, got shape {list(offsets.shape)}")
    if offsets.shape[0] != images.shape[0]:
        raise invalid(f"{op}: offsets should have {images.shape[0]} rows, got {offsets.shape[0]}")
    if noise not in ("uniform", "gaussian", "zero"):
        raise invalid(f"{op}: noise should be 'uniform', 'gaussian' or 'zero', got {noise!r}")
    if uniform_noise and noise != "uniform":
        raise invalid(f"{op}: The uniform_noise and noise should not be specified at the same time")
    batch, height, width, depth = images.shape
    rows, columns = size
    y, x = offsets[:, 0], offsets[:, 1]
    if normalized:
        y, x = y * height, x * width
    if centered and version == 2 and not normalized:
        y, x = y + height / 2, x + width / 2
    elif centered:
        y, x = y / 2 + height / 2, x / 2 + width / 2
    if version == 1 or (
        centered and normalized
    ):  # the first version takes the offset for the center in any case
        y, x = y - rows / 2, x - columns / 2
    top, left = y.to(torch.int64), x.to(torch.int64)
    row = top[:, None] + torch.arange(rows, device=images.device)
    column = left[:, None] + torch.arange(columns, device=images.device)
    inside = ((row >= 0) & (row < height))[:, :, None] & ((column >= 0) & (column < width))[:, None, :]
    which = torch.arange(batch, device=images.device)[:, None, None]
    seen = images[which, row.clamp(0, height - 1)[:, :, None], column.clamp(0, width - 1)[:, None, :]]
    shape = (batch, rows, columns, depth)
    if noise == "zero":
        around = torch.zeros(shape, device=images.device)
    else:
        stream = reserve(op, 0, 0, math.prod(shape))
        around = (philox.uniform if noise == "uniform" else philox.normal)(stream, shape, torch.float32)
        if noise == "uniform":
            low, high = torch.aminmax(images)
            around = around.to(images.device) * (high - low) + low
        else:
            around = around.to(images.device).abs()
    return torch.where(inside[..., None], seen, around)


_GLIMPSE = {"centered": True, "normalized": True, "uniform_noise": True, "noise": "uniform"}
extract_glimpse = primitive(
    "ExtractGlimpse",
    _glimpse,
    inputs="input offsets",
    defaults=_GLIMPSE,
    dtypes=frozenset({torch.float32}),
    keep=Keep.NOTHING,
)
extract_glimpse_v2 = primitive(
    "ExtractGlimpseV2",
    functools.partial(_glimpse, version=2),
    inputs="input offsets",
    defaults=_GLIMPSE,
    dtypes=frozenset({torch.float32}),
    keep=Keep.NOTHING,
)

# -- random crops -------------------------------------------------------------------------------------------


class Words:
    """The 32-bit words of a stream, one by one, as numbers."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._words: list[int] = []

    def word(self) -> int:
        if not self._words:
            self._words = philox.words(self._stream, 64).tolist()[::-1]
            self._stream = self._stream.skip(16)
        return self._words.pop()

    def fraction(self) -> np.float32:
        """A float32 in [0, 1)."""
        bits = np.uint32(self.word() & 0x7FFFFF | 127 << 23)
        return np.float32(bits.view(np.float32) - np.float32(1))

    def below(self, count: int) -> int:
        """An integer in `[0, count)`."""
        if count & (count - 1) == 0:
            return self.word() & (count - 1)
        rest = 0xFFFFFFFF % count + 1
        while True:
            word = self.word()
            if word >= rest:
                return word % count


_SAMPLING = {
    "aspect_ratio_range": (0.75, 1.33),
    "area_range": (0.05, 1.0),
    "max_attempts": 100,
    "use_image_if_no_bounding_boxes": False,
}


def _crop(
    words: Words, height: int, width: int, ratio: float, areas: tuple[float, float]
) -> tuple[int, int, int, int] | None:
    """A rectangle (top, left, height, width) of an aspect ratio, in range of areas; `None` if there is none."""
    f32 = np.float32
    least, most = f32(areas[0]) * f32(width) * f32(height), f32(areas[1]) * f32(width) * f32(height)
    tall = round(float(np.sqrt(least / f32(ratio))))
    tallest = round(float(np.sqrt(most / f32(ratio))))
    if round(float(f32(tallest) * f32(ratio))) > width:
        tallest = int(f32(f32(width) + f32(0.5) - f32(1e-7)) / f32(ratio))
        if round(float(f32(tallest) * f32(ratio))) > width:
            tallest -= 1
    tallest = min(tallest, height)
    tall = min(tall, tallest)
    if tall < tallest:
        tall += words.below(tallest - tall + 1)
    wide = round(float(f32(tall) * f32(ratio)))
    if f32(wide * tall) < least:
        tall += 1
        wide = round(float(f32(tall) * f32(ratio)))
    if f32(wide * tall) > most:
        tall -= 1
        wide = round(float(f32(tall) * f32(ratio)))
    area = f32(wide * tall)
    if area < least or area > most or wide > width or tall > height or wide <= 0 or tall <= 0:
        return None
    top = words.below(height - tall) if tall < height else 0
    left = words.below(width - wide) if wide < width else 0
    return top, left, tall, wide


def _covers(crop: tuple[int, int, int, int], boxes: list[tuple[int, ...]], least: float) -> bool:
    top, left, tall, wide = crop
    for y0, x0, y1, x1 in boxes:
        area = (y1 - y0) * (x1 - x0)
        if area < 0:
            continue
        inner = max(0, min(top + tall, y1) - max(top, y0)) * max(0, min(left + wide, x1) - max(left, x0))
        if area and np.float32(inner) / np.float32(area) >= np.float32(least):
            return True
    return False


def _check_sampling(
    op: str, size: torch.Tensor, boxes: torch.Tensor, least: float, attrs: dict[str, Any]
) -> None:
    if size.dim() != 1:
        raise invalid(f"{op}: image_size must be 1-dimensional, got shape {list(size.shape)}")
    if size.shape[0] != 3:
        raise invalid(f"{op}: image_size must contain 3 elements, got {size.shape[0]}")
    if boxes.dim() != 3 or boxes.shape[2] != 4:
        raise invalid(
            f"{op}: bounding_boxes must be 3-dimensional [batch, num_boxes, coords], got shape {list(boxes.shape)}"
        )
    ratios, areas = attrs["aspect_ratio_range"], attrs["area_range"]
    for what, ends in (("aspect_ratio_range", ratios), ("area_range", areas)):
        if len(ends) != 2:
            raise invalid(f"{op}: {what} must have 2 elements, got {list(ends)}")
        if ends[0] <= 0 or ends[1] <= 0:
            raise invalid(f"{op}: {what} must be positive, got {list(ends)}")
    if areas[1] > 1:
        raise invalid(f"{op}: area_range must be at most 1, got {list(areas)}")
    if attrs["max_attempts"] <= 0:
        raise invalid(f"{op}: Max attempts must be non-negative, got {attrs['max_attempts']}")
    if least < 0:
        raise invalid(f"{op}: Min object covered must be non-negative, got {least:g}")


def _sample(
    op: str, stream: Any, size: torch.Tensor, boxes: torch.Tensor, least: float, attrs: dict[str, Any]
) -> tuple[torch.Tensor, ...]:
    attrs = {**_SAMPLING, **{key: value for key, value in attrs.items() if key in _SAMPLING}}
    _check_sampling(op, size, boxes, least, attrs)
    height, width, _ = size.tolist()
    if height <= 0 or width <= 0:
        raise invalid(f"{op}: Image height and width must be positive, got {height} and {width}")
    pixels = []
    for y0, x0, y1, x1 in boxes.reshape(-1, 4).tolist():
        if not all(0 <= corner <= 1 for corner in (y0, x0, y1, x1)):
            raise invalid(f"{op}: All bounding box coordinates must be in [0.0, 1.0]: {y0, x0, y1, x1}")
        scaled = [
            np.float32(c) * np.float32(n) for c, n in zip((y0, x0, y1, x1), (height, width) * 2, strict=True)
        ]
        pixels.append(tuple(int(c) for c in scaled))
    if not pixels:
        if not attrs["use_image_if_no_bounding_boxes"]:
            raise invalid(
                f"{op}: No bounding boxes provided as input, and use_image_if_no_bounding_boxes is False."
            )
        pixels.append((0, 0, height, width))
    words = Words(stream())
    low, high = [np.float32(end) for end in attrs["aspect_ratio_range"]]
    found = (0, 0, height, width)
    for _ in range(attrs["max_attempts"]):
        ratio = words.fraction() * (high - low) + low
        crop = _crop(words, height, width, float(ratio), attrs["area_range"])
        if crop is not None and _covers(crop, pixels, least):
            found = crop
            break
    top, left, tall, wide = found
    corners = [top / height, left / width, (top + tall) / height, (left + wide) / width]
    return (
        torch.tensor([top, left, 0], dtype=size.dtype),
        torch.tensor([tall, wide, -1], dtype=size.dtype),
        torch.tensor(corners, dtype=torch.float32).reshape(1, 1, 4),
    )


def _by_seeds(op: str) -> Any:
    def kernel(
        size: torch.Tensor,
        boxes: torch.Tensor,
        *,
        min_object_covered: float = 0.1,
        seed: int = 0,
        seed2: int = 0,
        **attrs: Any,
    ) -> tuple[torch.Tensor, ...]:
        blocks = attrs.get("max_attempts", 100)

        def stream() -> Stream:
            return reserve(op, seed, seed2, blocks, size.dtype)

        return _sample(op, stream, size, boxes, float(min_object_covered), attrs)

    return kernel


_SIZES = frozenset({torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64})
sample_distorted_bounding_box, sample_distorted_bounding_box_v2 = [
    primitive(
        op,
        _by_seeds(op),
        inputs="image_size bounding_boxes",
        defaults={"seed": 0, "seed2": 0, "min_object_covered": 0.1, **_SAMPLING},
        outputs=3,
        dtypes=_SIZES,
        keep=Keep.NOTHING,
        differentiable=False,
    )
    for op in ("SampleDistortedBoundingBox", "SampleDistortedBoundingBoxV2")
]


def _by_pair(
    size: torch.Tensor,
    boxes: torch.Tensor,
    seed: torch.Tensor,
    *,
    min_object_covered: float = 0.1,
    **attrs: Any,
) -> tuple[torch.Tensor, ...]:
    pair = pair_of(seed)

    def stream() -> Stream:
        return philox.stream_of_pair(*pair)

    return _sample(
        "StatelessSampleDistortedBoundingBox", stream, size, boxes, float(min_object_covered), attrs
    )


stateless_sample_distorted_bounding_box = primitive(
    "StatelessSampleDistortedBoundingBox",
    _by_pair,
    inputs="image_size bounding_boxes seed",
    defaults=_SAMPLING,
    outputs=3,
    dtypes=_SIZES,
    keep=Keep.NOTHING,
    differentiable=False,
)
