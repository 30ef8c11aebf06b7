"""``tf.__internal__.distribute.interim``."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.strategy import maybe_merge_call

__all__ = ["maybe_merge_call"]

__getattr__ = namespace(globals(), "tf.__internal__.distribute.interim")
