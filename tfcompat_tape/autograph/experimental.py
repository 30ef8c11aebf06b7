"""The namespace `tf.autograph.experimental`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.autograph._options import Feature, do_not_convert, set_loop_options

__all__ = ["Feature", "do_not_convert", "set_loop_options"]

__getattr__ = namespace(globals(), "tf.autograph.experimental")
