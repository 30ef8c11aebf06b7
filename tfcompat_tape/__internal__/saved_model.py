"""``tf.__internal__.saved_model``."""

from tfcompat_tape.__internal__ import _revived as load
from tfcompat_tape.coverage.names import namespace

__all__ = ["load"]

__getattr__ = namespace(globals(), "tf.__internal__.saved_model")
