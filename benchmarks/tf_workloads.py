"""The eight workloads, written against `tf`: run by this package and, in another environment, by TensorFlow itself.

Each function takes the `tf` module and the data of `data.py`, and returns a function to be timed without arguments,
whose result is the gradient (NumPy-convertible) for comparison. Inputs are arguments with defaults, so that under
`tf.function` they are no constants.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[[], Any]


def chain(tf: Any, data: dict[str, Any]) -> Run:
    """A chain of 100 scalar operations."""
    x = tf.Variable(data["x"])

    def run() -> Any:
        with tf.GradientTape() as tape:
            y = x
            for _ in range(25):
                y = tf.tanh(tf.sin(y) * 1.01) + 0.1
        return tape.gradient(y, x)

    return run


def _mlp(tf: Any, data: dict[str, Any]) -> Run:
    weights = [tf.Variable(w) for w in data["weights"]]
    biases = [tf.Variable(b) for b in data["biases"]]
    x = tf.constant(data["x"])
    variables = weights + biases

    def run(x: Any = x) -> Any:
        with tf.GradientTape() as tape:
            h = x
            for w, b in zip(weights, biases, strict=True):
                h = tf.tanh(tf.matmul(h, w) + b)
            loss = tf.reduce_mean(tf.square(h))
        return tape.gradient(loss, variables)

    return run


mlp64 = mlp512 = _mlp


def conv(tf: Any, data: dict[str, Any]) -> Run:
    """Two 3x3 convolutions with relu; NHWC."""
    first, second = tf.Variable(data["first"]), tf.Variable(data["second"])
    x = tf.constant(data["x"])

    def run(x: Any = x) -> Any:
        with tf.GradientTape() as tape:
            h = tf.nn.relu(tf.nn.conv2d(x, first, strides=1, padding="SAME"))
            h = tf.nn.relu(tf.nn.conv2d(h, second, strides=1, padding="SAME"))
            loss = tf.reduce_mean(tf.square(h))
        return tape.gradient(loss, [first, second])

    return run


def jacobian(tf: Any, data: dict[str, Any]) -> Run:
    """A 512x512 Jacobian."""
    w, x = tf.constant(data["w"]), tf.constant(data["x"])

    def run(x: Any = x) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.tanh(tf.linalg.matvec(w, tf.tanh(tf.linalg.matvec(w, x))))
        return tape.jacobian(y, x)

    return run


def batch_jacobian(tf: Any, data: dict[str, Any]) -> Run:
    """64 Jacobians of 32x32."""
    w, x = tf.constant(data["w"]), tf.constant(data["x"])

    def run(x: Any = x) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.tanh(tf.matmul(tf.tanh(tf.matmul(x, w)), w))
        return tape.batch_jacobian(y, x)

    return run


def hessian(tf: Any, data: dict[str, Any]) -> Run:
    """A 48x48 Hessian by two tapes."""
    w, x = tf.constant(data["w"]), tf.constant(data["x"])

    def run(x: Any = x) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(tf.square(tf.tanh(tf.linalg.matvec(w, x))))
            g = inner.gradient(y, x)
        return outer.jacobian(g, x)

    return run


def penalty(tf: Any, data: dict[str, Any]) -> Run:
    """A gradient penalty: the gradient of a loss that contains a squared gradient."""
    w, v = tf.Variable(data["w"]), tf.Variable(data["v"])
    x = tf.constant(data["x"])

    def run(x: Any = x) -> Any:
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(tf.matmul(tf.tanh(tf.matmul(x, w)), v))
            g = inner.gradient(y, x)
            loss = y + tf.reduce_sum(tf.square(g))
        return outer.gradient(loss, [w, v])

    return run
