"""``tf.__internal__.dispatch``: functions that others take over."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.dispatch import GlobalOpDispatcher, OpDispatcher, add_dispatch_support

__all__ = ["GlobalOpDispatcher", "OpDispatcher", "add_dispatch_support"]

__getattr__ = namespace(globals(), "tf.__internal__.dispatch")
