"""Sizes that differ from call to call: one trace, with the values and gradients of eager code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

W = np.linspace(-1.0, 1.0, 6, dtype=np.float32).reshape(3, 2)


def _mlp(x: Any) -> Any:
    return tf.reduce_sum(tf.nn.softmax(tf.tanh(x @ W)) ** 2, 1)


def _sizes(x: Any) -> Any:
    n = tf.shape(x)[0]
    zeros = tf.zeros([n, 2])
    return tf.concat([tf.reshape(x, [n * 3 // 3, 3]), zeros], 1) * tf.cast(tf.range(n), tf.float32)[:, None]


def _slices(x: Any) -> Any:
    return x[1:] - x[:-1], x[::-1], tf.reduce_mean(x, 0), tf.transpose(x)


def _repeated(x: Any) -> Any:
    return tf.tile(x, [tf.shape(x)[0], 1]) + tf.reduce_mean(x), tf.einsum("ij,kj->ik", x, x)


@pytest.mark.parametrize("body", [_mlp, _sizes, _slices, _repeated])
def test_one_trace_for_all_sizes(body: Any) -> None:
    traced = []

    @tf.function(input_signature=[tf.TensorSpec([None, 3])])
    def f(x: Any) -> Any:
        traced.append(x.shape.as_list())
        return body(x)

    for n in (4, 7, 3, 5, 2, 1, 0):
        x = tf.constant(np.linspace(-2.0, 3.0, 3 * n, dtype=np.float32).reshape(n, 3))
        got, want = [], []
        for function, found in ((f, got), (body, want)):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    y = function(x)
                first = inner.gradient(y, x)
                z = first * first
            found += [*tf.nest.flatten(y), first, tape.gradient(z, x)]
        for a, b in zip(got, want, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-6)
        if n > 2:
            assert len(traced) == 1
    assert traced[0] == [None, 3]
    assert f.experimental_get_tracing_count() == 1


def test_a_trace_holds_where_sizes_decide_alike() -> None:
    @tf.function(input_signature=[tf.TensorSpec([None]), tf.TensorSpec([None])])
    def f(x: Any, y: Any) -> Any:
        return x + y

    for m, n in ((3, 3), (4, 4), (1, 5), (5, 1), (1, 1), (0, 1), (2, 2)):
        assert f(tf.ones([m]), tf.ones([n])).shape == [n if m == 1 else m]
    with pytest.raises(tf.errors.InvalidArgumentError):
        f(tf.ones([2]), tf.ones([3]))


def test_a_size_that_python_asks_for() -> None:
    @tf.function(reduce_retracing=True)
    def f(x: Any) -> Any:
        if tf.shape(x)[0] > 3:
            return x * 2.0
        return x

    for n in (2, 3, 4, 5, 2, 6):
        assert f(tf.ones([n])).numpy().tolist() == [2.0 if n > 3 else 1.0] * n


def test_random_numbers_of_an_open_size() -> None:
    @tf.function(input_signature=[tf.TensorSpec([None])])
    def f(x: Any) -> Any:
        return tf.random.uniform([tf.shape(x)[0], 2], seed=3)

    assert [f(tf.ones([n])).shape.as_list() for n in (3, 5, 1)] == [[3, 2], [5, 2], [1, 2]]
    assert not np.array_equal(f(tf.ones([4])).numpy(), f(tf.ones([4])).numpy())


def test_shapes_that_do_not_fit_are_an_exception_and_nothing_in_the_log(caplog: Any) -> None:
    f = tf.function(lambda x, y: x @ y, input_signature=[tf.TensorSpec([None, None])] * 2)
    with (
        caplog.at_level("ERROR"),
        pytest.raises(tf.errors.InvalidArgumentError, match="Matrix size-incompatible"),
    ):
        f(tf.ones([2, 3]), tf.ones([2, 4]))
    assert not caplog.records
    assert f(tf.ones([2, 3]), tf.ones([3, 4])).shape == [2, 4]


def _alike(x: Any, y: Any) -> Any:
    if tf.size(x) == tf.size(y):
        found = tf.reduce_sum(x + y)
    else:
        found = tf.reduce_sum(x) - tf.reduce_sum(y)
    return found


def _in_loop(x: Any, y: Any) -> Any:
    total = tf.constant(0.0)
    for _ in tf.range(2):
        total += _alike(x, y)
    return total / 2.0


def _pairs(x: Any, y: Any) -> Any:
    if tf.shape(x)[0] % 2 == 0:
        found = tf.reduce_sum(tf.reshape(x, [-1, 2])[:, 0])
    else:
        found = x[0] - tf.reduce_sum(y)
    return found


@pytest.mark.parametrize(
    ("function", "answers"),
    [
        (_alike, [-1.0, 6.0, 2.0, 10.0]),
        (_in_loop, [-1.0, 6.0, 2.0, 10.0]),
        (_pairs, [1.0, -2.0, 2.0, -4.0]),
    ],
)
def test_a_branch_that_is_not_taken_need_not_fit_the_sizes(function: Any, answers: Any) -> None:
    """The answers are those of TensorFlow 2.21."""
    traced = tf.function(function, input_signature=[tf.TensorSpec([None])] * 2)
    sizes = (2, 3), (3, 3), (4, 2), (5, 5)
    assert [float(traced(tf.ones([a]), tf.ones([b]))) for a, b in sizes] == answers


def test_sizes_that_open_after_a_call_need_not_fit_a_branch_that_is_not_taken() -> None:
    traced = tf.function(_alike, reduce_retracing=True)
    sizes = (2, 2), (3, 3), (4, 2), (5, 5), (6, 2)
    found = [float(traced(tf.ones([a]), tf.ones([b]))) for a, b in sizes]
    assert found == [4.0, 6.0, 2.0, 10.0, 4.0]  # of TensorFlow 2.21


def test_a_branch_that_is_taken_and_does_not_fit_fails_as_its_op_does() -> None:
    @tf.function(input_signature=[tf.TensorSpec([None])] * 2)
    def function(x: Any, y: Any) -> Any:
        return tf.cond(tf.reduce_sum(x) > 3.0, lambda: tf.reduce_sum(x + y), lambda: tf.reduce_sum(x))

    assert float(function(tf.ones([2]), tf.ones([3]))) == 2.0
    with pytest.raises(tf.errors.InvalidArgumentError):
        function(tf.ones([4]), tf.ones([2]))
