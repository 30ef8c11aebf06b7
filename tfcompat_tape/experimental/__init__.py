"""The namespace `tf.experimental`."""

from tfcompat_tape._coverage import missing_names
from tfcompat_tape.experimental import dlpack

__all__ = ["dlpack"]

__getattr__ = missing_names("tf.experimental")
