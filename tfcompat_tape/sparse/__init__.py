"""The namespace `tf.sparse`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.sparse.segments import segment_mean, segment_sqrt_n, segment_sum

__all__ = ["segment_mean", "segment_sqrt_n", "segment_sum"]

__getattr__ = namespace(globals(), "tf.sparse")
