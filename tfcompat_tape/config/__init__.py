"""The namespace `tf.config`: the devices of the machine, and which of them are used."""

from tfcompat_tape.config import experimental, optimizer, threading
from tfcompat_tape.config.machine import *
from tfcompat_tape.coverage.names import namespace

__getattr__ = namespace(globals(), "tf.config")
