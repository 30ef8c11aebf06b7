"""``tf.__internal__.ops``."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import math
from tfcompat_tape.arrays import ones_like
from tfcompat_tape.arrays.conversion import convert_to_tensor
from tfcompat_tape.compat._v1.weights import check_weights
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.resource_variables import is_resource_variable

__all__ = ["broadcast_weights", "is_resource_variable"]


def broadcast_weights(weights: Any, values: Any) -> Any:
    """The weights in the shape of the values. They have its rank, or none; each size is that of the values, or 1.

    Raises:
      ValueError: the shapes are others.
    """
    values = convert_to_tensor(values)
    weights = convert_to_tensor(weights, values.dtype)
    if weights.shape.is_fully_defined() and weights.shape == values.shape:
        return weights
    check_weights(weights, values)
    return math.multiply(weights, ones_like(values))


__getattr__ = namespace(globals(), "tf.__internal__.ops")
