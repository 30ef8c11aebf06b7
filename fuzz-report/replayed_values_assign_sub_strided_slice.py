# replayed: values: assign_sub strided_slice
# program 5:21
# once more[0]: [[-1.0, 1.6310000000000002, -0.052, -0.059], [0.734, -3.932, 0.788, 3.2360000000000007], [-0.04100000000000015, -2.036, -2e+30, -inf]] for [[0.0, 0.03600000000000003, -0.052, -0.059], [1.321, -2.932, 0.788, 2.1180000000000003], [0.9589999999999999, -0.768, -1e+30, -inf]]
from math import inf, nan

import numpy as np
import tensorflow as tf

def program(v0, v3):
    v2 = v0[-1:0:-1, :]
    v3.assign_sub(v2)
    v8 = v3 * 1.0
    return [v8]


v0 = tf.constant([[0.5, 0.0, 0.5, 0.0], [1.0, 1.268, 1e+30, -2.0], [0.587, 1.0, 0.0, -1.118], [1.0, -1.5950000000000002, 0.0, 1e-30]], dtype=tf.float64)
v3 = tf.Variable([[1.0, -1.5590000000000002, -0.052, -0.059], [1.908, -1.932, 0.788, 1.0], [1.9589999999999999, 0.5, 0.5, -inf]], dtype=tf.float64)
with tf.GradientTape() as tape:
    tape.watch([v0, v3])
    targets = tf.function(program, autograph=False)(v0, v3)
print(targets)
print(tape.gradient(targets, [v0, v3]))
