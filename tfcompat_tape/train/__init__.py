"""The namespace `tf.train`: so far the messages that examples are written as."""

from tfcompat_tape._coverage import namespace
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

__getattr__ = namespace(globals(), "tf.train")
