"""Decompositions of matrices: Cholesky, Qr, Svd, SelfAdjointEigV2, Eig, Lu.

Their gradients divide by differences of eigenvalues or singular values. `_safe_reciprocal` makes such a quotient 0
where two of them coincide, and keeps it finite where they nearly do.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient, jvp
from tfcompat_tape.ops.complex_numbers import real
from tfcompat_tape.ops.helpers import conj, dtype_of, is_complex, raw_of, shape_of
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.matrices import (
    LAPACK,
    WITH_HALF,
    adjoint,
    check_invertible,
    check_success,
    dot,
    matrix,
    square,
    to_dtype,
)
from tfcompat_tape.ops.shapes import expand_dims
from tfcompat_tape.ops.solving import matrix_solve, triangular_solve
from tfcompat_tape.ops.structure import matrix_diag, matrix_diag_part


def _safe_reciprocal(x: Any) -> Any:
    return x / (x * x + 1e-20)


def _gaps(values: Any) -> Any:
    """The matrix of 1 / (values[j] - values[i]), with zeros on the diagonal."""
    raw = raw_of(values)
    others = 1 - torch.eye(raw.shape[-1], dtype=raw.dtype, device=raw.device)
    return _safe_reciprocal(expand_dims(values, dim=-2) - expand_dims(values, dim=-1)) * others


def _upper(x: Any) -> Any:
    """The upper triangle of the matrices, with half of the diagonal."""
    raw = raw_of(x)
    mask = torch.ones(raw.shape[-2:], dtype=raw.dtype, device=raw.device).triu_().fill_diagonal_(0.5)
    return x * mask


# -- Cholesky ---------------------------------------------------------------------------------------------------------


def _cholesky(x: Any) -> Any:
    square("Cholesky", x)
    factor, info = torch.linalg.cholesky_ex(x)
    # What TensorFlow gives where a matrix is not positive definite: NaN; but zeros if it is complex.
    failed = (info != 0)[..., None, None]
    return factor.masked_fill(failed, 0.0 if x.is_complex() else float("nan")).tril()


cholesky = primitive("Cholesky", _cholesky, inputs="input", dtypes=WITH_HALF, keep=Keep.OUTPUTS)


@gradient("Cholesky")
def _cholesky_rule(op: Any, dy: Any) -> Any:
    """I. Murray, "Differentiation of the Cholesky decomposition", 2016."""
    factor = op.outputs[0]
    middle = _upper(dot(dy, factor, adj_x=True))
    right = triangular_solve(factor, adjoint(middle), adjoint=True)
    both = triangular_solve(factor, adjoint(right), adjoint=True)
    return (both + adjoint(both)) * 0.5


@jvp("Cholesky")
def _cholesky_jvp(op: Any, t: Any) -> Any:
    """dL = L times the lower triangle of L^-1 dA L^-H with half of the diagonal."""
    factor = op.outputs[0]
    left = triangular_solve(factor, (t + adjoint(t)) * 0.5)
    inner = triangular_solve(factor, adjoint(left))
    return dot(factor, adjoint(_upper(inner)))


# -- QR ---------------------------------------------------------------------------------------------------------------


def _qr(x: Any, *, full_matrices: bool = False) -> Any:
    half = x.dtype is torch.float16
    if half:
        x = x.to(torch.float32)
    matrix("Qr", x)
    q, r = torch.linalg.qr(x, mode="complete" if full_matrices else "reduced")
    return (q.to(torch.float16), r.to(torch.float16)) if half else (q, r)


qr = primitive(
    "Qr",
    _qr,
    inputs="input",
    defaults={"full_matrices": False},
    outputs=2,
    dtypes=WITH_HALF,
    keep=Keep.OUTPUTS,
)


@gradient("Qr")
def _qr_rule(op: Any, dq: Any, dr: Any) -> Any:
    q, r = op.outputs
    rows, columns = shape_of(r)[-2:]
    if rows > columns:
        raise NotImplementedError(
            f"QrGrad is not implemented when nrows > ncols and full_matrices is true (nrows={rows}, ncols={columns})."
        )
    if rows == columns:
        return _qr_tall(q, r, dq, dr)
    # A = (X, Y) = Q (U, V) with Y = Q V: a QR decomposition of the square X.
    u, v = r[..., :rows], r[..., rows:]
    du, dv = dr[..., :rows], dr[..., rows:]
    return concat(_qr_tall(q, u, dq + dot(q, dot(v, dv, adj_y=True)), du), dot(q, dv), axis=-1)


def _qr_tall(q: Any, r: Any, dq: Any, dr: Any) -> Any:
    """S. Walter, L. Lehmann, "Algorithmic differentiation of linear algebra functions", 2018."""
    upper = _upper(dot(dr, r, adj_y=True) - dot(q, dq, adj_x=True))
    inner = dq + dot(q, upper + adjoint(upper))
    return adjoint(triangular_solve(r, adjoint(inner), lower=False))


# -- singular values --------------------------------------------------------------------------------------------------


def _svd(x: Any, *, compute_uv: bool = True, full_matrices: bool = False) -> Any:
    matrix("Svd", x)
    finite = torch.isfinite(x).flatten(-2).all(-1)[..., None]
    nan = float("nan")
    x = torch.where(finite[..., None], x, 0)  # LAPACK would fail on all matrices for one that is not finite
    if not compute_uv:
        none = x.new_empty(0)
        return torch.where(finite, torch.linalg.svdvals(x), nan), none, none
    u, s, vh = torch.linalg.svd(x, full_matrices=full_matrices)
    finite_matrix = finite[..., None]
    return (
        torch.where(finite, s, nan),
        torch.where(finite_matrix, u, nan),
        torch.where(finite_matrix, vh.mH, nan),
    )


svd = primitive(
    "Svd",
    _svd,
    inputs="input",
    defaults={"compute_uv": True, "full_matrices": False},
    outputs=3,
    dtypes=WITH_HALF,
    keep=Keep.BOTH,
    none_ok=True,
)


@gradient("Svd")
def _svd_rule(op: Any, ds: Any, du: Any, dv: Any) -> Any:
    """J. Townsend, "Differentiating the singular value decomposition", 2016; for singular vectors of both sides."""
    s, u, v = op.outputs
    m, n = shape_of(op.inputs[0])[-2:]
    k = min(m, n)
    if not op.get_attr("compute_uv"):
        s, u, v = svd(op.inputs[0])
        du = dv = None
    elif op.get_attr("full_matrices") and m != n:
        return _full_svd_gradient(s, u, v, ds, du, dv, m, n)
    return _svd_gradient(s, u[..., :k], v[..., :k], ds, du, dv)


def _svd_gradient(s: Any, u: Any, v: Any, ds: Any, du: Any, dv: Any) -> Any:
    """The gradient of A = U S V^H where U and V have as many columns as there are singular values."""
    dtype = dtype_of(u)
    inner = None if ds is None else matrix_diag(to_dtype(ds, dtype))
    if du is not None or dv is not None:
        gaps = to_dtype(_gaps(s * s), dtype)
        reciprocals = to_dtype(_safe_reciprocal(s), dtype)
        s = to_dtype(s, dtype)
    outside = None
    if du is not None:
        turn = dot(u, du, adj_x=True)
        inner = _sum(inner, gaps * (turn - adjoint(turn)) * expand_dims(s, dim=-2))
        if shape_of(u)[-2] > shape_of(u)[-1]:
            outside = dot((du - dot(u, turn)) * expand_dims(reciprocals, dim=-2), v, adj_y=True)
    if dv is not None:
        turn = dot(v, dv, adj_x=True)
        inner = _sum(inner, gaps * (turn - adjoint(turn)) * expand_dims(s, dim=-1))
        if shape_of(v)[-2] > shape_of(v)[-1]:
            outside = _sum(outside, dot(u * expand_dims(reciprocals, dim=-2), dv - dot(v, turn), adj_y=True))
        if is_complex(turn):  # the phases of a pair of singular vectors are free; V's follows U's
            phases = matrix_diag_part(turn)
            inner = _sum(inner, matrix_diag((conj(phases) - phases) * reciprocals * 0.5))
    return None if inner is None else _sum(outside, dot(dot(u, inner), v, adj_y=True))


def _full_svd_gradient(s: Any, u: Any, v: Any, ds: Any, du: Any, dv: Any, m: int, n: int) -> Any:
    """The same where U or V is completed by a column, which stays orthogonal to the others."""
    if abs(m - n) > 1:
        raise NotImplementedError(
            f"The gradient of svd is not implemented for abs(m - n) > 1 when full_matrices is True (m={m}, n={n})."
        )
    k = min(m, n)
    thin_u, thin_v = u[..., :k], v[..., :k]
    thin_du, thin_dv = (None if d is None else d[..., :k] for d in (du, dv))
    grad = _svd_gradient(s, thin_u, thin_v, ds, thin_du, thin_dv)
    reciprocals = expand_dims(to_dtype(_safe_reciprocal(s), dtype_of(u)), dim=-2)
    if m > n and du is not None:
        extra = dot(u[..., k:], dot(du[..., k:], thin_u, adj_x=True) * reciprocals)
        grad = grad - dot(extra, thin_v, adj_y=True)
    if n > m and dv is not None:
        extra = dot(v[..., k:], dot(dv[..., k:], thin_v, adj_x=True) * reciprocals)
        grad = grad - dot(thin_u, extra, adj_y=True)
    return grad


def _sum(x: Any, y: Any) -> Any:
    return y if x is None else x + y


# -- eigenvalues ------------------------------------------------------------------------------------------------------


def _eigh(x: Any, *, compute_v: bool = True) -> Any:
    square("SelfAdjointEigV2", x)
    nan = torch.isnan(x.tril()).flatten(-2).any(-1)  # LAPACK may pass over it
    check_success(
        "SelfAdjointEigV2: the decomposition was not successful, the input holds NaN.", nan.to(torch.int32)
    )
    if not compute_v:
        return torch.linalg.eigvalsh(x).to(x.dtype), x.new_empty(0)
    e, v = torch.linalg.eigh(x)
    return e.to(x.dtype), v


eigh = primitive(
    "SelfAdjointEigV2",
    _eigh,
    inputs="input",
    defaults={"compute_v": True},
    outputs=2,
    dtypes=WITH_HALF,
    keep=Keep.BOTH,
    none_ok=True,
)


@gradient("SelfAdjointEigV2")
def _eigh_rule(op: Any, de: Any, dv: Any) -> Any:
    e, v = op.outputs
    if not op.get_attr("compute_v"):
        e, v = eigh(op.inputs[0])
        dv = None
    inner = None if de is None else matrix_diag(de)
    if dv is not None:
        inner = _sum(inner, _gaps(e) * dot(v, dv, adj_x=True))
    grad = dot(dot(v, inner), v, adj_y=True)
    # The kernel reads the lower triangle only, which stands for both.
    return adjoint(_upper(grad + adjoint(grad)))


def _eig(x: Any, *, compute_v: bool = True, Tout: Any = None) -> Any:
    square("Eig", x)
    wide = torch.promote_types(x.dtype, torch.complex64)
    if Tout is not None and getattr(Tout, "torch", Tout) is not wide:
        raise invalid(f"Eig: the result of {x.dtype} is {wide}, not Tout={Tout}.")
    bad = ~torch.isfinite(x) if not x.is_complex() else torch.isnan(x)
    check_success(
        "Eig: the decomposition was not successful, the input holds NaN or infinity.",
        bad.flatten(-2).any(-1).to(torch.int32),
    )
    if not compute_v:
        e = torch.linalg.eigvals(x)
        return e, e.new_empty(0)
    return tuple(torch.linalg.eig(x))


eig = primitive(
    "Eig",
    _eig,
    inputs="input",
    defaults={"compute_v": True, "Tout": None},
    outputs=2,
    dtypes=LAPACK,
    keep=Keep.BOTH,
    none_ok=True,
)


@gradient("Eig")
def _eig_rule(op: Any, de: Any, dv: Any) -> Any:
    e, v = op.outputs
    x = op.inputs[0]
    if not op.get_attr("compute_v"):
        e, v = eig(x)
        dv = None
    inner = None if de is None else matrix_diag(de)
    if dv is not None:
        turn = dot(v, dv, adj_x=True)
        along = to_dtype(real(matrix_diag_part(turn)), dtype_of(v))  # the vectors keep their length
        turn = turn - dot(v, v, adj_x=True) * expand_dims(along, dim=-2)
        inner = _sum(inner, conj(_gaps(e)) * turn)
    grad = matrix_solve(v, dot(inner, v, adj_y=True), adjoint=True)
    return grad if is_complex(x) else real(grad)


# -- LU ---------------------------------------------------------------------------------------------------------------


def _lu(x: Any, *, output_idx_type: Any = int32) -> Any:
    square("Lu", x)
    if x.is_complex():
        lu, order = _complex_lu(x)
        info = (lu.diagonal(dim1=-2, dim2=-1) == 0).any(-1).to(torch.int32)
        check_invertible("Lu", x, info)
        return lu, order.to(output_idx_type.torch)
    lu, pivots, info = torch.linalg.lu_factor_ex(x)
    check_invertible("Lu", x, info)
    permutation = torch.lu_unpack(lu, pivots, unpack_data=False)[0]
    place = torch.arange(x.shape[-1], dtype=permutation.dtype, device=x.device)
    return lu, (place.unsqueeze(-1) * permutation).sum(-2).to(output_idx_type.torch)


def _complex_lu(x: Any) -> Any:
    """Gaussian elimination whose pivots are greatest in absolute value, where LAPACK's are so in |re| + |im|."""
    n = x.shape[-1]
    place = torch.arange(n, device=x.device)
    order = place.expand(x.shape[:-1])
    for k in range(n):
        pivot = x[..., k:, k].abs().argmax(-1, keepdim=True) + k
        swap = torch.where(place == k, pivot, torch.where(place == pivot, k, place))
        x = torch.take_along_dim(x, swap.unsqueeze(-1), -2)
        order = torch.take_along_dim(order, swap, -1)
        below = place.unsqueeze(-1) > k
        factor = torch.where(below, x[..., :, k : k + 1] / x[..., k : k + 1, k : k + 1], 0)
        rest = torch.where(place > k, x[..., k : k + 1, :], 0)
        x = torch.where(below & (place == k), factor, x - factor * rest)
    return x, order


# TensorFlow has no gradient for it: to go through it is a LookupError.
lu = primitive(
    "Lu",
    _lu,
    inputs="input",
    defaults={"output_idx_type": int32},
    outputs=2,
    dtypes=WITH_HALF,
    keep=Keep.NOTHING,
)
