"""Functions that draw random numbers from seeds and states, which are written into SavedModels.

They run here and under TensorFlow alike: the numbers are the same.
"""

from __future__ import annotations

import numpy as np


def of_random(tf):
    """A module whose functions draw from seeds that they are given, and from what is in a Variable."""
    spec, r = tf.TensorSpec, tf.random

    class Random(tf.Module):
        def __init__(self):
            super().__init__()
            self.seed = tf.Variable(tf.constant([3, 4], tf.uint32), trainable=False)
            self.state = tf.Variable([5, 6, 7], dtype=tf.int64, trainable=False)

        @tf.function(input_signature=[spec([None, 3]), spec([2], tf.int32)])
        def stateless(self, x, seed):
            shape = tf.shape(x)
            return (
                x * r.stateless_uniform(shape, seed),
                r.stateless_normal([2, 3], seed, x[0], 2.0),
                r.stateless_truncated_normal(shape, seed, dtype=tf.float64),
                r.stateless_uniform(shape, seed, 2, 17, tf.int32),
                r.stateless_uniform([4], seed, None, None, tf.int64),
                r.stateless_uniform([3], seed, shape[0], shape[0] + 10, tf.int32),
            )

        @tf.function(input_signature=[spec([None, 3]), spec([2], tf.int64)])
        def seeds(self, x, seed):
            one, two = tf.unstack(r.split(seed))
            return (
                x * r.stateless_normal([3], r.fold_in(seed, seed[0])),
                one,
                two,
                r.fold_in(seed, 3),
                r.stateless_uniform([2], seed, alg="philox"),
                r.experimental.stateless_shuffle(tf.range(6), seed),
            )

        @tf.function(input_signature=[spec([None, 3])])
        def constant_seed(self, x):
            return x * r.stateless_normal(tf.shape(x), [1, 2]) + r.stateless_uniform([3], [1, 2])

        @tf.function(input_signature=[spec([None, 3])])
        def counted(self, x):
            seed = tf.cast(self.seed, tf.int32)
            self.seed.assign(self.seed + tf.constant([0, 1], tf.uint32))
            return tf.nn.experimental.stateless_dropout(x, 0.5, seed)

        @tf.function(input_signature=[spec([None, 3])])
        def skipped(self, x):
            delta = tf.cast(tf.size(x), tf.uint64)
            before = tf.raw_ops.RngReadAndSkip(resource=self.state.handle, alg=1, delta=delta)
            return x * 2.0, before, self.state + 0

        @tf.function(input_signature=[spec([None, 3]), spec([2], tf.int32)])
        def others(self, x, seed):
            a = x[0]
            return (
                r.stateless_gamma([4, 3], seed, a),
                r.stateless_parameterized_truncated_normal([4, 3], seed, a),
                r.stateless_categorical([[0.0, 1.0, 2.0]], 5, seed),
                r.stateless_poisson([2, 3], seed, a),
                r.stateless_binomial([2], seed, 40.0, 0.5),
            )

    return Random()


def answers_of_random(tf, m):
    """What two calls of each function give, and the gradient of the first result."""
    x = tf.constant([[1.0, 2.0, 3.0], [0.25, 0.5, 2.0]])
    seed, long = tf.constant([1, 2]), tf.constant([1, 2], tf.int64)
    calls = {
        "stateless": lambda: m.stateless(x, seed),
        "seeds": lambda: m.seeds(x, long),
        "constant_seed": lambda: m.constant_seed(x),
        "counted": lambda: m.counted(x),
        "skipped": lambda: m.skipped(x),
        "others": lambda: m.others(x, seed),
    }
    found = {}
    for name, call in calls.items():
        found[name] = []
        for _ in range(2):
            with tf.GradientTape() as tape:
                tape.watch(x)
                given = tf.nest.flatten(call())
            given.append(tape.gradient(given[0], x))
            found[name] += [np.asarray(one).tolist() for one in given]
    return found
