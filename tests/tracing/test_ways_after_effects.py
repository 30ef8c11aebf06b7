"""Functions whose way is decided after something has happened: known ways are gone on, not traced anew at each call."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf


def _batches() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices(tf.reshape(tf.range(20.0), [5, 4])).batch(3)


@pytest.mark.parametrize("jit", [False, True])
def test_two_sizes_of_batches_take_few_traces_for_any_number_of_epochs(jit: bool) -> None:
    w = tf.Variable(tf.ones([4, 2]))
    traced = []

    @tf.function(jit_compile=jit)
    def step(iterator):
        x = next(iterator)
        traced.append(x.shape)
        w.assign_add(tf.ones([4, 2]))
        return tf.matmul(x, w)

    for epoch in range(16):
        iterator = iter(_batches())
        for i, rows in enumerate(([0, 1, 2], [3, 4])):
            expected = np.arange(20.0).reshape(5, 4)[rows] @ np.full([4, 2], 2.0 + 2 * epoch + i)
            np.testing.assert_allclose(step(iterator).numpy(), expected)
    assert len(traced) == (2 if jit else 1)  # code is compiled for sizes that are known


def test_a_way_that_is_gone_on_has_gradients() -> None:
    w = tf.Variable(tf.ones([4, 1]))

    @tf.function
    def step(iterator):
        x = next(iterator)
        return tf.reduce_sum(tf.square(tf.matmul(x, w)))

    def plain(x):
        return 2.0 * x.T @ (x @ np.ones([4, 1]))

    data = np.arange(20.0).reshape(5, 4)
    for _ in range(3):
        iterator = iter(_batches())
        for rows in ([0, 1, 2], [3, 4]):
            with tf.GradientTape() as tape:
                y = step(iterator)
            np.testing.assert_allclose(tape.gradient(y, w).numpy(), plain(data[rows]))


def test_what_happened_does_not_happen_again_and_values_decide_on() -> None:
    seen: list[float] = []
    traces = []

    def note(x):
        seen.append(float(x))
        return x

    @tf.function
    def f(x):
        traces.append(1)
        y = tf.py_function(note, [x], tf.float32)
        if y > 0:
            z = tf.py_function(note, [y * 10], tf.float32)
            # `bool` of a value: by guards, for the results have other shapes
            return tf.ones([2]) * z if z > 50 else tf.ones([3]) * z
        return -tf.ones([1]) * y

    given = [1.0, 6.0, -1.0] * 6
    expected = []
    for x in given:
        found = f(tf.constant(x)).numpy()
        expected += [x] if x <= 0 else [x, 10 * x]
        size, value = (1, -x) if x <= 0 else ((2, 10 * x) if x > 5 else (3, 10 * x))
        assert found.tolist() == [value] * size
    assert seen == expected
    assert len(traces) == 3


def test_random_numbers_go_on_in_their_streams() -> None:
    def run(sizes):
        tf.random.set_seed(3)

        @tf.function
        def f(iterator):
            before = tf.random.normal([])
            x = next(iterator)
            return before, tf.random.normal([]) + 0.0 * tf.reduce_sum(x)

        iterator = iter(tf.data.Dataset.from_tensor_slices(tf.range(12.0)).batch(5) if sizes else _ones())
        return [[float(v) for v in f(iterator)] for _ in range(3)] + [
            [float(v) for v in f(iter(_ones()))] for _ in range(3)
        ]

    assert run(True) == run(False)


def _ones() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices(tf.ones([15])).batch(5)


def test_a_first_call_that_makes_variables_does_each_thing_once(capfd: pytest.CaptureFixture[str]) -> None:
    """What TensorFlow 2.21 gives; it traces twice there, too."""
    given: list[float] = []

    def step(action):
        given.append(float(action))
        return np.float32(len(given))

    class Model(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = None

        @tf.function
        def __call__(self, x):
            if self.w is None:
                self.w = tf.Variable(2.0)
            s = tf.numpy_function(step, [x * self.w], tf.float32)
            drawn = tf.random.uniform([])
            if s > 0.0:
                s = s + tf.numpy_function(step, [s + drawn * 0.0], tf.float32)
            tf.print("once", s)
            return s + drawn * 0.0, drawn

    tf.random.set_seed(1)
    model = Model()
    found = [[float(v) for v in model(tf.constant(1.0 + i))] for i in range(3)]
    np.testing.assert_allclose(found, [[3.0, 0.81269646], [7.0, 0.5272893], [11.0, 0.8489425]])
    assert given == [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]
    assert capfd.readouterr().err == "once 3\nonce 7\nonce 11\n"


def test_elements_are_taken_once_by_a_first_call_that_makes_variables() -> None:
    class Model(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = None

        @tf.function
        def __call__(self, iterator):
            x = next(iterator)
            if self.w is None:
                self.w = tf.Variable(2.0)
            seen = tf.numpy_function(lambda v: np.float32(v), [x], tf.float32)
            return seen * self.w if seen > 0.0 else self.w

    model = Model()
    iterator = iter(tf.data.Dataset.range(1, 4))
    assert [model(iterator).numpy() for _ in range(3)] == [2.0, 4.0, 6.0]
