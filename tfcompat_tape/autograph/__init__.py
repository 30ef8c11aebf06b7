"""The namespace `tf.autograph`: what of Python becomes a part of traces, function by function."""

from tfcompat_tape.autograph import experimental
from tfcompat_tape.autograph._conversion import set_verbosity, to_code, to_graph, trace
from tfcompat_tape.coverage.names import namespace

__all__ = ["experimental", "set_verbosity", "to_code", "to_graph", "trace"]

__getattr__ = namespace(globals(), "tf.autograph")
