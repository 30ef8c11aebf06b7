"""`tensorflow.python.data.ops.iterator_ops`."""

from tfcompat_tape.data.iterators import Iterator as IteratorBase
from tfcompat_tape.data.iterators import OwnedIterator
from tfcompat_tape.data.specs import IteratorSpec

__all__ = ["IteratorBase", "IteratorSpec", "OwnedIterator"]
