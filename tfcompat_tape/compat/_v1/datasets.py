"""`tf.compat.v1.data`: datasets of version 2, which in eager code are iterated over alike."""

from tfcompat_tape.data import Dataset, Iterator

__all__ = ["Dataset", "Iterator"]
