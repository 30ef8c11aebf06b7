"""Systems of linear equations and products with matrices of few diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.bands import banded_triangular_solve as _banded_triangular_solve
from tfcompat_tape.ops.bands import tridiagonal_matmul as _tridiagonal_matmul
from tfcompat_tape.ops.bands import tridiagonal_solve as _tridiagonal_solve
from tfcompat_tape.ops.helpers import conj
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.matrices import swap
from tfcompat_tape.ops.operands import as_tensor, convert_like
from tfcompat_tape.ops.padding import pad
from tfcompat_tape.ops.shapes import expand_dims, squeeze
from tfcompat_tape.ops.structure import matrix_diag_part

__all__ = ["banded_triangular_solve", "tridiagonal_matmul", "tridiagonal_solve"]


def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: Any = None,
    partial_pivoting: bool = True,
    perturb_singular: bool = False,
) -> Any:
    """The solutions X of A X = B with tridiagonal matrices A.

    Args:
      diagonals: float32, float64 or complex; by the format "compact" of shape `[..., 3, m]` (super-, main, subdiagonal,
        each element in its row, so that the last one of the first line and the first of the last are not read);
        "sequence": the three lines, the outer two also with m - 1 elements; "matrix": of shape `[..., m, m]`.
      rhs: B, of shape `[..., m]` or `[..., m, k]`.
      transpose_rhs, conjugate_rhs: use the transpose or the conjugate of `rhs`.
      partial_pivoting: exchange rows where that keeps the solution exact.
      perturb_singular: replace pivots that are zero by the smallest number.

    Returns:
      X, NaN where a matrix is singular.

    Raises:
      ValueError: an unknown format, or shapes that do not match.

    Source: `tf.linalg.tridiagonal_solve`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.tridiagonal_solve([[1.0, 0.0], [2.0, 2.0], [0.0, 0.0]], [4.0, 2.0]).numpy())
    [1.5 1. ]
    """
    if perturb_singular and not partial_pivoting:
        raise ValueError("partial_pivoting must be True if perturb_singular is True.")
    compact = concat(*_lines(diagonals, diagonals_format), axis=-2)
    b = convert_like(rhs, compact)
    shape, rank = compact._t.shape, compact._t.ndim
    if b._t.ndim not in (rank - 1, rank):
        raise ValueError(f"Expected the rank of rhs to be {rank - 1} or {rank}, got {b._t.ndim}")
    vector = b._t.ndim == rank - 1
    if vector:
        b = expand_dims(b, dim=-1)
    elif transpose_rhs:
        b = swap(b)
    if conjugate_rhs:
        b = conj(b)
    if b._t.shape[-2] != shape[-1]:
        raise ValueError(
            f"Expected number of left-hand sided and right-hand sides to be equal, got {shape[-1]} and {b._t.shape[-2]}"
        )
    x = _tridiagonal_solve(
        compact,
        b,
        partial_pivoting=as_bool(partial_pivoting, "partial_pivoting", True),
        perturb_singular=as_bool(perturb_singular, "perturb_singular"),
    )
    return squeeze(x, squeeze_dims=(-1,)) if vector else x


def tridiagonal_matmul(diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: Any = None) -> Any:
    """The products A B with tridiagonal matrices A.

    Args:
      diagonals: as for `tf.linalg.tridiagonal_solve`; in a sequence all lines have m elements.
      rhs: B, of shape `[..., m, k]`.

    Raises:
      ValueError: an unknown format.
      InvalidArgumentError: shapes or dtypes that do not match.

    Source: `tf.linalg.tridiagonal_matmul`.

    >>> import tfcompat_tape as tf
    >>> bands = tf.constant([[1.0, 0.0], [2.0, 2.0], [0.0, 0.0]])
    >>> print(tf.linalg.tridiagonal_matmul(bands, tf.constant([[1.0], [3.0]])).numpy())
    [[5.]
     [6.]]
    """
    lines = _lines(diagonals, diagonals_format, fill=False)
    return _tridiagonal_matmul(*lines, convert_like(rhs, lines[0]))


def _lines(diagonals: Any, form: str, fill: bool = True) -> list[Tensor]:
    """The superdiagonal, the main and the subdiagonal, each of shape `[..., 1, m]`."""
    if form == "compact":
        if not fill and not isinstance(diagonals, (Tensor, np.ndarray)) and not hasattr(diagonals, "_read"):
            raise TypeError(f"tridiagonal_matmul: diagonals must be a tensor, got {diagonals!r}.")
        x = as_tensor(diagonals)
        if x._t.ndim < 2 or x._t.shape[-2] != 3:
            if not fill:
                raise invalid(
                    f"slice index 2 of dimension -2 out of bounds: there are no 3 diagonals in {x.shape}."
                )
            raise ValueError(f"Expected 3 diagonals got {x._t.shape[-2] if x._t.ndim > 1 else x._t.ndim}")
        return [x[..., i : i + 1, :] for i in range(3)]
    if form == "sequence":
        if not isinstance(diagonals, (list, tuple)) or len(diagonals) != 3:
            raise ValueError("Expected diagonals to be a sequence of length 3.")
        above, main, below = [as_tensor(line) for line in diagonals]
        wide = main._t.shape[-1] if main._t.shape else 0
        for which, line in (("subdiagonal", below), ("superdiagonal", above)) if fill else ():
            have = line._t.shape[-1] if line._t.shape else 0
            if have not in (wide - 1, wide):
                raise ValueError(f"Expected {which} to be have length {wide} or {wide - 1}, got {have}.")
        if fill and above._t.shape[-1] == main._t.shape[-1] - 1:
            above = _padded(above, (0, 1))
        if fill and below._t.shape[-1] == main._t.shape[-1] - 1:
            below = _padded(below, (1, 0))
        return [expand_dims(line, dim=-2) for line in (above, main, below)]
    if form == "matrix":
        x = as_tensor(diagonals)
        above, main, below = (matrix_diag_part(x, k=k) for k in (1, 0, -1))
        return [expand_dims(line, dim=-2) for line in (_padded(above, (0, 1)), main, _padded(below, (1, 0)))]
    raise ValueError(f"Unrecognized diagonals_format: {form}")


def _padded(line: Tensor, by: tuple[int, int]) -> Any:
    return pad(line, paddings=(*[(0, 0)] * (line._t.ndim - 1), by))


def banded_triangular_solve(
    bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: Any = None
) -> Any:
    """The solutions X of A X = B, or of A^H X = B, with triangular matrices A of few diagonals.

    Args:
      bands: the diagonals of A, the uppermost first, of shape `[..., d, m]`, float32, float64 or complex. Below the
        main diagonal their first elements are not read, above it their last ones.
      rhs: B, of shape `[..., m, k]`; the batch axes broadcast.
      lower: whether A is lower triangular, or upper.
      adjoint: solve with the conjugate transposes of A.

    Raises:
      InvalidArgumentError: a zero on the main diagonal, or shapes or dtypes that do not match.

    Source: `tf.linalg.banded_triangular_solve`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.banded_triangular_solve([[2.0, 4.0], [0.0, 2.0]], [[2.0], [6.0]]).numpy())
    [[1.]
     [1.]]
    """
    return _banded_triangular_solve(
        bands, rhs, lower=as_bool(lower, "lower", True), adjoint=as_bool(adjoint, "adjoint")
    )
