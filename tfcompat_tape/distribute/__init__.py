"""`tf.distribute`: strategies whose replicas are processes, this one and those started with it.

In come a strategy's name and what says which processes there are: `tfcompat run --replicas`, torchrun or TF_CONFIG
(`cluster.py`). Where there is one process, code runs as it is (`strategy.py`, `one_replica.py`). With several, each
runs the same script; out come Variables that are the same in all of them (`variables.py`), values that each has for
itself (`values.py`), datasets of which each has its part (`datasets.py`), and reductions over torch.distributed
(`collectives.py`, `several.py`), on tapes and in traced functions. `ranks.py` knows the processes, and tells who
failed. `jacobians.py` and `products.py` split derivatives over them.
"""

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
    closed=True,
)
