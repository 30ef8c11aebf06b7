"""Why a list or dict cannot be saved, as TensorFlow says it: what it holds would be restored elsewhere."""

from __future__ import annotations

from typing import Any

_LIST = "a list wrapper constructed to track trackable TensorFlow objects"
_DICT = "a dictionary wrapper constructed automatically on attribute assignment"


def _unable(saved: Any, what: str, why: str, instead: str) -> ValueError:
    return ValueError(
        f"Unable to save the object {saved} ({what}). {why}\n\nIf you don't need this {instead}; it will be "
        "subsequently ignored."
    )


def list_in_another_order(saved: Any) -> ValueError:
    """The error for a list of which elements were replaced, taken out or moved."""
    return _unable(
        saved,
        _LIST,
        "A list element was replaced (__setitem__, __setslice__), deleted (__delitem__, __delslice__), or moved "
        "(sort). In order to support restoration on object creation, tracking is exclusively for append-only data "
        "structures.",
        "list checkpointed, wrap it in a non-trackable object",
    )


def list_changed_outside(saved: Any, now: Any, tracked: Any) -> ValueError:
    """The error for a list that somebody changed who has it without its wrapper."""
    return _unable(
        saved,
        _LIST,
        f"The wrapped list was modified outside the wrapper (its final value was {now}, its value when a checkpoint "
        f"dependency was added was {tracked}), which breaks restoration on object creation.",
        "list checkpointed, wrap it in a NoDependency object",
    )


def dict_with_other_keys(saved: Any) -> ValueError:
    """The error for a dict that has something to save under a key that is no string."""
    return _unable(
        saved,
        _DICT,
        "The wrapped dictionary contains a non-string key which maps to a trackable object or mutable data structure.",
        "dictionary checkpointed, wrap it in a non-trackable object",
    )


def dict_changed_outside(saved: Any, tracked: Any) -> ValueError:
    """The error for a dict that somebody changed who has it without its wrapper."""
    return _unable(
        saved,
        _DICT,
        f"The wrapped dictionary was modified outside the wrapper (its final value was {saved}, its value when a "
        f"checkpoint dependency was added was {dict(tracked)}), which breaks restoration on object creation.",
        "dictionary checkpointed, wrap it in a non-trackable object",
    )
