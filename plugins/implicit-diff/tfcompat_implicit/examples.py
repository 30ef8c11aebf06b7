"""Calls for the checker."""

import tfcompat_tape as tf
from tfcompat_tape.plugins import Example


def cubic(x, a, b):
    return x**3 + a * x - b


def coupled(x, a):
    """Two equations in two unknowns."""
    return tf.stack([x[0] + 0.3 * tf.sin(x[1]) - a[0], x[1] * tf.exp(0.1 * x[0]) - a[1]])


def contraction(x, a):
    """A map with a Lipschitz constant below one."""
    return 0.03 * tf.tanh(tf.reverse(x, [0]) + a)


def of_root():
    return [
        Example([1.0, 0.5], [1.0, 2.0], [3.0, 1.0], function=cubic, batch_dims=1, max_iterations=7),
        Example([1.0, 1.0], [1.0, 2.0], function=coupled, max_iterations=7),
    ]


def of_fixed_point():
    return [
        Example([0.0, 0.0], [0.7, -0.3], function=contraction, tolerance=1e-12, max_iterations=9),
        Example([0.0, 0.0], [0.7, -0.3], function=contraction, tolerance=1e-12, memory=1, max_iterations=7),
    ]
