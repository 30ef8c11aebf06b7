# replayed: list for no gradient: stop_gradient
# program 5:92
# second: {'list': [None]} for no gradient
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v4):
    v5 = tf.stop_gradient(v4)
    return [v5]


v4 = tf.constant([(0.770588264125364+1.093183587312567j)], dtype=tf.complex128)
with tf.GradientTape() as tape:
    tape.watch([v4])
    targets = tf.function(program, autograph=False)(v4)
print(targets)
print(tape.gradient(targets, [v4]))
