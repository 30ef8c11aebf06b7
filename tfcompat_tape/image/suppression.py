"""Of boxes that overlap, those with the best scores. Boxes are (y1, x1, y2, x2), by any two opposite corners."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float16, float32, int32
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops import suppression as ops
from tfcompat_tape.ops.raw.calls import named

__all__ = [
    "combined_non_max_suppression",
    "non_max_suppression",
    "non_max_suppression_overlaps",
    "non_max_suppression_padded",
    "non_max_suppression_with_scores",
]


def _floats(value: Any) -> Tensor:
    return value if type(value) is Tensor else convert(value, None, float32)


def _size(value: Any) -> Tensor:
    return convert(value, int32)


def _threshold(value: Any, like: Tensor) -> Tensor:
    """A threshold of the dtype of the boxes, as the ops want it."""
    return convert(value, float16 if like._t.dtype is torch.float16 else float32)


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: Any = None,
) -> Any:
    """Indices of the boxes that stay, the best first: int32, (n,).

    boxes: float32 or half, (count, 4). scores: of the same dtype, (count,). max_output_size: an int32, how many at
    most. iou_threshold: intersection over union from above which the worse box goes. score_threshold: what scores
    must exceed. Errors: InvalidArgumentError for other shapes, dtypes or thresholds.
    Source: `tf.image.non_max_suppression`.

    >>> import tfcompat_tape as tf
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1], [0.0, 2.0, 1.0, 3.0]]
    >>> print(tf.image.non_max_suppression(boxes, [0.9, 0.8, 0.7], 3).numpy())
    [0 2]
    """
    boxes, scores = _floats(boxes), _floats(scores)
    return ops.non_max_suppression_v3(
        boxes,
        scores,
        _size(max_output_size),
        _threshold(iou_threshold, boxes),
        _threshold(score_threshold, boxes),
    )


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0,
    name: Any = None,
) -> Any:
    """Indices and scores of the boxes that stay; with `soft_nms_sigma` above 0 scores of neighbours fall off instead.

    The arguments and errors are those of `non_max_suppression`; a negative sigma is an InvalidArgumentError.
    Source: `tf.image.non_max_suppression_with_scores`.

    >>> import tfcompat_tape as tf
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 1.0, 1.5]]
    >>> indices, scores = tf.image.non_max_suppression_with_scores(boxes, [0.5, 0.25], 2)
    >>> indices.numpy().tolist(), scores.numpy().tolist()
    ([0, 1], [0.5, 0.25])
    """
    boxes, scores = _floats(boxes), _floats(scores)
    indices, kept, _ = ops.non_max_suppression_v5(
        boxes,
        scores,
        _size(max_output_size),
        _threshold(iou_threshold, boxes),
        _threshold(score_threshold, boxes),
        _threshold(soft_nms_sigma, boxes),
        pad_to_max_output_size=False,
    )
    return indices, kept


def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: Any = None,
) -> Any:
    """As `non_max_suppression`, where `overlaps[i, j]` says how much the boxes overlap.

    overlaps: float32, (count, count). scores: float32, (count,). Errors: InvalidArgumentError for other shapes.
    Source: `tf.image.non_max_suppression_overlaps`.

    >>> import tfcompat_tape as tf
    >>> print(tf.image.non_max_suppression_overlaps([[1.0, 0.7], [0.7, 1.0]], [0.3, 0.4], 2).numpy())
    [1]
    """
    return ops.non_max_suppression_with_overlaps(
        convert(overlaps, float32),
        convert(scores, float32),
        _size(max_output_size),
        convert(overlap_threshold, float32),
        convert(score_threshold, float32),
    )


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: Any = False,
    name: Any = None,
    sorted_input: Any = False,
    canonicalized_coordinates: Any = False,
    tile_size: Any = 512,
) -> Any:
    """Indices of the boxes that stay, with zeros up to `max_output_size`, and how many there are.

    boxes: float32 or half, (..., count, 4). scores: (..., count). There may be a batch if `pad_to_max_output_size`.
    Then the scores are float32; a box goes whose overlap is the threshold, or which has no coordinate above 0; a
    threshold of 0 lets all stay; and whether corners are swapped is told by the first box of all.
    sorted_input: take the scores for sorted. canonicalized_coordinates: take no corners for swapped. tile_size: how
    many boxes TensorFlow compares at once; the result is the same.
    Errors: ValueError for a batch that is not padded; TypeError for other padded scores.
    Source: `tf.image.non_max_suppression_padded`.

    >>> import tfcompat_tape as tf
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1]]
    >>> indices, count = tf.image.non_max_suppression_padded(boxes, [0.9, 0.8], 2, pad_to_max_output_size=True)
    >>> indices.numpy().tolist(), count.numpy().item()
    ([0, 0], 1)
    """
    if not pad_to_max_output_size and len(boxes.get_shape()) > 2:
        raise ValueError(
            "'pad_to_max_output_size' (value False) must be True for batched input: the boxes have shape "
            f"{boxes.shape}."
        )
    boxes, scores = _floats(boxes), _floats(scores)
    most = _size(max_output_size)
    if not pad_to_max_output_size:
        ends = most, _threshold(iou_threshold, boxes), _threshold(score_threshold, boxes)
        found: tuple[Tensor, Tensor] = ops.non_max_suppression_v4(boxes, scores, *ends)
        return found
    if scores.dtype is not float32:
        raise TypeError(
            f"non_max_suppression_padded: padded scores must be float32, got {scores.dtype.name}."
        )
    lead, count = boxes._t.shape[:-2], boxes._t.shape[-2]
    limits = float(convert(iou_threshold)), float(convert(score_threshold))
    indices, counts = ops.padded_selection(
        to_numpy(boxes._t).reshape(-1, count, 4),
        to_numpy(scores._t).reshape(-1, count),
        int(most),
        *limits,
        is_sorted=bool(sorted_input),
        canonical=bool(canonicalized_coordinates),
    )
    return convert(indices.reshape(*lead, -1)), convert(counts.reshape(lead))


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: Any = False,
    clip_boxes: Any = True,
    name: Any = None,
) -> Any:
    """Non-max suppression for each image and class: the boxes, scores and classes that stay, and how many.

    boxes: float32, (batch, count, classes or 1, 4). scores: float32, (batch, count, classes). The results are
    padded with zeros to `max_total_size`, or, with `pad_per_class`, to the lesser `max_output_size_per_class *
    classes`. clip_boxes: bring the boxes into [0, 1]. Errors: InvalidArgumentError for other shapes, sizes or
    thresholds. Source: `tf.image.combined_non_max_suppression`.

    >>> import tfcompat_tape as tf
    >>> boxes = tf.reshape(tf.constant([[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1]]), [1, 2, 1, 4])
    >>> found = tf.image.combined_non_max_suppression(boxes, [[[0.9], [0.8]]], 2, 2)
    >>> found.nmsed_scores.numpy().tolist()[0][1], found.valid_detections.numpy().tolist()
    (0.0, [1])
    """
    return named("CombinedNonMaxSuppression")(
        boxes=convert(boxes, float32),
        scores=convert(scores, float32),
        max_output_size_per_class=_size(max_output_size_per_class),
        max_total_size=_size(max_total_size),
        iou_threshold=convert(iou_threshold, float32),
        score_threshold=convert(score_threshold, float32),
        pad_per_class=pad_per_class,
        clip_boxes=clip_boxes,
    )
