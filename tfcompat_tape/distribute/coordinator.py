"""``tf.distribute.coordinator``: one program that hands work to other processes. It is not here; no value is remote."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.coverage.names import namespace

__all__ = ["ClusterCoordinator", "PerWorkerValue", "PerWorkerValues", "RemoteValue"]


class ClusterCoordinator:
    """What hands functions to workers: UnimplementedError. Source: `tf.distribute.coordinator.ClusterCoordinator`."""

    def __init__(self, strategy: Any) -> None:
        raise unimplemented(
            "ClusterCoordinator: no process hands work to others here. Each replica is a process that runs the whole "
            "program: start them with torchrun, and use tf.distribute.MirroredStrategy."
        )


class RemoteValue:
    """The base of values that another process has: UnimplementedError, as none has any.

    Source: `tf.distribute.coordinator.RemoteValue`.
    """

    def __init__(self) -> None:
        raise unimplemented(
            "RemoteValue: no value is in another process. A function that is called gives its value."
        )


class PerWorkerValues:
    """Values that differ by worker: UnimplementedError, as none does.

    Source: `tf.distribute.experimental.coordinator.PerWorkerValues`.
    """

    def __init__(self, values: Any) -> None:
        raise unimplemented(
            "PerWorkerValues: no process hands work to others here, and so none has a value for each of them. Each "
            "replica is a process that runs the whole program."
        )


PerWorkerValue = PerWorkerValues

__getattr__ = namespace(globals(), "tf.distribute.coordinator")
