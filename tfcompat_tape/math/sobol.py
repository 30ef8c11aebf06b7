"""Sobol sequences."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32, int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.sobol import sobol_sample as sample

__all__ = ["sobol_sample"]


def sobol_sample(dim: Any, num_results: Any, skip: Any = 0, dtype: Any = float32, name: Any = None) -> Tensor:
    """Points that fill the unit cube evenly: a Sobol sequence, without its first point, the origin.

    Args:
      dim: int32, the number of coordinates of a point.
      num_results: int32, how many points.
      skip: int32, how many to leave out before.
      dtype: float32 or float64.

    Returns:
      A Tensor of shape `(num_results, dim)`.

    Raises:
      InvalidArgumentError: no coordinates or points, a negative `skip`, another dtype, or what is no scalar.
      TypeError: numbers that are no integers.

    Source: `tf.math.sobol_sample`.

    >>> import tfcompat_tape as tf
    >>> tf.math.sobol_sample(2, 3).numpy()
    array([[0.5 , 0.5 ],
           [0.75, 0.25],
           [0.25, 0.75]], dtype=float32)
    """
    numbers = [x if isinstance(x, Tensor) else convert(x, int32) for x in (dim, num_results, skip)]
    result: Tensor = sample(*numbers, dtype=as_dtype(dtype).torch)
    return result
