"""Scripts that are lists of expressions about `tf.experimental.numpy`, as in `_expressions`."""

import numpy as np
from conformance_kit import raises, script


def scope(tf):
    """What the expressions may name."""
    tnp = tf.experimental.numpy
    x = tf.reshape(tf.range(6.0), [2, 3])

    def grad(f, *values):
        """The gradients of `f` at float64 values, for a cotangent that tells its elements apart."""
        xs = [tf.constant(value, tf.float64) for value in values]
        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = f(*xs)
            weights = tf.reshape(tf.cast(tf.range(1, tf.size(y) + 1), y.dtype), tf.shape(y))
            total = tf.reduce_sum(y * weights)
        return tape.gradient(total, xs)

    return {
        "tf": tf,
        "tnp": tnp,
        "np": np,
        "c": tf.constant,
        "grad": grad,
        "x": x,
        "i": tf.constant([3, 1, 2]),
        "b": tf.constant([True, False, True]),
        "z": tf.constant([1 + 2j, 3 - 1j], tf.complex64),
        "v": tf.Variable(x),
        "cube": tf.reshape(tf.range(24.0), [2, 3, 4]),
    }


def ask(name, expressions):
    """A script about the function `name` that evaluates each line of `expressions`."""
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(f"experimental.numpy.{name}")
    def _(tf):
        names = scope(tf)
        return {line: raises(lambda line=line: eval(line, names)) for line in lines}
