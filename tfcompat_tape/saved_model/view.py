"""The objects of a model that is written: those of a checkpoint, and what objects depend on in a SavedModel alone."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.checkpoint.graph import ObjectGraphView, as_trackable
from tfcompat_tape.saved_model import functions


class ModelView(ObjectGraphView):
    """What can be reached from a model.

    Lists and dicts that an object names when a SavedModel is written, as Keras's layers do with those of their layers,
    are made into objects once, so that each walk meets the same ones.
    """

    def __init__(self, root: Any) -> None:
        super().__init__(root)
        self._made: dict[tuple[int, str], Any] = {}

    def children(self, obj: Any, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        found = super().children(obj, save_type, **kwargs)
        if isinstance(obj, functions.WRITABLE):
            return found
        for name, child in obj._trackable_children("savedmodel", **kwargs).items():
            if name not in found:
                key = id(obj), name
                if key not in self._made:
                    self._made[key] = as_trackable(child)
                found[name] = self._made[key]
        return found
