"""The namespace `tf.strings`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.strings.formatting import as_string, format

__all__ = ["as_string", "format"]

__getattr__ = namespace(globals(), "tf.strings")
