"""Linear operators against their dense forms: products and solutions of every pair, slices, numbers."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

linalg: Any = tf.linalg
M = np.array([[4.0, 1.0, 0.5], [0.3, 3.0, 0.2], [0.5, 0.1, 2.0]])
SPECTRUM = np.array([4.0, 2.0 + 1.0j, 2.0 - 1.0j])


def operators() -> dict[str, Any]:
    full, diag = linalg.LinearOperatorFullMatrix, linalg.LinearOperatorDiag
    f64 = tf.float64
    made = {
        "Diag": diag(np.array([1.0, 2.0, 3.0])),
        "FullMatrix": full(M),
        "PositiveDefinite": full(M @ M.T, is_self_adjoint=True, is_positive_definite=True),
        "Identity": linalg.LinearOperatorIdentity(3, dtype=f64),
        "ScaledIdentity": linalg.LinearOperatorScaledIdentity(3, tf.constant(2.0, f64)),
        "LowerTriangular": linalg.LinearOperatorLowerTriangular(M),
        "Permutation": linalg.LinearOperatorPermutation([2, 0, 1], dtype=f64),
        "Householder": linalg.LinearOperatorHouseholder(np.array([1.0, 2.0, 2.0])),
        "Toeplitz": linalg.LinearOperatorToeplitz(np.array([4.0, 1.0, 0.5]), np.array([4.0, 0.3, 0.2])),
        "Tridiag": linalg.LinearOperatorTridiag(M),
        "Circulant": linalg.LinearOperatorCirculant(SPECTRUM, input_output_dtype=f64),
        "Circulant2D": linalg.LinearOperatorCirculant2D(SPECTRUM.reshape(3, 1), input_output_dtype=f64),
        "Circulant3D": linalg.LinearOperatorCirculant3D(SPECTRUM.reshape(1, 3, 1), input_output_dtype=f64),
        "BlockDiag": linalg.LinearOperatorBlockDiag([full(M[:2, :2]), diag(np.array([2.0]))]),
        "BlockLowerTriangular": linalg.LinearOperatorBlockLowerTriangular(
            [[full(M[:2, :2])], [full(M[2:, :2]), diag(np.array([2.0]))]]
        ),
        "Kronecker": linalg.LinearOperatorKronecker([full(M), diag(np.array([2.0]))]),
        "LowRankUpdate": linalg.LinearOperatorLowRankUpdate(
            diag(np.array([1.0, 2.0, 3.0])), M[:, :2], diag_update=np.array([1.0, 2.0]), v=M.T[:, :2]
        ),
    }
    made["Composition"] = linalg.LinearOperatorComposition([made["FullMatrix"], made["Diag"]])
    made["Adjoint"] = linalg.LinearOperatorAdjoint(made["LowerTriangular"])
    made["Inversion"] = linalg.LinearOperatorInversion(made["FullMatrix"])
    return made


OPERATORS = operators()
DENSE = {name: operator.to_dense().numpy() for name, operator in OPERATORS.items()}

# The classes that products and quotients know, and some that they do not.
PARTNERS = (
    *("Diag", "ScaledIdentity", "LowerTriangular", "Circulant", "BlockDiag"),
    *("Identity", "FullMatrix", "Inversion", "Adjoint"),
)


@pytest.mark.parametrize("name", OPERATORS)
def test_pairs_are_what_their_dense_forms_are(name: str) -> None:
    one, a = OPERATORS[name], DENSE[name]
    for other in PARTNERS:
        two, b = OPERATORS[other], DENSE[other]
        close = {
            "product": ((one @ two).to_dense(), a @ b),
            "adjoints": (one.matmul(two, adjoint=True, adjoint_arg=True).to_dense(), a.T @ b.T),
            "quotient": (one.solve(two).to_dense(), np.linalg.solve(a, b)),
            "turned": (one.solve(two, adjoint=True, adjoint_arg=True).to_dense(), np.linalg.solve(a.T, b.T)),
        }
        for what, (found, expected) in close.items():
            np.testing.assert_allclose(
                found.numpy(), expected, rtol=1e-9, atol=1e-9, err_msg=f"{other} {what}"
            )


@pytest.mark.parametrize("name", OPERATORS)
def test_numbers_are_those_of_the_dense_form(name: str) -> None:
    one, a = OPERATORS[name], DENSE[name]
    expected = {
        "determinant": np.linalg.det(a),
        "log_abs_determinant": np.linalg.slogdet(a)[1],
        "trace": np.trace(a),
        "diag_part": np.diag(a),
        "cond": np.linalg.cond(a),
    }
    for what, value in expected.items():
        found = getattr(one, what)().numpy()
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9, err_msg=what)
    for what, value in (("inverse", np.linalg.inv(a)), ("adjoint", a.T)):
        found = getattr(one, what)().to_dense().numpy()
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9, err_msg=what)
    np.testing.assert_allclose(one.add_to_tensor(M).numpy(), a + M, rtol=1e-12)


def test_batches_of_all_kinds_broadcast() -> None:
    x = np.random.RandomState(0).randn(2, 1, 4, 3)
    for one in (
        linalg.LinearOperatorKronecker(
            [linalg.LinearOperatorDiag(x[..., 0, :2]), linalg.LinearOperatorFullMatrix(x[0, :, :2, :2])]
        ),
        linalg.LinearOperatorToeplitz(x[0, 0], x[:, :, 0]),
        linalg.LinearOperatorTridiag(x[:, :, :3]),
        linalg.LinearOperatorHouseholder(x[:, 0]),
        linalg.LinearOperatorPermutation([[0, 1, 2], [2, 0, 1]], dtype=tf.float64),
        linalg.LinearOperatorCirculant(x[:, 0], input_output_dtype=tf.complex128),
        linalg.LinearOperatorLowRankUpdate(linalg.LinearOperatorDiag(x[:, 0, 0]), x[0, 0, :3, :1]),
    ):
        n = int(one.domain_dimension)
        rhs = np.random.RandomState(1).randn(5, 1, 1, n, 2).astype(one.dtype.as_numpy_dtype)
        dense = one.to_dense().numpy()
        assert dense.shape == tuple(one.shape.as_list())
        np.testing.assert_allclose(one.matmul(rhs).numpy(), dense @ rhs, atol=1e-10)
        np.testing.assert_allclose(one.solve(rhs).numpy(), np.linalg.solve(dense, rhs), rtol=1e-6, atol=1e-8)


def test_the_gradient_of_eigh_tridiagonal_is_the_true_one() -> None:
    alpha, beta = tf.constant([1.0, 2.0, 3.0, 4.5], tf.float64), tf.constant([0.5, -0.3, 0.2], tf.float64)

    def value(a, b):
        values, vectors = linalg.eigh_tridiagonal(a, b, eigvals_only=False)
        weights = tf.constant([1.0, -2.0, 3.0, 0.5], tf.float64)
        return tf.reduce_sum(values**2 * weights) + tf.reduce_sum(vectors**4 * weights)

    theoretical, numerical = tf.test.compute_gradient(value, [alpha, beta], delta=1e-5)
    for exact, near in zip(theoretical, numerical, strict=True):
        np.testing.assert_allclose(exact, near, rtol=1e-6, atol=1e-6)


def test_the_eigenvectors_of_a_complex_tridiagonal_matrix_solve_their_equation() -> None:
    alpha, beta = tf.constant([1.0, 2.0, 3.0], tf.complex128), tf.constant([1j, 0.2 + 0.1j], tf.complex128)
    values, vectors = linalg.eigh_tridiagonal(alpha, beta, eigvals_only=False)
    upper = np.diag(beta.numpy(), 1)
    matrix = np.diag(alpha.numpy()) + upper + upper.conj().T
    np.testing.assert_allclose(matrix @ vectors.numpy(), vectors.numpy() * values.numpy(), atol=1e-12)


def test_operators_are_loaded_when_used() -> None:
    script = """
import sys
import tfcompat_tape as tf
assert not any(name.startswith("tfcompat_tape.linalg.operators") for name in sys.modules)
assert "LinearOperatorDiag" in dir(tf.linalg)
tf.linalg.LinearOperatorDiag([1.0])
assert "tfcompat_tape.linalg.operators.diag" in sys.modules and not hasattr(tf.linalg, "operators")
"""
    subprocess.run([sys.executable, "-c", script], check=True)
