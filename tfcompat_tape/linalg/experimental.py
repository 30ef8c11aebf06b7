"""The namespace `tf.linalg.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.linalg.iterative import conjugate_gradient

__all__ = ["conjugate_gradient"]

__getattr__ = namespace(globals(), "tf.linalg.experimental")
