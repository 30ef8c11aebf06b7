"""Strings in RaggedTensors, joined along axes."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import strings
from tfcompat_tape.ragged._parts.reductions import along


def reduce_join(
    inputs: Any, axis: Any = None, keepdims: Any = False, separator: Any = "", name: Any = None
) -> Any:
    """`tf.strings.reduce_join` of a RaggedTensor."""

    def dense(x: Any, axis: Any = None) -> Any:
        return strings.reduce_join(x, axis, separator=separator)

    def segments(x: Any, ids: Any, count: int) -> Any:
        return strings.unsorted_segment_join(x, ids, count, separator)

    return along((dense, segments), inputs, axis, keepdims)
