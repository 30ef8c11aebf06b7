# replayed: list for no gradient: nested_tape
# program 5:91
# second: {'list': [None]} for no gradient
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v1):
    def f5_0(v2):
        return v2
    with tf.GradientTape(persistent=False) as tape5:
        tape5.watch(v1)
        y5 = f5_0(v1)
    v5 = tf.convert_to_tensor(tape5.gradient(y5, v1, unconnected_gradients="zero"))
    return [v5]


v1 = tf.constant(0.0, dtype=tf.float64)
with tf.GradientTape() as tape:
    tape.watch([v1])
    targets = tf.function(program, autograph=False)(v1)
print(targets)
print(tape.gradient(targets, [v1]))
