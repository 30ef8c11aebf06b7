"""`AutoTrackable`: whatever is assigned to its attributes and is trackable becomes a dependency."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.trackable.data_structures import NoDependency, sticky_attribute_assignment

__all__ = ["AutoTrackable"]


class AutoTrackable(Trackable):
    """Base of `tf.Module` and `tf.train.Checkpoint`: Variables, modules, lists and dicts on attributes are tracked.

    Source: `tf.__internal__.tracking.AutoTrackable`.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if getattr(self, "_self_setattr_tracking", True):
            value = sticky_attribute_assignment(trackable=self, value=value, name=name)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._delete_tracking(name)
        super().__delattr__(name)

    def _delete_tracking(self, name: str) -> None:
        """Let go of the dependency `name`."""
        self._maybe_initialize_trackable()
        if name in self._unconditional_dependency_names:
            del self._unconditional_dependency_names[name]
            listed = self._unconditional_checkpoint_dependencies
            listed[:] = [reference for reference in listed if reference.name != name]

    def _no_dependency(self, value: Any) -> NoDependency:
        return NoDependency(value)

    def _add_trackable_child(self, name: str, value: Any) -> None:
        setattr(self, name, value)
