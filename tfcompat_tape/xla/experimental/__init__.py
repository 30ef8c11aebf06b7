"""The namespace `tf.xla.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.xla.experimental.computations import compile, jit_scope

__all__ = ["compile", "jit_scope"]

__getattr__ = namespace(globals(), "tf.xla.experimental")
