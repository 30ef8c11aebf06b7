"""The namespace `tf.experimental`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.experimental import dlpack

__all__ = ["dlpack"]

__getattr__ = namespace(
    globals(), "tf.experimental", later={"Optional": "tfcompat_tape.experimental._optional"}
)
