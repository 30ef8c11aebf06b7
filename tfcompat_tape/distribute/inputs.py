"""How datasets would be placed: options that are taken for compatibility."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple


class InputReplicationMode(Enum):
    """Whether workers or replicas have an input pipeline each. Source: `tf.distribute.InputReplicationMode`."""

    PER_WORKER = "PER_WORKER"
    PER_REPLICA = "PER_REPLICA"


class _Fields(NamedTuple):
    experimental_fetch_to_device: bool
    experimental_replication_mode: InputReplicationMode
    experimental_place_dataset_on_device: bool
    experimental_per_replica_buffer_size: int


class InputOptions(_Fields):
    """Where the elements of a distributed dataset are made ready: always in the process of the replica.

    Args:
      experimental_fetch_to_device, experimental_place_dataset_on_device, experimental_per_replica_buffer_size: taken
        for compatibility.
      experimental_replication_mode: PER_REPLICA gives each replica a dataset of its own, made by a function.

    Source: `tf.distribute.InputOptions`.

    >>> import tfcompat_tape as tf
    >>> options = tf.distribute.InputOptions(experimental_fetch_to_device=False)
    >>> options.experimental_replication_mode.name
    'PER_WORKER'
    """

    def __new__(
        cls,
        experimental_fetch_to_device: bool | None = None,
        experimental_replication_mode: Any = InputReplicationMode.PER_WORKER,
        experimental_place_dataset_on_device: bool = False,
        experimental_per_replica_buffer_size: int = 1,
    ) -> InputOptions:
        return super().__new__(
            cls,
            True if experimental_fetch_to_device is None else experimental_fetch_to_device,
            experimental_replication_mode,
            experimental_place_dataset_on_device,
            experimental_per_replica_buffer_size,
        )
