"""``tf.__internal__.types``."""

from tfcompat_tape.core.kinds import TensorType as Tensor
from tfcompat_tape.coverage.names import namespace

__all__ = ["Tensor"]

__getattr__ = namespace(globals(), "tf.__internal__.types")
