"""The namespace `tf.test`: test cases, gradients checked by finite differences, and what this machine has."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.test.cases import *
from tfcompat_tape.test.finite_differences import *
from tfcompat_tape.test.hardware import *

__getattr__ = namespace(globals(), "tf.test")
