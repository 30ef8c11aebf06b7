"""Inverses, determinants, and systems of linear equations."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import complex128, int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.linalg.on_operators import inverse_of, log_determinant_of, solutions_of, takes_operators
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.arithmetic import mul, real_div
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.comparison import greater
from tfcompat_tape.ops.complex_numbers import real
from tfcompat_tape.ops.decompositions import cholesky, svd
from tfcompat_tape.ops.elementary import log
from tfcompat_tape.ops.least_squares import cholesky_solve as _cholesky_solve
from tfcompat_tape.ops.least_squares import matrix_solve_ls, normal_equations
from tfcompat_tape.ops.matrices import dot
from tfcompat_tape.ops.operands import as_tensor, convert_like
from tfcompat_tape.ops.reductions import max_, sum_
from tfcompat_tape.ops.selection import select_v2
from tfcompat_tape.ops.shapes import expand_dims
from tfcompat_tape.ops.solving import determinant, log_determinant, matrix_inverse, matrix_solve
from tfcompat_tape.ops.solving import triangular_solve as _triangular_solve
from tfcompat_tape.ops.structure import matrix_diag_part

__all__ = [
    "cholesky_solve",
    "det",
    "inv",
    "logdet",
    "lstsq",
    "matrix_rank",
    "pinv",
    "slogdet",
    "solve",
    "triangular_solve",
]

LogMatrixDeterminant = namedtuple("LogMatrixDeterminant", ["sign", "log_abs_determinant"])


@takes_operators(inverse_of)
def inv(input: Any, adjoint: bool = False, name: Any = None) -> Any:
    """The inverses of matrices, or of their adjoints.

    Args:
      input: of shape `[..., n, n]`, float16, float32, float64 or complex.
      adjoint: invert the conjugate transposes.

    Raises:
      InvalidArgumentError: a matrix that is singular, holds NaN, or is not square.

    Source: `tf.linalg.inv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.inv([[2.0, 0.0], [0.0, 4.0]]).numpy())
    [[0.5  0.  ]
     [0.   0.25]]
    """
    return matrix_inverse(as_tensor(input), adjoint=as_bool(adjoint, "adjoint"))


@takes_operators(lambda input: input.determinant())
def det(input: Any, name: Any = None) -> Any:
    """The determinants of matrices. Their gradient needs the inverses.

    Args:
      input: of shape `[..., n, n]`, float32, float64 or complex.

    Raises:
      InvalidArgumentError: the matrices are not square.

    Source: `tf.linalg.det`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.det([[1.0, 2.0], [3.0, 4.0]]).numpy())
    -2.0
    """
    return determinant(as_tensor(input))


def slogdet(input: Any, name: Any = None) -> Any:
    """The signs and the logarithms of the absolute values of determinants.

    Args:
      input: of shape `[..., n, n]`, float32, float64 or complex.

    Returns:
      A named tuple of `sign`, to which no gradient belongs, and `log_abs_determinant`, both of the input's dtype.

    Raises:
      InvalidArgumentError: the matrices are not square; or, in the gradient, singular.

    Source: `tf.linalg.slogdet`.

    >>> import tfcompat_tape as tf
    >>> sign, log = tf.linalg.slogdet([[1.0, 2.0], [3.0, 4.0]])
    >>> print(sign.numpy(), round(float(log), 4))
    -1.0 0.6931
    """
    return LogMatrixDeterminant(*log_determinant(as_tensor(input)))


@takes_operators(log_determinant_of)
def logdet(matrix: Any, name: Any = None) -> Any:
    """The logarithms of the determinants of Hermitian positive definite matrices; real.

    Args:
      matrix: of shape `[..., n, n]`, float32, float64 or complex; only the lower triangles are read.

    Raises:
      InvalidArgumentError: the matrices are not square.

    Source: `tf.linalg.logdet`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.logdet([[1.0, 0.0], [0.0, 1.0]]).numpy())
    0.0
    """
    diagonal = matrix_diag_part(cholesky(as_tensor(matrix)))
    if diagonal.dtype.is_complex:
        diagonal = real(diagonal)
    return mul(2.0, sum_(log(diagonal), axis=(-1,), keep_dims=False))


@takes_operators(solutions_of)
def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: Any = None) -> Any:
    """The solutions X of A X = B, or of A^H X = B.

    Args:
      matrix: A, of shape `[..., n, n]`, float32, float64 or complex.
      rhs: B, of shape `[..., n, k]` with the same batch axes, and the same dtype.
      adjoint: solve with the conjugate transposes of A.

    Raises:
      InvalidArgumentError: a singular matrix, or shapes or dtypes that do not match.

    Source: `tf.linalg.solve`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [[1.0], [1.0]]).numpy())
    [[0.5 ]
     [0.25]]
    """
    return matrix_solve(matrix, rhs, adjoint=as_bool(adjoint, "adjoint"))


def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: Any = None
) -> Any:
    """The solutions X of A X = B, or of A^H X = B, with triangular A.

    Args:
      matrix: A, of shape `[..., n, n]`, float32, float64 or complex; the other triangle is not read.
      rhs: B, of shape `[..., n, k]` and the same dtype; the batch axes broadcast.
      lower: whether A is lower triangular, or upper.
      adjoint: solve with the conjugate transposes of A.

    Raises:
      InvalidArgumentError: shapes or dtypes that do not match. (A singular matrix gives infinities.)

    Source: `tf.linalg.triangular_solve`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.triangular_solve([[2.0, 0.0], [2.0, 4.0]], [[2.0], [4.0]]).numpy())
    [[1. ]
     [0.5]]
    """
    return _triangular_solve(
        matrix, rhs, lower=as_bool(lower, "lower", True), adjoint=as_bool(adjoint, "adjoint")
    )


def cholesky_solve(chol: Any, rhs: Any, name: Any = None) -> Any:
    """The solutions X of A X = B, given the Cholesky factors of A.

    Args:
      chol: L with A = L L^H, of shape `[..., n, n]`, float32, float64 or complex.
      rhs: B, of shape `[..., n, k]` and the same dtype; the batch axes broadcast.

    Raises:
      InvalidArgumentError: shapes or dtypes that do not match.

    Source: `tf.linalg.cholesky_solve`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.cholesky_solve([[2.0, 0.0], [0.0, 1.0]], [[4.0], [3.0]]).numpy())
    [[1.]
     [3.]]
    """
    return _cholesky_solve(as_tensor(chol), rhs)


def lstsq(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True, name: Any = None) -> Any:
    """The X of least |A X - B|^2 + l2 |X|^2; among several the one of least norm.

    Args:
      matrix: A, of shape `[..., m, n]`, float32, float64 or complex.
      rhs: B, of shape `[..., m, k]` and the same dtype.
      l2_regularizer: a real number; 0 with complex128.
      fast: use the normal equations, for A of full rank; else, for A of any rank, there is neither regularizer nor
        gradient.

    Raises:
      InvalidArgumentError: shapes or dtypes that do not match.
      NotImplementedError: a regularizer with complex128.

    Source: `tf.linalg.lstsq`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.lstsq([[1.0], [1.0]], [[1.0], [3.0]]).numpy())
    [[2.]]
    """
    a = as_tensor(matrix)
    b = rhs if type(rhs) is Tensor else convert_like(rhs, a)
    if a.dtype == complex128 and not (isinstance(l2_regularizer, (int, float)) and l2_regularizer == 0):
        raise NotImplementedError("lstsq is not available for complex128 and l2_regularizer != 0.")
    l2 = l2_regularizer if isinstance(l2_regularizer, Tensor) else convert(l2_regularizer, a.dtype)
    if fast:
        return normal_equations(a, b, l2)
    return matrix_solve_ls(a, b, convert(0.0), fast=False)


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: Any = None) -> Any:
    """The Moore-Penrose pseudoinverses of matrices.

    Args:
      a: of shape `[..., m, n]`, float32 or float64.
      rcond: singular values up to `rcond` times the largest one count as zero; by default `10 max(m, n) eps`.

    Raises:
      TypeError: `a` is not floating.
      ValueError: `a` has fewer than 2 axes.

    Source: `tf.linalg.pinv`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.pinv([[2.0, 0.0], [0.0, 0.0]]).numpy())
    [[0.5 0. ]
     [0.  0. ]]
    """
    x = _real_matrix(a)
    if rcond is None:
        rcond = 10.0 * max(x._t.shape[-2:]) * float(np.finfo(x.dtype.as_numpy_dtype).eps)
    s, u, v = svd(x, compute_uv=True, full_matrices=False)
    cutoff = mul(convert(rcond, x.dtype), max_(s, axis=(-1,), keep_dims=False))
    s = select_v2(greater(s, expand_dims(cutoff, dim=-1)), s, convert(np.inf, x.dtype))
    return dot(real_div(v, expand_dims(s, dim=-2)), u, adj_y=True)


def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: Any = None) -> Any:
    """The ranks of matrices: the numbers of singular values greater than `tol`.

    Args:
      a: of shape `[..., m, n]`, float32 or float64.
      tol: by default the largest singular value times `max(m, n) eps`.

    Returns:
      Shape `[...]`, int32.

    Raises:
      TypeError: `a` is not floating.
      ValueError: `a` has fewer than 2 axes.

    Source: `tf.linalg.matrix_rank`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]).numpy())
    1
    """
    x = _real_matrix(a)
    s = svd(x, compute_uv=False)[0]
    if tol is None:
        eps = float(np.finfo(x.dtype.as_numpy_dtype).eps)
        tol = mul(eps * max(x._t.shape[-2:]), max_(s, axis=(-1,), keep_dims=True))
    return sum_(cast(greater(s, convert(tol, x.dtype)), DstT=int32), axis=(-1,), keep_dims=False)


def _real_matrix(a: Any) -> Tensor:
    x = as_tensor(a)
    if not x.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")
    if x._t.ndim < 2:
        raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {x._t.ndim}).")
    return x
