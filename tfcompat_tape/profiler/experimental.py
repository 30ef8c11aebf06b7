"""The namespace `tf.profiler.experimental`: profiles that are written into the folder of a log."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.profiling.logged import Profile, ProfilerOptions, Trace, start, stop

__all__ = ["Profile", "ProfilerOptions", "Trace", "start", "stop"]

__getattr__ = namespace(globals(), "tf.profiler.experimental")
