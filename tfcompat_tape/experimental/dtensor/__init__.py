"""``tf.experimental.dtensor``: nothing of it is here; values are not spread over devices."""

from tfcompat_tape.coverage.names import namespace

__getattr__ = namespace(globals(), "tf.experimental.dtensor")
