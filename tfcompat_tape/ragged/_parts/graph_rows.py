"""Rows of RaggedTensors where a function is traced to be written as a graph.

There are no values then, but nodes that have them at each call.
"""

from __future__ import annotations

from typing import Any

from tfcompat_tape import arrays, math
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32, int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def _cast(x: Any, dtype: Any) -> Tensor:
    x = convert(x)
    return x if x.dtype == dtype else cast(x, DstT=dtype)


def count(value: RaggedTensor) -> Any:
    """How many rows there are, in the dtype of the splits."""
    splits = value.row_splits
    return arrays.shape(splits, out_type=splits.dtype)[0] - 1


def rows(value: Any, places: Tensor) -> Any:
    """The rows of a RaggedTensor or Tensor at these places, a vector."""
    if not isinstance(value, RaggedTensor):
        return arrays.gather(value, places)
    nested, flat = value.nested_row_splits, value.flat_values
    depth, kind = len(nested), nested[0].dtype
    shapes = [((places._t.shape[0] + 1,), kind), *[((None,), kind)] * (depth - 1)]
    *splits, values = reading.graph().node(
        "RaggedGather",
        [*nested, flat, places],
        [*shapes, ((None, *flat._t.shape[1:]), flat.dtype)],
        Tvalues=flat.dtype,
        Tindices=places.dtype,
        Tsplits=kind,
        PARAMS_RAGGED_RANK=depth,
        OUTPUT_RAGGED_RANK=depth,
    )
    return _nested(values, splits)


def _nested(values: Any, splits: list[Tensor]) -> Any:
    for one in reversed(splits):
        values = RaggedTensor._of(values, one)
    return values


def ranges(starts: Tensor, limits: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """For each start the numbers up to its limit: splits, and the numbers."""
    kind = starts.dtype
    splits, numbers = reading.graph().node(
        "RaggedRange",
        [starts, limits, convert(step, kind)],
        [((starts._t.shape[0] + 1,), kind), ((None,), kind)],
        T=kind,
        Tsplits=kind,
    )
    return splits, numbers


def item(value: Any, keys: list[Any]) -> Any:
    """`value[keys]`, where no key is an ellipsis."""
    if not keys:
        return value
    if not isinstance(value, RaggedTensor):
        return value[tuple(keys)]
    first, *rest = keys
    if first is None:
        inner = item(value, rest)
        number = count(inner) if isinstance(inner, RaggedTensor) else arrays.shape(inner)[0]
        kind = value.row_splits.dtype
        splits = arrays.stack([convert(0, kind), _cast(number, kind)])
        return RaggedTensor._of(inner, splits)
    if isinstance(first, slice):
        if first != slice(None):
            value = rows(value, arrays.range(count(value), dtype=value.row_splits.dtype)[first])
        return inside(value, rest)
    splits = value.row_splits
    start, stop = splits[:-1][first], splits[1:][first]
    values = value.values
    if isinstance(values, RaggedTensor):
        return item(rows(values, arrays.range(start, stop)), rest)
    return item(values[start:stop], rest)


def inside(value: Any, keys: list[Any]) -> Any:
    """`value[:, keys]`."""
    if not keys:
        return value
    if not isinstance(value, RaggedTensor):
        return value[(slice(None), *keys)]
    first, *rest = keys
    splits = value.row_splits
    if first is None:
        inner = inside(value, rest)
        number = (
            count(inner) if isinstance(inner, RaggedTensor) else arrays.shape(inner, out_type=splits.dtype)[0]
        )
        return RaggedTensor._of(inner, arrays.range(number + 1, dtype=splits.dtype), 1)
    if isinstance(first, slice):
        if first != slice(None):
            value = _sliced(value, first)
        return value.with_values(inside(value.values, rest)) if rest else value
    if value._length is None:
        raise ValueError("Cannot index into an inner ragged dimension.")
    place = _cast(convert(first), splits.dtype)
    place = arrays.where(place < 0, place + value._length, place)
    column = rows(value.values, splits[:-1] + place)
    return inside(column, rest)


def _sliced(value: RaggedTensor, key: slice) -> RaggedTensor:
    """`value[:, key]` for a slice."""
    step = 1 if key.step is None else key.step
    if isinstance(step, Tensor):
        raise reading.UntraceableError("the step of a slice of ragged rows is another one at each call")
    if step == 0:
        raise invalid("slice index 0 must be non-zero: the step of a slice is 0.")
    starts, kind = value.row_splits[:-1], value.row_splits.dtype
    lengths = value.row_splits[1:] - starts
    low, high = (0, lengths) if step > 0 else (-1, lengths - 1)

    def bound(place: Any, default: Any) -> Any:
        if place is None:
            return default
        place = _cast(convert(place), kind)
        found = arrays.where(place < 0, place + lengths, arrays.zeros_like(lengths) + place)
        return math.minimum(math.maximum(found, convert(low, kind)), high)

    begin = bound(key.start, low if step > 0 else high)
    end = bound(key.stop, high if step > 0 else low)
    splits, places = ranges(starts + begin, starts + end, int(step))
    return RaggedTensor._of(rows(value.values, places), splits)


def counts(flat: Tensor, splits: Tensor, weights: Any, size: Any, binary: bool, dtype: Any) -> Tensor:
    """How often each number occurs in each row."""
    kind = dtype if weights is None else weights.dtype
    given = arrays.zeros([0], kind) if weights is None else weights
    long = _cast(splits, int64)
    found: Tensor = reading.graph().node(
        "RaggedBincount",
        [long, flat, _cast(convert(size), flat.dtype), given],
        [((splits._t.shape[0] - 1, size if type(size) is int else None), kind)],
        Tidx=flat.dtype,
        T=kind,
        binary_output=binary,
    )[0]
    return found


def size_of(flat: Tensor, least: Any, most: Any) -> Any:
    """How many numbers are counted: what is above the greatest, within bounds."""
    if type(least) is int and type(most) is int and least >= most:
        return most
    some = _cast(arrays.size(flat) > 0, int32)
    size = _cast(math.reduce_max(flat), int32) * some + some
    size = size if least is None else math.maximum(size, convert(least, int32))
    return size if most is None else math.minimum(size, convert(most, int32))
