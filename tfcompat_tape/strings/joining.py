"""Several strings as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, broadcast, shape_of
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32, string
from tfcompat_tape.core.errors import invalid, out_of_range
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops.arguments import as_ints
from tfcompat_tape.strings.texts import made, separating, strings

__all__ = ["join", "reduce_join", "unsorted_segment_join"]


def _as_joined(inputs: Any, separator: Any = "", name: Any = None) -> Any:
    return broadcast(string, *inputs)


@at_call(_as_joined)
def join(inputs: Sequence[Any], separator: str = "", name: str | None = None) -> Tensor:
    """Strings of several tensors of one shape put together, element by element; a scalar goes with every element.

    Raises:
      InvalidArgumentError: shapes that differ.

    Source: `tf.strings.join`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.join([["a", "b"], "x"], separator="-").numpy().tolist()
    [b'a-x', b'b-x']
    """
    arrays = [strings(one, "StringJoin") for one in inputs]
    shape: tuple[int, ...] = ()
    for array in arrays:
        if array.shape and shape and array.shape != shape:
            raise invalid(
                f"StringJoin: Input shapes do not match: {compact(shape)} vs. {compact(array.shape)}"
            )
        shape = array.shape or shape
    columns = [np.broadcast_to(array, shape).ravel().tolist() for array in arrays]
    between = separating(separator)
    if not columns:
        return made([b""], ())
    return made([between.join(texts) for texts in zip(*columns, strict=True)], shape)


def _as_reduced(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: Any = "", name: Any = None
) -> Any:
    shape = shape_of(inputs)
    if axis is None:
        return (1,) * len(shape) if keepdims else (), string
    try:
        axes = [int(i) for i in np.ravel(axis)]
    except (TypeError, ValueError):
        return None
    if any(not -len(shape) <= i < len(shape) for i in axes):
        return None
    axes = [i % len(shape) for i in axes]
    return tuple([1 if i in axes else n for i, n in enumerate(shape) if keepdims or i not in axes]), string


@at_call(_as_reduced)
def reduce_join(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", name: str | None = None
) -> Tensor:
    """Strings put together along axes: all, in row-major order, unless said otherwise.

    Args:
      axis: an axis or several; those named first vary fastest.
      keepdims: keep them, of size 1.

    Raises:
      OutOfRangeError: an axis that there is not.
      InvalidArgumentError: an axis twice.

    Source: `tf.strings.reduce_join`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=0, separator="-").numpy().tolist()
    [b'a-c', b'b-d']
    """
    array = strings(convert(inputs), "ReduceJoin")
    rank = array.ndim
    if axis is None:
        axes = tuple(reversed(range(rank)))
    else:
        axes = tuple([int(i) for i in np.ravel(to_numpy(convert(axis, int32)._t))])
        for i in axes:
            if not -rank <= i < rank:
                raise out_of_range(
                    f"ReduceJoin: Invalid reduction dimension {i} for input with {rank} dimension(s)"
                )
        axes = tuple([i % rank for i in axes])
        for k, i in enumerate(axes):
            if i in axes[:k]:
                raise invalid(f"ReduceJoin: Duplicate reduction dimension {i}")
    kept = [i for i in range(rank) if i not in axes]
    inner = int(np.prod([array.shape[i] for i in axes], dtype=np.int64))
    shape = tuple([1 if i in axes else size for i, size in enumerate(array.shape) if keepdims or i in kept])
    outer = int(np.prod([array.shape[i] for i in kept], dtype=np.int64))
    rows = array.transpose([*kept, *reversed(axes)]).reshape(outer, inner).tolist()
    between = separating(separator)
    return made([between.join(row) for row in rows], shape)


@at_call()
def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> Tensor:
    """Strings put together whose segment is the same, in their order.

    Args:
      inputs: strings of shape `segment_ids.shape + rest`.
      segment_ids: int32 or int64, each at least 0 and less than `num_segments`.

    Returns:
      Strings of shape `[num_segments] + rest`, empty ones for segments without any.

    Raises:
      InvalidArgumentError: a segment that there is not, shapes that do not fit.

    Source: `tf.strings.unsorted_segment_join`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unsorted_segment_join(["a", "b", "c"], [1, 0, 1], 2).numpy().tolist()
    [b'b', b'ac']
    """
    array = strings(inputs, "UnsortedSegmentJoin")
    ids = to_numpy(convert(segment_ids)._t)
    if ids.dtype not in (np.int32, np.int64):
        raise invalid(
            f"UnsortedSegmentJoin: Value for attr 'Tindices' of {ids.dtype} is not in the list of allowed values: "
            "int32, int64"
        )
    (count,) = as_ints(num_segments, "num_segments") if np.ndim(num_segments) else (int(num_segments),)
    if count < 0:
        raise invalid(f"UnsortedSegmentJoin: Number of segments must be non-negative but got {count}")
    if ids.ndim == 0 or ids.ndim > array.ndim:
        raise invalid(
            f"UnsortedSegmentJoin: segment_ids of shape {list(ids.shape)} do not begin the shape {list(array.shape)}"
        )
    for i, (have, wanted) in enumerate(zip(ids.shape, array.shape, strict=False)):
        if have != wanted:
            raise invalid(
                f"UnsortedSegmentJoin: Segment dimension is {have} while input dimension is {wanted} in rank {i}"
            )
    if ids.size and (ids.min() < 0 or ids.max() >= count):
        raise invalid(
            "UnsortedSegmentJoin: segment_ids are not allowed to exceed num_segments or to have negative values."
        )
    rest = array.shape[ids.ndim :]
    rows = array.reshape(ids.size, -1) if array.size else np.empty((ids.size, 0), dtype=object)
    found: list[list[list[bytes]]] = [[[] for _ in range(rows.shape[1])] for _ in range(count)]
    for segment, row in zip(ids.ravel().tolist(), rows.tolist(), strict=True):
        for texts, text in zip(found[segment], row, strict=True):
            texts.append(text)
    between = separating(separator)
    return made([between.join(texts) for row in found for texts in row], (count, *rest))
