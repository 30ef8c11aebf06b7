# replayed: list for no gradient: nested_accumulator
# program 5:82
# second: {'list': [None]} for no gradient
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v0):
    def f3_0(v1):
        return v1
    with tf.autodiff.ForwardAccumulator(v0, 0.5 * tf.ones_like(v0)) as accumulator3:
        y3 = f3_0(v0)
    v3 = tf.convert_to_tensor(accumulator3.jvp(y3, unconnected_gradients="zero"))
    return [v3]


v0 = tf.constant([1.581], dtype=tf.float64)
with tf.GradientTape() as tape:
    tape.watch([v0])
    targets = tf.function(program, autograph=False)(v0)
print(targets)
print(tape.gradient(targets, [v0]))
