"""The namespace `tf.experimental.dlpack`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.experimental.dlpack.capsules import from_dlpack, to_dlpack

__all__ = ["from_dlpack", "to_dlpack"]

__getattr__ = namespace(globals(), "tf.experimental.dlpack")
