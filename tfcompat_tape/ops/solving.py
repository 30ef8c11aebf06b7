"""Inverses, determinants and systems of linear equations."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import HALVES, Keep, gradient, jvp
from tfcompat_tape.ops.helpers import conj, unbroadcast
from tfcompat_tape.ops.matrices import LAPACK, WITH_HALF, as_factor, check_invertible, dot, square
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.structure import band_part

# -- inverses and determinants ----------------------------------------------------------------------------------------


def _inverse(x: Any, *, adjoint: bool = False) -> Any:
    half = x.dtype is torch.float16
    if half:
        x = x.to(torch.float32)
    square("MatrixInverse", x)
    inverse, info = torch.linalg.inv_ex(x.mH if adjoint else x)
    check_invertible("MatrixInverse", x, info)
    return inverse.to(torch.float16) if half else inverse


matrix_inverse = primitive(
    "MatrixInverse",
    _inverse,
    inputs="input",
    defaults={"adjoint": False},
    dtypes=WITH_HALF,
    keep=Keep.OUTPUTS,
)


@gradient("MatrixInverse")
def _inverse_rule(op: Any, dy: Any) -> Any:
    y = op.outputs[0]
    if op.get_attr("adjoint"):
        return -dot(y, dot(dy, y, adj_x=True))
    return -dot(y, dot(dy, y, adj_y=True), adj_x=True)


@jvp("MatrixInverse")
def _inverse_jvp(op: Any, t: Any) -> Any:
    y = op.outputs[0]
    return -dot(y, dot(t, y, adj_x=op.get_attr("adjoint")))


def _determinant(x: Any) -> Any:
    square("MatrixDeterminant", x)
    return torch.linalg.det(x)


determinant = primitive("MatrixDeterminant", _determinant, inputs="input", dtypes=WITH_HALF, keep=Keep.BOTH)


@gradient("MatrixDeterminant")
def _determinant_rule(op: Any, dy: Any) -> Any:
    # TensorFlow does not conjugate the determinant, although d(det A) = det A tr(A^-1 dA).
    return as_factor(dy * op.outputs[0]) * matrix_inverse(op.inputs[0], adjoint=True)


@jvp("MatrixDeterminant")
def _determinant_jvp(op: Any, t: Any) -> Any:
    return conj(op.outputs[0]) * _trace_of_quotient(t, op.inputs[0])


def _trace_of_quotient(t: Any, a: Any) -> Any:
    """tr(A^-1 T)."""
    return sum_(conj(matrix_inverse(a, adjoint=True)) * t, axis=(-2, -1), keep_dims=False)


def _log_determinant(x: Any) -> Any:
    square("LogMatrixDeterminant", x)
    sign, log = torch.linalg.slogdet(x)
    nan = torch.isnan(x).any(-1).any(-1)  # which LAPACK passes over
    return torch.where(nan, torch.nan, sign), torch.where(nan, torch.nan, log).to(x.dtype)


log_determinant = primitive(
    "LogMatrixDeterminant", _log_determinant, inputs="input", outputs=2, dtypes=WITH_HALF, keep=Keep.INPUTS
)


@gradient("LogMatrixDeterminant")
def _log_determinant_rule(op: Any, dsign: Any, dlog: Any) -> Any:
    # TensorFlow takes the sign for a constant, also where it is complex.
    return as_factor(dlog) * matrix_inverse(op.inputs[0], adjoint=True)


@jvp("LogMatrixDeterminant")
def _log_determinant_jvp(op: Any, t: Any) -> Any:
    return None, _trace_of_quotient(t, op.inputs[0])


# -- A X = B ----------------------------------------------------------------------------------------------------------


def _solve(a: Any, b: Any, *, adjoint: bool = False) -> Any:
    square("MatrixSolve", a)
    if a.ndim != b.ndim or a.shape[:-1] != b.shape[:-1]:
        raise invalid(
            f"MatrixSolve: Input matrix and rhs are incompatible. Shapes: {list(a.shape)} and {list(b.shape)}."
        )
    # Factorizing apart from solving lets vmap factorize a matrix once that many right-hand sides share.
    lu, pivots, info = torch.linalg.lu_factor_ex(a)
    check_invertible("MatrixSolve", a, info, lu[..., -1, -1] if a.shape[-1] else None)
    return torch.linalg.lu_solve(lu, pivots, b, adjoint=adjoint)


matrix_solve = primitive(
    "MatrixSolve",
    _solve,
    inputs="matrix rhs",
    defaults={"adjoint": False},
    dtypes=WITH_HALF,
    same=(0, 1),
    keep=Keep.BOTH,
    keep_inputs=(0,),
)


@gradient("MatrixSolve")
def _solve_rule(op: Any, dy: Any) -> Any:
    adj = op.get_attr("adjoint")
    x = op.outputs[0]
    gb = matrix_solve(op.inputs[0], dy, adjoint=not adj)
    if not op.needs[0]:
        return None, gb
    return -(dot(x, gb, adj_y=True) if adj else dot(gb, x, adj_y=True)), gb


@jvp("MatrixSolve")
def _solve_jvp(op: Any, da: Any, db: Any) -> Any:
    adj = op.get_attr("adjoint")
    if da is not None:
        moved = dot(da, op.outputs[0], adj_x=adj)
        db = -moved if db is None else db - moved
    return matrix_solve(op.inputs[0], db, adjoint=adj)


def _triangular_solve(a: Any, b: Any, *, lower: bool = True, adjoint: bool = False) -> Any:
    square("MatrixTriangularSolve", a)
    if b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        raise invalid(
            f"MatrixTriangularSolve: In[0] mismatch In[1] shape: {a.shape[-1]} vs. {b.shape[-2] if b.ndim > 1 else 0}: "
            f"{compact(a.shape)} {compact(b.shape)}"
        )
    if adjoint:
        a = a.mH
    return torch.linalg.solve_triangular(a, b, upper=lower is adjoint)


triangular_solve = primitive(
    "MatrixTriangularSolve",
    _triangular_solve,
    inputs="matrix rhs",
    defaults={"lower": True, "adjoint": False},
    dtypes=LAPACK | HALVES,
    same=(0, 1),
    keep=Keep.BOTH,
    keep_inputs=(0,),
)


@gradient("MatrixTriangularSolve")
def _triangular_solve_rule(op: Any, dy: Any) -> Any:
    lower, adj = op.get_attr("lower"), op.get_attr("adjoint")
    x = op.outputs[0]
    shape_a, shape_b = op.shapes
    gb = triangular_solve(op.inputs[0], dy, lower=lower, adjoint=not adj)
    ga = None
    if op.needs[0]:
        ga = -(dot(x, gb, adj_y=True) if adj else dot(gb, x, adj_y=True))
        ga = unbroadcast(band_part(ga, num_lower=-1 if lower else 0, num_upper=0 if lower else -1), shape_a)
    return ga, unbroadcast(gb, shape_b)


@jvp("MatrixTriangularSolve")
def _triangular_solve_jvp(op: Any, da: Any, db: Any) -> Any:
    lower, adj = op.get_attr("lower"), op.get_attr("adjoint")
    if da is not None:
        da = band_part(da, num_lower=-1 if lower else 0, num_upper=0 if lower else -1)
        moved = dot(da, op.outputs[0], adj_x=adj)
        db = -moved if db is None else db - moved
    return triangular_solve(op.inputs[0], db, lower=lower, adjoint=adj)
