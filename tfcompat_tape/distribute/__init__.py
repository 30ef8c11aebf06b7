"""``tf.distribute``: the default strategy, in which everything runs once in this process."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.distribute.strategy import (
    DistributedDataset,
    DistributedIterator,
    DistributedValues,
    InputContext,
    MirroredStrategy,
    MultiWorkerMirroredStrategy,
    OneDeviceStrategy,
    ParameterServerStrategy,
    ReduceOp,
    ReplicaContext,
    RunOptions,
    Strategy,
    StrategyExtended,
    TPUStrategy,
    experimental_set_strategy,
    get_replica_context,
    get_strategy,
    has_strategy,
    in_cross_replica_context,
)

__getattr__ = namespace(globals(), "tf.distribute")
