"""Every differentiable op on matrices: finite differences, torch.autograd, second order, vmap against loop, tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients

import tfcompat_tape as tf
from tfcompat_tape.checking.traces import trace_of

RNG = np.random.RandomState(5)


def real(*shape: int) -> np.ndarray:
    return RNG.uniform(-1, 1, shape)


def complex_(*shape: int) -> np.ndarray:
    return real(*shape) + 1j * real(*shape)


def regular(*shape: int, make: Any = real) -> np.ndarray:
    return make(*shape) + 2.0 * np.eye(shape[-1])


def positive(x: Any) -> Any:
    """Hermitian positive definite matrices made of any matrices: so that a derivative moves both triangles."""
    n = x.shape[-1]
    return tf.matmul(x, x, adjoint_b=True) + tf.cast(2.0 * tf.eye(n, dtype=tf.float64), x.dtype)


def size(x: Any) -> Any:
    """Squares of absolute values, free of signs and phases."""
    return tf.math.real(x * tf.math.conj(x))


MATRIX, COMPLEX = real(2, 3), complex_(2, 3)
SQUARE, BATCH = regular(3, 3), regular(2, 2, 2)
COMPLEX_SQUARE = regular(2, 2, make=complex_)

# Squares where the op is linear, so that the second derivative is one.
PRODUCTS: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "matmul": (tf.matmul, (MATRIX, real(3, 2))),
    "matmul, complex": (tf.matmul, (COMPLEX, complex_(3, 2))),
    "matmul, transposed": (
        lambda a, b: tf.matmul(a, b, transpose_a=True, transpose_b=True),
        (MATRIX, real(2, 2)),
    ),
    "matmul, left transposed": (lambda a, b: tf.matmul(a, b, transpose_a=True), (COMPLEX, complex_(2, 2))),
    "matmul, right adjoint": (lambda a, b: tf.matmul(a, b, adjoint_b=True), (COMPLEX, complex_(2, 3))),
    "matmul, one factor": (lambda a: tf.matmul(a, a, transpose_b=True), (MATRIX,)),
    "matmul, batches": (tf.matmul, (real(2, 2, 3), real(2, 3, 2))),
    "matmul, batches by one": (tf.matmul, (real(2, 2, 3), real(3, 2))),
    "matmul, batches by one adjoint": (
        lambda a, b: tf.matmul(a, b, adjoint_b=True),
        (complex_(2, 1, 3), complex_(2, 3)),
    ),
    "matmul, one by batches": (tf.matmul, (MATRIX, real(2, 3, 2))),
    "matmul, broadcast": (
        lambda a, b: tf.matmul(a, b, adjoint_a=True),
        (complex_(2, 1, 2, 1), complex_(2, 2, 1)),
    ),
    "matvec": (tf.linalg.matvec, (real(2, 2, 3), real(3))),
    "cross": (tf.linalg.cross, (real(2, 3), real(2, 3))),
    "tensordot": (lambda a, b: tf.tensordot(a, b, [[0, 2], [2, 0]]), (real(2, 1, 3), real(3, 2, 2))),
    "einsum ij,jk->ki": (lambda a, b: tf.einsum("ij,jk->ki", a, b), (COMPLEX, complex_(3, 2))),
    "einsum iij,j->": (lambda a, b: tf.einsum("iij,j->", a, b), (real(2, 2, 3), real(3))),
    "einsum ij,k->k": (lambda a, b: tf.einsum("ij,k->k", a, b), (MATRIX, real(2))),
    "einsum ...i,...i->...": (lambda a, b: tf.einsum("...i,...i->...", a, b), (real(2, 1, 3), real(2, 3))),
    "einsum of three": (lambda a, b: tf.einsum("ij,jk,lk->il", a, b, b), (MATRIX, real(3, 2))),
    "einsum ij->j": (lambda a: tf.einsum("ij->j", a) ** 2, (MATRIX,)),
    "einsum ii->i": (lambda a: tf.einsum("ii->i", a) ** 2, (SQUARE,)),
    "Einsum i->ii": (lambda a: tf.raw_ops.Einsum(inputs=[a], equation="i->ii") ** 2, (real(3),)),
    "norm": (tf.norm, (MATRIX,)),
    "norm 3": (lambda x: tf.norm(x, 3, axis=0), (np.abs(MATRIX) + 0.1,)),
    "norm 2 of a matrix": (lambda x: tf.norm(x, 2, axis=(0, 1)), (MATRIX,)),
    "normalize": (lambda x: tf.linalg.normalize(x, axis=1)[0], (MATRIX,)),
}
STRUCTURE: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "diag": (lambda x: tf.linalg.diag(x, k=1) ** 2, (MATRIX,)),
    "diag of a band": (lambda x: tf.linalg.diag(x, k=(-1, 0), num_rows=4) ** 2, (MATRIX,)),
    "diag_part": (lambda x: tf.linalg.diag_part(x) ** 2, (real(2, 2, 3),)),
    "diag_part of a band": (
        lambda x: tf.linalg.diag_part(x, k=(-1, 2), align="LEFT_RIGHT") ** 2,
        (real(3, 4),),
    ),
    "set_diag": (lambda x, d: tf.linalg.set_diag(x, d) ** 2, (real(2, 2, 3), real(2, 2))),
    "set_diag of a band": (lambda x, d: tf.linalg.set_diag(x, d, k=(0, 1)) ** 2, (real(3, 4), real(2, 3))),
    "band_part": (lambda x: tf.linalg.band_part(x, 1, 0) ** 2, (COMPLEX_SQUARE,)),
    "tensor_diag": (lambda x: tf.linalg.tensor_diag(x) ** 2, (real(2, 2),)),
    "tensor_diag_part": (lambda x: tf.linalg.tensor_diag_part(x) ** 2, (real(2, 2, 2, 2),)),
    "trace": (lambda x: tf.linalg.trace(x) ** 2, (BATCH,)),
    "adjoint": (lambda x: tf.linalg.adjoint(x) ** 2, (COMPLEX,)),
}
SOLVING: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "inv": (tf.linalg.inv, (BATCH,)),
    "inv, adjoint": (lambda x: tf.linalg.inv(x, adjoint=True), (COMPLEX_SQUARE,)),
    "det": (tf.linalg.det, (BATCH,)),
    "slogdet": (lambda x: tf.linalg.slogdet(x)[1], (BATCH,)),
    "logdet": (lambda x: tf.linalg.logdet(positive(x)), (COMPLEX_SQUARE,)),
    "solve": (tf.linalg.solve, (BATCH, real(2, 2, 1))),
    "solve, adjoint": (lambda a, b: tf.linalg.solve(a, b, adjoint=True), (COMPLEX_SQUARE, complex_(2, 1))),
    "triangular_solve": (tf.linalg.triangular_solve, (SQUARE, real(2, 3, 1))),
    "triangular_solve, upper adjoint": (
        lambda a, b: tf.linalg.triangular_solve(a, b, lower=False, adjoint=True),
        (COMPLEX_SQUARE, complex_(2, 1)),
    ),
    "cholesky_solve": (tf.linalg.cholesky_solve, (SQUARE, real(3, 1))),
    "lstsq": (lambda a, b: tf.linalg.lstsq(a, b, 0.5), (real(3, 2), real(3, 1))),
    "lstsq, wide": (tf.linalg.lstsq, (MATRIX, real(2, 1))),
    "MatrixSolveLs": (
        lambda a, b: tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=tf.constant(0.5, tf.float64)),
        (real(3, 2), real(3, 1)),
    ),
    "MatrixSolveLs, wide": (
        lambda a, b: tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=tf.constant(0.0, tf.float64)),
        (COMPLEX, complex_(2, 1)),
    ),
    "pinv": (tf.linalg.pinv, (MATRIX,)),
    "tridiagonal_solve": (tf.linalg.tridiagonal_solve, (regular(3, 3), real(3, 1))),
    "tridiagonal_solve without pivoting": (
        lambda a, b: tf.linalg.tridiagonal_solve(a, b, partial_pivoting=False),
        (regular(2, 3, 3), real(2, 3, 1)),
    ),
    "tridiagonal_matmul": (tf.linalg.tridiagonal_matmul, (complex_(3, 3), complex_(3, 1))),
    "banded_triangular_solve": (tf.linalg.banded_triangular_solve, (real(2, 3) + 2.0, real(2, 3, 1))),
    "banded_triangular_solve, adjoint": (
        lambda a, b: tf.linalg.banded_triangular_solve(a, b, lower=False, adjoint=True),
        (complex_(2, 3) + 2.0, complex_(3, 1)),
    ),
    "lu_solve": (lambda a, b: tf.linalg.lu_solve(a, [1, 0], b), (COMPLEX_SQUARE, complex_(2, 1))),
    "lu_reconstruct": (lambda a: tf.linalg.lu_reconstruct(a, [[1, 0], [0, 1]]), (BATCH,)),
}
DECOMPOSITIONS: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "cholesky": (lambda x: tf.linalg.cholesky(positive(x)), (BATCH,)),
    "cholesky, complex": (lambda x: tf.linalg.cholesky(positive(x)), (COMPLEX_SQUARE,)),
    "qr, q": (lambda x: tf.linalg.qr(x)[0], (real(3, 2),)),
    "qr, r": (lambda x: tf.linalg.qr(x)[1], (complex_(3, 2),)),
    "qr, wide": (lambda x: tf.matmul(*tf.linalg.qr(x)[::-1], transpose_a=True), (MATRIX,)),
    "svd, s": (lambda x: tf.linalg.svd(x)[0], (COMPLEX,)),
    "svd, u": (lambda x: size(tf.linalg.svd(x)[1]), (complex_(3, 2),)),
    "svd, v": (lambda x: size(tf.linalg.svd(x)[2]), (real(2, 3),)),
    "svd, s only": (lambda x: tf.linalg.svd(x, compute_uv=False), (real(2, 2, 2),)),
    "eigh, e": (lambda x: tf.linalg.eigh(positive(x))[0], (COMPLEX_SQUARE,)),
    "eigh, v": (lambda x: size(tf.linalg.eigh(positive(x))[1]), (SQUARE,)),
    "eigvalsh": (lambda x: tf.linalg.eigvalsh(positive(x)), (BATCH,)),
    "eig, e": (lambda x: size(tf.linalg.eig(x)[0]), (COMPLEX_SQUARE,)),
    "eig, v": (lambda x: size(tf.linalg.eig(positive(x))[1]), (SQUARE,)),
    "eigvals": (lambda x: tf.math.real(tf.linalg.eigvals(positive(x))), (SQUARE,)),
    "expm": (tf.linalg.expm, (BATCH,)),
    "expm, complex": (tf.linalg.expm, (COMPLEX_SQUARE,)),
    "sqrtm": (lambda x: tf.linalg.sqrtm(positive(x)), (SQUARE,)),
}
FUNCTIONS = PRODUCTS | STRUCTURE | SOLVING | DECOMPOSITIONS

# What torch cannot differentiate to compare with: a kernel that is not one expression of differentiable functions.
NOT_BY_AUTOGRAD = {"sqrtm", "eig, e", "eig, v", "eigvals"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients(name: str, device: str) -> None:
    function, arrays = FUNCTIONS[name]
    check_gradients(function, *arrays, autograd=name not in NOT_BY_AUTOGRAD)


# With all of u or v TensorFlow has a gradient that torch lacks.
@pytest.mark.parametrize(("part", "shape"), [(1, (3, 2)), (2, (2, 3))])
def test_the_completed_singular_vectors_have_a_gradient(part: int, shape: tuple[int, int]) -> None:
    check_gradients(lambda x: size(tf.linalg.svd(x, full_matrices=True)[part]), real(*shape), autograd=False)


@pytest.mark.parametrize(
    "name",
    [
        "matmul",
        "matmul, batches by one",
        "einsum iij,j->",
        "diag_part of a band",
        "cholesky",
        "solve",
        "inv",
        "eigvalsh",
    ],
)
def test_the_gradient_can_be_traced(name: str) -> None:
    function, arrays = FUNCTIONS[name]

    def step(*raws: Any) -> Any:
        tensors = [tf.Tensor(raw, None) for raw in raws]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = tf.reduce_sum(size(function(*tensors)))
        return [grad._t for grad in tape.gradient(value, tensors)]

    raws = [torch.tensor(array) for array in arrays]
    elsewhere = [
        raw + 0.1 * torch.eye(*raw.shape[-2:], dtype=raw.dtype) if raw.ndim > 1 else raw + 0.1 for raw in raws
    ]
    trace = trace_of(step, *raws)
    for got, want in zip(trace(*elsewhere), step(*elsewhere), strict=True):
        np.testing.assert_allclose(got.numpy(), want.numpy(), rtol=1e-10, atol=1e-12)


def test_needs_are_respected() -> None:
    """A product with a constant computes one gradient only, and keeps only the constant."""
    x, w = tf.constant(real(2, 3)), tf.constant(real(3, 2))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        products = [tf.matmul(x, w), tf.einsum("ij,jk->ik", x, w), tf.matmul(x[None], w)]
    for product in products:
        entry = product._node
        assert entry.needs == (True, False)
        grad = tape.gradient(product, x)
        np.testing.assert_allclose(grad.numpy(), np.ones((2, 2)) @ w.numpy().T)
    assert products[0]._node.inputs[0] is None
    np.testing.assert_array_equal(products[0]._node.inputs[1].numpy(), w.numpy())


def test_a_large_jacobian_of_a_solution_factorizes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    factorize, calls = torch.linalg.lu_factor_ex, []
    monkeypatch.setattr(torch.linalg, "lu_factor_ex", lambda a: calls.append(a.shape) or factorize(a))
    a, b = tf.constant(regular(4, 4)), tf.constant(real(4, 2))
    with tf.GradientTape() as tape:
        tape.watch(b)
        x = tf.linalg.solve(a, b)
    jacobian = tape.jacobian(x, b)
    assert calls == [(4, 4)] * 2  # forward, and in the walk: once for all eight rows
    np.testing.assert_allclose(jacobian[:, 0, :, 0], np.linalg.inv(a), rtol=1e-10)


def test_tridiagonal_systems_of_any_size() -> None:
    """Past a certain size the rows are eliminated one by one."""
    size = 600
    diagonals, rhs = (
        tf.constant(regular(3, 3)[:, :1] * np.ones((3, size)) + 0.1 * real(3, size)),
        tf.constant(real(size)),
    )
    above, main, below = diagonals.numpy()
    dense = np.diag(main) + np.diag(above[:-1], 1) + np.diag(below[1:], -1)
    with tf.GradientTape() as tape:
        tape.watch(rhs)
        x = tf.linalg.tridiagonal_solve(diagonals, rhs)
    np.testing.assert_allclose(x.numpy(), np.linalg.solve(dense, rhs.numpy()), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(
        tape.gradient(x, rhs).numpy(), np.linalg.solve(dense.T, np.ones(size)), rtol=1e-8, atol=1e-10
    )


def test_singular_matrices_raise_in_vectorized_walks_too() -> None:
    x = tf.constant(np.zeros((2, 2, 2)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.linalg.det(x)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        tape.gradient(y, x)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        tape.jacobian(y, x)
