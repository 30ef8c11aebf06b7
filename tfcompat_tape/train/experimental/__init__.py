"""The namespace `tf.train.experimental`."""

from tfcompat_tape.checkpoint.python_state import PythonState
from tfcompat_tape.coverage.names import namespace

__all__ = ["PythonState"]

__getattr__ = namespace(globals(), "tf.train.experimental")
