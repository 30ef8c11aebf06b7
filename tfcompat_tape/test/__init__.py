"""The namespace `tf.test`: test cases, gradients checked by finite differences, and what this machine has."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.test import experimental
from tfcompat_tape.test.cases import *
from tfcompat_tape.test.finite_differences import *
from tfcompat_tape.test.hardware import *

_LATER = ("Benchmark", "benchmark_config", "with_eager_op_as_function")

__getattr__ = namespace(globals(), "tf.test", later=dict.fromkeys(_LATER, "tfcompat_tape.test.benchmarks"))
