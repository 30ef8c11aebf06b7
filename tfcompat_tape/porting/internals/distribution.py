"""What private modules of `tensorflow.python.distribute` have, for the one replica that there is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.porting.internals.absent import absent

__all__ = ["DistributedDataset", "auto_shard_dataset", "cache_variable_reads"]

DistributedDataset = absent("tensorflow.python.distribute.input_lib.DistributedDataset")


def auto_shard_dataset(dataset: Any, num_shards: Any, index: Any, num_replicas_in_sync: Any = None) -> Any:
    """The part of a dataset that one of several workers gets."""
    return dataset.shard(num_shards, index) if num_shards != 1 else dataset


@contextlib.contextmanager
def cache_variable_reads() -> Iterator[None]:
    """Variables on several devices are read once in here; those of one device are not copied."""
    yield
