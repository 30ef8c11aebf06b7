"""The namespace `tf.autodiff`: reverse mode and forward mode."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.tape.forward_accumulator import ForwardAccumulator
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = ["ForwardAccumulator", "GradientTape"]

__getattr__ = namespace(globals(), "tf.autodiff")
