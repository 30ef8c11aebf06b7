"""Functions with TensorArrays and loops that collect rows, called by other functions that are traced."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfcompat_tape as tf


def _steps(x: Any, w: Any) -> Any:
    """A recurrence over the rows of `x`, which it takes from a TensorArray and puts in another."""
    rows = tf.TensorArray(tf.float64, size=tf.shape(x)[0]).unstack(x)
    found = tf.TensorArray(tf.float64, size=tf.shape(x)[0])
    h = tf.zeros_like(x[0])

    def body(i: Any, h: Any, found: Any) -> Any:
        h = tf.tanh(w * h + rows.read(i))
        return i + 1, h, found.write(i, h)

    _, _, found = tf.while_loop(lambda i, h, found: i < tf.shape(x)[0], body, (0, h, found))
    return tf.reduce_sum(found.stack() ** 2)


def test_a_gradient_of_rows_within_a_function_that_calls_one():
    x, w = tf.constant(np.linspace(-1, 1, 12).reshape(4, 3)), tf.Variable([0.3, -0.5, 0.9], dtype=tf.float64)
    inner = tf.function(_steps)

    def gradient(call: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = call(x, w)
        return [y, *tape.gradient(y, [x, w])]

    want = gradient(_steps)
    inner(x, w)  # it has a trace of its own before the other one calls it
    outer = tf.function(lambda: gradient(inner))
    iterator = iter(tf.data.Dataset.from_tensors(x).repeat(3))

    @tf.function
    def step(iterator: Any) -> Any:
        x = iterator.get_next()
        with tf.GradientTape() as tape:
            y = inner(x, w)
        return y, tape.gradient(y, w)

    for _ in range(2):
        for a, b in zip(outer(), want, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
        y, dw = step(iterator)
        np.testing.assert_allclose(y, want[0], rtol=1e-12)
        np.testing.assert_allclose(dw, want[2], rtol=1e-12)
