"""``tf.__internal__.distribute``."""

from tfcompat_tape.__internal__ import _interim as interim
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.strategy import strategy_supports_no_merge_call, variable_sync_on_read_context

__all__ = ["interim", "strategy_supports_no_merge_call", "variable_sync_on_read_context"]

__getattr__ = namespace(globals(), "tf.__internal__.distribute")
