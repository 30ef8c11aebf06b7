"""``tf.types.experimental.distributed``: classes for `isinstance` of what replicas have."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.strategy import Mirrored, PerReplica

__all__ = ["Mirrored", "PerReplica"]

__getattr__ = namespace(globals(), "tf.types.experimental.distributed")
