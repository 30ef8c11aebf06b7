"""What `tensorflow.python.framework.tensor_shape` has that is public nowhere."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.shapes import TensorShape

__all__ = ["as_shape"]


def as_shape(shape: Any) -> TensorShape:
    """Anything that `tf.TensorShape` takes, as one."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)
