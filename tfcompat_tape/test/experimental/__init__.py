"""The namespace `tf.test.experimental`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.test.hardware import sync_devices

__all__ = ["sync_devices"]

__getattr__ = namespace(globals(), "tf.test.experimental")
