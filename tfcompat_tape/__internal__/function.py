"""``tf.__internal__.function``."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.tracing.function import Function

__all__ = ["Function"]

__getattr__ = namespace(globals(), "tf.__internal__.function")
