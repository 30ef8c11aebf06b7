"""Loops over Tensors in a trace: one node, traced once, with values and gradients of any number of rounds."""

import numpy as np
import pytest

import tfcompat_tape as tf


def grads(f, *sources):
    """The value of `f`, and its gradients to the second order."""
    with tf.GradientTape() as outer:
        outer.watch(sources)
        with tf.GradientTape() as tape:
            tape.watch(sources)
            y = f(*sources)
        first = tape.gradient(y, sources, unconnected_gradients="zero")
        total = tf.add_n([tf.reduce_sum(g * g) for g in first])
    return [x.numpy() for x in [y, *first, *outer.gradient(total, sources, unconnected_gradients="zero")]]


def recurrent(x, w, h):
    """A network that reads the rows of `x`."""
    for row in x:
        h = tf.tanh(tf.linalg.matvec(w, h) + row)
        if tf.reduce_sum(h) < 0.0:
            h = h * 0.5
    return tf.reduce_sum(h * h)


X = tf.constant([[1.0, -2.0], [0.3, 0.4], [-0.5, 0.1], [0.2, 0.7]])
W = tf.constant([[0.5, -0.2], [0.1, 0.9]])


def test_a_loop_is_one_node_whatever_the_number_of_rounds():
    log = []

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.float32)])
    def power(n, x):
        y = tf.constant(1.0)
        for _ in tf.range(n):
            log.append("round")
            y = y * x
        return y

    assert [float(power(n, 2.0)) for n in range(20)] == [2.0**n for n in range(20)] and log == ["round"]


@pytest.mark.parametrize("compiled", [False, True])
def test_gradients_are_those_of_the_loop_as_it_is(compiled):
    f = tf.function(recurrent, jit_compile=compiled)
    for count in (4, 1, 3):
        for a, b in zip(grads(recurrent, X[:count], W, X[0]), grads(f, X[:count], W, X[0]), strict=True):
            np.testing.assert_allclose(b, a, rtol=2e-5, atol=1e-6)


def test_forward_mode_and_a_jacobian_through_a_loop():
    f = tf.function(lambda h: recurrent(X, W, h))
    h = tf.constant([0.4, -0.3])
    for g in (f, tf.function(f)):
        with tf.autodiff.ForwardAccumulator(h, tf.constant([1.0, 2.0])) as accumulator:
            y = g(h)
        with tf.GradientTape() as tape:
            tape.watch(h)
            z = recurrent(X, W, h)
        slope = tape.gradient(z, h)
        np.testing.assert_allclose(accumulator.jvp(y), float(slope[0] + 2.0 * slope[1]), rtol=1e-5)

    @tf.function
    def rows(h, n):
        with tf.GradientTape() as tape:
            tape.watch(h)
            for _ in tf.range(n):
                h = tf.tanh(tf.linalg.matvec(W, h))
        return tape.jacobian(h, h)

    assert rows(h, tf.constant(3)).shape == (2, 2)


def test_what_a_loop_prints_assigns_and_draws_happens_in_each_round(capfd):
    v = tf.Variable(0.0)

    @tf.function
    def f(n):
        tf.print("begin")
        for i in tf.range(n):
            tf.print(i)
            v.assign_add(tf.cast(i, tf.float32))
        tf.print("end")
        return v.value()

    assert [float(f(tf.constant(n))) for n in (3, 0, 2)] == [3.0, 3.0, 4.0]
    assert capfd.readouterr().err.split() == [
        "begin",
        "0",
        "1",
        "2",
        "end",
        "begin",
        "end",
        "begin",
        "0",
        "1",
        "end",
    ]

    @tf.function
    def draws(n):
        total = tf.zeros([8])
        for _ in tf.range(n):
            x = tf.random.uniform([])
            total = tf.concat([total[1:], [x]], 0)
        return total

    found = draws(tf.constant(8)).numpy()
    assert len(set(found.tolist())) == 8


def arrays(x, n, h):
    """A recurrent network that collects what it gives in a TensorArray that grows, and reads one."""
    rows = tf.TensorArray(tf.float32, size=0, dynamic_size=True).unstack(x)
    out = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    for i in tf.range(n):
        h = tf.tanh(tf.linalg.matvec(W, h) * rows.read(i))
        if i % 2 == 0:
            out = out.write(out.size(), h * h)
    return tf.reduce_sum(out.stack() ** 2) + tf.reduce_sum(h)


def test_tensor_arrays_are_state_like_any_other():
    f = tf.function(arrays)
    for n in (4, 1, 3):
        n = tf.constant(n)
        for a, b in zip(
            grads(lambda x, h, n=n: arrays(x, n, h), X, X[0]),
            grads(lambda x, h, n=n: f(x, n, h), X, X[0]),
            strict=True,
        ):
            np.testing.assert_allclose(b, a, rtol=2e-5, atol=1e-6)


def test_maps_scans_and_folds_are_traced_once():
    log = []

    def all_of_them(x):
        def step(a, b):
            log.append("step")
            return tf.sin(a) * b + a

        mapped = tf.map_fn(lambda v: (log.append("map"), v * tf.reduce_sum(v))[1], x)
        scanned = tf.scan(step, x, initializer=X[1], reverse=True)
        return tf.reduce_sum(mapped * scanned) + tf.reduce_sum(tf.foldl(step, x) * tf.foldr(step, x))

    f = tf.function(all_of_them, input_signature=[tf.TensorSpec([None, 2])])
    f(X)
    assert sorted(log) == ["map", "step", "step", "step"]
    for count in (4, 1, 3):
        for a, b in zip(grads(all_of_them, X[:count]), grads(f, X[:count]), strict=True):
            np.testing.assert_allclose(b, a, rtol=2e-5, atol=1e-6)
