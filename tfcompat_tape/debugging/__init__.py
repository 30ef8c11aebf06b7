"""The namespace `tf.debugging`: assertions about values, shapes and dtypes."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.control.flow import Assert
from tfcompat_tape.debugging.kinds import *
from tfcompat_tape.debugging.tracebacks import *
from tfcompat_tape.debugging.values import *

__getattr__ = namespace(globals(), "tf.debugging")
