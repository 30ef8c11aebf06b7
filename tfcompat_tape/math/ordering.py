"""Sorting, and where the greatest and least elements are."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.registry import REALS
from tfcompat_tape.core.shapes import Dimension
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import ordering as ops
from tfcompat_tape.ops.arguments import INT16_32_64, as_axis, as_bool, as_int
from tfcompat_tape.ops.arithmetic import neg
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.shapes import transpose

__all__ = [
    "approx_max_k",
    "approx_min_k",
    "argmax",
    "argmin",
    "in_top_k",
    "top_k",
]


class TopKV2(NamedTuple):
    """What `tf.math.top_k` returns."""

    values: Tensor
    indices: Tensor


class ApproxTopK(NamedTuple):
    """What `tf.math.approx_max_k` returns."""

    values: Tensor
    indices: Tensor


def _output_type(dtype: Any, op: str, *allowed: DType) -> DType:
    dtype = allowed[0] if dtype is None else dtypes.as_dtype(dtype)
    if dtype not in allowed:
        names = ", ".join([item.name for item in allowed])
        raise invalid(f"{op}: the dtype of the indices must be one of {names}, not {dtype.name}.")
    return dtype


_AXIS_DTYPES = (dtypes.int16, dtypes.int32, dtypes.int64, dtypes.int8, dtypes.uint8, dtypes.uint16)


def argmax(input: Any, axis: Any = None, output_type: Any = dtypes.int64, name: Any = None) -> Tensor:
    """The index of the first maximum along `axis` (0 unless given), as `output_type`.

    NaN never counts as the maximum. Not differentiable.

    Raises:
      TypeError: `axis` is not an integer.
      InvalidArgumentError: there is no such axis or it is empty, or the input is complex.

    Source: `tf.argmax`.

    >>> import tfcompat_tape as tf
    >>> tf.argmax([[1, 9], [7, 3]], axis=1).numpy()
    array([1, 0])
    """
    if axis is not None and type(axis) is not int:
        kind = getattr(axis, "dtype", None)
        if kind is None and not isinstance(axis, (bool, np.integer, Dimension)):
            raise TypeError("axis must be int or Tensor with integer datatype")
        if isinstance(axis, np.ndarray) or (kind is not None and kind not in _AXIS_DTYPES):
            raise TypeError(f"axis tensor dtypes {kind!r} is not supported")
    x = convert(input)
    dtype = _output_type(output_type, "ArgMax", dtypes.int64, dtypes.int32, dtypes.int16, dtypes.uint16)
    return ops.arg_max(x, dimension=as_axis(0 if axis is None else axis, x._t.ndim), output_type=dtype)


def argmin(input: Any, axis: Any = None, output_type: Any = dtypes.int64, name: Any = None) -> Tensor:
    """The index of the first minimum along `axis` (0 unless given), as `output_type` (int32 or int64).

    NaN never counts as the minimum. Not differentiable.

    Raises:
      TypeError: `axis` is a float.
      InvalidArgumentError: there is no such axis or it is empty, or the input is complex.

    Source: `tf.argmin`.

    >>> import tfcompat_tape as tf
    >>> int(tf.argmin([4.0, 1.0, 3.0]))
    1
    """
    if isinstance(axis, float):
        raise TypeError(f"Cannot convert {axis!r} to EagerTensor of dtype int32")
    x = convert(input)
    dtype = _output_type(output_type, "ArgMin", dtypes.int64, dtypes.int32)
    return ops.arg_min(x, dimension=as_axis(0 if axis is None else axis, x._t.ndim), output_type=dtype)


def top_k(
    input: Any, k: Any = 1, sorted: bool = True, index_type: Any = dtypes.int32, name: Any = None
) -> TopKV2:
    """The `k` greatest elements of each row (the last axis) and where they were; of equal ones, the first.

    Returns:
      `(values, indices)`, both of shape `(..., k)`, in descending order whatever `sorted` says.

    Raises:
      InvalidArgumentError: `k` is negative or more than a row has, or the input is a scalar, bool or complex.

    Source: `tf.math.top_k`.

    >>> import tfcompat_tape as tf
    >>> values, indices = tf.math.top_k([1.0, 7.0, 3.0], k=2)
    >>> values.numpy(), indices.numpy()
    (array([7., 3.], dtype=float32), array([1, 2], dtype=int32))
    """
    dtype = _output_type(index_type, "TopKV2", dtypes.int32, dtypes.int64, dtypes.int16)
    if isinstance(k, float):
        raise TypeError(f"Cannot convert {k!r} to EagerTensor of dtype int32")
    number = as_int(k, "k", dtypes=INT16_32_64)
    return TopKV2(
        *ops.top_k_v2(convert(input), k=number, sorted=as_bool(sorted, "sorted", True), index_type=dtype)
    )


def _check_direction(direction: Any) -> bool:
    """Whether `direction` is descending."""
    hash(direction)  # a TypeError for what is no key
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of ASCENDING, DESCENDING. Received: direction={direction}"
        )
    return bool(direction == "DESCENDING")


def _constant_axis(axis: Any) -> int:
    """An axis that TensorFlow reads as a constant scalar, and then as an integer.

    Raises:
      ValueError: it is no scalar, or no number.
    """
    raw = convert(axis)._t
    if math.prod(raw.shape) != 1 or len(raw.shape) or not isinstance(raw, torch.Tensor):
        raise ValueError(f"Argument `axis` must be a constant scalar. Received: axis={axis}.")
    number = reading.item(raw)
    return int(number.real if isinstance(number, complex) else number)


def _rows(values: Any, axis: Any) -> tuple[Tensor, tuple[int, ...] | None]:
    """`values` with `axis` as the last, and the permutation that undoes it, if there is any."""
    x = convert(values)
    if x._t.dtype not in REALS:
        raise invalid(f"cannot sort values of dtype {x.dtype.name}: they must be real numbers.")
    if type(axis) is not int:
        axis = _constant_axis(axis)
    rank = x._t.dim()
    last = as_axis(axis, rank)
    if last == rank - 1:
        return x, None
    perm = list(range(rank))
    perm[last], perm[-1] = perm[-1], perm[last]  # a swap undoes itself
    return transpose(x, perm=tuple(perm)), tuple(perm)


def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: Any = None) -> Tensor:
    """`values` sorted along `axis`, `direction` being "ASCENDING" or "DESCENDING"; gradients follow the elements.

    Raises:
      ValueError: another direction.
      InvalidArgumentError: there is no such axis, or the values are not real numbers.

    Source: `tf.sort`.

    >>> import tfcompat_tape as tf
    >>> tf.sort([3, 1, 2], direction="DESCENDING").numpy()
    array([3, 2, 1], dtype=int32)
    """
    descending = _check_direction(direction)
    x, perm = _rows(values, axis)
    result = ops.take_along_rows(x, ops.order(x._t, descending))
    return result if perm is None else transpose(result, perm=perm)


def argsort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False, name: Any = None
) -> Tensor:
    """The int32 indices that sort `values` along `axis`; equal elements stay in order whatever `stable` says.

    Raises:
      ValueError: another direction than "ASCENDING" and "DESCENDING".
      InvalidArgumentError: there is no such axis, or the values are not real numbers.

    Source: `tf.argsort`.

    >>> import tfcompat_tape as tf
    >>> tf.argsort([3, 1, 2]).numpy()
    array([1, 2, 0], dtype=int32)
    """
    descending = _check_direction(direction)
    x, perm = _rows(values, axis)
    _, indices = ops.arg_sort(x, descending=descending)
    return indices if perm is None else Tensor(indices._t.permute(perm), None)


def in_top_k(targets: Any, predictions: Any, k: Any, name: Any = None) -> Tensor:
    """For each row of `predictions`, whether the class `targets[i]` is among its `k` greatest entries.

    Ties at the border count as in. False where the target is no class or an entry of the row is not finite.

    Args:
      targets: int32 or int64 vector.
      predictions: float32 matrix with one row for each target.

    Source: `tf.math.in_top_k`.

    >>> import tfcompat_tape as tf
    >>> tf.math.in_top_k([0, 1], [[0.1, 0.9], [0.1, 0.9]], k=1).numpy()
    array([False,  True])
    """
    # What TensorFlow raises for other scores depends on the targets: a tensor goes to the op, a list is converted.
    scores = convert(predictions, *((None, dtypes.float32) if type(targets) is Tensor else (dtypes.float32,)))
    if scores.dtype != dtypes.float32:
        raise invalid(
            "cannot compute InTopKV2 as input #0(zero-based) was expected to be a float tensor but is a "
            f"{type_name(scores.dtype)} tensor"
        )
    classes, count = match((targets, k), preferred=dtypes.int32)
    if classes.dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"InTopKV2: targets must be int32 or int64, not {classes.dtype.name}.")
    return ops.in_top_k(scores, classes, k=as_int(count, "k", to=classes.dtype, beside=()))


def approx_top_k(
    input: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    is_max_k: bool = True,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: Any = None,
) -> ApproxTopK:
    """The `k` greatest (or least) elements along an axis and where they were, int32: exact here, so recall is 1.

    `recall_target`, `reduction_input_size_override` and `aggregate_to_topk` have no effect on an exact answer.

    Raises:
      InvalidArgumentError: the input is not float16, bfloat16 or float32, or `k` is more than there are.

    Source: `tf.approx_top_k`.

    >>> import tfcompat_tape as tf
    >>> tf.approx_top_k([3.0, 1.0, 2.0], k=2).values.numpy()
    array([3., 2.], dtype=float32)
    """
    x = convert(input)
    if x.dtype not in (dtypes.float16, dtypes.bfloat16, dtypes.float32):
        raise invalid(f"ApproxTopK: the input must be float16, bfloat16 or float32, not {x.dtype.name}.")
    count = attribute("ApproxTopK", "k", k)
    rows, perm = _rows(x, reduction_dimension)
    values, indices = ops.top_k_v2(rows if is_max_k else neg(rows), k=count, index_type=dtypes.int32)
    if not is_max_k:
        values = neg(values)
    if perm is not None:
        values, indices = transpose(values, perm=perm), transpose(indices, perm=perm)
    return ApproxTopK(values, indices)


def approx_max_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: Any = None,
) -> ApproxTopK:
    """The `k` greatest elements along an axis and where they were: `tf.approx_top_k`, exact.

    Source: `tf.math.approx_max_k`.

    >>> import tfcompat_tape as tf
    >>> tf.math.approx_max_k([3.0, 1.0, 2.0], k=1).indices.numpy()
    array([0], dtype=int32)
    """
    return approx_top_k(operand, k, reduction_dimension, recall_target, True)


def approx_min_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: Any = None,
) -> ApproxTopK:
    """The `k` least elements along an axis and where they were: `tf.approx_top_k`, exact.

    Source: `tf.math.approx_min_k`.

    >>> import tfcompat_tape as tf
    >>> tf.math.approx_min_k([3.0, 1.0, 2.0], k=1).values.numpy()
    array([1.], dtype=float32)
    """
    return approx_top_k(operand, k, reduction_dimension, recall_target, False)
