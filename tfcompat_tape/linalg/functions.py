"""Functions of matrices: exponential, logarithm, square root."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.registry import SIGNED
from tfcompat_tape.ops.matrix_functions import matrix_exponential, matrix_logarithm
from tfcompat_tape.ops.matrix_functions import matrix_square_root as _square_root
from tfcompat_tape.ops.operands import as_tensor

__all__ = ["expm", "logm", "matrix_square_root", "sqrtm"]


def expm(input: Any, name: Any = None) -> Any:
    """The exponentials of matrices, 1 + A + A^2/2 + ...

    Args:
      input: of shape `[..., n, n]`, float32, float64 or complex.

    Raises:
      InvalidArgumentError: the matrices are not square.
      ValueError: the matrices are of integers.

    Source: `tf.linalg.expm`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.expm([[0.0, 1.0], [0.0, 0.0]]).numpy())
    [[1. 1.]
     [0. 1.]]
    """
    x = as_tensor(input)
    if x._t.dtype in SIGNED or x._t.dtype is torch.bfloat16:
        raise ValueError(
            f"expm: the matrices must be float32, float64 or complex, got {x.dtype.name}. Use tf.cast."
        )
    return matrix_exponential(x)


def logm(input: Any, name: Any = None) -> Any:
    """The principal logarithms of matrices. There is no gradient.

    Args:
      input: of shape `[..., n, n]`, complex, without eigenvalues that are negative or zero.

    Raises:
      InvalidArgumentError: the matrices are not square, or not complex.

    Source: `tf.linalg.logm`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.logm(tf.linalg.expm(tf.constant([[0.0, 2.0], [0.0, 0.0]], tf.complex64))).numpy())
    [[0.+0.j 2.+0.j]
     [0.+0.j 0.+0.j]]
    """
    return matrix_logarithm(as_tensor(input))


def sqrtm(input: Any, name: Any = None) -> Any:
    """The principal square roots of matrices.

    Args:
      input: of shape `[..., n, n]`, float32, float64 or complex.

    Returns:
      B with B B = A; NaN where a real matrix has no such real root.

    Raises:
      InvalidArgumentError: the matrices are not square; or, in the gradient, singular.

    Source: `tf.linalg.sqrtm`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.sqrtm([[4.0, 0.0], [0.0, 9.0]]).numpy())
    [[2. 0.]
     [0. 3.]]
    """
    return _square_root(as_tensor(input))


matrix_square_root = sqrtm
