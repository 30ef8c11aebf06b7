"""The namespace `tf.profiler`: profiles of programs. `tf.profile`, a name of ours, shows what they say at once."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.profiler import experimental

__all__ = ["experimental"]

__getattr__ = namespace(globals(), "tf.profiler")
