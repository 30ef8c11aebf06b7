"""Values that belong to rows, with one put into each empty row. The forms with coordinates are in `sparse_tensors`."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import OPS, Keep, gradient
from tfcompat_tape.ops import sparse_tensors
from tfcompat_tape.ops.sparse_indices import WHOLE, by_bits, sizes


def _fill_empty_rows(rowids: Any, values: Any, nrows: Any, default_value: Any) -> Any:
    if rowids.dtype is not torch.int64:
        raise invalid("RaggedFillEmptyRows: value_rowids was expected to be a int64 tensor.")
    if rowids.dim() != 1 or values.ndim != 1 or nrows.dim():
        raise invalid("RaggedFillEmptyRows: value_rowids and values must be vectors, nrows a scalar.")
    if len(rowids) != len(values):
        raise invalid(f"RaggedFillEmptyRows: {len(rowids)} row ids, for {len(values)} values.")
    if sizes(nrows.reshape(1))[0] < 0:
        raise invalid("RaggedFillEmptyRows: nrows must be at least 0.")
    kernel = OPS["SparseFillEmptyRows"].kernel
    found, filled, empty, where = kernel(rowids.reshape(-1, 1), values, nrows.reshape(1), default_value)
    return found[:, 0] if len(empty) else found, filled, empty, where


primitive(
    "RaggedFillEmptyRows",
    _fill_empty_rows,
    inputs="value_rowids values nrows default_value",
    outputs=4,
    dtypes=WHOLE,
    same=(1, 3),
    keep=Keep.OUTPUTS,
)
gradient("RaggedFillEmptyRows")(sparse_tensors.fill_empty_rows_rule)
primitive(
    "RaggedFillEmptyRowsGrad",
    sparse_tensors.sparse_fill_empty_rows_grad.op.kernel,
    inputs="reverse_index_map grad_values",
    outputs=2,
)
by_bits("RaggedFillEmptyRows")
by_bits("RaggedFillEmptyRowsGrad", lambda count: range(count))
