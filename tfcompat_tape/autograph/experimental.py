"""The namespace `tf.autograph.experimental`."""

from tfcompat_tape.autograph._options import Feature, do_not_convert, set_loop_options
from tfcompat_tape.coverage.names import namespace

__all__ = ["Feature", "do_not_convert", "set_loop_options"]

__getattr__ = namespace(globals(), "tf.autograph.experimental")
