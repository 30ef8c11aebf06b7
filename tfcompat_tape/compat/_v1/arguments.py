"""Arguments that version 1 knows by two names, an older and a newer one."""

from __future__ import annotations

from typing import Any


def either(new_name: str, new: Any, old_name: str, old: Any) -> Any:
    """The argument, by whichever name it was given. ValueError if by both."""
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old


def needed(name: str, value: Any) -> Any:
    """The argument; ValueError if it was not given."""
    if value is None:
        raise ValueError(f"Argument `{name}` must not be None.")
    return value
