"""What operators and decompositions answer differently on purpose (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf

linalg = tf.linalg


def test_diagonals_and_traces_of_products_of_rectangles():
    """TensorFlow multiplies the diagonals of the factors, which is another matrix's diagonal."""
    one = linalg.LinearOperatorFullMatrix(tf.reshape(tf.range(6.0), [2, 3]))
    two = linalg.LinearOperatorFullMatrix(tf.reshape(tf.range(6.0), [3, 2]))
    operator = linalg.LinearOperatorKronecker([one, two])
    dense = operator.to_dense().numpy()
    assert operator.diag_part().numpy().tolist() == np.diag(dense).tolist()
    assert float(operator.trace()) == np.trace(dense)


def test_circulants_keep_their_dtype():
    operator = linalg.LinearOperatorCirculant(tf.complex([1.0, 2.0, 3.0], [0.0, 1.0, -1.0]), tf.float32)
    for made in (operator.adjoint(), operator @ operator, operator.solve(operator)):
        assert made.dtype == tf.float32


def test_the_adjoint_of_a_lower_triangle_is_an_upper_one():
    """TensorFlow's product with a diagonal operator drops what stands above the diagonal."""
    lower = linalg.LinearOperatorLowerTriangular([[1.0, 0.0], [2.0, 3.0]])
    product = lower.matmul(linalg.LinearOperatorDiag([1.0, 2.0]), adjoint=True)
    assert product.to_dense().numpy().tolist() == [[1.0, 4.0], [0.0, 6.0]]


def test_a_function_of_matrices_ignores_no_argument():
    operator = linalg.LinearOperatorDiag([1.0, 2.0])
    with pytest.raises(ValueError, match="k must be 0"):
        linalg.diag_part(operator, k=1)


def test_checks_that_tensorflow_cannot_make():
    spectrum = tf.constant([1.0, 2.0, 2.0])
    linalg.LinearOperatorCirculant(spectrum).assert_hermitian_spectrum()
    with pytest.raises(tf.errors.InvalidArgumentError, match="not Hermitian"):
        linalg.LinearOperatorCirculant(tf.constant([1.0, 2.0, 3.0])).assert_hermitian_spectrum()
    base = linalg.LinearOperatorDiag([1.0, 2.0])
    linalg.LinearOperatorLowRankUpdate(base, [[1.0], [2.0]]).assert_self_adjoint()
    hermitian = tf.complex([[2.0, 0.0], [0.0, 2.0]], [[0.0, 1.0], [-1.0, 0.0]])
    linalg.LinearOperatorFullMatrix(hermitian, is_self_adjoint=True).assert_positive_definite()


def test_indices_of_eigenvalues_that_there_are_not():
    with pytest.raises(tf.errors.InvalidArgumentError, match="out of range"):
        linalg.eigh_tridiagonal([1.0, 2.0], [0.5], select="i", select_range=(0, 2))
    with pytest.raises(tf.errors.InvalidArgumentError, match="NaN"):
        linalg.eigh_tridiagonal([1.0, float("nan")], [0.5])
    values, vectors = linalg.eigh_tridiagonal([2.0], tf.zeros([0]), eigvals_only=False)
    assert (values.numpy().tolist(), vectors.numpy().tolist()) == ([2.0], [[1.0]])


def test_the_eigenvalues_of_eigh_tridiagonal_are_exact_whatever_the_tolerance():
    found = linalg.eigh_tridiagonal([1.0, 2.0, 3.0], [1.0, 1.0], tol=0.5)
    np.testing.assert_allclose(found, [2.0 - 3.0**0.5, 2.0, 2.0 + 3.0**0.5], rtol=1e-5)


def test_the_gradient_of_eigh_tridiagonal_is_the_true_one():
    """The sum of the eigenvalues is the trace; TensorFlow differentiates the steps of a bisection."""
    alpha, beta = tf.constant([1.0, 2.0, 4.0]), tf.constant([0.5, 0.25])
    with tf.GradientTape() as tape:
        tape.watch([alpha, beta])
        y = tf.reduce_sum(linalg.eigh_tridiagonal(alpha, beta))
    by_alpha, by_beta = tape.gradient(y, [alpha, beta])
    np.testing.assert_allclose(by_alpha.numpy(), [1.0, 1.0, 1.0], atol=1e-5)
    np.testing.assert_allclose(by_beta.numpy(), [0.0, 0.0], atol=1e-5)


def test_operators_that_hold_integers_have_gradients():
    operator = linalg.LinearOperatorComposition(
        [linalg.LinearOperatorPermutation([1, 0]), linalg.LinearOperatorDiag([1.0, 2.0])]
    )
    with tf.GradientTape() as tape:
        tape.watch(operator)
        y = operator.matvec([3.0, 4.0])
    assert tape.gradient(y, operator).operators[1].diag.numpy().tolist() == [3.0, 4.0]


@pytest.mark.parametrize("make", [linalg.LinearOperatorIdentity, linalg.LinearOperatorZeros])
def test_adding_to_what_does_not_fit(make):
    with pytest.raises(TypeError, match="dtype"):
        make(2).add_to_tensor(tf.ones([2, 2], tf.float64))
    if make is linalg.LinearOperatorZeros:
        with pytest.raises(tf.errors.InvalidArgumentError):
            make(2).add_to_tensor(tf.ones([5, 5]))
