"""`tf.ragged.boolean_mask` and `tf.ragged.stack_dynamic_partitions`."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.elementwise import same_splits
from tfcompat_tape.ragged._parts.indexing import take
from tfcompat_tape.ragged._parts.joining import as_ragged, merge_dims
from tfcompat_tape.ragged._parts.partitions import splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def boolean_mask(data: Any, mask: Any, name: Any = None) -> Any:
    """What `mask` says True of, with the rows that it lies in.

    Args:
      data: Tensor or RaggedTensor.
      mask: boolean Tensor or RaggedTensor whose shape is the outer part of that of `data`.

    Returns:
      A Tensor for a mask of rank 1 on a Tensor, else a RaggedTensor.

    Raises:
      ValueError: a scalar mask, or a shape that does not fit.
      InvalidArgumentError: row splits that differ.

    Source: `tf.ragged.boolean_mask`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.boolean_mask([[1, 2], [3, 4]], [[True, False], [False, False]])
    <tf.RaggedTensor [[1], []]>
    """
    if not isinstance(mask, RaggedTensor):
        mask = convert(mask, dtypes.bool_)
    if not isinstance(data, RaggedTensor):
        data = convert(data)
    rank = mask.shape.rank
    if rank == 0:
        raise ValueError("mask cannot be scalar.")
    if int(data.shape.rank) < rank:
        raise ValueError(
            f"Shapes {data.shape} and {mask.shape} are incompatible: the mask has a higher rank."
        )
    return _masked(data, mask)


def _masked(data: Any, mask: Any) -> Any:
    if isinstance(mask, Tensor) and mask._t.ndim == 1:
        if int(data.shape[0]) != len(mask._t):
            raise ValueError(f"Shapes {data.shape} and {mask.shape} are incompatible")
        return take(data, torch.nonzero(mask._t)[:, 0])
    mask = as_ragged(mask, int(mask.shape.rank) - 1)
    depth = mask.ragged_rank
    data = as_ragged(data, depth)
    if not same_splits(_outer(mask, depth), _outer(data, depth)):
        raise invalid("Inputs must have identical ragged splits")
    values = _masked(merge_dims(data, 0, depth) if depth else data, mask.flat_values)
    splits = [cut._t for cut in reversed(mask.nested_row_splits)]
    before = torch.cat([torch.zeros(1, dtype=torch.long), mask.flat_values._t.long().cumsum(0)])
    cuts = [before[splits[0].long()].diff(), *[cut.diff() for cut in splits[1:]]]
    result = values
    for lengths in cuts:
        result = RaggedTensor._of(
            result, Tensor(splits_of_lengths(lengths.to(mask.row_splits._t.dtype)), None)
        )
    return result


def _outer(value: RaggedTensor, depth: int) -> RaggedTensor:
    """The row splits down to `depth`, of values that do not matter."""
    splits = value.nested_row_splits[:depth]
    result: Any = Tensor(torch.zeros(int(splits[-1]._t[-1])), None)
    for cut in reversed(splits):
        result = RaggedTensor._of(result, cut)
    return result  # type: ignore[no-any-return]


def stack_dynamic_partitions(
    data: Any, partitions: Any, num_partitions: Any, name: Any = None
) -> RaggedTensor:
    """The parts that `tf.dynamic_partition` makes, as rows.

    Args:
      data: Tensor or RaggedTensor.
      partitions: integers, the row of each of `data`; of the outer part of its shape.
      num_partitions: the number of rows.

    Raises:
      InvalidArgumentError: a row that is not there.

    Source: `tf.ragged.stack_dynamic_partitions`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.stack_dynamic_partitions([1, 2, 3, 4], [0, 1, 0, 2], 4)
    <tf.RaggedTensor [[1, 3], [2], [4], []]>
    """
    if not isinstance(data, RaggedTensor):
        data = convert(data)
    if isinstance(partitions, RaggedTensor):
        data = merge_dims(data, 0, int(partitions.shape.rank) - 1)  # type: ignore[arg-type]
        partitions = partitions.flat_values
    parts = convert(partitions)
    if parts._t.ndim == 0:
        raise ValueError("partitions must have rank at least 1")
    if parts._t.ndim > 1:
        data = merge_dims(data, 0, parts._t.ndim - 1)
    rows = parts._t.reshape(-1).long()
    if int(data.shape[0]) != len(rows):
        raise invalid(f"partitions has {len(rows)} numbers, for {data.shape[0]} values")
    count = int(convert(num_partitions)._t)
    if len(rows) and (int(rows.max()) >= count or int(rows.min()) < 0):
        raise invalid("partitions must be less than num_partitions, and not negative")
    lengths = torch.bincount(rows, minlength=count)
    lengths = lengths.to(data.row_splits._t.dtype if isinstance(data, RaggedTensor) else torch.int32)
    return RaggedTensor._of(
        take(data, torch.argsort(rows, stable=True)), Tensor(splits_of_lengths(lengths), None)
    )
