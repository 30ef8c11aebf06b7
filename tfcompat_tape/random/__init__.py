"""The namespace `tf.random`."""

from tfcompat_tape._coverage import missing_names
from tfcompat_tape.random import experimental as experimental
from tfcompat_tape.random.generator import *
from tfcompat_tape.random.sampling import *
from tfcompat_tape.random.stateless import *

__getattr__ = missing_names("tf.random")
