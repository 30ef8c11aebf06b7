"""Learning rates over the steps, as functions and as old decays, and a warm restart."""

import math

import tensorflow as tf


def cosine(step, warmup=5, total=30, top=0.1):
    step = tf.cast(step, tf.float32)
    warm = top * (step + 1.0) / warmup
    cool = 0.5 * top * (1.0 + tf.cos(math.pi * (step - warmup) / (total - warmup)))
    return tf.where(step < warmup, warm, cool)


rates = tf.map_fn(cosine, tf.range(0, 30, 5), fn_output_signature=tf.float32)
print([f"{rate:.5f}" for rate in rates.numpy()])


@tf.function
def piecewise(step):
    if step < 10:
        rate = 0.1
    elif step < 20:
        rate = 0.01
    else:
        rate = 0.001
    return rate


print([round(float(piecewise(tf.constant(i))), 5) for i in (0, 9, 10, 19, 20, 25)])

v1 = tf.compat.v1.train
step = tf.Variable(0, dtype=tf.int64)
decays = {
    "exponential": v1.exponential_decay(0.1, step, 10, 0.5),
    "staircase": v1.exponential_decay(0.1, step, 10, 0.5, staircase=True),
    "inverse": v1.inverse_time_decay(0.1, step, 10, 0.5),
    "polynomial": v1.polynomial_decay(0.1, step, 20, 0.01, power=2.0),
    "cosine": v1.cosine_decay(0.1, step, 20),
    "restarts": v1.cosine_decay_restarts(0.1, step, 7),
    "natural": v1.natural_exp_decay(0.1, step, 10, 0.5),
    "piecewise": v1.piecewise_constant(step, [5, 15], [1.0, 0.5, 0.1]),
}
for at in (0, 7, 16, 30):
    step.assign(at)
    print(at, {name: f"{float(decay()):.5f}" for name, decay in decays.items()})

x = tf.Variable(5.0)
counter = tf.Variable(0, dtype=tf.int64, trainable=False)
optimizer = v1.GradientDescentOptimizer(v1.exponential_decay(0.2, counter, 3, 0.7))
for i in range(6):
    optimizer.minimize(lambda: (x - 1.0) ** 2, var_list=[x], global_step=counter)
    print(i, "%.5f" % x.numpy(), int(counter))
