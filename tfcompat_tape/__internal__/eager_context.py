"""``tf.__internal__.eager_context``."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.context import eager_mode

__all__ = ["eager_mode"]

__getattr__ = namespace(globals(), "tf.__internal__.eager_context")
