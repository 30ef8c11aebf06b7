"""Random numbers that are drawn from Tensors, inside of `tf.function`: the numbers are TensorFlow's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("reduce_retracing", [False, True])
def test_shuffle(reduce_retracing: bool) -> None:
    @tf.function(reduce_retracing=reduce_retracing)
    def shuffled(x: Any) -> Any:
        return tf.random.shuffle(x, seed=3)

    tf.random.set_seed(5)
    found = [shuffled(tf.range(n)).numpy().tolist() for n in (6, 6, 4, 1)]
    assert found == [[2, 0, 4, 5, 1, 3], [0, 5, 1, 2, 3, 4], [2, 3, 0, 1], [0]]


def test_categorical() -> None:
    tf.random.set_seed(5)
    draw = tf.function(lambda x: tf.random.categorical(x, 3, seed=2))
    assert draw(tf.ones([2, 3])).numpy().tolist() == [[0, 0, 0], [2, 1, 0]]
    assert draw(tf.ones([2, 3])).numpy().tolist() == [[1, 2, 1], [0, 1, 1]]


def test_gamma_and_poisson() -> None:
    tf.random.set_seed(5)
    gamma = tf.function(lambda x: tf.random.gamma([2], x, seed=2))(tf.ones([2]))
    np.testing.assert_allclose(gamma, [[0.142, 1.139], [0.1237, 2.3358]], atol=1e-4)
    tf.random.set_seed(5)
    poisson = tf.function(lambda x: tf.random.poisson([2], x, seed=2))(tf.ones([2]))
    assert poisson.numpy().tolist() == [[0.0, 1.0], [0.0, 3.0]]


def test_shuffle_in_a_dataset() -> None:
    tf.random.set_seed(5)
    dataset = tf.data.Dataset.range(20).batch(8).map(lambda x: tf.random.shuffle(x, seed=3))
    found = [x.numpy().tolist() for x in dataset]
    assert [sorted(x) for x in found] == [list(range(8)), list(range(8, 16)), list(range(16, 20))]
    assert any(x != sorted(x) for x in found)


def test_a_compiled_function_of_open_sizes_inside_of_another() -> None:
    inner = tf.function(lambda x: x + 1.0, reduce_retracing=True, jit_compile=True)

    @tf.function(reduce_retracing=True)
    def outer(xs: Any) -> Any:
        return [inner(x) for x in xs]

    for sizes in ([4, 4], [4, 4], [2], [3, 1]):
        found = outer([tf.zeros([n]) for n in sizes])
        assert [x.numpy().tolist() for x in found] == [[1.0] * n for n in sizes]


@pytest.mark.parametrize("traced", [False, True])
def test_rows_that_are_vectorized_draw_for_themselves_and_once(traced: bool) -> None:
    w = tf.Variable([1.0, 2.0])
    x = tf.constant([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    generator = tf.random.Generator.from_seed(1)

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:  # the function runs once more, without seeds
            y = tf.vectorized_map(
                lambda row: tf.vectorized_map(lambda b: tf.random.normal([]) * w[0] * b, row), x
            )
        return y, tape.gradient(y, w), tf.vectorized_map(lambda b: generator.normal([2]), x)

    y, slope, others = (tf.function(step) if traced else step)(x)
    assert len(np.unique(y)) == 6 and len(np.unique(others)) == 4
    np.testing.assert_allclose(slope, [np.sum(y), 0.0], rtol=1e-5)
