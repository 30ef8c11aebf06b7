"""Eigenvalues and eigenvectors of Hermitian tridiagonal matrices."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.arrays.indexing import gather
from tfcompat_tape.arrays.selection import where
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import bfloat16, float16, float32, int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.linalg.decompositions import eigh, eigvalsh
from tfcompat_tape.linalg.structure import diag
from tfcompat_tape.math.casting import cast
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.complex_numbers import real
from tfcompat_tape.ops.helpers import conj
from tfcompat_tape.ops.operands import as_tensor

__all__ = ["eigh_tridiagonal"]

_SELECTIONS = ("a", "i", "v")


def eigh_tridiagonal(
    alpha: Any,
    beta: Any,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    tol: Any = None,
    name: Any = None,
) -> Any:
    """The eigenvalues, rising, and on request the eigenvectors of a Hermitian tridiagonal matrix.

    They are computed as those of the dense matrix, and so have its gradient, which is the true one.

    Args:
      alpha: the main diagonal, of shape `[n]`, floating or complex; only its real part is read.
      beta: the diagonal above it, of shape `[n - 1]` and the same dtype; below stand its conjugates.
      eigvals_only: leave the eigenvectors out.
      select: which eigenvalues: "a": all; "i": those from the first to the second index in `select_range`; "v": those
        in the interval `select_range`, without its lower end.
      select_range: a pair of integers or of numbers.
      tol: a number that is not used: the eigenvalues are exact to rounding.

    Returns:
      The eigenvalues, of the real dtype; with `eigvals_only=False` a pair of these and the eigenvectors, as columns.

    Raises:
      ValueError: dtypes that differ, integers, or an unknown `select`.
      InvalidArgumentError: shapes that do not match, NaN, or a range that is empty or holds indices out of range.

    Source: `tf.linalg.eigh_tridiagonal`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.eigh_tridiagonal([0.0, 0.0], [1.0]).numpy())
    [-1.  1.]
    """
    alpha, beta = as_tensor(alpha), as_tensor(beta)
    if alpha.dtype != beta.dtype:
        raise ValueError("'alpha' and 'beta' must have the same type.")
    if not (alpha.dtype.is_floating or alpha.dtype.is_complex):
        raise ValueError(
            f"data type {alpha.dtype.name} not inexact: alpha and beta must be floating or complex."
        )
    if tol is not None:
        convert(tol, alpha.dtype.real_dtype)  # raises for what is no number
    if select not in _SELECTIONS:
        raise ValueError(f"'select must have a value in {{'a', 'i', 'v'}}, got {select!r}.")
    shape = alpha._t.shape
    if not shape:
        raise IndexError("tuple index out of range: alpha must be a vector, got a scalar.")
    if len(shape) > 1 or tuple(beta._t.shape) != (max(shape[0] - 1, 0),):
        raise invalid(
            f"Incompatible shapes: alpha of shape {list(shape)} and beta of shape {list(beta._t.shape)}: "
            "they must be vectors of n and n - 1 elements."
        )
    matrix = _matrix(alpha, beta)
    vectors = None
    if as_bool(eigvals_only, "eigvals_only", True):
        values = eigvalsh(matrix)
    else:
        values, vectors = eigh(matrix)
        vectors = cast(vectors, alpha.dtype)
    values = cast(real(values) if alpha.dtype.is_complex else values, alpha.dtype.real_dtype)
    if select != "a":
        chosen = _range(select_range, shape[0]) if select == "i" else _between(values, select_range)
        values = values[chosen] if select == "i" else gather(values, chosen)
        if vectors is not None:
            vectors = vectors[:, chosen] if select == "i" else gather(vectors, chosen, axis=1)
    return values if vectors is None else (values, vectors)


def _matrix(alpha: Tensor, beta: Tensor) -> Any:
    """The dense form, in a dtype that has a decomposition."""
    if alpha.dtype in (float16, bfloat16):
        alpha, beta = cast(alpha, float32), cast(beta, float32)
    main = alpha
    if alpha.dtype.is_complex:
        main = cast(real(alpha), alpha.dtype)
    if not beta._t.shape[0]:
        return diag(main)
    return diag(main) + diag(beta, k=1) + diag(conj(beta), k=-1)


def _range(select_range: Any, size: int) -> slice:
    first, last = as_tensor(select_range[0]), as_tensor(select_range[1])
    if first.dtype != int32 or last.dtype != int32:
        raise invalid(f"select_range must hold int32 indices with select='i', got {select_range!r}.")
    low, high = int(first), int(last)
    if low > high:
        raise invalid(f"Got empty index range in select_range. Condition x <= y did not hold: {low}, {high}.")
    if low < 0 or high >= size:
        raise invalid(f"select_range holds indices out of range: {low} to {high}, of {size} eigenvalues.")
    return slice(low, high + 1)


def _between(values: Tensor, select_range: Any) -> Any:
    low, high = as_tensor(select_range[0]), as_tensor(select_range[1])
    if not float(low) < float(high):
        raise invalid(f"Got empty interval in select_range. Condition x < y did not hold: {select_range!r}.")
    inside = (values > cast(low, values.dtype)) & (values <= cast(high, values.dtype))
    return where(inside)[:, 0]
