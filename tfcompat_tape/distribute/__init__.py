"""``tf.distribute``: strategies whose replicas are processes, this one and those started with it."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.inputs import InputOptions, InputReplicationMode
from tfcompat_tape.distribute.one_replica import (
    CrossDeviceOps,
    HierarchicalCopyAllReduce,
    MirroredStrategy,
    MultiWorkerMirroredStrategy,
    NcclAllReduce,
    OneDeviceStrategy,
    ReductionToOneDevice,
)
from tfcompat_tape.distribute.strategy import (
    DistributedDataset,
    DistributedIterator,
    DistributedValues,
    InputContext,
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

__getattr__ = namespace(
    globals(),
    "tf.distribute",
    later={
        "cluster_resolver": "tfcompat_tape.distribute.cluster_resolver",
        "coordinator": "tfcompat_tape.distribute.coordinator",
        "experimental": "tfcompat_tape.distribute.experimental",
    },
)
