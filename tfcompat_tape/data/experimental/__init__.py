"""The namespace `tf.data.experimental`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.data.functions import (
    Counter,
    RandomDataset,
    assert_cardinality,
    cardinality,
    choose_from_datasets,
    enumerate_dataset,
    from_list,
    get_next_as_optional,
    get_single_element,
    get_structure,
    map_and_batch,
    sample_from_datasets,
    shuffle_and_repeat,
    take_while,
    unbatch,
)
from tfcompat_tape.data.options import (
    AutoShardPolicy,
    AutotuneAlgorithm,
    AutotuneOptions,
    DistributeOptions,
    ExternalStatePolicy,
    OptimizationOptions,
    ServiceOptions,
    ThreadingOptions,
)
from tfcompat_tape.experimental._optional import Optional

AUTOTUNE = -1
INFINITE_CARDINALITY = -1
SHARD_HINT = -1
UNKNOWN_CARDINALITY = -2

__all__ = [
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "SHARD_HINT",
    "UNKNOWN_CARDINALITY",
    "AutoShardPolicy",
    "AutotuneAlgorithm",
    "AutotuneOptions",
    "Counter",
    "DistributeOptions",
    "ExternalStatePolicy",
    "OptimizationOptions",
    "Optional",
    "RandomDataset",
    "ServiceOptions",
    "ThreadingOptions",
    "assert_cardinality",
    "cardinality",
    "choose_from_datasets",
    "enumerate_dataset",
    "from_list",
    "get_next_as_optional",
    "get_single_element",
    "get_structure",
    "map_and_batch",
    "sample_from_datasets",
    "shuffle_and_repeat",
    "take_while",
    "unbatch",
]

__getattr__ = namespace(globals(), "tf.data.experimental")
