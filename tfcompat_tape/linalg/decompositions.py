"""Decompositions of matrices."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.linalg.on_operators import takes_operators
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.decompositions import cholesky as _cholesky
from tfcompat_tape.ops.decompositions import eig as _eig
from tfcompat_tape.ops.decompositions import eigh as _eigh
from tfcompat_tape.ops.decompositions import lu as _lu
from tfcompat_tape.ops.decompositions import qr as _qr
from tfcompat_tape.ops.decompositions import svd as _svd
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.raw.attrs import attribute

__all__ = ["cholesky", "eig", "eigh", "eigvals", "eigvalsh", "lu", "qr", "svd"]

Qr = namedtuple("Qr", ["q", "r"])
Lu = namedtuple("Lu", ["lu", "p"])


@takes_operators(lambda input: input.cholesky())
def cholesky(input: Any, name: Any = None) -> Any:
    """The lower triangular L with L L^H = A, for Hermitian positive definite matrices A.

    Args:
      input: of shape `[..., n, n]`, float32, float64 or complex; only the lower triangles are read.

    Returns:
      L; NaN in the lower triangle where a matrix is not positive definite.

    Raises:
      InvalidArgumentError: the matrices are not square.

    Source: `tf.linalg.cholesky`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.cholesky([[4.0, 2.0], [2.0, 5.0]]).numpy())
    [[2. 0.]
     [1. 2.]]
    """
    return _cholesky(input)


def qr(input: Any, full_matrices: bool = False, name: Any = None) -> Any:
    """A = Q R with orthonormal columns of Q and an upper triangular R.

    Args:
      input: of shape `[..., m, n]`, float16, float32, float64 or complex.
      full_matrices: complete Q to a square matrix; there is no gradient then if m > n.

    Returns:
      A named tuple of `q` and `r`.

    Raises:
      InvalidArgumentError: the input has fewer than 2 axes.

    Source: `tf.linalg.qr`.

    >>> import tfcompat_tape as tf
    >>> q, r = tf.linalg.qr([[3.0, 1.0], [4.0, 2.0]])
    >>> print(tf.round(tf.abs(r) * 10).numpy())
    [[50. 22.]
     [ 0.  4.]]
    """
    return Qr(*_qr(as_tensor(input), full_matrices=as_bool(full_matrices, "full_matrices")))


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: Any = None) -> Any:
    """The singular value decomposition A = U diag(s) V^H.

    Args:
      tensor: of shape `[..., m, n]`, float32, float64 or complex.
      full_matrices: complete U and V to square matrices; there is a gradient then only if m and n differ by at most 1.
      compute_uv: whether U and V are wanted.

    Returns:
      `(s, u, v)`, or `s` alone; the singular values fall.

    Raises:
      InvalidArgumentError: the input has fewer than 2 axes.

    Source: `tf.linalg.svd`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False).numpy())
    [4. 3.]
    """
    s, u, v = _svd(
        as_tensor(tensor),
        compute_uv=as_bool(compute_uv, "compute_uv", True),
        full_matrices=as_bool(full_matrices, "full_matrices"),
    )
    return (s, u, v) if compute_uv else s


def eigh(tensor: Any, name: Any = None) -> tuple[Any, Any]:
    """The eigenvalues, rising, and eigenvectors of Hermitian matrices.

    Args:
      tensor: of shape `[..., n, n]`, float32, float64 or complex; only the lower triangles are read.

    Returns:
      `(e, v)`, of the dtype of the input; the columns of `v` are the eigenvectors.

    Raises:
      InvalidArgumentError: the matrices are not square, or hold NaN.

    Source: `tf.linalg.eigh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.eigh([[0.0, 1.0], [1.0, 0.0]])[0].numpy())
    [-1.  1.]
    """
    return tuple(_eigh(as_tensor(tensor), compute_v=True))


def eigvalsh(tensor: Any, name: Any = None) -> Any:
    """The eigenvalues of Hermitian matrices, rising.

    Args:
      tensor: of shape `[..., n, n]`, float32, float64 or complex; only the lower triangles are read.

    Raises:
      InvalidArgumentError: the matrices are not square, or hold NaN.

    Source: `tf.linalg.eigvalsh`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.eigvalsh([[0.0, 1.0], [1.0, 0.0]]).numpy())
    [-1.  1.]
    """
    return _eigh(as_tensor(tensor), compute_v=False)[0]


def eig(tensor: Any, name: Any = None) -> tuple[Any, Any]:
    """The eigenvalues and eigenvectors of square matrices.

    Args:
      tensor: of shape `[..., n, n]`, float32, float64 or complex.

    Returns:
      `(e, v)`, complex; the columns of `v` are the eigenvectors.

    Raises:
      InvalidArgumentError: the matrices are not square, or hold NaN.

    Source: `tf.linalg.eig`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.eig([[2.0, 0.0], [0.0, 3.0]])[0].numpy())
    [2.+0.j 3.+0.j]
    """
    return tuple(_eig(as_tensor(tensor), compute_v=True))


def eigvals(tensor: Any, name: Any = None) -> Any:
    """The eigenvalues of square matrices, complex.

    Args:
      tensor: of shape `[..., n, n]`, float32, float64 or complex.

    Raises:
      InvalidArgumentError: the matrices are not square, or hold NaN.

    Source: `tf.linalg.eigvals`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.eigvals([[2.0, 0.0], [0.0, 3.0]]).numpy())
    [2.+0.j 3.+0.j]
    """
    return _eig(as_tensor(tensor), compute_v=False)[0]


def lu(input: Any, output_idx_type: Any = int32, name: Any = None) -> Any:
    """A with its rows permuted, A[p] = L U. There is no gradient.

    Args:
      input: of shape `[..., n, n]`, float32, float64 or complex.
      output_idx_type: dtype of the permutation, int32 or int64.

    Returns:
      A named tuple of `lu` (L below, U on and above the diagonal) and `p`.

    Raises:
      InvalidArgumentError: the matrices are not square, or one is singular.

    Source: `tf.linalg.lu`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.lu([[0.0, 1.0], [2.0, 4.0]]).p.numpy())
    [1 0]
    """
    return Lu(
        *_lu(
            as_tensor(input),
            output_idx_type=attribute(
                "Lu", "output_idx_type", int32 if output_idx_type is None else output_idx_type
            ),
        )
    )
