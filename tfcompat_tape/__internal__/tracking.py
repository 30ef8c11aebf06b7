"""``tf.__internal__.tracking``: objects that hang on others by name."""

from typing import Any

from tfcompat_tape.checkpoint.graph import ObjectGraphView
from tfcompat_tape.core.trackable import (
    CheckpointInitialValue,
    CheckpointInitialValueCallable,
    Trackable,
    TrackableReference,
    no_automatic_dependency_tracking,
)
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.trackable.autotrackable import AutoTrackable
from tfcompat_tape.trackable.data_structures import TrackableDataStructure, sticky_attribute_assignment, wrap

__all__ = [
    "AutoTrackable",
    "CheckpointInitialValue",
    "CheckpointInitialValueCallable",
    "DelegatingTrackableMixin",
    "ObjectGraphView",
    "Trackable",
    "TrackableDataStructure",
    "TrackableReference",
    "no_automatic_dependency_tracking",
    "register_session_provider",
    "sticky_attribute_assignment",
    "wrap",
]


class DelegatingTrackableMixin:
    """An object that is tracked in place of another, as a wrapper of it that leaves no trace in a checkpoint.

    Args:
      trackable_obj: the other object.
    """

    def __init__(self, trackable_obj: Any) -> None:
        self._trackable = trackable_obj

    def __getattribute__(self, name: str) -> Any:
        if name in _DELEGATED:
            return getattr(object.__getattribute__(self, "_trackable"), name)
        return super().__getattribute__(name)


# What checkpoints ask an object.
_DELEGATED = frozenset(
    name for name in vars(Trackable) if not name.startswith("__") and name != "_setattr_tracking"
)
session_providers: list[Any] = []


def register_session_provider(session_provider: Any) -> None:
    """Keep a function that gives a session, of which there are none here."""
    session_providers.append(session_provider)


__getattr__ = namespace(globals(), "tf.__internal__.tracking")
