"""The namespace `tf.xla`: older words for what `tf.function(jit_compile=True)` says."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.xla import experimental

__all__ = ["experimental"]

__getattr__ = namespace(globals(), "tf.xla")
