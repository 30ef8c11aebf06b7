"""The namespace `tf.train.experimental`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.checkpoint.python_state import PythonState

__all__ = ["PythonState"]

__getattr__ = namespace(globals(), "tf.train.experimental")
