"""``tf.__internal__.types``."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.core.kinds import TensorType as Tensor

__all__ = ["Tensor"]

__getattr__ = namespace(globals(), "tf.__internal__.types")
