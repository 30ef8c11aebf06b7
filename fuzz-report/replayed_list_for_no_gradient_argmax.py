# replayed: list for no gradient: argmax
# program 5:62
# second: {'list': [None]} for no gradient
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v0):
    v3 = tf.argmax(v0, axis=0)
    return [v3]


v0 = tf.constant([[[-0.537, 1.132, 1.868, -1.377], [1.4889999999999999, -0.576, -0.929, -1.5670000000000002], [-0.168, 1.352, 0.17400000000000002, 1.6809999999999998]]], dtype=tf.float64)
with tf.GradientTape() as tape:
    tape.watch([v0])
    targets = tf.function(program, autograph=False)(v0)
print(targets)
print(tape.gradient(targets, [v0]))
