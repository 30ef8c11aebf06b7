"""Functions that functions call: their gradients are traced when a tape asks for them, from the values of that call."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.tracing import call


def slope(f):
    def of(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    return of


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the calls whose gradients were traced."""
    names = []
    init = call.Gradient.__init__

    def noting(self, of, needs):
        names.append(of.name)
        init(self, of, needs)

    monkeypatch.setattr(call.Gradient, "__init__", noting)
    return names


def test_none_that_nobody_asks_for(traced):
    inner = tf.function(lambda x: tf.sin(x) * x)
    middle = tf.function(lambda x: inner(x) + 1.0)
    outer = tf.function(lambda x: middle(x) * 2.0)
    x = tf.constant(0.5, tf.float64)
    np.testing.assert_allclose(outer(x).numpy(), 2 * (np.sin(0.5) * 0.5 + 1))
    assert traced == []
    np.testing.assert_allclose(slope(outer)(x).numpy(), 2 * (np.cos(0.5) * 0.5 + np.sin(0.5)))
    assert len(traced) == 3


def test_one_for_each_order(traced):
    f = tf.sin
    for _ in range(4):
        f = tf.function(slope(f))
    np.testing.assert_allclose(f(tf.constant(0.5, tf.float64)).numpy(), np.sin(0.5))
    # Of the function inside of three others three derivatives, of the next two, of the last one.
    assert len(traced) == 3 + 2 + 1


@tf.custom_gradient
def with_a_draw(x):
    drawn = tf.random.uniform([])
    kept = tf.exp(x)  # which the result does not need

    def grad(dy):
        return dy * kept * drawn

    return x * 2.0, grad


def test_what_the_results_did_not_need():
    @tf.function
    def inner(x):
        return with_a_draw(x)

    @tf.function
    def outer(x):
        return slope(inner)(x), slope(slope(inner))(x)

    tf.random.set_seed(1)
    found = outer(tf.constant(0.5))
    tf.random.set_seed(1)
    apart = tf.function(slope(inner))(tf.constant(0.5))
    assert 0 < float(found[0]) < np.exp(0.5)
    assert 0 < float(apart) < np.exp(0.5)
    assert float(found[1]) > 0


def test_a_draw_is_the_one_of_the_call():
    seen = tf.Variable(0.0)

    @tf.custom_gradient
    def noisy(x):
        drawn = tf.random.uniform([])
        seen.assign(drawn)
        return x * 1.0, lambda dy, variables: (dy * drawn, [None])

    inner = tf.function(noisy)
    outer = tf.function(slope(inner))
    for _ in range(3):
        assert float(outer(tf.constant(0.5))) == float(seen) != 0


def test_a_gradient_that_is_missing_is_missed_when_asked_for():
    inner = tf.function(lambda x: tf.raw_ops.Unique(x=x)[0] * 1.0)

    @tf.function
    def outer(x):
        return inner(x)

    assert float(outer(tf.constant([2.0]))[0]) == 2.0
    with pytest.raises(LookupError):
        slope(outer)(tf.constant([2.0]))
    with pytest.raises(Exception, match="no entry for: Unique"):  # AutoGraph's own exception
        tf.function(slope(inner))(tf.constant([2.0]))


# -- tf.gradients where a loop or a function begins; the numbers are TensorFlow 2.21's ---------------------------------


def diagonal(x):
    """One element of the derivative in each round; what it is of was computed before the loop."""
    y = tf.tanh(x)

    def body(i, found):
        slopes = tf.gradients(y[i], x)[0]
        return i + 1, found + (tf.zeros_like(x) if slopes is None else slopes)

    return tf.while_loop(lambda i, _: i < 3, body, [0, tf.zeros(3)])[1]


def test_gradients_in_a_loop_of_what_was_computed_before_it():
    run = tf.function(diagonal)
    for x in ([0.5, -1.0, 0.3], [0.5, -1.0, 0.3]):
        np.testing.assert_allclose(run(tf.constant(x)), [0.78644776, 0.41997433, 0.91513693], rtol=1e-5)


def test_gradients_in_a_branch_of_what_was_computed_before_it():
    def run(x):
        y = tf.tanh(x)
        return tf.cond(tf.reduce_sum(x) > 0, lambda: tf.gradients(y, x)[0], lambda: x)

    np.testing.assert_allclose(
        tf.function(run)(tf.constant([2.5, 1.0, 2.3])), [0.02659214, 0.41997433, 0.03941107], rtol=1e-4
    )


def test_gradients_in_a_loop_of_what_it_computes_are_traced():
    def run(x):
        def body(i, r):
            return i + 1, r + tf.gradients(tf.tanh(x) * r, [x, r])[0]

        return tf.while_loop(lambda i, _: i < 3, body, [0, tf.ones(3)])[1]

    function = tf.function(run)
    x = tf.constant([0.5, -1.0, 0.3])
    np.testing.assert_allclose(function(x), [5.7012615, 2.8631327, 7.0242424], rtol=1e-5)
    assert function.get_concrete_function(x) is not None


def test_a_loop_reads_a_variable_for_itself():
    v = tf.Variable([0.5, -1.0, 0.3])

    def run():
        y = tf.tanh(v)
        return tf.while_loop(
            lambda i, _: i < 3, lambda i, r: (i + 1, r + tf.gradients(y * r + v**2, v)[0]), [0, tf.ones(3)]
        )[1]

    np.testing.assert_allclose(tf.function(run)(), [4.0, -5.0, 2.8], rtol=1e-5)


def test_gradients_in_a_constant_from_outside_of_the_function():
    x = tf.constant([0.5, -1.0, 0.3])
    inner = tf.function(lambda: tf.gradients(tf.reduce_sum(x**2 * 3.0), x)[0])
    np.testing.assert_allclose(inner(), [3.0, -6.0, 1.8], rtol=1e-6)
    np.testing.assert_allclose(tf.function(lambda: inner() * 2.0)(), [6.0, -12.0, 3.6], rtol=1e-6)
