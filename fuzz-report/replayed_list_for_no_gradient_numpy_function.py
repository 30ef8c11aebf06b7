# replayed: list for no gradient: numpy_function
# program 5:27
# second: {'list': [None]} for no gradient
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v0):
    v8 = tf.ensure_shape(tf.numpy_function(lambda a: a * 2.0, [v0], v0.dtype), [3])
    return [v8]


v0 = tf.constant([0.919, -1.506, -1.816], dtype=tf.float64)
with tf.GradientTape() as tape:
    tape.watch([v0])
    targets = tf.function(program, autograph=False)(v0)
print(targets)
print(tape.gradient(targets, [v0]))
