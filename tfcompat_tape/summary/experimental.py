"""The namespace `tf.summary.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.summary.state import get_step, set_step
from tfcompat_tape.summary.writing import summary_scope, write_raw_pb

__all__ = ["get_step", "set_step", "summary_scope", "write_raw_pb"]

__getattr__ = namespace(globals(), "tf.summary.experimental")
