"""Forward mode beyond TensorFlow's own answers: against reverse mode, lifetimes, and where TensorFlow fails."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.core.wengert import accumulators, listening, state

Accumulator = tf.autodiff.ForwardAccumulator


def jvp(function: Any, x: Any, t: Any) -> Any:
    with Accumulator(x, t) as acc:
        y = function(x)
    return acc.jvp(y)


# -- against reverse mode ----------------------------------------------------------------------------------------------

STEPS: dict[str, Any] = {
    "tanh": lambda h, x: tf.tanh(h),
    "product": lambda h, x: h * x,
    "itself": lambda h, x: h * h * 0.25,
    "quotient": lambda h, x: h / (1.5 + x * x),
    "softmax": lambda h, x: tf.nn.softmax(h),
    "matmul": lambda h, x: tf.matmul(h, x, transpose_b=True) @ x * 0.1,
    "sum": lambda h, x: h - tf.reduce_sum(h, axis=0, keepdims=True) * 0.1,
    "shuffle": lambda h, x: tf.reverse(tf.transpose(tf.reshape(h, (4, 3))), [1]),
    "parts": lambda h, x: tf.concat([h[1:], h[:1]], axis=0) + tf.pad(h[:, 1:], [[0, 0], [1, 0]]),
    "maximum": lambda h, x: tf.maximum(h, x),
    "cumsum": lambda h, x: tf.cumsum(h, axis=1),
    "gather": lambda h, x: tf.gather(h, [2, 0, 2]),
    "norm": lambda h, x: h / tf.norm(x, axis=1, keepdims=True),
    "where": lambda h, x: tf.where(x > 0.0, tf.sin(h), h),
}


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_forward_and_reverse_are_transposes(steps: list[str], seed: int) -> None:
    random = np.random.RandomState(seed)
    x, t, w = (tf.constant(random.standard_normal((3, 4))) for _ in range(3))

    def function(x: Any) -> Any:
        h = x
        for step in steps:
            h = STEPS[step](h, x)
        return h

    with Accumulator(x, t) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        g = tape.gradient(y, x, output_gradients=w)
    forward, reverse = np.sum(w * acc.jvp(y)), np.sum(g * t)
    np.testing.assert_allclose(forward, reverse, rtol=1e-9, atol=1e-9)
    # The product with the Hessian, forward over reverse and reverse over reverse.
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            z = tf.reduce_sum(w * function(x))
        first = tf.convert_to_tensor(inner.gradient(z, x))
    wanted = outer.gradient(first, x, output_gradients=t, unconnected_gradients="zero")
    pushed = acc.jvp(g, unconnected_gradients="zero")
    np.testing.assert_allclose(
        tf.convert_to_tensor(pushed), tf.convert_to_tensor(wanted), rtol=1e-8, atol=1e-8
    )


# -- where TensorFlow raises -------------------------------------------------------------------------------------------


def test_a_tape_around_two_accumulators() -> None:
    x = tf.constant([1.25, -0.5], tf.float64)
    one = tf.ones_like(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with Accumulator(x, one) as outer:
            with Accumulator(x, one) as inner:
                y = x**5
            d = inner.jvp(y)
        dd = outer.jvp(d)
    np.testing.assert_allclose(tape.gradient(dd, x), 60.0 * x.numpy() ** 2)


def test_gradient_of_a_loss_of_second_derivatives() -> None:
    t = tf.constant(np.linspace(0.0, 1.0, 5)[:, None])
    w = tf.Variable(np.linspace(-1.0, 1.5, 6)[None, :])
    v = tf.constant(np.linspace(0.5, 2.0, 6)[:, None])
    one = tf.ones_like(t)

    def loss() -> Any:
        with Accumulator(t, one) as outer:
            with Accumulator(t, one) as inner:
                u = tf.sin(t @ w) @ v
            du = inner.jvp(u)
        return tf.reduce_mean((outer.jvp(du) + 4.0 * u) ** 2)

    with tf.GradientTape() as tape:
        value = loss()
    g = tape.gradient(value, w).numpy()
    for i in range(6):
        w.assign_add(1e-6 * np.eye(1, 6, i))
        up = loss().numpy()
        w.assign_sub(2e-6 * np.eye(1, 6, i))
        down = loss().numpy()
        w.assign_add(1e-6 * np.eye(1, 6, i))
        np.testing.assert_allclose(g[0, i], (up - down) / 2e-6, rtol=1e-5, atol=1e-6)


def test_a_tape_around_an_accumulator_around_a_function() -> None:
    x = tf.constant([1.0, 2.0])
    cube = tf.function(lambda x: x**3)
    with tf.GradientTape() as tape:
        tape.watch(x)
        d = jvp(cube, x, tf.constant([1.0, -1.0]))
    np.testing.assert_allclose(tape.gradient(d, x), [6.0, -12.0])


def test_recomputed_functions() -> None:
    x = tf.constant([1.0, 2.0])
    d = jvp(tf.recompute_grad(lambda x: x**3), x, tf.constant([1.0, -1.0]))
    np.testing.assert_allclose(d, [3.0, -12.0])


def test_of_indexed_slices() -> None:
    v = tf.Variable([[1.0], [2.0]])
    with Accumulator(v, tf.constant([[1.0], [1.0]])) as acc:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.gather(v, [1, 1]) ** 3)
        g = tape.gradient(y, v)
    slices = acc.jvp(g)
    assert isinstance(slices, tf.IndexedSlices)
    np.testing.assert_allclose(tf.convert_to_tensor(slices), [[0.0], [24.0]])


# -- lifetimes ---------------------------------------------------------------------------------------------------------


def test_tangents_live_as_long_as_their_values() -> None:
    x = tf.constant([1.0, 2.0])
    gc.disable()
    try:
        with Accumulator(x, tf.ones_like(x)) as acc:
            y = tf.sin(x)
            dropped = weakref.ref(y._node.tangents[acc._record.id])
            z = y * x
            del y
            assert dropped() is None
            kept = weakref.ref(z._node.tangents[acc._record.id])
            assert kept() is not None and not z._node.inputs and not z._node.parents
        number = acc._record.id
        del acc
        assert kept() is None and number not in accumulators and number not in listening
        assert number not in x._node.tangents
    finally:
        gc.enable()


def test_dropped_results_leave_nothing() -> None:
    x = tf.constant(1.0)
    with Accumulator(x, tf.constant(1.0)) as acc:
        for _ in range(5000):
            tf.sin(x)
        assert len(acc._record.refs) < 2100


def test_variables_forget_an_accumulator_that_is_gone() -> None:
    v = tf.Variable(2.0)
    gc.disable()
    try:
        for _ in range(3):
            assert float(jvp(lambda v: v * v, v, tf.constant(1.0))) == 4.0
        assert not v._node.tangents
    finally:
        gc.enable()


def test_an_exception_in_a_rule_leaves_the_stack_clean() -> None:
    x = tf.constant([[2.0, 0.0], [0.0, 3.0]], tf.complex64)
    with Accumulator(x, tf.ones_like(x)) as outer, Accumulator(x, tf.ones_like(x)) as acc:
        with pytest.raises(LookupError, match="MatrixLogarithm"):
            tf.raw_ops.MatrixLogarithm(input=x)
        y = x * x
        d = acc.jvp(y)
    assert not state.recordings and not state.accumulating
    np.testing.assert_allclose(outer.jvp(d), 2.0 * np.ones((2, 2)))


def test_each_thread_has_its_own() -> None:
    x = tf.constant(3.0)
    found: dict[float, Any] = {}

    def run(direction: float) -> None:
        for _ in range(50):
            found[direction] = jvp(lambda x: x * x * x, x, tf.constant(direction))

    threads = [threading.Thread(target=run, args=(d,)) for d in (1.0, 2.0, 3.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {k: float(v) for k, v in found.items()} == {1.0: 27.0, 2.0: 54.0, 3.0: 81.0}


# -- transformations ---------------------------------------------------------------------------------------------------


def loss(w: Any, x: Any) -> Any:
    return tf.reduce_mean(tf.square(tf.tanh(tf.matmul(x, w))))


def hvp(w: Any, x: Any, t: Any) -> Any:
    with Accumulator(w, t) as acc:
        with tf.GradientTape() as tape:
            tape.watch(w)
            y = loss(w, x)
        g = tape.gradient(y, w)
    return acc.jvp(g)


def test_a_hessian_vector_product_can_be_traced() -> None:
    w, x, t = (
        torch.randn(3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(i)) for i in range(3)
    )

    def function(w: Any, x: Any, t: Any) -> Any:
        return hvp(*[tf.Tensor(raw, None) for raw in (w, x, t)])._t

    traced = make_fx(function)(w, x, t)
    torch.testing.assert_close(traced(x, t, w), function(x, t, w))


def test_a_hessian_by_vectorized_products() -> None:
    w, x = (tf.constant(np.random.RandomState(i).standard_normal((2, 2))) for i in range(2))
    columns = tf.vectorized_map(lambda t: hvp(w, x, t), tf.reshape(tf.eye(4, dtype=tf.float64), (4, 2, 2)))
    with tf.GradientTape() as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            y = loss(w, x)
        g = inner.gradient(y, w)
    np.testing.assert_allclose(tf.reshape(columns, (2, 2, 2, 2)), outer.jacobian(g, w), rtol=1e-9, atol=1e-12)
