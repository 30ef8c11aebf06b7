"""The namespace `tf.debugging`: assertions about values, shapes and dtypes."""

from tfcompat_tape.control.flow import Assert
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.debugging.kinds import *
from tfcompat_tape.debugging.tracebacks import *
from tfcompat_tape.debugging.values import *

__getattr__ = namespace(
    globals(),
    "tf.debugging",
    later={
        "disable_check_numerics": "tfcompat_tape.debugging.numerics",
        "enable_check_numerics": "tfcompat_tape.debugging.numerics",
        "get_log_device_placement": "tfcompat_tape.debugging.placement",
        "set_log_device_placement": "tfcompat_tape.debugging.placement",
    },
)
