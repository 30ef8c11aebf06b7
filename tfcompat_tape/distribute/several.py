"""What a strategy of several replicas does, of which each process is one: the same code runs in all of them.

Code for all replicas (outside of `Strategy.run`) runs in each process and gives the same there; within `run`, it is
this process's replica. What replicas have goes over torch.distributed.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import processes
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable, variable_creator_scope
from tfcompat_tape.data.options import AutoShardPolicy
from tfcompat_tape.distribute import collectives, for_keras
from tfcompat_tape.distribute.datasets import MirroredDataset
from tfcompat_tape.distribute.inputs import InputReplicationMode
from tfcompat_tape.distribute.ranks import Ranks
from tfcompat_tape.distribute.strategy import (
    InputContext,
    ReduceOp,
    ReplicaContext,
    Strategy,
    ValueContext,
    get_replica_context,
    get_strategy,
    reduce_op_of,
    updating,
    within,
)
from tfcompat_tape.distribute.values import PerReplica, local, regrouped
from tfcompat_tape.distribute.variables import SyncOnReadVariable, _OfReplicas, creator
from tfcompat_tape.math.reductions import reduce_mean, reduce_sum
from tfcompat_tape.ops import seeds
from tfcompat_tape.tape.attention import paused

_IN_REPLICA = "Method requires being in cross-replica context, use get_replica_context().merge_call()"


class Several:
    """The replicas of a strategy.

    Args:
      strategy: whose they are.
      ranks: the processes.
      by_value: what replicas have is a plain value, as for a worker with one device; else a `PerReplica`.
      placed: gives a context whose ops run on this replica's device.
    """

    def __init__(self, strategy: Strategy, ranks: Ranks, by_value: bool, placed: Callable[[], Any]) -> None:
        self.strategy = strategy
        self.ranks = ranks
        self.by_value = by_value
        self.placed = placed
        self.create = creator(strategy)
        processes.several = True
        processes.silent |= not by_value and ranks.rank > 0
        for_keras.prepare()
        if not by_value:  # what one process drew for all replicas, each process draws: from the same seed
            (seed, *_) = ranks.exchange(secrets.randbits(31), "a strategy's seed")
            seeds.share(seed)

    def outside(self) -> None:
        """RuntimeError within a replica."""
        if get_strategy() is self.strategy and get_replica_context() is not None:
            raise RuntimeError(_IN_REPLICA)

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """See `Strategy.scope`."""
        for_keras.prepare()
        with within(self.strategy, None), self.placed(), variable_creator_scope(self.create):
            yield self.strategy

    def run(self, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """`fn` for this process's replica."""
        self.outside()
        for_keras.prepare()
        given, named = local(tuple(args)), local(dict(kwargs or {}))
        replica = SeveralContext(self)
        with contextlib.ExitStack() as stack:
            if (
                not self.by_value
            ):  # TensorFlow's replicas are threads: a tape around `run` sees none of their ops
                stack.enter_context(paused())
            stack.enter_context(within(self.strategy, replica))
            stack.enter_context(self.placed())
            stack.enter_context(variable_creator_scope(self.create))
            stack.enter_context(seeds.for_replica(self.ranks.rank, self.ranks.size))
            result = fn(*given, **named)
        return result if self.by_value else regrouped(result)

    # -- what replicas have, as one ------------------------------------------------------------------------------------

    def reduce(self, reduce_op: Any, value: Any, axis: Any) -> Any:
        """See `Strategy.reduce`."""
        op = reduce_op_of(reduce_op)
        self.outside()
        return nest.map_structure(lambda x: self._reduced(op, x, axis), value)

    def _reduced(self, op: ReduceOp, value: Any, axis: Any) -> Any:
        mean = op is ReduceOp.MEAN
        if isinstance(value, SyncOnReadVariable):
            with updating():
                value = PerReplica(convert(value))
        if isinstance(value, PerReplica):
            value = value._local
        elif not self.by_value or isinstance(value, _OfReplicas):
            return self._of_equal(op, value, axis)
        if axis is None:
            (found,) = collectives.all_reduce([value], mean)
            return found
        x = convert(value)
        total = reduce_sum(x, axis=axis)
        if not mean:
            (found,) = collectives.all_reduce([total], False)
            return found
        terms = 1
        for one in nest.flatten(axis):
            terms *= x.shape.as_list()[one]
        inexact = x.dtype.is_floating or x.dtype.is_complex
        total = total if inexact else Tensor(total._t.double(), None)
        count = Tensor(convert(float(terms))._t.to(total._t.dtype), None)
        above, below = collectives.all_reduce([total, count], False)
        return above / below

    def _of_equal(self, op: ReduceOp, value: Any, axis: Any) -> Any:
        """Of a value that all replicas have in common."""
        if op is ReduceOp.MEAN:
            return value if axis is None else reduce_mean(value, axis=axis)
        if axis is None:
            raise ValueError(
                f"A non-DistributedValues value {value} cannot be reduced with the given reduce op {op}."
            )
        total: Any = reduce_sum(value, axis=axis)
        return total * self.ranks.size

    def gather(self, value: Any, axis: int) -> Any:
        """See `Strategy.gather`."""
        if get_strategy() is self.strategy and get_replica_context() is not None:
            raise RuntimeError(
                "tf.distribute.Strategy.gather method requires cross-replica context, use "
                "get_replica_context().all_gather() instead"
            )

        def gathered(x: Any) -> Any:
            if isinstance(x, PerReplica):
                return collectives.gather(convert(x._local), axis)
            return collectives.gather(convert(x), axis) if self.by_value else convert(x)

        return nest.map_structure(gathered, value)

    def local_results(self, value: Any) -> tuple[Any, ...]:
        """The values of all replicas, or of the one of this process where they are plain."""
        if self.by_value:
            return (local(value),)
        leaves = nest.flatten(value)
        if not any(isinstance(x, (PerReplica, _OfReplicas)) for x in leaves):
            return (value,)
        size = self.ranks.size
        each = [x.values if isinstance(x, (PerReplica, _OfReplicas)) else (x,) * size for x in leaves]
        return tuple(nest.pack_sequence_as(value, list(one)) for one in zip(*each, strict=True))

    def values_from_function(self, value_fn: Callable[[Any], Any]) -> Any:
        """See `Strategy.experimental_distribute_values_from_function`."""
        value = value_fn(ValueContext(self.ranks.rank, self.ranks.size))
        return nest.map_structure(PerReplica, value)

    # -- datasets ------------------------------------------------------------------------------------------------------

    def _wrapped(self, element: Any) -> Any:
        from tfcompat_tape.core.specs import TypeSpec
        from tfcompat_tape.distribute.values import PerReplicaSpec

        if self.by_value:
            return element
        return PerReplicaSpec(element) if isinstance(element, TypeSpec) else PerReplica(element)

    def distributed(self, dataset: Any, options: Any = None) -> Any:
        """See `Strategy.experimental_distribute_dataset`."""
        if options is not None and options.experimental_replication_mode is InputReplicationMode.PER_REPLICA:
            raise NotImplementedError(
                "InputReplicationMode.PER_REPLICA is only supported in `distribute_datasets_from_function`."
            )
        if self.by_value:
            policy = dataset.options().experimental_distribute.auto_shard_policy
            if policy in (AutoShardPolicy.FILE, AutoShardPolicy.HINT):
                raise invalid(
                    f"auto_shard_policy={policy!r}: datasets are split by their elements here. Use "
                    "tf.data.experimental.AutoShardPolicy.DATA, or distribute_datasets_from_function."
                )
            if policy is AutoShardPolicy.OFF:  # each worker reads all, in batches of a replica
                return MirroredDataset(
                    _in_parts(dataset, self.ranks.size), self._wrapped, self.ranks, own=True
                )
        return MirroredDataset(dataset, self._wrapped, self.ranks)

    def from_function(self, dataset_fn: Callable[[Any], Any], options: Any = None) -> Any:
        """See `Strategy.distribute_datasets_from_function`: one pipeline for all replicas, or each its own."""
        size, rank = self.ranks.size, self.ranks.rank
        each = (
            options is not None and options.experimental_replication_mode is InputReplicationMode.PER_REPLICA
        )
        if options is not None and options.experimental_place_dataset_on_device:
            if not each:
                raise ValueError(
                    "When `experimental_place_dataset_on_device` is set for dataset placement, you must also specify "
                    "`PER_REPLICA` for the replication mode"
                )
            if options.experimental_fetch_to_device:
                raise ValueError(
                    "`experimental_place_dataset_on_device` can not be set to True when "
                    "experimental_fetch_to_device is True and replication mode is set to `PER_REPLICA`"
                )
        if self.by_value or each:
            dataset = dataset_fn(InputContext(size, rank, size))
            return MirroredDataset(dataset, self._wrapped, self.ranks, own=True)
        return MirroredDataset(dataset_fn(InputContext(1, 0, size)), self._wrapped, self.ranks, turns=True)

    # -- what libraries use --------------------------------------------------------------------------------------------

    def update(self, var: Any, fn: Callable[..., Any], args: Any, kwargs: Any, group: bool) -> Any:
        """See `StrategyExtended.update`."""
        with updating(), within(self.strategy, None):
            result = fn(var, *local(tuple(args)), **local(dict(kwargs or {})))
        return result if group else nest.map_structure(lambda x: (x,), result)

    def reduce_to(self, reduce_op: Any, values: list[Any]) -> list[Any]:
        """The sums or means of several values, in one exchange."""
        op = reduce_op_of(reduce_op)
        found: list[Any] = list(values)
        places = [i for i, x in enumerate(values) if isinstance(x, PerReplica) or self.by_value]
        for i, x in enumerate(values):
            if i not in places and op is ReduceOp.SUM:
                found[i] = self._of_equal(op, x, None)
        sums = collectives.all_reduce([local(values[i]) for i in places], op is ReduceOp.MEAN)
        for i, one in zip(places, sums, strict=True):
            found[i] = one
        return found


class SeveralContext(ReplicaContext):
    """The replica of this process, among others."""

    def __init__(self, several: Several) -> None:
        super().__init__(several.strategy, convert(several.ranks.rank))
        self._several = several

    @property
    def devices(self) -> list[str]:
        """The device of this replica."""
        return [self._strategy.extended.worker_devices[0]]

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`merge_fn(strategy, *args, **kwargs)`, as code for all replicas; what they have is a PerReplica there."""
        wrap: Callable[[Any], Any] = (lambda x: x) if self._several.by_value else _regrouped_tensors
        with within(self._strategy, None):
            result = merge_fn(self._strategy, *wrap(tuple(args)), **wrap(dict(kwargs or {})))
        return local(result)

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """The sums or means over the replicas, in one exchange; gradients go through it."""
        mean = reduce_op_of(reduce_op) is ReduceOp.MEAN
        leaves = nest.flatten(value)
        for x in leaves:
            if not isinstance(x, (Tensor, Variable, CompositeTensor)):
                raise AttributeError(f"'{type(x).__name__}' object has no attribute 'dtype'")
        return nest.pack_sequence_as(value, collectives.all_reduce(leaves, mean) if leaves else [])

    def all_gather(self, value: Any, axis: Any, options: Any = None) -> Any:
        """The values of all replicas, joined along `axis`; gradients go through it.

        Raises:
          NotImplementedError: IndexedSlices.
        """
        for x in nest.flatten(value):
            if isinstance(x, CompositeTensor):
                raise NotImplementedError(f"all_gather does not support {type(x).__name__}")
        return nest.map_structure(lambda x: collectives.gather(convert(x), int(axis)), value)


def _regrouped_tensors(structure: Any) -> Any:
    def grouped(x: Any) -> Any:
        if isinstance(x, Variable) or not isinstance(x, (Tensor, CompositeTensor)):
            return x
        return PerReplica(x)

    return nest.map_structure(grouped, structure)


def _in_parts(dataset: Any, size: int) -> Any:
    """A dataset of the parts that replicas get of its batches, one after another."""
    from tfcompat_tape.data import Dataset
    from tfcompat_tape.distribute.datasets import split

    def parts() -> Iterator[Any]:
        for element in dataset:
            for rank in range(size):
                yield nest.map_structure(lambda x: x.numpy(), split(element, size, rank))

    from tfcompat_tape.core.specs import TensorSpec

    spec = nest.map_structure(
        lambda one: TensorSpec([None, *one.shape.as_list()[1:]], one.dtype), dataset.element_spec
    )
    return Dataset.from_generator(parts, output_signature=spec)
