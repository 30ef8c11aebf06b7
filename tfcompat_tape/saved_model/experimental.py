"""The namespace `tf.saved_model.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.saved_model.options import VariablePolicy
from tfcompat_tape.trackable.resource import TrackableResource

__all__ = ["TrackableResource", "VariablePolicy"]

__getattr__ = namespace(globals(), "tf.saved_model.experimental")
