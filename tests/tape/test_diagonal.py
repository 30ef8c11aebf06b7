"""The diagonal of a Jacobian: exact where the list proves it, an error everywhere else."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.derivatives import diagonal_jacobian

X = np.linspace(-2.0, 2.0, 12)

PROVEN = {
    "sigmoid": tf.nn.sigmoid,
    "polynomial": lambda x: x**3 - 2.0 * x + 1.0,
    "chain": lambda x: tf.exp(-tf.square(tf.sin(x))) / (1.0 + x * x),
    "fan-out": lambda x: tf.tanh(x) * tf.cos(x) + x,
    "with a constant of its shape": lambda x: x * tf.constant(X[::-1].copy()),
    "with a smaller constant": lambda x: tf.reshape(x, (3, 4)) * tf.constant(X[:4]),
    "reshape": lambda x: tf.reshape(tf.sin(tf.reshape(x, (3, 4))), (12,)),
    "expand and squeeze": lambda x: tf.squeeze(tf.exp(tf.expand_dims(x, 0))),
    "cast": lambda x: tf.cast(tf.cast(x, tf.float32) * 2.0, tf.float64),
    "maximum": lambda x: tf.maximum(x, 0.5) + tf.nn.relu(x),
    "clip": lambda x: tf.clip_by_value(x, -1.0, 1.0),
    "itself": lambda x: x,
    "identity": lambda x: tf.identity(x) * 2.0,
    "other order by other shape": lambda x: tf.reshape(x, (4, 3)) + tf.reshape(tf.exp(x), (4, 3)),
}

REFUSED = {
    "sum": (lambda x: x / tf.reduce_sum(x), "Sum"),
    "softmax": (tf.nn.softmax, "Softmax"),
    "reverse": (lambda x: x[::-1], "StridedSlice"),
    "reversed": (lambda x: tf.reverse(x, [0]), "ReverseV2"),
    "transpose": (lambda x: tf.reshape(tf.transpose(tf.reshape(x, (3, 4))), (12,)), "Transpose"),
    "cumsum": (tf.cumsum, "Cumsum"),
    "sort": (tf.sort, None),
    "gather": (lambda x: tf.gather(x, tf.range(12)), "GatherV2"),
    "matmul": (lambda x: tf.linalg.matvec(tf.eye(12, dtype=tf.float64), x), None),
    "broadcast": (lambda x: tf.reshape(x, (12, 1)) * tf.reshape(x, (1, 12)), "broadcasts"),
    "roll": (lambda x: tf.roll(x, 1, 0), "Roll"),
    "concat": (lambda x: tf.concat([x[6:], x[:6]], 0), None),
    "custom": (tf.custom_gradient(lambda x: (x * x, lambda dy: dy * 3.0)), "gradient function of a user"),
}


@pytest.mark.parametrize("name", PROVEN)
def test_it_is_the_diagonal_of_the_jacobian(device, name):
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = PROVEN[name](x)
    diagonal = diagonal_jacobian(tape, y, x)
    jacobian = tf.reshape(tape.jacobian(y, x), (12, 12))
    assert diagonal.shape == y.shape
    np.testing.assert_allclose(tf.reshape(diagonal, (12,)), tf.linalg.diag_part(jacobian), rtol=1e-6)
    np.testing.assert_array_equal(jacobian * (1.0 - tf.eye(12, dtype=tf.float64)), np.zeros((12, 12)))


ROOTS = {
    "root": tf.sqrt,
    "logarithm": lambda x: x * tf.math.log(x),
    "power": lambda x: x**1.5,
    "masked": lambda x: tf.where(x > 0.0, tf.math.log(x), x),
    "sign": tf.sign,
    "quotient": lambda x: tf.sin(x) / x,
    "arccosine": tf.acos,
}


@pytest.mark.parametrize("name", [*PROVEN, *ROOTS])
def test_at_singular_points_it_is_what_rows_have_there(device, name):
    x = tf.constant([0.0, 1.0, -1.0, np.inf, -0.0, -np.inf, 2.0, np.nan, 0.5, -0.5, 1e300, 4.0], tf.float64)
    function = PROVEN.get(name) or ROOTS[name]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = function(x)
    rows = tape.jacobian(y, x, experimental_use_pfor=False)
    want = tf.linalg.diag_part(tf.reshape(rows, (12, 12))).numpy()
    got = tf.reshape(diagonal_jacobian(tape, y, x), (12,)).numpy()
    np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("name", REFUSED)
def test_what_mixes_elements_is_an_error_that_names_it(device, name):
    function, text = REFUSED[name]
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    with pytest.raises(tf.errors.InvalidArgumentError, match=text or "does not prove"):
        diagonal_jacobian(tape, y, x)


def test_a_scalar_source_is_broadcast(device):
    delta = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        y = tf.nn.sigmoid(tf.linspace(-1.0, 1.0, 5) + delta)
    with pytest.raises(tf.errors.InvalidArgumentError, match="broadcasts"):
        diagonal_jacobian(tape, y, delta)


def test_a_variable_and_what_is_not_connected(device):
    x, other = tf.Variable(X), tf.Variable(X)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.sin(x)
    np.testing.assert_allclose(diagonal_jacobian(tape, y, x), np.cos(X))
    assert diagonal_jacobian(tape, y, other) is None


def test_only_the_path_counts(device):
    x, w = tf.Variable(X), tf.Variable(X + 3.0)
    with tf.GradientTape() as tape:
        y = tf.sin(x) * tf.reduce_sum(w) + tf.nn.softmax(w)
    np.testing.assert_allclose(diagonal_jacobian(tape, y, x), np.cos(X) * np.sum(X + 3.0))


def test_second_derivatives_element_by_element(device):
    x = tf.Variable(X)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**4
        first = diagonal_jacobian(inner, y, x)
    np.testing.assert_allclose(diagonal_jacobian(outer, first, x), 12.0 * X**2)
