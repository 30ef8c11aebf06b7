"""NonMaxSuppression*: of boxes that overlap, those with the best scores. Which boxes stay is found on the CPU."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep
from tfcompat_tape.core.tensor import to_numpy

_FLOATS = frozenset({torch.float16, torch.float32})
Similarity = Callable[[int, int], float]


def _scalar(op: str, what: str, value: torch.Tensor) -> Any:
    if value.dim():
        raise invalid(f"{op}: {what} must be 0-D, got shape {list(value.shape)}")
    return value.item()


def _fraction(op: str, what: str, value: torch.Tensor) -> float:
    number = float(_scalar(op, what, value))
    if not 0 <= number <= 1:
        raise invalid(f"{op}: {what} must be in [0, 1], got {number:g}")
    return number


def _boxes(op: str, boxes: torch.Tensor, scores: torch.Tensor) -> None:
    if boxes.dim() != 2:
        raise invalid(f"{op}: boxes must be 2-D, got shape {list(boxes.shape)}")
    if boxes.shape[1] != 4:
        raise invalid(f"{op}: boxes must have 4 columns, got shape {list(boxes.shape)}")
    if scores.dim() != 1:
        raise invalid(f"{op}: scores must be 1-D, got shape {list(scores.shape)}")
    if scores.shape[0] != boxes.shape[0]:
        raise invalid(f"{op}: scores has incompatible shape: {list(scores.shape)} for {boxes.shape[0]} boxes")


def overlap(boxes: Any) -> Similarity:
    """Intersection over union of the boxes (corners in any order), by their indices, in single precision."""
    low = np.minimum(boxes[:, :2], boxes[:, 2:])
    high = np.maximum(boxes[:, :2], boxes[:, 2:])
    areas = (high[:, 0] - low[:, 0]) * (high[:, 1] - low[:, 1])

    def similarity(i: int, j: int) -> float:
        if areas[i] <= 0 or areas[j] <= 0:
            return 0.0
        inner = np.minimum(high[i], high[j]) - np.maximum(low[i], low[j])
        both = max(inner[0], np.float32(0)) * max(inner[1], np.float32(0))
        return float(both / (areas[i] + areas[j] - both))

    return similarity


def select(
    scores: Any, most: int, similarity: Similarity, threshold: float, least_score: float, sigma: float = 0.0
) -> tuple[list[int], list[float]]:
    """Indices and scores of the boxes that stay, the best first; with a `sigma` scores of neighbours fall off."""
    threshold = float(np.float32(threshold))
    decay = np.float32(-0.5 / sigma) if sigma > 0 else np.float32(0)
    queue = [(-score, index, 0) for index, score in enumerate(scores.tolist()) if score > least_score]
    heapq.heapify(queue)
    chosen: list[int] = []
    kept: list[float] = []
    while len(chosen) < most and queue:
        negative, index, begin = heapq.heappop(queue)
        original = score = -negative
        suppressed = False
        for other in range(len(chosen) - 1, begin - 1, -1):
            alike = similarity(index, chosen[other])
            if sigma <= 0:
                if not alike <= threshold:  # NaN, too
                    suppressed = True
                    break
                continue
            weight = float(np.exp(decay * np.float32(alike) * np.float32(alike)))
            score = float(np.float32(score) * np.float32(weight))
            if score <= least_score:
                break
        if suppressed:
            continue
        if score == original:
            chosen.append(index)
            kept.append(score)
        elif score > least_score:
            heapq.heappush(queue, (-score, index, len(chosen)))
    return chosen, kept


def padded_selection(
    boxes: Any, scores: Any, most: int, threshold: float, least: float, *, is_sorted: bool, canonical: bool
) -> tuple[Any, Any]:
    """For each image the indices of the boxes that stay, padded with zeros, and how many they are, as TensorFlow pads.

    Unlike `select` it drops a box whose overlap is just the threshold, and boxes without a coordinate above 0; where
    the threshold is 0 no box drops another; and the corners of all boxes are swapped if those of the first are.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    if is_sorted:
        order = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    corners = boxes.astype(np.float32)
    if not canonical and corners.size:
        first = corners[0, 0]
        places = [2 if first[0] > first[2] else 0, 3 if first[1] > first[3] else 1]
        corners = corners[..., [*places, (places[0] + 2) % 4, (places[1] + 2) % 4]]
    threshold = float(np.float32(threshold))
    indices = np.zeros((len(boxes), most), np.int32)
    counts = np.zeros(len(boxes), np.int32)
    for b, (image, values) in enumerate(zip(corners, scores, strict=True)):
        similarity = oriented_overlap(image)
        stay: list[int] = []
        for i in order[b].tolist():
            kept = values[i] > least or least == -math.inf
            if len(stay) < most and kept and (image[i] > 0).any():
                if threshold <= 0 or not any(similarity(i, j) >= threshold for j in stay):
                    stay.append(i)
        indices[b, : len(stay)], counts[b] = stay, len(stay)
    return indices, counts


def oriented_overlap(boxes: Any) -> Similarity:
    """The same as `overlap` of boxes whose first corner is the lower one; with swapped corners they overlap nothing."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])

    def similarity(i: int, j: int) -> float:
        inner = np.minimum(boxes[i, 2:], boxes[j, 2:]) - np.maximum(boxes[i, :2], boxes[j, :2])
        both = max(inner[0], np.float32(0)) * max(inner[1], np.float32(0))
        return float(both / (areas[i] + areas[j] - both)) if both > 0 else 0.0

    return similarity


def _indices(chosen: list[int], device: Any) -> torch.Tensor:
    return torch.tensor(chosen, dtype=torch.int32, device=device)


def _padded(values: list[Any], size: int) -> list[Any]:
    return values + [0] * (size - len(values))


def _plain(op: str) -> Callable[..., Any]:
    def kernel(
        boxes: torch.Tensor, scores: torch.Tensor, most: torch.Tensor, *ends: torch.Tensor, **attrs: Any
    ) -> Any:
        most_boxes = _most(op, most)
        given = attrs.get("iou_threshold")
        threshold = _fraction(op, "iou_threshold", ends[0] if given is None else torch.tensor(given))
        least = float(_scalar(op, "score_threshold", ends[1])) if len(ends) > 1 else -math.inf
        sigma = float(_scalar(op, "soft_nms_sigma", ends[2])) if len(ends) > 2 else 0.0
        if sigma < 0:
            raise invalid(f"{op}: soft_nms_sigma must be nonnegative, got {sigma:g}")
        _boxes(op, boxes, scores)
        similarity = overlap(to_numpy(boxes).astype(np.float32))
        chosen, kept = select(
            to_numpy(scores).astype(np.float32), most_boxes, similarity, threshold, least, sigma
        )
        count = len(chosen)
        if attrs.get("pad_to_max_output_size"):
            chosen, kept = _padded(chosen, most_boxes), _padded(kept, most_boxes)
        indices = _indices(chosen, boxes.device)
        if op.endswith("V4"):
            return indices, _indices([count], boxes.device).reshape(())
        if op.endswith("V5"):
            values = torch.tensor(kept, dtype=scores.dtype, device=boxes.device)
            return indices, values, _indices([count], boxes.device).reshape(())
        return indices

    return kernel


def _most(op: str, most: torch.Tensor) -> int:
    number = int(_scalar(op, "max_output_size", most))
    if number < 0:
        raise invalid(f"{op}: max_output_size must be non-negative, got {number}")
    return number


def _define(op: str, inputs: str, outputs: int = 1, **defaults: Any) -> Any:
    return primitive(
        op,
        _plain(op),
        inputs=inputs,
        defaults=defaults,
        outputs=outputs,
        dtypes=_FLOATS,
        same=(0, 1),
        keep=Keep.NOTHING,
        differentiable=False,
    )


_PAD = {"pad_to_max_output_size": False}
non_max_suppression_v1 = _define("NonMaxSuppression", "boxes scores max_output_size", iou_threshold=0.5)
non_max_suppression_v2 = _define("NonMaxSuppressionV2", "boxes scores max_output_size iou_threshold")
non_max_suppression_v3 = _define(
    "NonMaxSuppressionV3", "boxes scores max_output_size iou_threshold score_threshold"
)
non_max_suppression_v4 = _define(
    "NonMaxSuppressionV4", "boxes scores max_output_size iou_threshold score_threshold", 2, **_PAD
)
non_max_suppression_v5 = _define(
    "NonMaxSuppressionV5",
    "boxes scores max_output_size iou_threshold score_threshold soft_nms_sigma",
    3,
    **_PAD,
)


def _by_overlaps(
    overlaps: torch.Tensor,
    scores: torch.Tensor,
    most: torch.Tensor,
    threshold: torch.Tensor,
    least: torch.Tensor,
) -> torch.Tensor:
    op = "NonMaxSuppressionWithOverlaps"
    if overlaps.dim() != 2 or overlaps.shape[0] != overlaps.shape[1]:
        raise invalid(f"{op}: overlaps must be square, got shape {list(overlaps.shape)}")
    if scores.shape != overlaps.shape[:1]:
        raise invalid(f"{op}: scores has incompatible shape: {list(scores.shape)}")
    most_boxes = _most(op, most)
    table = to_numpy(overlaps)
    chosen, _ = select(
        to_numpy(scores),
        most_boxes,
        lambda i, j: float(table[i, j]),
        float(_scalar(op, "overlap_threshold", threshold)),
        float(_scalar(op, "score_threshold", least)),
    )
    return _indices(chosen, overlaps.device)


non_max_suppression_with_overlaps = primitive(
    "NonMaxSuppressionWithOverlaps",
    _by_overlaps,
    inputs="overlaps scores max_output_size overlap_threshold score_threshold",
    dtypes=frozenset({torch.float32}),
    keep=Keep.NOTHING,
    differentiable=False,
)


def _combined(
    boxes: torch.Tensor,
    scores: torch.Tensor,
    per_class: torch.Tensor,
    total: torch.Tensor,
    iou: torch.Tensor,
    least: torch.Tensor,
    *,
    pad_per_class: bool = False,
    clip_boxes: bool = True,
) -> tuple[torch.Tensor, ...]:
    op = "CombinedNonMaxSuppression"
    if boxes.dim() != 4 or boxes.shape[3] != 4:
        raise invalid(f"{op}: boxes must be 4-D with 4 columns, got shape {list(boxes.shape)}")
    if scores.dim() != 3:
        raise invalid(f"{op}: scores must be 3-D, got shape {list(scores.shape)}")
    if scores.shape[:2] != boxes.shape[:2]:
        raise invalid(f"{op}: boxes and scores differ: {list(boxes.shape)} and {list(scores.shape)}")
    classes = scores.shape[2]
    if boxes.shape[2] not in (1, classes):
        raise invalid(f"{op}: third dimension of boxes must be either 1 or num classes, got {boxes.shape[2]}")
    most, size = (
        int(_scalar(op, "max_output_size_per_class", per_class)),
        int(_scalar(op, "max_total_size", total)),
    )
    if most <= 0:
        raise invalid(f"{op}: max_size_per_class must be positive, got {most}")
    if size <= 0:
        raise invalid(f"{op}: max_total_size must be > 0, got {size}")
    threshold, lowest = _fraction(op, "iou_threshold", iou), float(_scalar(op, "score_threshold", least))
    if pad_per_class:
        size = min(size, most * classes)
    batch = boxes.shape[0]
    found_boxes = np.zeros((batch, size, 4), np.float32)
    found_scores, found_classes = np.zeros((batch, size), np.float32), np.zeros((batch, size), np.float32)
    valid = np.zeros(batch, np.int32)
    all_boxes, all_scores = to_numpy(boxes), to_numpy(scores)
    for b in range(batch):
        results = []
        for c in range(classes):
            of_class = all_boxes[b, :, c if boxes.shape[2] > 1 else 0]
            chosen, kept = select(all_scores[b, :, c], most, overlap(of_class), threshold, lowest)
            results += [
                (-score, c, order, of_class[i])
                for order, (i, score) in enumerate(zip(chosen, kept, strict=True))
            ]
        results.sort(key=lambda result: result[:3])
        for place, (score, c, _, box) in enumerate(results[:size]):
            found_boxes[b, place] = np.clip(box, 0, 1) if clip_boxes else box
            found_scores[b, place], found_classes[b, place] = -score, c
        valid[b] = min(len(results), size)
    return tuple(
        [
            torch.from_numpy(array).to(boxes.device)
            for array in (found_boxes, found_scores, found_classes, valid)
        ]
    )


combined_non_max_suppression = primitive(
    "CombinedNonMaxSuppression",
    _combined,
    inputs="boxes scores max_output_size_per_class max_total_size iou_threshold score_threshold",
    defaults={"pad_per_class": False, "clip_boxes": True},
    outputs=4,
    dtypes=frozenset({torch.float32}),
    keep=Keep.NOTHING,
    differentiable=False,
)
