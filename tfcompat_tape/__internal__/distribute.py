"""``tf.__internal__.distribute``."""

from typing import Any, NoReturn

from tfcompat_tape.__internal__ import _interim as interim
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.strategy import strategy_supports_no_merge_call, variable_sync_on_read_context

__all__ = ["ShardedVariable", "interim", "strategy_supports_no_merge_call", "variable_sync_on_read_context"]


class ShardedVariable:
    """A Variable in pieces on parameter servers: a class to ask `isinstance` of, of which there are no objects."""

    def __init__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise unimplemented("ShardedVariable: there are no parameter servers here; use a tf.Variable.")


__getattr__ = namespace(globals(), "tf.__internal__.distribute")
