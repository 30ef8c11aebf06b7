"""Matrices with few diagonals: TridiagonalSolve, TridiagonalMatMul, BandedTriangularSolve.

The diagonals of a tridiagonal matrix lie in rows above each other (super, main, sub), each element in the column of the
equation that it belongs to; so the last of the superdiagonal and the first of the subdiagonal mean nothing.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient, jvp
from tfcompat_tape.ops.derived import derived
from tfcompat_tape.ops.helpers import conj, raw_of
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.matrices import LAPACK, WITH_HALF, check_invertible, matrix
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.shapes import expand_dims, roll
from tfcompat_tape.ops.structure import matrix_diag
from tfcompat_tape.ops.tangents import fill_in

_DENSE = 512  # up to this size a dense factorization is faster than an elimination row by row


# -- tridiagonal ------------------------------------------------------------------------------------------------------


def _tridiagonal_solve(
    diagonals: Any, rhs: Any, *, partial_pivoting: bool = True, perturb_singular: bool = False
) -> Any:
    matrix("TridiagonalSolve", diagonals)
    shape = diagonals.shape
    if shape[-2] != 3 or rhs.ndim != diagonals.ndim or rhs.shape[:-1] != (*shape[:-2], shape[-1]):
        raise invalid(
            f"TridiagonalSolve: expected diagonals of shape [..., 3, M] and rhs of shape [..., M, K], got "
            f"{list(shape)} and {list(rhs.shape)}."
        )
    if shape[-1] > _DENSE or not partial_pivoting or perturb_singular:
        return _eliminate(diagonals, rhs, partial_pivoting, perturb_singular)
    above, main, below = diagonals.unbind(-2)
    dense = (
        torch.diag_embed(main) + torch.diag_embed(above[..., :-1], 1) + torch.diag_embed(below[..., 1:], -1)
    )
    lu, pivots, info = torch.linalg.lu_factor_ex(dense)
    return torch.where((info == 0)[..., None, None], torch.linalg.lu_solve(lu, pivots, rhs), float("nan"))


def _eliminate(diagonals: Any, rhs: Any, pivoting: bool, perturb: bool) -> Any:
    """Gaussian elimination row by row; exchanging two rows adds a second superdiagonal."""
    above, main, below = [diagonal[..., None].unbind(-2) for diagonal in diagonals.unbind(-2)]
    rows = rhs.unbind(-2)
    size = len(rows)
    if not size:
        return rhs
    zero = torch.zeros_like(main[0])
    done = []
    pivot, first, second, right = main[0], above[0] if size > 1 else zero, zero, rows[0]
    for i in range(1, size):
        lead, next_pivot, next_first, next_right = (
            below[i],
            main[i],
            above[i] if i < size - 1 else zero,
            rows[i],
        )
        next_second = zero
        if pivoting:
            swap = lead.abs() > pivot.abs()
            pivot, lead = torch.where(swap, lead, pivot), torch.where(swap, pivot, lead)
            first, next_pivot = torch.where(swap, next_pivot, first), torch.where(swap, first, next_pivot)
            second, next_first = torch.where(swap, next_first, second), torch.where(swap, second, next_first)
            right, next_right = torch.where(swap, next_right, right), torch.where(swap, right, next_right)
        if perturb:
            pivot = _not_zero(pivot)
        factor = lead / pivot
        done.append((pivot, first, second, right))
        pivot, first, second = next_pivot - factor * first, next_first - factor * second, next_second
        right = next_right - factor * right
    if perturb:
        pivot = _not_zero(pivot)
    found = [right / pivot]
    for pivot, first, second, right in reversed(done):
        total = right - first * found[-1]
        if len(found) > 1:
            total = total - second * found[-2]
        found.append(total / pivot)
    return torch.stack(found[::-1], -2)


def _not_zero(pivot: Any) -> Any:
    return torch.where(pivot == 0, torch.finfo(pivot.dtype).tiny, pivot)


tridiagonal_solve = primitive(
    "TridiagonalSolve",
    _tridiagonal_solve,
    inputs="diagonals rhs",
    defaults={"partial_pivoting": True, "perturb_singular": False},
    dtypes=LAPACK,
    same=(0, 1),
    keep=Keep.BOTH,
    keep_inputs=(0,),
)


@gradient("TridiagonalSolve")
def _tridiagonal_solve_rule(op: Any, dy: Any) -> Any:
    """TensorFlow does not conjugate anything, also where the system is complex."""
    diagonals = op.inputs[0]
    lines = [expand_dims(diagonals[..., i, :], dim=-2) for i in range(3)]
    gb = tridiagonal_solve(
        concat(*_transposed(*lines), axis=-2),
        dy,
        partial_pivoting=op.get_attr("partial_pivoting"),
        perturb_singular=op.get_attr("perturb_singular"),
    )
    grad = -concat(*_line_gradients(gb, op.outputs[0]), axis=-2) if op.needs[0] else None
    return grad, gb


def _transposed(above: Any, main: Any, below: Any) -> Any:
    """The diagonals of the transposed matrix."""
    return roll(below, shift=(-1,), axis=(-1,)), main, roll(above, shift=(1,), axis=(-1,))


def _line_gradients(dy: Any, x: Any) -> Any:
    """What dY X^T has on the three diagonals, each as a row."""
    return _row_sums(dy * _shifted(x, -1)), _row_sums(dy * x), _row_sums(dy * _shifted(x, 1))


def _row_sums(x: Any) -> Any:
    return expand_dims(sum_(x, axis=(-1,), keep_dims=False), dim=-2)


def _shifted(x: Any, by: int) -> Any:
    """The rows of `x` moved up (-1) or down (1) by one; a row of zeros moves in."""
    zeros = torch.zeros_like(raw_of(x)[..., :1, :])
    return concat(x[..., 1:, :], zeros, axis=-2) if by < 0 else concat(zeros, x[..., :-1, :], axis=-2)


def _tridiagonal_matmul(above: Any, main: Any, below: Any, rhs: Any) -> Any:
    matrix("TridiagonalMatMul", rhs)
    wanted = (*rhs.shape[:-2], 1, rhs.shape[-2])
    for line in (above, main, below):
        if line.shape != wanted:
            raise invalid(
                f"TridiagonalMatMul: each diagonal of a product with a rhs of shape {list(rhs.shape)} must have the "
                f"shape {list(wanted)}, got {list(line.shape)}."
            )
    return main.mT * rhs + above.mT * _shifted(rhs, -1) + below.mT * _shifted(rhs, 1)


tridiagonal_matmul = primitive(
    "TridiagonalMatMul",
    _tridiagonal_matmul,
    inputs="superdiag maindiag subdiag rhs",
    dtypes=LAPACK,
    same=None,
    keep=Keep.INPUTS,
)


@gradient("TridiagonalMatMul")
def _tridiagonal_matmul_rule(op: Any, dy: Any) -> Any:
    *lines, rhs = op.inputs
    grads = _line_gradients(dy, conj(rhs)) if any(op.needs[:3]) else (None, None, None)
    transposed = [conj(line) for line in _transposed(*lines)]
    return (*grads, tridiagonal_matmul(*transposed, dy) if op.needs[3] else None)


# -- tangents of both -------------------------------------------------------------------------------------------------


@jvp("TridiagonalSolve")
def _tridiagonal_solve_jvp(op: Any, t: Any, drhs: Any) -> Any:
    """The transpose: as nothing is conjugated in the rule, it is the solution that is conjugated here."""
    if t is not None:
        lines = [expand_dims(t[..., i, :], dim=-2) for i in range(3)]
        moved = tridiagonal_matmul(*lines, conj(op.outputs[0]))
        drhs = -moved if drhs is None else drhs - moved
    return tridiagonal_solve(op.inputs[0], drhs, **op.attrs)


@jvp("TridiagonalMatMul")
def _tridiagonal_matmul_jvp(op: Any, *tangents: Any) -> Any:
    *lines, rhs = op.inputs
    total = None
    if tangents[3] is not None:
        total = tridiagonal_matmul(*lines, tangents[3])
    if any(t is not None for t in tangents[:3]):
        part = tridiagonal_matmul(*fill_in(op, tangents)[:3], rhs)
        total = part if total is None else total + part
    return total


# -- banded triangular ------------------------------------------------------------------------------------------------


def _banded_triangular_solve(bands: Any, rhs: Any, *, lower: bool = True, adjoint: bool = False) -> Any:
    matrix("BandedTriangularSolve", bands)
    size = bands.shape[-1]
    if rhs.ndim < 2 or rhs.shape[-2] != size:
        raise invalid(
            f"BandedTriangularSolve: bands of shape {list(bands.shape)} need a rhs of shape [..., {size}, K], got "
            f"{list(rhs.shape)}."
        )
    count = min(bands.shape[-2], size)
    bands = bands[..., :count, :] if lower else bands[..., bands.shape[-2] - count :, :]
    main = bands[..., 0 if lower else -1, :]
    check_invertible("BandedTriangularSolve", bands, (main == 0).any(-1).to(torch.int32))
    k = (1 - count, 0) if lower else (0, count - 1)
    dense = matrix_diag(bands, k=k, align="RIGHT_RIGHT" if lower else "LEFT_LEFT")
    if adjoint:
        dense = dense.mH
    return torch.linalg.solve_triangular(dense, rhs, upper=lower is adjoint)


banded_triangular_solve = derived(
    "BandedTriangularSolve",
    _banded_triangular_solve,
    inputs="matrix rhs",
    defaults={"lower": True, "adjoint": False},
    dtypes=WITH_HALF,
    same=(0, 1),
)
