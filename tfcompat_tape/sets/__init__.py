"""The namespace `tf.sets`: the last axis of tensors as sets. Nothing of this is differentiable."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.sets.operations import difference, intersection, size, union

__all__ = ["difference", "intersection", "size", "union"]

__getattr__ = namespace(globals(), "tf.sets")
