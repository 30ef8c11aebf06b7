"""``tf.__internal__.ops``."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import math
from tfcompat_tape.arrays.conversion import convert_to_tensor
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
    have, wanted = weights.shape, values.shape
    if have.is_fully_defined() and have == wanted:
        return weights
    if have.rank is not None and wanted.rank is not None and have.rank != 0:
        if have.rank != wanted.rank:
            raise ValueError(
                f"weights can not be broadcast to values. values.rank={wanted.rank}. weights.rank={have.rank}. "
                f"values.shape={wanted}. weights.shape={have}."
            )
        for axis, (one, other) in enumerate(zip(have.as_list(), wanted.as_list(), strict=True)):
            if one not in (1, other) and None not in (one, other):
                raise ValueError(
                    f"weights can not be broadcast to values. Mismatch at dim {axis}. values.shape={wanted}. "
                    f"weights.shape={have}."
                )
    return math.multiply(weights, _ones_like(values))


def _ones_like(values: Any) -> Any:
    from tfcompat_tape.arrays import ones_like

    return ones_like(values)


__getattr__ = namespace(globals(), "tf.__internal__.ops")
