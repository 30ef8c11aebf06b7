"""`tensorflow.python.data.experimental.ops.distribute`: the size of a dataset's batches."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.compat._v1.datasets import Adapter
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int64
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data import batching, caching, dataset, mapping, ordering, padding, prefetching, shuffling
from tfcompat_tape.data.structure import flatten

__all__ = ["compute_batch_size"]

_BATCHES = (batching.BatchDataset, padding.PaddedBatchDataset, padding.RaggedBatchDataset)
# What gives batches of the size that it gets.
_SAME = (
    caching.CacheDataset,
    mapping.FilterDataset,
    ordering.AssertCardinalityDataset,
    ordering.OptionsDataset,
    ordering.RepeatDataset,
    ordering.ShardDataset,
    ordering.SkipDataset,
    ordering.TakeDataset,
    prefetching.PrefetchDataset,
    shuffling.ShuffleDataset,
)
_ALL_SAME = (ordering.ConcatenateDataset, ordering.ZipDataset)
_NOT = (batching.ParallelBatchDataset, mapping.TakeWhileDataset)


def compute_batch_size(dataset: dataset.Dataset) -> Tensor:
    """How many examples are in a batch of `dataset`, as an int64; -1 where that is not known.

    Raises:
      IndexError: elements are no batches, for a part of them is a scalar.
    """
    sizes = set()
    for spec in flatten(dataset.element_spec):
        shape = getattr(spec, "shape", None)
        if shape is None:  # of datasets, Optionals and None there is no telling
            return convert(-1, int64)
        if shape.rank == 0:
            raise IndexError(
                "list index out of range: the dataset's elements are no batches, for one part is a scalar."
            )
        sizes.add(None if shape.rank is None else shape[0])
    (size,) = sizes if len(sizes) == 1 else (None,)
    return convert(_batch_size(dataset) if size is None else size, int64)


def _batch_size(step: Any) -> int:
    """The size of the batches that a step of a pipeline was told to make."""
    if isinstance(step, Adapter):
        return _batch_size(step._dataset)
    if isinstance(step, _NOT):
        return -1
    if isinstance(step, _BATCHES):
        return int(step._size)
    if isinstance(step, _SAME):
        return _batch_size(step._from[0])
    if isinstance(step, _ALL_SAME):
        sizes = {_batch_size(one) for one in step._from}
        return sizes.pop() if len(sizes) == 1 else -1
    return -1
