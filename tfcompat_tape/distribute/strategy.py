"""What all strategies have in common, the one that is current; and the default strategy, of one replica here."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, NoReturn

from tfcompat_tape import nest
from tfcompat_tape.control.flow import group
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.math.reductions import reduce_mean, reduce_sum


class ReduceOp(Enum):
    """How values of replicas become one. Source: `tf.distribute.ReduceOp`.

    >>> import tfcompat_tape as tf
    >>> tf.distribute.ReduceOp("MEAN") is tf.distribute.ReduceOp.MEAN
    True
    """

    SUM = "SUM"
    MEAN = "MEAN"

    @staticmethod
    def from_variable_aggregation(aggregation: Any) -> ReduceOp:
        """What a variable's aggregation asks for; ValueError for one that reduces nothing."""
        name = aggregation.name
        if name not in ("SUM", "MEAN"):
            raise ValueError(
                f"Could not convert from `tf.VariableAggregation` {aggregation} to `tf.distribute.ReduceOp`"
            )
        return ReduceOp(name)


class InputContext:
    """Which part of the input a pipeline is for.

    Source: `tf.distribute.InputContext`.

    >>> import tfcompat_tape as tf
    >>> context = tf.distribute.InputContext(num_input_pipelines=2, input_pipeline_id=1, num_replicas_in_sync=2)
    >>> context.get_per_replica_batch_size(64)
    32
    """

    def __init__(
        self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1
    ) -> None:
        self.num_input_pipelines = num_input_pipelines
        self.input_pipeline_id = input_pipeline_id
        self.num_replicas_in_sync = num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """The batch size of one replica; ValueError where that is no whole number."""
        if global_batch_size % self.num_replicas_in_sync:
            raise ValueError(
                f"The `global_batch_size` {global_batch_size} is not divisible by `num_replicas_in_sync` "
                f"{self.num_replicas_in_sync}"
            )
        return global_batch_size // self.num_replicas_in_sync


class ValueContext:
    """For which replica a value is asked. Source: `tf.distribute.experimental.ValueContext`."""

    def __init__(self, replica_id_in_sync_group: int = 0, num_replicas_in_sync: int = 1) -> None:
        self.replica_id_in_sync_group = replica_id_in_sync_group
        self.num_replicas_in_sync = num_replicas_in_sync


class RunOptions:
    """How `Strategy.run` runs; taken for compatibility, without effect.

    Source: `tf.distribute.RunOptions`.

    >>> import tfcompat_tape as tf
    >>> options = tf.distribute.RunOptions(experimental_enable_dynamic_batch_size=False)
    >>> options.experimental_enable_dynamic_batch_size
    False
    """

    def __init__(self, experimental_enable_dynamic_batch_size: bool = True, **options: Any) -> None:
        self.experimental_enable_dynamic_batch_size = experimental_enable_dynamic_batch_size
        self.options = options


class ReplicaContext:
    """What code that runs for one replica knows. Source: `tf.distribute.ReplicaContext`.

    >>> import tfcompat_tape as tf
    >>> context = tf.distribute.get_replica_context()
    >>> context.num_replicas_in_sync, context.replica_id_in_sync_group
    (1, 0)
    """

    def __init__(self, strategy: Strategy, replica_id_in_sync_group: Any = 0) -> None:
        self._strategy = strategy
        self.replica_id_in_sync_group = replica_id_in_sync_group

    @property
    def strategy(self) -> Strategy:
        """The strategy that runs it."""
        return self._strategy

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return self._strategy.num_replicas_in_sync

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`merge_fn(strategy, *args, **kwargs)`, called once for all replicas."""
        with within(self._strategy, None):
            return merge_fn(self._strategy, *args, **(kwargs or {}))

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """The sum or mean over the replicas: of one value, the value."""
        reduce_op_of(reduce_op)
        return nest.map_structure(convert_to_tensor_or_composite, value)

    def all_gather(self, value: Any, axis: Any, options: Any = None) -> Any:
        """The values of all replicas, joined along `axis`."""
        return nest.map_structure(convert_to_tensor_or_composite, value)


def convert_to_tensor_or_composite(value: Any) -> Any:
    """`value` as a Tensor; composite values, like IndexedSlices, as they are."""
    return value if hasattr(value, "_type_spec") else convert(value)


def reduce_op_of(op: Any) -> ReduceOp:
    """`op`, or the one of that name; ValueError where there is none."""
    return op if isinstance(op, ReduceOp) else ReduceOp(op.upper() if isinstance(op, str) else op)


class StrategyExtended:
    """The parts of a strategy that libraries use. Source: `tf.distribute.StrategyExtended`.

    >>> import tfcompat_tape as tf
    >>> extended = tf.distribute.get_strategy().extended
    >>> isinstance(extended, tf.distribute.StrategyExtended)
    True
    """

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    def _in_multi_worker_mode(self) -> bool:
        return False

    @property
    def experimental_require_static_shapes(self) -> bool:
        """False: shapes may differ from step to step."""
        return False

    @property
    def worker_devices(self) -> NoReturn:
        raise RuntimeError("worker_devices() method unsupported by default tf.distribute.Strategy.")

    @property
    def parameter_devices(self) -> NoReturn:
        raise RuntimeError("parameter_devices() method unsupported by default tf.distribute.Strategy.")

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        """A context in which variables are made where another one is: where they are made anyway."""
        return contextlib.nullcontext()

    def variable_created_in_scope(self, v: Any) -> bool:
        """Whether the variable belongs to this strategy."""
        return True

    def update(
        self, var: Any, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True
    ) -> Any:
        """`fn(var, *args, **kwargs)`; not in a tuple if `group`."""
        result = fn(var, *args, **(kwargs or {}))
        return result if group else nest.map_structure(lambda x: (x,), result)

    def update_non_slot(
        self,
        colocate_with: Any,
        fn: Callable[..., Any],
        args: Any = (),
        kwargs: Any = None,
        group: bool = True,
    ) -> Any:
        """`fn(*args, **kwargs)`; not in a tuple if `group`."""
        result = fn(*args, **(kwargs or {}))
        return result if group else nest.map_structure(lambda x: (x,), result)

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any, options: Any = None) -> Any:
        """The sum or mean over the replicas: of one value, the value."""
        reduce_op_of(reduce_op)
        return value

    def batch_reduce_to(self, reduce_op: Any, value_destination_pairs: Any, options: Any = None) -> Any:
        """`reduce_to` of each pair."""
        return [self.reduce_to(reduce_op, value, where) for value, where in value_destination_pairs]

    def broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        """The value on all devices: as it is."""
        return tensor

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`fn(*args, **kwargs)`, for the one replica."""
        with within(self._strategy, ReplicaContext(self._strategy)):
            return fn(*args, **(kwargs or {}))

    def read_var(self, v: Any) -> Any:
        """The value of a variable."""
        return v.read_value() if hasattr(v, "read_value") else convert(v)

    def value_container(self, value: Any) -> Any:
        """The value itself."""
        return value

    def non_slot_devices(self, var_list: Any) -> Any:
        """Where other values of an optimizer live: with the first of the variables."""
        return min(var_list, key=lambda v: v.name)


class Strategy:
    """How a program is spread over devices. This one does not spread it: one replica, in this process.

    `tf.distribute.get_strategy()` gives it where there is no other; a `Strategy` of one's own cannot be made.

    Source: `tf.distribute.Strategy`.

    >>> import tfcompat_tape as tf
    >>> strategy = tf.distribute.get_strategy()
    >>> strategy.num_replicas_in_sync, strategy.run(lambda x: x + 1, args=(2,))
    (1, 3)
    """

    def __init__(self, extended: Any = None) -> None:
        raise unimplemented(
            f"{type(self).__name__}: values are not spread over several devices here. Use "
            "tf.distribute.get_strategy(), which runs everything once; for more devices start a process for each with "
            "torchrun."
        )

    @property
    def extended(self) -> StrategyExtended:
        """What libraries use of the strategy."""
        return self._extended  # type: ignore[attr-defined,no-any-return]

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return 1

    @property
    def cluster_resolver(self) -> None:
        """There is no cluster."""
        return None

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """A context whose code belongs to the strategy."""
        yield self

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """`fn(*args, **kwargs)`, once for each replica."""
        return self.extended.call_for_each_replica(fn, args, kwargs)

    def reduce(self, reduce_op: Any, value: Any, axis: int | None) -> Any:
        """The values of the replicas as one, and their elements along `axis`, if it is given, too.

        Raises:
          ValueError: `reduce_op` is none.

        >>> import tfcompat_tape as tf
        >>> print(tf.distribute.get_strategy().reduce("MEAN", tf.constant([1.0, 2.0]), axis=0).numpy())
        1.5
        """
        op = reduce_op_of(reduce_op)
        if axis is None:
            return nest.map_structure(convert_to_tensor_or_composite, value)
        function = reduce_sum if op is ReduceOp.SUM else reduce_mean
        return nest.map_structure(lambda x: function(x, axis=axis), value)

    def gather(self, value: Any, axis: int) -> Any:
        """The values of the replicas, joined along `axis`."""
        return nest.map_structure(convert_to_tensor_or_composite, value)

    def group(self, value: Any, name: str | None = None) -> Any:
        """An operation that waits for the values: they are there."""
        return group(value)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The values of the replicas of this process."""
        return (value,)

    unwrap = experimental_local_results
    # What Keras asks: whether a coordinator hands work to other processes.
    _should_use_with_coordinator = False

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """The dataset with the elements that this process gets: all."""
        return dataset

    def distribute_datasets_from_function(self, dataset_fn: Callable[[Any], Any], options: Any = None) -> Any:
        """`dataset_fn(InputContext())`."""
        return dataset_fn(InputContext())

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def experimental_distribute_values_from_function(self, value_fn: Callable[[Any], Any]) -> Any:
        """`value_fn(ValueContext())`, for the one replica."""
        return value_fn(ValueContext())


class _DefaultStrategy(Strategy):
    def __init__(self) -> None:
        self._extended = StrategyExtended(self)

    def __copy__(self) -> Strategy:
        return self

    def __deepcopy__(self, memo: Any) -> Strategy:
        return self

    def __reduce__(self) -> Any:
        return get_strategy, ()


class ParameterServerStrategy(Strategy):
    """Variables in other processes: UnimplementedError. Source: `tf.distribute.ParameterServerStrategy`."""


class TPUStrategy(Strategy):
    """Replicas on TPUs: UnimplementedError. Source: `tf.distribute.TPUStrategy`."""


class DistributedValues:
    """The base of values that replicas have each for itself. Source: `tf.distribute.DistributedValues`."""


class PerReplica(DistributedValues):
    """The base of values that differ by replica. Source: `tf.types.experimental.distributed.PerReplica`."""


class Mirrored(DistributedValues):
    """The base of values that are the same on all replicas. Source: `tf.types.experimental.distributed.Mirrored`."""


class DistributedDataset:
    """The base of datasets that are spread over replicas. Source: `tf.distribute.DistributedDataset`."""


class DistributedIterator:
    """The base of the iterators of such datasets. Source: `tf.distribute.DistributedIterator`."""


_DEFAULT = _DefaultStrategy()
_REPLICA = ReplicaContext(_DEFAULT)


class _Contexts(threading.local):
    """The strategy whose scope this thread is in, and the replica that it runs for; `None` where it is for all."""

    strategy: Strategy = _DEFAULT
    replica: ReplicaContext | None = _REPLICA
    updating: int = 0  # calls of `StrategyExtended.update` that are under way


_contexts = _Contexts()


class _Around:
    """Which replicas code is for, for `core.reading`: a function is traced for each of these.

    Where there is one replica, what it does is what code outside of every strategy does.
    """

    __slots__ = ("_key", "_state")

    def __init__(self) -> None:
        self._state = _contexts.strategy, _contexts.replica, _contexts.updating
        strategy = _contexts.strategy if _contexts.strategy.num_replicas_in_sync > 1 else None
        self._key = strategy, _contexts.replica is None, strategy is not None and _contexts.updating > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Around) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)

    @contextlib.contextmanager
    def instead(self, other: reading.Surroundings | None) -> Iterator[None]:
        """See `reading.Surroundings`."""
        state = other._state if isinstance(other, _Around) else (_DEFAULT, _REPLICA, 0)
        with _having(*state):
            yield

    def usual(self) -> bool:
        """Whether code here does what it does outside of every strategy."""
        return self._key == (None, False, False)


@contextlib.contextmanager
def _having(strategy: Strategy, replica: ReplicaContext | None, updating: int) -> Iterator[None]:
    outer = _contexts.strategy, _contexts.replica, _contexts.updating
    around = reading.current.around
    _set(strategy, replica, updating)
    try:
        yield
    finally:
        _contexts.strategy, _contexts.replica, _contexts.updating = outer
        reading.current.around = around


def _set(strategy: Strategy, replica: ReplicaContext | None, updating: int) -> None:
    _contexts.strategy, _contexts.replica, _contexts.updating = strategy, replica, updating
    around = _Around()
    reading.current.around = None if around.usual() else around


def updating() -> contextlib.AbstractContextManager[None]:
    """Within this context variables are what this replica has of them: `StrategyExtended.update` says so."""
    return _having(_contexts.strategy, _contexts.replica, _contexts.updating + 1)


def is_updating() -> bool:
    """Whether this is within `updating`."""
    return _contexts.updating > 0


@contextlib.contextmanager
def within(strategy: Strategy, replica: ReplicaContext | None) -> Iterator[None]:
    """Code that belongs to a strategy, and runs for a replica or for all.

    Raises:
      RuntimeError: in the scope of another strategy.
    """
    outer = _contexts.strategy
    if outer is not _DEFAULT and outer is not strategy:
        raise RuntimeError(f"Mixing different tf.distribute.Strategy objects: {outer!r} is not {strategy!r}")
    with _having(strategy, replica, _contexts.updating):
        yield


def get_strategy() -> Strategy:
    """The strategy whose scope this is in; the default one outside. Source: `tf.distribute.get_strategy`.

    >>> import tfcompat_tape as tf
    >>> tf.distribute.get_strategy() is tf.distribute.get_strategy()
    True
    """
    return _contexts.strategy


def has_strategy() -> bool:
    """Whether this is in the scope of a strategy.

    Source: `tf.distribute.has_strategy`.

    >>> import tfcompat_tape as tf
    >>> tf.distribute.has_strategy()
    False
    >>> with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
    ...     print(tf.distribute.has_strategy())
    True
    """
    return _contexts.strategy is not _DEFAULT


def in_cross_replica_context() -> bool:
    """Whether the code runs once for all replicas, as in `merge_call`.

    Source: `tf.distribute.in_cross_replica_context`.

    >>> import tfcompat_tape as tf
    >>> tf.distribute.in_cross_replica_context()
    False
    """
    return _contexts.replica is None


def get_replica_context() -> ReplicaContext | None:
    """The replica that the code runs for; `None` within a `merge_call`. Source: `tf.distribute.get_replica_context`.

    >>> import tfcompat_tape as tf
    >>> tf.distribute.get_replica_context().replica_id_in_sync_group
    0
    """
    return _contexts.replica


def experimental_set_strategy(strategy: Any) -> None:
    """Make `strategy` the current one of this thread; `None` is the default one.

    Source: `tf.distribute.experimental_set_strategy`.

    >>> import tfcompat_tape as tf
    >>> tf.distribute.experimental_set_strategy(tf.distribute.OneDeviceStrategy("/cpu:0"))
    >>> tf.distribute.has_strategy()
    True
    >>> tf.distribute.experimental_set_strategy(None)
    >>> tf.distribute.has_strategy()
    False
    """
    chosen = _DEFAULT if strategy is None else strategy
    _set(chosen, _REPLICA if chosen is _DEFAULT else None, _contexts.updating)


def maybe_merge_call(fn: Callable[..., Any], strategy: Any, *args: Any, **kwargs: Any) -> Any:
    """`fn(strategy, *args, **kwargs)`: one replica has nothing to wait for."""
    return fn(strategy, *args, **kwargs)


def variable_sync_on_read_context() -> Any:
    """A context in which variables are read as they are for all replicas: for one replica, as they are.

    Raises:
      UnimplementedError: there are several replicas, whose variables are not summed here.
    """
    if get_strategy().num_replicas_in_sync > 1:
        raise unimplemented(
            "variable_sync_on_read_context: the metrics of Keras 2 (tf_keras) are not summed over replicas here. Use "
            "the newer Keras (tf.keras), whose metrics are."
        )
    return contextlib.nullcontext()


def strategy_supports_no_merge_call() -> bool:
    """True: the one replica needs no others."""
    return True
