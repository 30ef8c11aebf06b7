"""Ops of TensorFlow's graphs on rows of different lengths: RaggedTensors in parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int64
from tfcompat_tape.coverage.names import drop_parts
from tfcompat_tape.ragged._parts import gathering, products
from tfcompat_tape.ragged._parts.literals import range as ragged_range
from tfcompat_tape.ragged._parts.tensor import RaggedTensor

drop_parts()
Outputs = dict[str, list[Any]]


def _gathered(attrs: Mapping[str, Any], *inputs: Any) -> Outputs:
    *splits, values, indices = map(convert, inputs)
    found = gathering.gather(RaggedTensor.from_nested_row_splits(values, splits), indices)
    return {"output_nested_splits": list(found.nested_row_splits), "output_dense_values": [found.flat_values]}


def _ranges(attrs: Mapping[str, Any], starts: Any, limits: Any, deltas: Any) -> Outputs:
    found = ragged_range(starts, limits, deltas, row_splits_dtype=attrs.get("Tsplits", int64))
    return {"rt_nested_splits": [found.row_splits], "rt_dense_values": [found.values]}


def _counted(attrs: Mapping[str, Any], splits: Any, values: Any, size: Any, weights: Any) -> Outputs:
    rows = RaggedTensor.from_row_splits(values, splits)
    length, weights = int(size), convert(weights)
    given = None if not weights.shape.num_elements() else RaggedTensor.from_row_splits(weights, splits)
    binary = bool(attrs.get("binary_output", False))
    found = products.bincount(rows, given, length, length, attrs["T"], axis=-1, binary_output=binary)
    return {"output": [found]}


RAGGED: dict[str, Callable[..., Outputs]] = {
    "RaggedBincount": _counted,
    "RaggedGather": _gathered,
    "RaggedRange": _ranges,
}
