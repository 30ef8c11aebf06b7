"""Name scopes: what stands before the names of Variables that are made within. Source: `tf.name_scope`."""

from __future__ import annotations

import threading


class _Scopes(threading.local):
    """The scopes that this thread has entered, each in full and with a slash at the end."""

    def __init__(self) -> None:
        self.entered: list[str] = [""]


_scopes = _Scopes()


def current() -> str:
    """The innermost scope: "a/b/", or "" outside of all."""
    return _scopes.entered[-1]


def enter(name: str) -> str:
    """Enter the scope `name`, and say what it is in full; a name that ends with a slash is in full already."""
    scope = name if not name or name.endswith("/") else f"{current()}{name}/"
    _scopes.entered.append(scope)
    return scope


def leave() -> None:
    """Leave the innermost scope."""
    _scopes.entered.pop()
