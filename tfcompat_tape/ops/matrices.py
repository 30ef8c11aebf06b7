"""What the ops on batches of matrices share: their dtypes, checks of shapes, the adjoint, products in rules."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.registry import COMPLEX
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.helpers import conj, dtype_of, shape_of
from tfcompat_tape.ops.products import batch_matmul
from tfcompat_tape.ops.shapes import reshape, transpose

LAPACK = COMPLEX | {torch.float32, torch.float64}
# TensorFlow's definitions of most of these ops admit float16, but no kernel does.
WITH_HALF = LAPACK | {torch.float16}


def matrix(name: str, x: Any) -> None:
    """Check that `x` is a batch of matrices of a dtype that there is a kernel for."""
    if x.dtype not in LAPACK:
        raise not_found(f"{name}: there is no kernel for {FROM_TORCH[x.dtype].name}. Use tf.cast.")
    if x.ndim < 2:
        raise invalid(f"{name}: Input tensor 0 must have rank >= 2, got {x.ndim}: the shape {list(x.shape)}.")


def square(name: str, x: Any) -> None:
    """Check that `x` is a batch of square matrices."""
    matrix(name, x)
    if x.shape[-1] != x.shape[-2]:
        raise invalid(f"{name}: Input matrix must be square. Shape: {list(x.shape)}.")


def check_invertible(name: str, x: Any, info: Any, sample: Any = None) -> None:
    """Raise if LAPACK met a zero pivot in a matrix of `x` (`info` is not zero), or if `x` holds NaN.

    `sample`: numbers, one a matrix, that are NaN if one in the matrix is.
    """
    nan = torch.isnan(x).flatten(-2).any(-1) if sample is None else torch.isnan(sample)
    check_success(
        f"{name}: Input{' matrix' if name == 'MatrixSolve' else ''} is not invertible. Shape: {list(x.shape)}.",
        info + nan,
    )


def check_success(message: str, info: Any) -> None:
    """Raise if `info` is not zero for a matrix; also under vmap, and in a trace whenever that is run."""
    try:
        torch._linalg_check_errors(info, message.partition(":")[0], is_matrix=info.ndim == 0)
    except RuntimeError as error:
        raise invalid(message) from error


def swap(x: Any) -> Any:
    """The transposes of the matrices."""
    if type(x) is not Tensor:
        return x.mT
    rank = len(shape_of(x))
    return transpose(x, perm=(*range(rank - 2), rank - 1, rank - 2))


def adjoint(x: Any) -> Any:
    """The conjugate transposes of the matrices."""
    return conj(swap(x))


def dot(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False) -> Any:
    """The products of the matrices, the adjoint of the first or second where asked for."""
    return batch_matmul(x, y, adj_x=adj_x, adj_y=adj_y)


def as_factor(x: Any) -> Any:
    """Numbers, one a matrix, in a form that multiplies the matrices."""
    return reshape(x, shape=(*shape_of(x), 1, 1))


def to_dtype(x: Any, dtype: torch.dtype) -> Any:
    """`x` cast to a torch dtype."""
    have = dtype_of(x)
    return x if have is dtype else cast(x, DstT=FROM_TORCH[dtype], SrcT=FROM_TORCH[have])
