"""The namespace `tf.random`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.random import experimental, initializers
from tfcompat_tape.random.candidates import *
from tfcompat_tape.random.generator import *
from tfcompat_tape.random.sampling import *
from tfcompat_tape.random.stateless import *

__getattr__ = namespace(globals(), "tf.random")
