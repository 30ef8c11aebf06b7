"""Concrete functions may be asked for their operations: what finds them is loaded when one is, for the first time."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import hooks


def _contents_of(function: Any, graph: Any) -> Any:
    from tfcompat_tape.graphs.contents import of_function

    return of_function(function, graph)


def _noted(function: Any) -> Any:
    from tfcompat_tape.graphs.functions import Noted

    return Noted(function)


hooks.contents_of = _contents_of
hooks.noted = _noted
