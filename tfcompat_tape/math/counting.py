"""Counting: occurrences, confusions, what is zero and what is not.

Only the weights of a confusion matrix get gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.math.reductions import _axes
from tfcompat_tape.ops.arguments import as_bool, as_int
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.counting import dense_bincount
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.segments import unsorted_segment_sum
from tfcompat_tape.ops.shapes import reshape

__all__ = ["bincount", "confusion_matrix", "count_nonzero", "zero_fraction"]


def _nonzero(value: Any) -> torch.Tensor:
    raw = convert(value)._t
    return torch.from_numpy(np.asarray(raw != b"")) if isinstance(raw, np.ndarray) else raw != 0


def count_nonzero(
    input: Any, axis: Any = None, keepdims: Any = None, dtype: Any = dtypes.int64, name: Any = None
) -> Tensor:
    """How many elements along `axis` are not zero (of strings: not empty), as `dtype`.

    Source: `tf.math.count_nonzero`.

    >>> import tfcompat_tape as tf
    >>> int(tf.math.count_nonzero([0.0, 3.0, 0.0]))
    1
    """
    there = Tensor(_nonzero(input).to(torch.int64), None)
    total = sum_(there, axis=_axes(axis, there), keep_dims=bool(keepdims))
    return cast(total, DstT=dtypes.as_dtype(dtype))


def zero_fraction(value: Any, name: Any = None) -> Tensor:
    """The fraction of elements that are zero, float32; NaN of no elements.

    Source: `tf.math.zero_fraction`.

    >>> import tfcompat_tape as tf
    >>> float(tf.math.zero_fraction([0.0, 3.0, 0.0, 1.0]))
    0.5
    """
    return Tensor((~_nonzero(value)).to(torch.float32).mean(), None)


@composed
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
    name: Any = None,
    axis: Any = None,
    binary_output: bool = False,
) -> Tensor:
    """How often each integer from 0 on occurs in `arr`, or the sums of its weights.

    Args:
      arr: non-negative integers.
      weights: of the shape of `arr`; the result then has their dtype.
      minlength, maxlength: least and greatest length of the result; what is not below `maxlength` is not counted.
      dtype: of the counts: int32, int64, float32 or float64.
      axis: 0 or `None` for the whole of `arr`, -1 for each row of a matrix.
      binary_output: say 1 for whatever occurs at all.

    Raises:
      ValueError: another axis; `weights` together with `binary_output`.
      InvalidArgumentError: `arr` has a negative element or is of another integer dtype than int32 and int64.

    Source: `tf.math.bincount`.

    >>> import tfcompat_tape as tf
    >>> tf.math.bincount([1, 1, 3]).numpy()
    array([0, 2, 0, 1], dtype=int32)
    """
    x = convert(arr)
    if not x.dtype.is_integer:
        x = cast(x, DstT=dtypes.int32)
    if binary_output and weights is not None:
        raise ValueError(
            "Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one."
        )
    if axis not in (None, 0, -1):
        raise ValueError(
            f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported."
        )
    if x.dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"bincount: arr must be int32 or int64, not {x.dtype.name}. Use tf.cast.")
    least = None if minlength is None else as_int(minlength, "minlength", to=dtypes.int32)
    most = None if maxlength is None else as_int(maxlength, "maxlength", to=dtypes.int32)
    if least is not None and most is not None and least >= most:
        size = most  # whatever the values
    else:
        size = reading.item(x._t.max()) + 1 if x._t.numel() else 0
        size = size if least is None else max(size, least)
        size = size if most is None else min(size, most)
    if weights is None:
        kind = dtypes.int32 if dtype is None else dtypes.as_dtype(dtype)
        counted = Tensor(torch.ones(0, dtype=kind.torch, device=x._t.device), None)
    else:
        counted = convert(weights)
    if axis != -1 and x._t.dim() != 1:
        x = Tensor(x._t.reshape(-1), None)
        if counted._t.numel():
            counted = reshape(counted, shape=(-1,))
    return dense_bincount(
        x, counted, size=max(size, 0), binary_output=as_bool(binary_output, "binary_output")
    )


def _any(conditions: torch.Tensor) -> bool:
    """Whether a condition holds, as far as that is known."""
    found = reading.known(conditions)
    return found is not None and found.numel() > 0 and bool(reading.item(found.any()))


@composed
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    weights: Any = None,
    dtype: Any = dtypes.int32,
    name: Any = None,
) -> Tensor:
    """How often each label (row) was predicted as each class (column), or the sums of `weights`.

    Args:
      labels, predictions: vectors of classes from 0 on.
      num_classes: size of the matrix; one more than the greatest class unless given.
      weights: one for each prediction; differentiable.
      dtype: of the matrix.

    Raises:
      InvalidArgumentError: a class is negative or not below `num_classes`, or the lengths differ.
      ValueError: `weights` has another shape than `predictions`.

    Source: `tf.math.confusion_matrix`.

    >>> import tfcompat_tape as tf
    >>> tf.math.confusion_matrix([1, 0, 1], [1, 0, 0]).numpy()
    array([[1, 0],
           [1, 1]], dtype=int32)
    """
    rows, columns = _squeezed(convert(labels)._t, convert(predictions)._t)
    rows, columns = rows.to(torch.int64), columns.to(torch.int64)
    for name_, classes in (("labels", rows), ("predictions", columns)):
        if _any(classes < 0):
            raise invalid(f"`{name_}` contains negative values.")
    if num_classes is None:
        if not rows.numel() or not columns.numel():
            raise invalid("confusion_matrix: without num_classes there must be at least one label.")
        size = max(reading.item(rows.max()), reading.item(columns.max())) + 1
    else:
        size = as_int(num_classes, "num_classes")
        for name_, classes in (("labels", rows), ("predictions", columns)):
            if _any(classes >= size):
                raise invalid(f"`{name_}` out of bound: num_classes is {size}.")
    wanted = dtypes.as_dtype(dtype)
    if weights is None:
        amounts = Tensor(torch.ones(columns.shape, dtype=wanted.torch, device=columns.device), None)
    else:
        amounts = cast(convert(weights), DstT=wanted)
        if amounts._t.shape != columns.shape:
            raise ValueError(f"Shapes {tuple(columns.shape)} and {tuple(amounts._t.shape)} are incompatible")
    if rows.shape != columns.shape or rows.dim() != 1:
        raise invalid(
            "confusion_matrix: labels and predictions must be vectors of one length, "
            f"got shapes {list(rows.shape)} and {list(columns.shape)}."
        )
    flat = unsorted_segment_sum(amounts, Tensor(rows * size + columns, None), num_segments=size * size)
    return reshape(flat, shape=(size, size))


def _squeezed(labels: torch.Tensor, predictions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Without the last axis of the one that has one axis more than the other, if it has size 1."""
    surplus = predictions.dim() - labels.dim()
    if surplus == 1 and predictions.shape[-1] == 1:
        predictions = predictions.squeeze(-1)
    elif surplus == -1 and labels.shape[-1] == 1:
        labels = labels.squeeze(-1)
    return labels, predictions
