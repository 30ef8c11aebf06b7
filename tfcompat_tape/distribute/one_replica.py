"""Strategies that make one replica of each process: `tfcompat run --replicas N`, torchrun or TF_CONFIG start several.

Where there is one process there is one replica. With several, `several.py` does what replicas have to do together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tfcompat_tape.core import devices
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.distribute import cluster as clusters
from tfcompat_tape.distribute.strategy import ReplicaContext, Strategy, StrategyExtended, within

if TYPE_CHECKING:
    from tfcompat_tape.distribute.several import Several


class _Extended(StrategyExtended):
    def __init__(self, strategy: _OneReplica, device: str | None) -> None:
        super().__init__(strategy)
        self._device = device

    @property
    def worker_devices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The device of the replica."""
        return (convert(0).device if self._device is None else _full(self._device),)

    parameter_devices = worker_devices  # type: ignore[assignment]

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`fn(*args, **kwargs)` for the replica, on its device."""
        replica = ReplicaContext(self._strategy, convert(0))
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


class _SeveralExtended(_Extended):
    """What libraries use of a strategy of several replicas."""

    def __init__(self, strategy: _Replicated, several: Several, device: str | None) -> None:
        super().__init__(strategy, device)
        self._several = several

    def _in_multi_worker_mode(self) -> bool:
        return self._several.by_value

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`fn(*args, **kwargs)` for the replica of this process."""
        return self._several.run(fn, args, kwargs)

    def variable_created_in_scope(self, v: Any) -> bool:
        """Whether the variable belongs to this strategy."""
        return getattr(v, "_strategy", None) is self._strategy

    def update(
        self, var: Any, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True
    ) -> Any:
        """`fn(var, *args, **kwargs)` for the copy that this replica has; not in a tuple if `group`."""
        return self._several.update(var, fn, args, kwargs, group)

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any, options: Any = None) -> Any:
        """The sum or mean over the replicas."""
        return self._several.reduce_to(reduce_op, [value])[0]

    def batch_reduce_to(self, reduce_op: Any, value_destination_pairs: Any, options: Any = None) -> Any:
        """`reduce_to` of each pair, in one exchange."""
        return self._several.reduce_to(reduce_op, [value for value, _ in value_destination_pairs])


class _Replicated(_OneReplica):
    """A strategy of as many replicas as there are processes."""

    _several: Several | None = None

    def _replicate(self, cluster: clusters.Cluster | None, by_value: bool, device: str | None) -> None:
        """Find the other processes, if there are any."""
        if cluster is None and clusters.by_torchrun() is None and not _connected():
            return
        from tfcompat_tape.distribute import ranks

        world = ranks.world(cluster)
        if world is None:
            return
        from tfcompat_tape.distribute.several import Several

        self._extended = _Extended(self, device)
        several = Several(self, world, by_value, self._extended.placed)
        self._several = several
        self._extended = _SeveralExtended(self, several, device)

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return 1 if self._several is None else self._several.ranks.size

    def scope(self) -> Any:
        """A context whose Variables belong to the strategy; code in it is that of all replicas.

        Raises:
          RuntimeError: in the scope of another strategy.
        """
        return super().scope() if self._several is None else self._several.scope()

    def reduce(self, reduce_op: Any, value: Any, axis: Any) -> Any:
        """The values of the replicas as one, and their elements along `axis`, if it is given, too; see `Strategy`."""
        if self._several is None:
            return super().reduce(reduce_op, value, axis)
        return self._several.reduce(reduce_op, value, axis)

    def gather(self, value: Any, axis: int) -> Any:
        """The values of the replicas, joined along `axis`."""
        return super().gather(value, axis) if self._several is None else self._several.gather(value, axis)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The values of the replicas: of all for MirroredStrategy, of this process's for workers of a cluster."""
        if self._several is None:
            return super().experimental_local_results(value)
        return self._several.local_results(value)

    unwrap = experimental_local_results

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """The dataset with the parts of its elements that this replica gets."""
        if self._several is None:
            return super().experimental_distribute_dataset(dataset, options)
        return self._several.distributed(dataset, options)

    def distribute_datasets_from_function(self, dataset_fn: Callable[[Any], Any], options: Any = None) -> Any:
        """The elements of `dataset_fn(InputContext)`, which are batches of one replica."""
        if self._several is None:
            return super().distribute_datasets_from_function(dataset_fn, options)
        return self._several.from_function(dataset_fn, options)

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def experimental_distribute_values_from_function(self, value_fn: Callable[[Any], Any]) -> Any:
        """`value_fn(ValueContext)` of each replica."""
        if self._several is None:
            return super().experimental_distribute_values_from_function(value_fn)
        return self._several.values_from_function(value_fn)


class MirroredStrategy(_Replicated):
    """As many replicas as `tfcompat run --replicas N` (or torchrun) has started processes; one without.

    Args:
      devices: names of devices; of several there have to be as many as processes, and each takes its own.
      cross_device_ops: accepted; torch.distributed sends what there is to send.

    Raises:
      UnimplementedError: more devices than processes.

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
        super().__init__(chosen[0] if len(chosen) == 1 else None)
        self._replicate(None, by_value=False, device=chosen[0] if len(chosen) == 1 else None)
        if len(chosen) > 1 and len(chosen) != self.num_replicas_in_sync:
            raise unimplemented(
                f"{type(self).__name__}: {len(chosen)} devices ({', '.join(map(str, chosen))}) were given, and one "
                f"process is one replica here, of which there are {self.num_replicas_in_sync}. Start the script with "
                f"`tfcompat run --replicas {len(chosen)}`, or give one device, or none."
            )


class MultiWorkerMirroredStrategy(_Replicated):
    """A replica in each worker of a cluster: TF_CONFIG says who they are, or torchrun has started them.

    Args:
      cluster_resolver: what says how many workers there are; the variable TF_CONFIG if it is None.
      communication_options: accepted; torch.distributed sends what there is to send.

    Raises:
      ValueError: TF_CONFIG is malformed, or names another number of workers than torchrun has started.
      UnavailableError: the other workers, or the port of the first one, cannot be reached.

    Source: `tf.distribute.MultiWorkerMirroredStrategy`.
    """

    def __init__(self, cluster_resolver: Any = None, communication_options: Any = None) -> None:
        super().__init__(None)
        self._resolver = cluster_resolver
        if cluster_resolver is None:
            cluster = clusters.of_environment()
        else:
            cluster = clusters.of_resolver(cluster_resolver)
        self._cluster = cluster
        self._replicate(cluster, by_value=True, device=None)

    @property
    def cluster_resolver(self) -> Any:
        """What says which worker this is (`task_type`, `task_id`, `cluster_spec()`)."""
        from tfcompat_tape.distribute import resolvers
        from tfcompat_tape.distribute.cluster_spec import ClusterSpec

        if self._resolver is not None:
            return self._resolver
        if self._cluster is not None or self._several is None:
            return resolvers.TFConfigClusterResolver()
        ranks = self._several.ranks
        spec = ClusterSpec({"worker": [""] * ranks.size})
        return resolvers.SimpleClusterResolver(spec, task_type="worker", task_id=ranks.rank)


def _connected() -> bool:
    """Whether the script itself has connected processes by torch.distributed."""
    import torch.distributed as dist

    return dist.is_available() and dist.is_initialized()


def _full(device: str) -> str:
    with devices.device(device):
        return str(convert(0).device)


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
