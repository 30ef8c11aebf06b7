"""Between RaggedTensors and SparseTensors."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.arrays import reshape
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.lookup import where
from tfcompat_tape.ragged._parts.partitions import offsets, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def _class() -> Any:
    import tfcompat_tape

    return tfcompat_tape.SparseTensor


def to_sparse(value: RaggedTensor) -> Any:
    """See `RaggedTensor.to_sparse`."""
    flat = value.flat_values
    everywhere = value.with_flat_values(Tensor(torch.ones(flat._t.shape, dtype=torch.bool), None))
    values = flat if flat._t.ndim == 1 else reshape(flat, [-1])
    return _class()(where(everywhere), values, value.bounding_shape(out_type=dtypes.int64))


def from_sparse(value: Any, row_splits_dtype: Any) -> RaggedTensor:
    """See `RaggedTensor.from_sparse`."""
    if not isinstance(value, _class()):
        raise TypeError(f"Argument `st_input` must be of type SparseTensor, not {type(value).__name__}.")
    indices, shape = value.indices._t, value.dense_shape._t
    if len(shape) != 2:
        raise ValueError(f"rank(st_input) must be 2, not {len(shape)}.")
    if len(indices) and int(indices[:, 0].min()) < 0:
        raise invalid(f"RaggedTensor.from_sparse: indices must be non-negative, got {indices.tolist()}.")
    if int(shape[0]) > int(indices[:, 0].max() + 1 if len(indices) else 0) + 2**31:
        raise invalid(f"RaggedTensor.from_sparse: {int(shape[0])} rows do not fit into memory.")
    lengths = torch.bincount(indices[:, 0], minlength=int(shape[0])).to(
        dtypes.as_dtype(row_splits_dtype).torch
    )
    rows = torch.repeat_interleave(torch.arange(len(lengths)), lengths)
    if not torch.equal(indices[:, 0], rows) or not torch.equal(indices[:, 1], offsets(lengths).long()):
        raise invalid("SparseTensor is not right-ragged: the values of each row must stand at its beginning.")
    return RaggedTensor._of(value.values, Tensor(splits_of_lengths(lengths), None))
