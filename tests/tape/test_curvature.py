"""Hessians and products with them from one tape, against torch.func and against nested tapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape import derivatives
from tfcompat_tape.core import wengert

RANDOM = np.random.RandomState(5)
X = RANDOM.standard_normal((7, 3))
W = RANDOM.standard_normal((3, 4))
B = RANDOM.standard_normal(4)
V = RANDOM.standard_normal((3, 4))
U = RANDOM.standard_normal(4)
LABELS = np.abs(RANDOM.standard_normal((7, 4)))
LABELS = LABELS / LABELS.sum(1, keepdims=True)


def model(w, b):
    return tf.tanh(tf.constant(X) @ w + b) * 2.0


def loss_of(outputs):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=tf.constant(LABELS), logits=outputs))


def torch_model(w, b):
    return torch.tanh(torch.tensor(X) @ w + b) * 2.0


def torch_loss(w, b):
    return torch.nn.functional.cross_entropy(torch_model(w, b), torch.tensor(LABELS))


def close(got, want, tolerance=1e-10):
    np.testing.assert_allclose(got.numpy(), want.numpy(), rtol=tolerance, atol=tolerance)


@pytest.fixture
def parameters(device):
    return tf.Variable(W), tf.Variable(B)


@pytest.fixture
def raw():
    return torch.tensor(W), torch.tensor(B)


def test_hessian_vector_product(parameters, raw):
    w, b = parameters
    with tf.GradientTape() as tape:
        loss = loss_of(model(w, b))
    got = derivatives.hessian_vector_product(tape, loss, {"w": w, "b": b}, {"w": V, "b": U})
    gradient = torch.func.grad(torch_loss, argnums=(0, 1))
    _, want = torch.func.jvp(gradient, raw, (torch.tensor(V), torch.tensor(U)))
    close(got["w"], want[0])
    close(got["b"], want[1])
    with pytest.raises(RuntimeError, match="non-persistent"):
        tape.gradient(loss, w)


def test_a_persistent_tape_gives_several_products(parameters):
    w, b = parameters
    with tf.GradientTape(persistent=True) as tape:
        loss = loss_of(model(w, b))
    first = derivatives.hessian_vector_product(tape, loss, w, V)
    twice = derivatives.hessian_vector_product(tape, loss, w, 2.0 * V)
    close(twice, 2.0 * first)
    close(derivatives.hessian_vector_product(tape, loss, w, V), first)
    assert tape.gradient(loss, w).shape == w.shape


def test_hessian_of_one_source(parameters, raw):
    w, b = parameters
    with tf.GradientTape() as tape:
        loss = loss_of(model(w, b))
    close(derivatives.hessian(tape, loss, w), torch.func.hessian(torch_loss)(*raw))


def test_hessian_in_blocks(parameters, raw):
    w, b = parameters
    with tf.GradientTape() as tape:
        loss = loss_of(model(w, b))
    got = derivatives.hessian(tape, loss, [w, b])
    want = torch.func.hessian(torch_loss, argnums=(0, 1))(*raw)
    for i in range(2):
        for j in range(2):
            close(got[i][j], want[i][j])


def test_hessian_is_that_of_nested_tapes(device):
    x = tf.Variable([0.5, -1.0, 2.0])

    def f(x):
        return tf.reduce_sum(x**3 * tf.sin(x[::-1])) + tf.reduce_prod(x)

    with tf.GradientTape() as tape:
        y = f(x)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            z = f(x)
        g = inner.gradient(z, x)
    close(derivatives.hessian(tape, y, x), outer.jacobian(g, x), 1e-5)


def test_what_is_not_connected_and_what_is_linear(device):
    x, linear, other = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0]), tf.Variable([5.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(x * x) + tf.reduce_sum(linear)
    ones = [tf.ones(2), tf.ones(2), tf.ones(1)]
    got = derivatives.hessian_vector_product(tape, y, [x, linear, other], ones)
    assert got[0].numpy().tolist() == [2.0, 2.0]
    assert got[1].numpy().tolist() == [0.0, 0.0]
    assert got[2] is None
    blocks = derivatives.hessian(tape, y, [x, linear, other])
    assert blocks[0][0].numpy().tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert blocks[1][1].numpy().tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert blocks[2] == [None, None, None]


def test_a_product_with_respect_to_an_intermediate_result(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        h = x * x
        y = tf.reduce_sum(h**3)
    got = derivatives.hessian_vector_product(tape, y, h, tf.ones(2))
    np.testing.assert_allclose(got.numpy(), [6.0, 24.0])


def test_gauss_newton_vector_product(parameters, raw):
    w, b = parameters
    with tf.GradientTape() as tape:
        outputs = model(w, b)
        loss = loss_of(outputs) + tf.reduce_sum(w**4)  # what does not go through the outputs does not count
    got = derivatives.gauss_newton_vector_product(tape, loss, outputs, [w, b], [V, U])

    def loss_of_outputs(outputs):
        return torch.nn.functional.cross_entropy(outputs, torch.tensor(LABELS))

    outs, pushed = torch.func.jvp(torch_model, raw, (torch.tensor(V), torch.tensor(U)))
    _, curved = torch.func.jvp(torch.func.grad(loss_of_outputs), (outs,), (pushed,))
    want = torch.func.vjp(torch_model, *raw)[1](curved)
    close(got[0], want[0])
    close(got[1], want[1])


def test_gauss_newton_is_the_hessian_of_a_linear_model(device):
    w = tf.Variable(W)
    with tf.GradientTape(persistent=True) as tape:
        outputs = tf.constant(X) @ w
        loss = loss_of(outputs)
    close(
        derivatives.gauss_newton_vector_product(tape, loss, outputs, w, V),
        derivatives.hessian_vector_product(tape, loss, w, V),
    )


@pytest.mark.parametrize("what", ["hessian", "product"])
def test_derivatives_of_these_under_an_outer_tape(parameters, raw, what):
    w, b = parameters
    v = tf.Variable(V)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            loss = loss_of(model(w, b))
        if what == "hessian":
            result = tf.reduce_sum(derivatives.hessian(tape, loss, b) ** 2)
        else:
            result = tf.reduce_sum(derivatives.hessian_vector_product(tape, loss, w, v) ** 2)
    got = outer.gradient(result, [w, b, v], unconnected_gradients="zero")

    def torch_result(w, b, v):
        if what == "hessian":
            return (torch.func.hessian(lambda b: torch_loss(w, b))(b) ** 2).sum() + 0.0 * v.sum()
        return (torch.func.jvp(torch.func.grad(lambda w: torch_loss(w, b)), (w,), (v,))[1] ** 2).sum()

    want = torch.func.grad(torch_result, argnums=(0, 1, 2))(*raw, torch.tensor(V))
    for a, c in zip(got, want, strict=True):
        close(a, c)


def test_registered_and_custom_gradients_are_walked(device):
    @tf.custom_gradient
    def cube(x):
        return x**3, lambda dy: dy * 5.0 * x**2  # not 3

    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(cube(x))
    np.testing.assert_allclose(derivatives.hessian(tape, y, x).numpy(), [[10.0, 0.0], [0.0, 20.0]])


def test_errors(device):
    x, c = tf.Variable([1.0, 2.0]), tf.constant([1.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(x * x)
    with pytest.raises(ValueError):
        derivatives.hessian_vector_product(tape, y, [x], x)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\(3,\)"):
        derivatives.hessian_vector_product(tape, y, x, tf.ones(3))
    with pytest.raises(ValueError, match="an output"):
        derivatives.gauss_newton_vector_product(tape, y, c, x, tf.ones(2))
    assert derivatives.hessian_vector_product(tape, c, x, tf.ones(2)) is None
    assert derivatives.hessian(tape, c, x) is None
    assert not wengert.state.recordings


def test_nothing_is_left_behind(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        h = x * x
        y = tf.reduce_sum(h * x)
    before = h._node.tapes
    for _ in range(3):
        derivatives.hessian_vector_product(tape, y, x, tf.ones(2))
    assert h._node.tapes == before
    assert not h._node.tangents
    assert not wengert.accumulators


SINGULAR = {
    "power": lambda x, y: x**1.5 * y,
    "x log x": lambda x, y: x * tf.math.log(x) + y,
    "masked": lambda x, y: tf.where(x > 0, tf.math.log(x), 0.0 * x) * y,
    "root": lambda x, y: tf.sqrt(x) * tf.reduce_sum(y),
    "quotient": lambda x, y: y / x,
    "norm": lambda x, y: tf.norm(x - 4.0 * tf.stop_gradient(x)) + y,
}


@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("name", SINGULAR)
def test_a_hessian_is_what_nested_tapes_give_at_singular_points(name, persistent, device):
    x, y = tf.Variable([0.0, 4.0, 0.0]), tf.Variable([0.0, 1.0, np.inf])
    with tf.GradientTape(persistent=persistent) as tape:
        target = SINGULAR[name](x, y)
    got = derivatives.hessian(tape, target, [x, y])
    for i, source in enumerate([x, y]):
        with tf.GradientTape(persistent=True) as outer, tf.GradientTape() as inner:
            target = SINGULAR[name](x, y)
        with outer:
            gradient = inner.gradient(target, source)
        want = outer.jacobian(gradient, [x, y])
        for j in range(2):
            expected = np.zeros((3, 3), np.float32) if want[j] is None else want[j].numpy()
            np.testing.assert_array_equal(got[i][j].numpy(), expected)


def test_a_hessian_leaves_nothing_on_a_persistent_tape(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        target = tf.reduce_sum(x**3)
    before = len(tape._record.entries), len(tape._record.refs)
    derivatives.hessian(tape, target, x)
    assert (len(tape._record.entries), len(tape._record.refs)) == before
    np.testing.assert_array_equal(tape.gradient(target, x).numpy(), [3.0, 12.0])


def test_gauss_newton_of_outputs_that_do_not_move(device):
    """The gradient of `sign` is zero, not missing."""
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        outputs = tf.sign(w)
        loss = tf.reduce_sum(outputs**2)
    v = tf.ones([2])
    product = derivatives.gauss_newton_vector_product(tape, loss, [outputs], w, v)
    np.testing.assert_array_equal(product.numpy(), [0.0, 0.0])
