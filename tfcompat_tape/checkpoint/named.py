"""Restoring from checkpoints that have no graph of objects: variables are found by their own names."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.checkpoint.graph import ObjectGraphView, full_name, values_of
from tfcompat_tape.checkpoint.reader import CheckpointReader
from tfcompat_tape.checkpoint.restoring import _uids, prepared
from tfcompat_tape.checkpoint.status import LoadStatus
from tfcompat_tape.core.trackable import VARIABLE_VALUE
from tfcompat_tape.core.variable import Variable


class NamedRestoration:
    """One restoring by names."""

    def __init__(self, reader: CheckpointReader) -> None:
        self.restore_uid = _uids()
        self.reader = reader
        self.missing: dict[int, Any] = {}

    def eager_restore(self, trackable: Any) -> None:
        """Give an object the values that lie under its name."""
        keys = self._keys(trackable)
        found = {name: key for name, key in keys.items() if self.reader.has_tensor(key)}
        if len(found) < len(keys):
            self.missing[id(trackable)] = trackable
        if found:
            give, _ = prepared(trackable, found, self.reader)
            give()

    def _keys(self, trackable: Any) -> dict[str, str]:
        if isinstance(trackable, Variable):
            return {VARIABLE_VALUE: full_name(trackable)}
        return {name: name for name in values_of(trackable)}


class NameBasedSaverStatus(LoadStatus):
    """Of a checkpoint without a graph: `tf.compat.v1.train.Saver` writes such."""

    def __init__(self, restoration: NamedRestoration, view: ObjectGraphView) -> None:
        self._checkpoint = restoration
        self._view = view
        self._root = view.root
        self._optional: set[int] = set()

    def add_to_optionally_restored(self, var: Any) -> None:
        """A variable that need not be in the checkpoint."""
        self._optional.add(id(var))

    def _objects(self) -> list[Any]:
        found = self._view.walk()[0]
        for obj in found:
            obj._maybe_initialize_trackable()
        return found

    def assert_consumed(self) -> Any:
        """AssertionError unless each object has a value; what else is in the checkpoint is not asked."""
        self._objects()
        left = [obj for i, obj in self._checkpoint.missing.items() if i not in self._optional]
        if left:
            shown = "".join(f"\n    {obj}: {list(self._checkpoint._keys(obj).values())}" for obj in left)
            raise AssertionError(f"Some objects had attributes which were not restored: {shown}")
        return self

    assert_existing_objects_matched = assert_consumed
    assert_nontrivial_match = assert_consumed


def restore_by_name(reader: CheckpointReader, view: ObjectGraphView) -> NameBasedSaverStatus:
    """Restore all that is there, and let what comes later look by its name too."""
    restoration = NamedRestoration(reader)
    status = NameBasedSaverStatus(restoration, view)
    for obj in status._objects():
        obj._name_based_attribute_restore(restoration)
    return status
