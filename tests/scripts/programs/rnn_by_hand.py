"""A GRU cell by hand, unrolled by tf.while_loop and a TensorArray, trained to add."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(3)
rng = np.random.default_rng(3)
BATCH, TIME, UNITS = 16, 6, 8
inputs = rng.uniform(0, 1, (BATCH, TIME, 1)).astype(np.float32)
targets = np.cumsum(inputs, axis=1)
lengths = rng.integers(3, TIME + 1, BATCH)


def weight(rows, columns, seed):
    return tf.Variable(tf.random.stateless_normal([rows, columns], seed=[seed, 0]) * 0.3)


w_gates, u_gates = weight(1, 2 * UNITS, 1), weight(UNITS, 2 * UNITS, 2)
w_new, u_new = weight(1, UNITS, 3), weight(UNITS, UNITS, 4)
b_gates, b_new = tf.Variable(tf.ones([2 * UNITS])), tf.Variable(tf.zeros([UNITS]))
w_out = weight(UNITS, 1, 5)
variables = [w_gates, u_gates, w_new, u_new, b_gates, b_new, w_out]


def cell(x, h):
    reset, update = tf.split(tf.sigmoid(x @ w_gates + h @ u_gates + b_gates), 2, axis=1)
    new = tf.tanh(x @ w_new + (reset * h) @ u_new + b_new)
    return update * h + (1.0 - update) * new


@tf.function
def unroll(x):
    x = tf.transpose(x, [1, 0, 2])
    steps = tf.shape(x)[0]
    outputs = tf.TensorArray(tf.float32, size=steps, element_shape=[BATCH, UNITS])

    def body(t, h, outputs):
        h = cell(x[t], h)
        return t + 1, h, outputs.write(t, h)

    _, state, outputs = tf.while_loop(lambda t, h, o: t < steps, body, (0, tf.zeros([BATCH, UNITS]), outputs))
    return tf.transpose(outputs.stack(), [1, 0, 2]), state


mask = tf.sequence_mask(lengths, TIME, dtype=tf.float32)
for step in range(12):
    with tf.GradientTape() as tape:
        hidden, state = unroll(inputs)
        predicted = tf.tensordot(hidden, w_out, 1)
        error = tf.squeeze(predicted - targets, -1)
        loss = tf.reduce_sum(mask * error**2) / tf.reduce_sum(mask)
    grads = tape.gradient(loss, variables)
    grads = [tf.clip_by_norm(g, 1.0) for g in grads]
    for v, g in zip(variables, grads):
        v.assign_sub(0.1 * g)
    if step % 4 == 0:
        print(step, f"{loss:.5f}", [round(float(tf.norm(g)), 4) for g in grads])
print(state.shape, hidden.shape, tf.reduce_all(tf.abs(hidden[:, -1] - state) < 1e-6).numpy())
for length, row in list(zip(lengths, predicted.numpy()[..., 0]))[:2]:
    print(length, row.round(4).tolist())
