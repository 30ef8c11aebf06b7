"""``tf.__internal__.tracking``: objects that hang on others by name."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.checkpoint.graph import ObjectGraphView
from tfcompat_tape.core.trackable import (
    CheckpointInitialValue,
    CheckpointInitialValueCallable,
    Trackable,
    TrackableReference,
    no_automatic_dependency_tracking,
)
from tfcompat_tape.trackable.autotrackable import AutoTrackable
from tfcompat_tape.trackable.data_structures import TrackableDataStructure, sticky_attribute_assignment, wrap

__all__ = [
    "AutoTrackable",
    "CheckpointInitialValue",
    "CheckpointInitialValueCallable",
    "ObjectGraphView",
    "Trackable",
    "TrackableDataStructure",
    "TrackableReference",
    "no_automatic_dependency_tracking",
    "sticky_attribute_assignment",
    "wrap",
]

__getattr__ = namespace(globals(), "tf.__internal__.tracking")
