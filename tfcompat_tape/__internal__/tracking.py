"""``tf.__internal__.tracking``: objects that hang on others by name."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.core.trackable import AutoTrackable, Trackable, no_automatic_dependency_tracking

__all__ = ["AutoTrackable", "Trackable", "no_automatic_dependency_tracking"]

__getattr__ = namespace(globals(), "tf.__internal__.tracking")
