"""``tf.types``: the kinds of values that functions take."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.types import experimental

__all__ = ["experimental"]

__getattr__ = namespace(globals(), "tf.types")
