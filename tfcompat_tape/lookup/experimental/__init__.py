"""The namespace `tf.lookup.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.lookup.mutable import DenseHashTable, MutableHashTable

__all__ = ["DenseHashTable", "MutableHashTable"]

__getattr__ = namespace(globals(), "tf.lookup.experimental")
