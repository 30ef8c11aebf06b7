"""``tf.__internal__.feature_column``: feature columns are not here; their classes can be made others from."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.absent import absent

__all__ = [
    "DenseColumn",
    "FeatureColumn",
    "FeatureTransformationCache",
    "SequenceDenseColumn",
    "StateManager",
]

_PLACE = "tensorflow.python.feature_column.feature_column_v2"
DenseColumn = absent(f"{_PLACE}.DenseColumn")
FeatureColumn = absent(f"{_PLACE}.FeatureColumn")
FeatureTransformationCache = absent(f"{_PLACE}.FeatureTransformationCache")
SequenceDenseColumn = absent(f"{_PLACE}.SequenceDenseColumn")
StateManager = absent(f"{_PLACE}.StateManager")

__getattr__ = namespace(globals(), "tf.__internal__.feature_column")
