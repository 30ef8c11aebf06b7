"""`tensorflow.python.ops.gradient_checker_v2`, beside `compute_gradient`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["max_error"]


def max_error(grad1: Sequence[Any], grad2: Sequence[Any]) -> float:
    """The largest difference between two lists of arrays: those of `tf.test.compute_gradient`."""
    error = 0.0
    for one, other in zip(grad1, grad2, strict=False):
        if one.size > 0:
            error = np.maximum(error, np.fabs(np.subtract(one, other)).max())
    return error
