"""Strategies that make one replica of each process: on one device, mirrored on one, and one worker of a cluster of one.

A program that a strategy would spread over several devices is refused: more of them take a process each.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tfcompat_tape.arrays.conversion import constant
from tfcompat_tape.core import devices
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.distribute.strategy import ReplicaContext, Strategy, StrategyExtended, within


class _Extended(StrategyExtended):
    def __init__(self, strategy: _OneReplica, device: str | None) -> None:
        super().__init__(strategy)
        self._device = device

    @property
    def worker_devices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The device of the replica."""
        return (constant(0).device if self._device is None else _full(self._device),)

    parameter_devices = worker_devices  # type: ignore[assignment]

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`fn(*args, **kwargs)` for the replica, on its device."""
        replica = ReplicaContext(self._strategy, constant(0))  # type: ignore[arg-type]
        with within(self._strategy, replica), self.placed():
            return fn(*args, **(kwargs or {}))

    def placed(self) -> Any:
        """A context whose ops run on the device, if one was chosen."""
        return contextlib.nullcontext() if self._device is None else devices.device(self._device)


class _OneReplica(Strategy):
    """What these strategies have in common."""

    def __init__(self, device: str | None) -> None:
        self._extended = _Extended(self, device)

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """A context whose Variables belong to the strategy; code in it is that of all replicas.

        Raises:
          RuntimeError: in the scope of another strategy.
        """
        with within(self, None), self._extended.placed():
            yield self


class OneDeviceStrategy(_OneReplica):
    """All on one device, under the names of a strategy.

    Args:
      device: its name, as for `tf.device`.

    Source: `tf.distribute.OneDeviceStrategy`.

    >>> import tfcompat_tape as tf
    >>> strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    >>> with strategy.scope():
    ...     v = tf.Variable(2.0)
    >>> strategy.run(lambda x: (x * v).numpy(), args=(3.0,))
    np.float32(6.0)
    """

    def __init__(self, device: str) -> None:
        super().__init__(device)


class MirroredStrategy(_OneReplica):
    """One replica, on one device: that of this process, or the one in `devices`.

    Args:
      devices: names of devices; more than one are refused.
      cross_device_ops: accepted; one replica has nothing to send.

    Raises:
      UnimplementedError: several devices.

    Source: `tf.distribute.MirroredStrategy`.

    >>> import tfcompat_tape as tf
    >>> strategy = tf.distribute.MirroredStrategy()
    >>> strategy.num_replicas_in_sync, tf.distribute.has_strategy()
    (1, False)
    >>> with strategy.scope():
    ...     print(tf.distribute.get_strategy() is strategy, tf.distribute.in_cross_replica_context())
    True True
    """

    def __init__(self, devices: Sequence[str] | None = None, cross_device_ops: Any = None) -> None:
        chosen = [devices] if isinstance(devices, str) else list(devices or ())
        if len(chosen) > 1:
            raise unimplemented(
                f"{type(self).__name__}: {len(chosen)} devices ({', '.join(map(str, chosen))}) were given, and one "
                "process is one replica here: values are not spread over several devices. Give one device, or none."
            )
        super().__init__(chosen[0] if chosen else None)


class MultiWorkerMirroredStrategy(_OneReplica):
    """One replica, the one worker of its cluster.

    Args:
      cluster_resolver: what says how many workers there are; the variable TF_CONFIG if it is None.
      communication_options: accepted; one replica has nothing to send.

    Raises:
      UnimplementedError: a cluster of several workers.
      ValueError: TF_CONFIG is no JSON.

    Source: `tf.distribute.MultiWorkerMirroredStrategy`.
    """

    def __init__(self, cluster_resolver: Any = None, communication_options: Any = None) -> None:
        workers = _workers() if cluster_resolver is None else _workers_of(cluster_resolver.cluster_spec())
        if workers > 1:
            raise unimplemented(
                f"{type(self).__name__}: the cluster has {workers} workers, and values are not sent between processes "
                "here. Without TF_CONFIG the program runs as one worker."
            )
        super().__init__(None)


def _workers() -> int:
    text = os.environ.get("TF_CONFIG", "")
    if not text.strip():
        return 1
    try:
        cluster = json.loads(text).get("cluster", {})
    except (ValueError, AttributeError) as error:
        raise ValueError(f"TF_CONFIG is no JSON object ({error}): {text!r}") from None
    return _workers_of(cluster)


def _workers_of(cluster: Any) -> int:
    tasks = cluster if isinstance(cluster, dict) else cluster.as_dict()
    return sum(len(tasks.get(job, ())) for job in ("chief", "master", "worker")) or 1


def _full(device: str) -> str:
    with devices.device(device):
        return str(constant(0).device)


class CrossDeviceOps:
    """How replicas exchange values: one has nothing to exchange. Source: `tf.distribute.CrossDeviceOps`."""

    def __init__(self) -> None: ...


class HierarchicalCopyAllReduce(CrossDeviceOps):
    """Source: `tf.distribute.HierarchicalCopyAllReduce`."""

    def __init__(self, num_packs: int = 1) -> None:
        _check_packs(num_packs)


class NcclAllReduce(CrossDeviceOps):
    """Source: `tf.distribute.NcclAllReduce`."""

    def __init__(self, num_packs: int = 1) -> None:
        _check_packs(num_packs)


class ReductionToOneDevice(CrossDeviceOps):
    """Source: `tf.distribute.ReductionToOneDevice`."""

    def __init__(self, reduce_to_device: Any = None, accumulation_fn: Any = None) -> None: ...


def _check_packs(num_packs: int) -> None:
    if num_packs < 0:
        raise ValueError(f"NCCL all-reduce requires num_packs >= 0, but {num_packs} is specified")
