# replayed: list for no gradient: nested_jacobian
# program 5:83
# second: {'list': [None]} for no gradient
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v10):
    def f18_0(v11):
        return v11
    with tf.GradientTape() as tape18:
        tape18.watch(v10)
        y18 = f18_0(v10)
    v18 = tf.convert_to_tensor(tape18.jacobian(y18, v10, unconnected_gradients="zero"))
    return [v18]


v10 = tf.constant([0.08125930279493332, 0.08605896681547165, 0.07370536029338837], dtype=tf.float32)
with tf.GradientTape() as tape:
    tape.watch([v10])
    targets = tf.function(program, autograph=False)(v10)
print(targets)
print(tape.gradient(targets, [v10]))
