"""`tensorflow.python.tf2`: which version's behaviour there is."""

from __future__ import annotations

from tfcompat_tape.core.errors import unimplemented

__all__ = ["disable", "enable", "enabled"]


def enabled() -> bool:
    """True: everything is as in version 2."""
    return True


def enable() -> None:
    """Nothing is to be done."""


def disable() -> None:
    """Raises UnimplementedError: the behaviour of version 1 is not here."""
    raise unimplemented("tf2.disable(): the behaviour of version 1 is not covered.")
