"""Least squares: MatrixSolveLs, by the normal equations or, rank-revealing, by the pseudoinverse."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.ops.decompositions import cholesky
from tfcompat_tape.ops.helpers import raw_of, shape_of
from tfcompat_tape.ops.matrices import WITH_HALF, dot, matrix, to_dtype
from tfcompat_tape.ops.solving import triangular_solve


def cholesky_solve(factor: Any, rhs: Any) -> Any:
    """X with L L^H X = B."""
    return triangular_solve(factor, triangular_solve(factor, rhs), adjoint=True)


def gramian_factor(a: Any, l2: Any) -> Any:
    """The Cholesky factor of A^H A + l2 I, or of A A^H + l2 I if that is the smaller matrix."""
    rows, columns = shape_of(a)[-2:]
    gramian = dot(a, a, adj_x=True) if rows >= columns else dot(a, a, adj_y=True)
    if l2 is not None:
        raw = raw_of(a)
        gramian = gramian + l2 * torch.eye(min(rows, columns), dtype=raw.dtype, device=raw.device)
    return cholesky(gramian)


def normal_equations(a: Any, b: Any, l2: Any) -> Any:
    """The solution of min |A X - B|^2 + l2 |X|^2 through the gramian; where A is wide, the one of least norm."""
    rows, columns = shape_of(a)[-2:]
    factor = gramian_factor(a, l2)
    if rows >= columns:
        return cholesky_solve(factor, dot(a, b, adj_x=True))
    return dot(a, cholesky_solve(factor, b), adj_x=True)


def _solve_ls(a: Any, b: Any, l2: Any, *, fast: bool = True) -> Any:
    matrix("MatrixSolveLs", a)
    if a.ndim != b.ndim or a.shape[:-1] != b.shape[:-1]:
        raise invalid(
            f"MatrixSolveLs: matrix and rhs must agree in all axes but the last, got {list(a.shape)}, {list(b.shape)}."
        )
    return normal_equations(a, b, l2.to(a.dtype)) if fast else torch.linalg.pinv(a) @ b


matrix_solve_ls = primitive(
    "MatrixSolveLs",
    _solve_ls,
    inputs="matrix rhs l2_regularizer",
    defaults={"fast": True},
    dtypes=WITH_HALF,
    same=(0, 1),
    keep=Keep.BOTH,
)


@gradient("MatrixSolveLs")
def _solve_ls_rule(op: Any, dy: Any) -> Any:
    if not op.get_attr("fast"):
        raise ValueError("Gradient not defined for fast=False")
    a, b, l2 = op.inputs
    x = op.outputs[0]
    factor = gramian_factor(a, to_dtype(l2, raw_of(a).dtype))
    rows, columns = shape_of(a)[-2:]
    if rows >= columns:
        z = cholesky_solve(factor, dy)
        gb = dot(a, z)
        return dot(b - dot(a, x), z, adj_y=True) - dot(gb, x, adj_y=True), gb, None
    gb = cholesky_solve(factor, dot(a, dy))
    y = cholesky_solve(factor, b)
    return dot(y, dy - dot(a, gb, adj_x=True), adj_y=True) - dot(gb, x, adj_y=True), gb, None
