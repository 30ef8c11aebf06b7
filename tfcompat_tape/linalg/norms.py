"""Norms of vectors and matrices, and division by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_axes, compared
from tfcompat_tape.ops.arithmetic import abs_, mul, real_div
from tfcompat_tape.ops.complex_numbers import complex_abs
from tfcompat_tape.ops.decompositions import svd
from tfcompat_tape.ops.helpers import conj
from tfcompat_tape.ops.matrices import to_dtype
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.powers import pow_
from tfcompat_tape.ops.reductions import max_, sum_
from tfcompat_tape.ops.roots import sqrt
from tfcompat_tape.ops.shapes import expand_dims, squeeze, transpose

__all__ = ["norm", "normalize"]

_MATRIX_NORMS = ("euclidean", "fro", 1, 2, np.inf)


@composed
def norm(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, name: Any = None
) -> Any:
    """The norm of vectors or matrices.

    Args:
      tensor: a floating or complex tensor.
      ord: "euclidean", a positive number, or infinity; of matrices "euclidean", "fro", 1, 2 or infinity.
      axis: the axis of the vectors, a pair of axes for matrices; by default all elements are one vector.
      keepdims: keep the reduced axes, with size 1.

    Returns:
      The norms; the Euclidean norm of a complex tensor is complex. At zero the Euclidean norm has the gradient NaN.

    Raises:
      ValueError: there is no such norm, or the axis is no int and no pair of ints.

    Source: `tf.norm`.

    >>> import tfcompat_tape as tf
    >>> print(tf.norm([[3.0, 4.0], [6.0, 8.0]], axis=1).numpy())
    [ 5. 10.]
    """
    matrix = _check(ord, axis)
    keepdims = bool(keepdims)
    x = as_tensor(tensor)
    rank = x._t.ndim
    axes = tuple(range(rank)) if axis is None else as_axes(axis, rank)
    if ord == 2 and matrix:
        return _spectral_norm(x, axes, keepdims)
    if ord in ("euclidean", "fro", 2):
        if x.dtype.is_bool:
            raise TypeError("norm: expected a numeric tensor, got dtype bool.")
        return sqrt(sum_(mul(x, conj(x)), axis=axes, keep_dims=keepdims))
    size = _magnitude(x)
    if matrix:
        sums, largest = axes if ord == 1 else axes[::-1]
        found = max_(sum_(size, axis=(sums,), keep_dims=True), axis=(largest,), keep_dims=True)
        return found if keepdims else squeeze(found, squeeze_dims=axes)
    if ord == 1:
        return sum_(size, axis=axes, keep_dims=keepdims)
    if ord == np.inf:
        return max_(size, axis=axes, keep_dims=keepdims)
    ord = ord.item() if isinstance(ord, np.generic) else ord
    return pow_(sum_(pow_(size, ord), axis=axes, keep_dims=keepdims), 1.0 / ord)


def _check(ord: Any, axis: Any) -> bool:
    """Whether matrix norms are asked for; ValueError where there is no such norm."""
    matrix = isinstance(axis, (tuple, list))
    if matrix and (len(axis) != 2 or not all(isinstance(a, int) for a in axis) or axis[0] == axis[1]):
        raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}")
    if not (axis is None or matrix or isinstance(axis, int)):
        raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}")
    if hasattr(ord, "shape"):
        compared(ord, "ord")
    if isinstance(ord, Tensor):
        raise TypeError(f"'ord' must be a Python number or a string, got {ord!r}.")
    if isinstance(ord, (list, tuple, complex)):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    if matrix:
        if ord not in _MATRIX_NORMS:
            raise ValueError(f"'ord' must be a supported matrix norm in {list(_MATRIX_NORMS)}, got {ord}")
    elif ord != "euclidean" and (isinstance(ord, str) or ord <= 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    return matrix


def _magnitude(x: Tensor) -> Any:
    return complex_abs(x) if x.dtype.is_complex else abs_(x)


def _spectral_norm(x: Tensor, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The largest singular value."""
    rank = x._t.ndim
    if axes != (rank - 2, rank - 1):
        x = transpose(x, perm=(*[i for i in range(rank) if i not in axes], *axes))
    found = max_(svd(x, compute_uv=False)[0], axis=(-1,), keep_dims=False)
    if keepdims:
        for axis in sorted(axes):
            found = expand_dims(found, dim=axis)
    return found


@composed
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: Any = None) -> tuple[Any, Any]:
    """`tensor` divided by its norms, and the norms, which keep the reduced axes.

    Args:
      tensor, ord, axis: as for `tf.norm`.

    Raises:
      ValueError: there is no such norm, or the axis is no int and no pair of ints.

    Source: `tf.linalg.normalize`.

    >>> import tfcompat_tape as tf
    >>> unit, length = tf.linalg.normalize([3.0, 4.0])
    >>> print(unit.numpy(), length.numpy())
    [0.6 0.8] [5.]
    """
    x = as_tensor(tensor)
    length = to_dtype(norm(x, ord, axis, keepdims=True), x._t.dtype)
    return real_div(x, length), length
