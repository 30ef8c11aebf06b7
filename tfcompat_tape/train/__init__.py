"""The namespace `tf.train`: checkpoints, averages of variables, and the messages that examples are written as.

In come objects with Variables, or lists of bytes, floats and integers by name. Out come files in TensorFlow's format
and, from files, the values of the objects; or the bytes of an Example. Here stand the messages alone (`examples.py`):
what writes and restores checkpoints is `tfcompat_tape.checkpoint`, and comes when it is first used.
"""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.train.examples import (
    BytesList,
    Example,
    Feature,
    FeatureList,
    FeatureLists,
    Features,
    FloatList,
    Int64List,
    SequenceExample,
)

__all__ = [
    "BytesList",
    "Example",
    "Feature",
    "FeatureList",
    "FeatureLists",
    "Features",
    "FloatList",
    "Int64List",
    "SequenceExample",
]

__getattr__ = namespace(
    globals(),
    "tf.train",
    later={
        "Checkpoint": "tfcompat_tape.checkpoint.checkpoint",
        "CheckpointManager": "tfcompat_tape.checkpoint.manager",
        "ClusterSpec": "tfcompat_tape.distribute.cluster_spec",
        "CheckpointView": "tfcompat_tape.checkpoint.views",
        "ExponentialMovingAverage": "tfcompat_tape.checkpoint.averages",
        "TrackableView": "tfcompat_tape.checkpoint.views",
        "CheckpointOptions": "tfcompat_tape.checkpoint.options",
        "checkpoints_iterator": "tfcompat_tape.checkpoint.manager",
        "experimental": "tfcompat_tape.train.experimental",
        "get_checkpoint_state": "tfcompat_tape.checkpoint.management",
        "latest_checkpoint": "tfcompat_tape.checkpoint.management",
        "list_variables": "tfcompat_tape.checkpoint.listing",
        "load_checkpoint": "tfcompat_tape.checkpoint.listing",
        "load_variable": "tfcompat_tape.checkpoint.listing",
    },
)
