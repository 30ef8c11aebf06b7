"""Functions of matrices: exponential, logarithm, square root.

torch has the exponential only. The other two come from the eigenvalues, or where the matrix has too few eigenvectors
for that, from Newton's iteration: whichever leaves the smaller residual, matrix by matrix.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.registry import COMPLEX, Keep, gradient, jvp
from tfcompat_tape.ops.helpers import raw_of, shape_of
from tfcompat_tape.ops.joining import concat
from tfcompat_tape.ops.matrices import WITH_HALF, adjoint, square, swap
from tfcompat_tape.ops.shapes import expand_dims, reshape
from tfcompat_tape.ops.solving import matrix_solve

_STEPS = 24  # Newton's iteration converges quadratically, scaled; the last steps only polish


def _expm(x: Any) -> Any:
    square("MatrixExponential", x)
    return torch.linalg.matrix_exp(x)


matrix_exponential = primitive("MatrixExponential", _expm, inputs="input", dtypes=WITH_HALF, keep=Keep.INPUTS)


@gradient("MatrixExponential")
def _expm_rule(op: Any, dy: Any) -> Any:
    return _expm_slope(adjoint(op.inputs[0]), dy)


@jvp("MatrixExponential")
def _expm_jvp(op: Any, t: Any) -> Any:
    return _expm_slope(op.inputs[0], t)


def _expm_slope(x: Any, t: Any) -> Any:
    """The derivative of exp at X along T: exp of (X, T; 0, X) has it in its upper right block."""
    n = shape_of(x)[-1]
    above = concat(x, t, axis=-1)
    below = concat(torch.zeros_like(raw_of(x)), x, axis=-1)
    return matrix_exponential(concat(above, below, axis=-2))[..., :n, n:]


def _sqrtm(x: Any) -> Any:
    square("MatrixSquareRoot", x)
    finite = torch.isfinite(x).flatten(-2).all(-1)[..., None, None]
    safe = torch.where(finite, x, 0)
    values, vectors = torch.linalg.eig(safe)
    root = _of_eigenvalues(values.sqrt(), vectors)
    # No root of a real matrix is real that has negative eigenvalues; and none of two zeros is unique.
    defined = (values == 0).sum(-1) < 2
    if not x.is_complex():
        root = root.real
        defined = defined & ~((values.imag == 0) & (values.real < 0)).any(-1)
    root = _better(root, _newton_root(safe), lambda y: y @ y - safe)
    return torch.where(finite & defined[..., None, None], root, float("nan"))


def _of_eigenvalues(values: Any, vectors: Any) -> Any:
    return (vectors * values[..., None, :]) @ torch.linalg.inv_ex(vectors)[0]


def _newton_root(x: Any) -> Any:
    """The product form of the Denman-Beavers iteration (Cheng, Higham, Kenney, Laub, 2001)."""
    n = x.shape[-1]
    eye = torch.eye(n, dtype=x.dtype, device=x.device)
    rest = x
    for step in range(_STEPS):
        inverse = torch.linalg.inv_ex(rest)[0]
        if step < _STEPS // 2:  # scaled by the determinant
            scale = torch.linalg.det(rest).abs().pow(-0.5 / max(n, 1))[..., None, None].to(x.dtype)
        else:
            scale = torch.ones_like(scale)
        inverse = inverse / (scale * scale)
        x = (x @ (eye + inverse)) * (scale / 2)
        rest = (eye + (scale * scale * rest + inverse) / 2) / 2
    return x


def _better(x: Any, y: Any, residual: Any) -> Any:
    """`x` or `y`, whichever has the smaller residual; `x` if that of `y` is NaN."""
    errors = [torch.linalg.matrix_norm(residual(z)) for z in (x, y)]
    first = torch.nan_to_num(errors[0], nan=torch.inf) <= torch.nan_to_num(errors[1], nan=torch.inf)
    return torch.where(first[..., None, None], x, y)


matrix_square_root = primitive(
    "MatrixSquareRoot", _sqrtm, inputs="input", dtypes=WITH_HALF, keep=Keep.OUTPUTS
)


@gradient("MatrixSquareRoot")
def _sqrtm_rule(op: Any, dy: Any) -> Any:
    """dA = dY Y + Y dY: a Sylvester equation for the gradient, solved as a system of n^2 linear equations.

    TensorFlow does not conjugate Y, also where it is complex.
    """
    return _sylvester(op.outputs[0], dy, adjoint=False)


@jvp("MatrixSquareRoot")
def _sqrtm_jvp(op: Any, t: Any) -> Any:
    return _sylvester(op.outputs[0], t, adjoint=True)


def _sylvester(y: Any, dy: Any, adjoint: bool) -> Any:
    raw = raw_of(y)
    shape = shape_of(y)
    n = shape[-1]
    eye = torch.eye(n, dtype=raw.dtype, device=raw.device)
    system = reshape(_kronecker(swap(y), eye) + _kronecker(eye, y), shape=(*shape[:-2], n * n, n * n))
    column = reshape(dy, shape=(*shape[:-2], n * n, 1))
    return reshape(matrix_solve(system, column, adjoint=adjoint), shape=tuple(shape))


def _kronecker(x: Any, y: Any) -> Any:
    """x[i, j] y[k, l] with the axes (i, k, j, l)."""
    left = expand_dims(expand_dims(x, dim=-1), dim=-3)
    right = expand_dims(expand_dims(y, dim=-2), dim=-4)
    return left * right


def _logm(x: Any) -> Any:
    square("MatrixLogarithm", x)
    finite = torch.isfinite(x).flatten(-2).all(-1)[..., None, None]
    safe = torch.where(finite, x, 0)
    values, vectors = torch.linalg.eig(safe)
    log = _better(
        _of_eigenvalues(values.log(), vectors), _scaled_log(safe), lambda y: torch.linalg.matrix_exp(y) - safe
    )
    return torch.where(
        finite & (values != 0).all(-1)[..., None, None], log, complex(float("nan"), float("nan"))
    )


def _scaled_log(x: Any) -> Any:
    """log(A) = 2^k log(A^(1/2^k)), with log(1 + E) as the integral of E / (1 + t E) from 0 to 1."""
    roots = 6
    for _ in range(roots):
        x = _newton_root(x)
    eye = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    excess = x - eye
    nodes, weights = np.polynomial.legendre.leggauss(16)
    terms = [
        torch.linalg.solve_ex(eye + excess * float((node + 1) / 2), excess)[0] * float(weight / 2)
        for node, weight in zip(nodes, weights, strict=True)
    ]
    return sum(terms) * 2**roots


# TensorFlow has no gradient for it: to go through it is a LookupError.
matrix_logarithm = primitive("MatrixLogarithm", _logm, inputs="input", dtypes=COMPLEX, keep=Keep.NOTHING)
