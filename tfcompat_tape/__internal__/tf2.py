"""``tf.__internal__.tf2``."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.tf2 import enabled

__all__ = ["enabled"]

__getattr__ = namespace(globals(), "tf.__internal__.tf2")
