"""What is done with an LU decomposition, as `tf.linalg.lu` gives it."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32, int32
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.matrices import dot
from tfcompat_tape.ops.operands import convert_like
from tfcompat_tape.ops.sets import invert_permutation
from tfcompat_tape.ops.shapes import broadcast_to
from tfcompat_tape.ops.solving import triangular_solve
from tfcompat_tape.ops.structure import band_part, matrix_set_diag

__all__ = ["lu_matrix_inverse", "lu_reconstruct", "lu_solve"]


@composed
def lu_reconstruct(lower_upper: Any, perm: Any, validate_args: bool = False, name: Any = None) -> Any:
    """The matrix that was decomposed.

    Args:
      lower_upper, perm: `lu` and `p` of `tf.linalg.lu`, of shapes `[..., n, n]` and `[..., n]`.

    Raises:
      ValueError: `lower_upper` has fewer than 2 axes.
      InvalidArgumentError: `perm` is no permutation of n.

    Source: `tf.linalg.lu_reconstruct`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.lu_reconstruct(*tf.linalg.lu([[0.0, 1.0], [2.0, 4.0]])).numpy())
    [[0. 1.]
     [2. 4.]]
    """
    factors, permutation = _factors(lower_upper, perm)
    if permutation._t.ndim == 1:
        invert_permutation(permutation)  # raises for what is no permutation
    product = dot(_lower(factors), band_part(factors, num_lower=0, num_upper=-1))
    return _permuted(product, Tensor(permutation._t.argsort(-1), None))


@composed
def lu_solve(lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: Any = None) -> Any:
    """The solutions X of A X = B, given the LU decomposition of A.

    Args:
      lower_upper, perm: `lu` and `p` of `tf.linalg.lu`, of shapes `[..., n, n]` and `[..., n]`.
      rhs: B, of shape `[..., n, k]`; the batch axes broadcast.

    Raises:
      ValueError: fewer than 2 axes, or sizes that do not match.

    Source: `tf.linalg.lu_solve`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.lu_solve(*tf.linalg.lu([[0.0, 1.0], [2.0, 4.0]]), [[1.0], [6.0]]).numpy())
    [[1.]
     [1.]]
    """
    factors, permutation = _factors(lower_upper, perm)
    b = convert_like(rhs, factors)
    if b._t.ndim < 2:
        raise ValueError("Input `rhs` must have at least 2 dimensions.")
    if factors._t.shape[-1] != b._t.shape[-2]:
        raise ValueError("`lower_upper.shape[-1]` must equal `rhs.shape[-1]`.")
    batch = torch.broadcast_shapes(b._t.shape[:-2], permutation._t.shape[:-1])
    if b._t.shape[:-2] != batch:
        b = broadcast_to(b, shape=(*batch, *b._t.shape[-2:]))
    if permutation._t.shape[:-1] != batch:
        permutation = broadcast_to(permutation, shape=(*batch, permutation._t.shape[-1]))
    return triangular_solve(
        factors, triangular_solve(_lower(factors), _permuted(b, permutation)), lower=False
    )


@composed
def lu_matrix_inverse(lower_upper: Any, perm: Any, validate_args: bool = False, name: Any = None) -> Any:
    """The inverse of A, given its LU decomposition.

    Args:
      lower_upper, perm: `lu` and `p` of `tf.linalg.lu`, of shapes `[..., n, n]` and `[..., n]`.

    Raises:
      ValueError: `lower_upper` has fewer than 2 axes.

    Source: `tf.linalg.lu_matrix_inverse`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.lu_matrix_inverse(*tf.linalg.lu([[0.0, 1.0], [2.0, 4.0]])).numpy())
    [[-2.   0.5]
     [ 1.   0. ]]
    """
    factors, permutation = _factors(lower_upper, perm)
    raw = factors._t
    eye = torch.eye(raw.shape[-1], dtype=raw.dtype, device=raw.device).expand(raw.shape)
    return lu_solve(factors, permutation, Tensor(eye, None))


def _factors(lower_upper: Any, perm: Any) -> tuple[Tensor, Tensor]:
    factors = convert(lower_upper, preferred=float32)
    if factors._t.ndim < 2:
        raise ValueError("Input `lower_upper` must have at least 2 dimensions.")
    permutation = convert(perm, None, int32)
    if len(permutation._t.shape) != factors._t.ndim - 1:
        raise ValueError(
            f"`rank(lower_upper)` must equal `rank(perm) + 1`, got {factors._t.ndim} and {len(permutation._t.shape)}."
        )
    if factors._t.shape[-1] != factors._t.shape[-2]:
        raise ValueError(f"`lower_upper` must be square, got the shape {factors.shape}.")
    return factors, permutation


def _lower(factors: Tensor) -> Any:
    """L, which has ones on its diagonal."""
    ones = torch.ones(factors._t.shape[:-1], dtype=factors._t.dtype, device=factors._t.device)
    return matrix_set_diag(band_part(factors, num_lower=-1, num_upper=0), Tensor(ones, None))


def _permuted(x: Any, permutation: Tensor) -> Any:
    """The rows of matrices in another order."""
    return gather(x, permutation, axis=-2, batch_dims=permutation._t.ndim - 1)
