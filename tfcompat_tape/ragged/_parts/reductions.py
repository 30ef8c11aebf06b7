"""Sums, means, extremes and the like of RaggedTensors: over rows of different lengths, and across them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape import arrays, math
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ragged._parts.elementwise import elementwise
from tfcompat_tape.ragged._parts.joining import expand_dims
from tfcompat_tape.ragged._parts.partitions import offsets, rowids, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor, _axis

Segments = Callable[..., Any]
Pair = tuple[Callable[..., Any], Segments]  # how dense values are reduced, and how segments of values

_PAIRS: dict[str, Pair] = {
    "sum": (math.reduce_sum, math.unsorted_segment_sum),
    "prod": (math.reduce_prod, math.unsorted_segment_prod),
    "max": (math.reduce_max, math.unsorted_segment_max),
    "min": (math.reduce_min, math.unsorted_segment_min),
}


def by_segment(segments: Segments, data: Any, ids: torch.Tensor, count: Any) -> Any:
    """The rows of one id as one row: what stands at one place of them is reduced."""
    if not isinstance(data, RaggedTensor):
        number = count if type(count) is int else Tensor(reading.sized(count, torch.int32), None)
        return segments(data, Tensor(ids.long(), None), number)
    lengths = data.row_splits._t.diff()
    longest = torch.zeros(count, dtype=lengths.dtype).scatter_reduce(0, ids.long(), lengths, "amax")
    splits = splits_of_lengths(longest)
    places = torch.repeat_interleave(splits[:-1][ids.long()], lengths) + offsets(lengths)
    values = by_segment(segments, data.values, places, int(splits[-1]))
    return RaggedTensor._of(values, Tensor(splits, None))


def _one(pair: Pair, value: Any, axis: int) -> Any:
    dense, segments = pair
    if not isinstance(value, RaggedTensor):
        return dense(value, axis)
    lengths = value.row_splits._t.diff()
    if axis == 0:
        count = int(lengths.max()) if len(lengths) else 0
        return by_segment(segments, value.values, offsets(lengths), count)
    if axis == 1:
        rows = rowids(value.row_splits._t, value._count())
        return by_segment(segments, value.values, rows, lengths.shape[0])
    return value.with_values(_one(pair, value.values, axis - 1))


def along(pair: Pair, value: Any, axis: Any, keepdims: Any) -> Any:
    """Reduce over `axis`, the inner ones first."""
    rank = int(value.shape.rank)
    if axis is None:
        result = pair[0](value.flat_values)
        return arrays.reshape(result, [1] * rank) if keepdims else result
    if isinstance(axis, Tensor):
        axis = axis.numpy().tolist()
    if isinstance(axis, (list, tuple)) and len({_axis(one, rank) for one in axis}) < len(axis):
        raise invalid(f"Invalid reduction arguments: Axes contains duplicate dimension: {list(axis)}")
    for at in sorted({_axis(one, rank) for one in (axis if isinstance(axis, (list, tuple)) else [axis])})[
        ::-1
    ]:
        value = _one(pair, value, at)
        if keepdims:
            value = expand_dims(value, at)
    return value


def _along(name: str, value: Any, axis: Any, keepdims: Any) -> Any:
    return along(_PAIRS[name], value, axis, keepdims)


def _reducer(name: str) -> Any:
    def call(input_tensor: Any, axis: Any = None, keepdims: Any = False, name_: Any = None, **_: Any) -> Any:
        return _along(name, input_tensor, axis, keepdims)

    return call


reduce_sum, reduce_prod, reduce_max, reduce_min = map(_reducer, ("sum", "prod", "max", "min"))


def _of_elements(function: Any, *values: Any) -> Any:
    if any(isinstance(value, RaggedTensor) for value in values):
        return elementwise(function, values)
    return function(*values)


def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.reduce_mean` of a RaggedTensor: the sum over the number of values."""
    if axis is None:
        result = math.reduce_mean(input_tensor.flat_values)
        return arrays.reshape(result, [1] * int(input_tensor.shape.rank)) if keepdims else result
    flat = input_tensor.flat_values
    ones = input_tensor.with_flat_values(arrays.ones_like(flat))
    total, count = (_along("sum", value, axis, keepdims) for value in (input_tensor, ones))
    return _of_elements(lambda x, y: x / y, total, count)


def moments(x: Any, axes: Any, shift: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.nn.moments` of a RaggedTensor. Second derivatives take the mean within the variance for a constant."""
    given = x.dtype
    y = x.with_flat_values(cast(x.flat_values, dtypes.float32)) if given == dtypes.float16 else x
    mean = _of_elements(arrays.stop_gradient, reduce_mean(y, axes, True))
    squares = elementwise(math.squared_difference, (y, mean))
    found = [reduce_mean(value, axes, keepdims) for value in (y, squares)]
    return tuple([_of_elements(lambda flat: cast(flat, given), one) for one in found])


def reduce_any(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.reduce_any` of a RaggedTensor."""
    numbers = input_tensor.with_flat_values(
        cast(convert(input_tensor.flat_values, dtypes.bool_), dtypes.int32)
    )
    return _of_elements(lambda x: x > 0, _along("sum", numbers, axis, keepdims))


def reduce_all(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.reduce_all` of a RaggedTensor."""
    numbers = input_tensor.with_flat_values(
        cast(convert(input_tensor.flat_values, dtypes.bool_), dtypes.int32)
    )
    return _of_elements(lambda x: x > 0, _along("prod", numbers, axis, keepdims))


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.math.reduce_variance` of a RaggedTensor: the mean square less the square of the mean."""
    squares = reduce_mean(elementwise(math.square, (input_tensor,)), axis, keepdims)
    mean = reduce_mean(input_tensor, axis, keepdims)
    return _of_elements(lambda x, y: x - math.square(y), squares, mean)


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.math.reduce_std` of a RaggedTensor."""
    return _of_elements(math.sqrt, reduce_variance(input_tensor, axis, keepdims))


def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """`tf.reduce_logsumexp` of a RaggedTensor."""
    largest = _of_elements(arrays.stop_gradient, _along("max", input_tensor, axis, True))
    powers = elementwise(lambda x, y: math.exp(x - y), (input_tensor, largest))
    total = _of_elements(math.log, _along("sum", powers, axis, keepdims))
    if not keepdims:
        largest = _of_elements(arrays.stop_gradient, _along("max", input_tensor, axis, False))
    return _of_elements(lambda x, y: x + y, total, largest)


def softmax(logits: Any, axis: Any = None, name: Any = None) -> Any:
    """`tf.nn.softmax` of a RaggedTensor."""
    axis = -1 if axis is None else axis
    largest = _of_elements(arrays.stop_gradient, _along("max", logits, axis, True))
    powers = elementwise(lambda x, y: math.exp(x - y), (logits, largest))
    return elementwise(lambda x, y: x / y, (powers, _along("sum", powers, axis, True)))


REDUCTIONS = {
    "reduce_all": reduce_all,
    "reduce_any": reduce_any,
    "reduce_logsumexp": reduce_logsumexp,
    "reduce_max": reduce_max,
    "reduce_mean": reduce_mean,
    "reduce_min": reduce_min,
    "reduce_prod": reduce_prod,
    "reduce_std": reduce_std,
    "reduce_sum": reduce_sum,
    "reduce_variance": reduce_variance,
}


def segment_function(segments: Segments) -> Any:
    """`tf.math.unsorted_segment_sum` and its kin of RaggedTensors."""

    def call(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Any:
        if isinstance(segment_ids, RaggedTensor):
            from tfcompat_tape.ragged._parts.joining import merge_dims

            data = merge_dims(data, 0, int(segment_ids.shape.rank) - 1)  # type: ignore[arg-type]
            segment_ids = segment_ids.flat_values
        ids = convert(segment_ids)._t
        if ids.ndim != 1 or len(ids) != int(data.shape[0]):
            raise ValueError(f"segment_ids of shape {tuple(ids.shape)} do not fit data of shape {data.shape}")
        return by_segment(segments, data, ids, int(convert(num_segments)._t))

    return call
