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


class Names:
    """The names that are given in one graph, whatever the case of their letters: `a`, `a_1`, `A_2`."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}  # by the name in small letters, how many names are made of it

    def unique(self, name: str, mark_as_used: bool = True) -> str:
        """`name`, with a number behind it if it is taken."""
        used = self._used
        number = used.get(name.lower(), 0)
        if mark_as_used:
            used[name.lower()] = number + 1
        if number == 0:
            return name
        found = f"{name}_{number}"
        while found.lower() in used:
            number += 1
            found = f"{name}_{number}"
        if mark_as_used:
            used[name.lower()] = number + 1
            used[found.lower()] = 1
        return found
