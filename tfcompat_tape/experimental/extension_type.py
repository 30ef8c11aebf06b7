"""``tf.experimental.extension_type``: functions of extension types."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.experimental._extension.specs import as_dict

__all__ = ["as_dict"]

__getattr__ = namespace(globals(), "tf.experimental.extension_type")
