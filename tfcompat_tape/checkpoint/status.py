"""What restoring returns: an object that can be asked whether everything was found."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.checkpoint.graph import ObjectGraphView, values_of
from tfcompat_tape.checkpoint.restoring import Restoration, _node_names
from tfcompat_tape.trackable.data_structures import TrackableDataStructure

_SHOWN = 10


class LoadStatus:
    """Base of what `tf.train.Checkpoint.restore` and `read` return."""

    def assert_consumed(self) -> Any:
        """AssertionError unless each value of the checkpoint has an object, and each object a value."""
        raise NotImplementedError

    def assert_existing_objects_matched(self) -> Any:
        """AssertionError unless each object that there is has a value in the checkpoint."""
        raise NotImplementedError

    def assert_nontrivial_match(self) -> Any:
        """AssertionError if nothing but the root was found."""
        raise NotImplementedError

    def run_restore_ops(self, session: Any = None) -> None:
        """Nothing is left to do: values are given at once."""

    def initialize_or_restore(self, session: Any = None) -> None:
        """Nothing is left to do: values are given at once."""

    def expect_partial(self) -> Any:
        """Do not warn of values that nobody takes."""
        return self


class CheckpointLoadStatus(LoadStatus):
    """Of a checkpoint with a graph of objects."""

    def __init__(self, restoration: Restoration, root: Any, view: ObjectGraphView) -> None:
        self._checkpoint = restoration
        self._root = root
        self._view = view

    def _unmatched(self) -> list[Any]:
        """Objects with values that got none from the checkpoint."""
        bound = {
            id(found) for i in self._checkpoint.objects if (found := self._checkpoint.bound(i)) is not None
        }
        return [
            obj
            for obj in self._view.walk()[0]
            if id(obj) not in bound and not isinstance(obj, TrackableDataStructure) and values_of(obj)
        ]

    def assert_consumed(self) -> Any:
        """AssertionError unless each value of the checkpoint has an object, and each object a value."""
        restoration = self._checkpoint
        self.assert_existing_objects_matched()
        names = _node_names(restoration.nodes)
        for i, node in enumerate(restoration.nodes):
            if len(node.attributes) and restoration.bound(i) is None:
                raise AssertionError(f"Unresolved object in checkpoint {names.get(i, '(root)')}: {node}")
        if restoration.slots:
            raise AssertionError(f"Unresolved slot restorations: {restoration.slots}")
        if restoration.unused:
            raise AssertionError(
                "Unused attributes in these objects (the attributes exist in the checkpoint but were not restored):\n"
                + "\n".join(f"{restoration.bound(i)}: {left}" for i, left in restoration.unused.items())
            )
        return self

    def assert_existing_objects_matched(self) -> Any:
        """AssertionError unless each object that there is has a value in the checkpoint."""
        restoration = self._checkpoint
        for i, node in enumerate(restoration.nodes):
            found = restoration.bound(i)
            if len(node.attributes) and found is not None and found._update_uid < restoration.uid:
                raise AssertionError(f"Object {node} not assigned a value from checkpoint.")
        left = self._unmatched()
        if left:
            raise AssertionError(
                f"Found {len(left)} Python objects that were not bound to checkpointed values, likely due to changes "
                f"in the Python program. Showing {min(_SHOWN, len(left))} of {len(left)} unmatched objects: "
                f"{left[:_SHOWN]}"
            )
        return self

    def assert_nontrivial_match(self) -> Any:
        """AssertionError if nothing but the root was found."""
        restoration = self._checkpoint
        for i in restoration.objects:
            found = restoration.bound(i)
            if found is not None and found is not self._root:
                return self
        others = self._unmatched()
        if others:
            raise AssertionError(
                "Nothing except the root object matched a checkpointed value. Typically this means that the "
                "checkpoint does not match the Python program. The following objects have no matching checkpointed "
                f"value: {others}"
            )
        raise AssertionError(f"Nothing to load. No dependencies have been added to {self._root} yet.")

    def expect_partial(self) -> Any:
        """Do not warn of values that nobody takes."""
        self._checkpoint.report.expect_partial = True
        return self


class InitializationOnlyStatus(LoadStatus):
    """Of no checkpoint at all: `restore(None)`."""

    def _nothing(self) -> AssertionError:
        return AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    def assert_consumed(self) -> Any:
        """AssertionError: nothing is being restored."""
        raise self._nothing()

    def assert_existing_objects_matched(self) -> Any:
        """AssertionError: nothing is being restored."""
        raise self._nothing()

    def assert_nontrivial_match(self) -> Any:
        """AssertionError: nothing is being restored."""
        raise self._nothing()

    def run_restore_ops(self, session: Any = None) -> None:
        """AssertionError: there is nothing to run."""
        raise AssertionError(
            "No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore)."
        )
