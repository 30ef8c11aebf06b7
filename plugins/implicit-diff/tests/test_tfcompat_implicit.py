"""Every op by the checker; and solutions, derivatives and failures by hand."""

import numpy as np
import pytest
from tfcompat_implicit import NotConvergedError, find_root, fixed_point

import tfcompat_tape as tf
from tfcompat_tape.plugins.testing import op_tests

test_ops = op_tests("tfcompat_implicit")


@pytest.fixture(autouse=True)
def plugin():
    with tf.plugins.load("tfcompat_implicit"):
        yield


def double(x):
    return tf.constant(x, tf.float64)


def square_root(a, **options):
    return find_root(lambda x, a: x * x - a, tf.ones_like(a), a, **options)


def babylonian(a, **options):
    return fixed_point(lambda x, a: 0.5 * (x + a / x), tf.ones_like(a), a, **options)


def test_three_derivatives_of_a_root():
    a = double(2.0)
    y, slopes = tf.constant(0.0), []
    with tf.GradientTape() as t3:
        t3.watch(a)
        with tf.GradientTape() as t2:
            t2.watch(a)
            with tf.GradientTape() as t1:
                t1.watch(a)
                y = square_root(a)
            slopes.append(t1.gradient(y, a))
        slopes.append(t2.gradient(slopes[-1], a))
    slopes.append(t3.gradient(slopes[-1], a))
    expected = [0.5 * 2.0**-0.5, -0.25 * 2.0**-1.5, 0.375 * 2.0**-2.5]
    np.testing.assert_allclose([float(s) for s in slopes], expected, rtol=1e-12)
    np.testing.assert_allclose(float(y), 2.0**0.5, rtol=1e-15)


@pytest.mark.parametrize("memory", [0, 4])
@pytest.mark.parametrize("damping", [1.0, 0.7])
def test_a_fixed_point_and_the_unrolled_iteration_agree(memory, damping):
    w = tf.Variable(0.3 * tf.random.stateless_normal([4, 4], [1, 2], dtype=tf.float64))
    b = tf.Variable(tf.random.stateless_normal([4], [3, 4], dtype=tf.float64))

    def f(x, w, b):
        return tf.tanh(tf.linalg.matvec(w, x) + b)

    def unrolled(w, b):
        x = tf.zeros_like(b)
        for _ in range(120):
            x = f(x, w, b)
        return x

    def implicit(w, b):
        return fixed_point(
            f, tf.zeros([4], tf.float64), w, b, memory=memory, damping=damping, tolerance=1e-13
        )

    results = []
    for solve in (implicit, unrolled):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(solve(w, b) ** 3)
            dw, db = tape.gradient(loss, [w, b])
            total = tf.reduce_sum(dw * dw) + tf.reduce_sum(tf.sin(db))
        results.append([loss, dw, db, *outer.gradient(total, [w, b])])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("solve", [square_root, babylonian])
def test_vectorized_map_gives_what_a_loop_gives(solve):
    a = double([0.5, 1.0, 1.5, 2.0])

    def slopes(a):
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = solve(a)
        return y, tape.gradient(y, a)

    many = tf.vectorized_map(slopes, a)
    for i in range(4):
        for one, other in zip(many, slopes(a[i]), strict=True):
            np.testing.assert_allclose(one[i].numpy(), other.numpy(), rtol=1e-10)


def test_jacobian_hessian_and_forward_mode():
    a = double([0.5, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(a)
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = square_root(a, batch_dims=1)
        jacobian = tape.jacobian(y, a)
    second = outer.jacobian(jacobian, a)
    np.testing.assert_allclose(jacobian.numpy(), np.diag(0.5 * a.numpy() ** -0.5), atol=1e-12)
    np.testing.assert_allclose(np.einsum("iii->i", second.numpy()), -0.25 * a.numpy() ** -1.5, rtol=1e-11)
    with tf.autodiff.ForwardAccumulator(a, double([1.0, 0.0])) as accumulator:
        y = square_root(a)
    np.testing.assert_allclose(accumulator.jvp(y).numpy(), [0.5 * 0.5**-0.5, 0.0], atol=1e-12)


def test_rows_are_solved_on_their_own():
    a = double([[4.0], [1e6], [1e-4]])
    together = square_root(a, batch_dims=1)
    apart = [square_root(row).numpy() for row in a]
    np.testing.assert_array_equal(together.numpy(), np.stack(apart))
    np.testing.assert_allclose(together.numpy(), a.numpy() ** 0.5, rtol=1e-14)


def test_float32_converges_to_rounding():
    a = tf.constant(2.0)
    assert square_root(a).dtype == tf.float32
    np.testing.assert_allclose(float(square_root(a)), 2.0**0.5, rtol=2e-7)


def test_integer_params_have_no_gradient():
    a, n = tf.Variable(8.0, dtype=tf.float64), tf.constant(3)
    with tf.GradientTape() as tape:
        y = find_root(lambda x, a, n: x ** tf.cast(n, tf.float64) - a, double(1.0), a, n)
    np.testing.assert_allclose(float(tape.gradient(y, a)), 1.0 / 12.0, rtol=1e-12)


def test_anderson_needs_fewer_steps():
    options = {"tolerance": 1e-12, "max_iterations": 30}

    def slow(x, a):
        return 0.95 * tf.cos(x) * a + 0.1

    start = double([0.0, 0.0, 0.0])
    with pytest.raises(NotConvergedError):
        fixed_point(slow, start, double([0.9, 1.0, 1.1]), **options)
    x = fixed_point(slow, start, double([0.9, 1.0, 1.1]), memory=3, **options)
    np.testing.assert_allclose(x.numpy(), slow(x, double([0.9, 1.0, 1.1])).numpy(), rtol=1e-11)


def test_no_root_is_an_error_that_says_so():
    with pytest.raises(NotConvergedError, match="did not converge within 20 steps"):
        find_root(lambda x: x * x + 1.0, double(0.3), max_iterations=20)
    with pytest.raises(NotConvergedError, match="of 1 of 2 problems"):
        find_root(lambda x: x * x - double([1.0, -1.0]), double([0.3, 0.3]), batch_dims=1)


def test_what_would_go_wrong_is_refused():
    v = tf.Variable(2.0)
    with pytest.raises(ValueError, match="reads the Variables"):
        find_root(lambda x: x * x - v, 1.0)
    with pytest.raises(ValueError, match="must return what x is like"):
        find_root(lambda x: tf.stack([x, x]), 1.0)
    with pytest.raises(ValueError, match="damping"):
        fixed_point(lambda x: x, 1.0, damping=0.0)
    with pytest.raises(ValueError, match="batch_dims"):
        fixed_point(lambda x: x, 1.0, batch_dims=2)


def test_an_empty_problem_has_an_empty_root():
    assert square_root(tf.zeros([0], tf.float64)).shape == [0]
