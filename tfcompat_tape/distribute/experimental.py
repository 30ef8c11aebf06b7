"""``tf.distribute.experimental``: older names of strategies, and how they would send what they send."""

from __future__ import annotations

from enum import Enum
from typing import Any

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.one_replica import MultiWorkerMirroredStrategy as _Workers
from tfcompat_tape.distribute.strategy import ParameterServerStrategy, Strategy, TPUStrategy, ValueContext

__all__ = [
    "CentralStorageStrategy",
    "CollectiveCommunication",
    "CollectiveHints",
    "CommunicationImplementation",
    "CommunicationOptions",
    "MultiWorkerMirroredStrategy",
    "ParameterServerStrategy",
    "TPUStrategy",
    "ValueContext",
]


class CommunicationImplementation(Enum):
    """Which library would send: torch.distributed sends here.

    Source: `tf.distribute.experimental.CommunicationImplementation`.
    """

    AUTO = "AUTO"
    RING = "RING"
    NCCL = "NCCL"


CollectiveCommunication = CommunicationImplementation


class CommunicationOptions:
    """Taken for compatibility: torch.distributed sends what there is to send.

    Raises:
      ValueError: `bytes_per_pack` is negative.

    Source: `tf.distribute.experimental.CommunicationOptions`.

    >>> import tfcompat_tape as tf
    >>> options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=60.0)
    >>> options.implementation.name
    'AUTO'
    """

    def __init__(
        self,
        bytes_per_pack: int = 0,
        timeout_seconds: float | None = None,
        implementation: Any = CommunicationImplementation.AUTO,
    ) -> None:
        if bytes_per_pack < 0:
            raise ValueError(f"Argument `bytes_per_pack` must be >=0, Received {bytes_per_pack}.")
        self.bytes_per_pack = bytes_per_pack
        self.timeout_seconds = timeout_seconds
        self.implementation = CommunicationImplementation(
            implementation.upper() if isinstance(implementation, str) else implementation
        )


class CollectiveHints(CommunicationOptions):
    """The older name of `CommunicationOptions`. Source: `tf.distribute.experimental.CollectiveHints`."""

    def __init__(self, bytes_per_pack: int = 0, timeout_seconds: float | None = None) -> None:
        super().__init__(bytes_per_pack, timeout_seconds)


class CentralStorageStrategy(Strategy):
    """Variables in one place: UnimplementedError. Source: `tf.distribute.experimental.CentralStorageStrategy`."""


class MultiWorkerMirroredStrategy(_Workers):
    """The older form of `tf.distribute.MultiWorkerMirroredStrategy`.

    Source: `tf.distribute.experimental.MultiWorkerMirroredStrategy`.
    """

    def __init__(
        self, communication: Any = CommunicationImplementation.AUTO, cluster_resolver: Any = None
    ) -> None:
        super().__init__(cluster_resolver, CommunicationOptions(implementation=communication))


__getattr__ = namespace(
    globals(), "tf.distribute.experimental", later={"coordinator": "tfcompat_tape.distribute.coordinator"}
)
