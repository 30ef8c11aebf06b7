"""Attention with several heads and a mask, layer normalisation, and positions by sines."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(4)
D, HEADS, LENGTH = 8, 2, 5


def positional_encoding(length, depth):
    positions = tf.range(length, dtype=tf.float32)[:, tf.newaxis]
    rates = 1.0 / tf.pow(10000.0, tf.range(0, depth, 2, dtype=tf.float32) / depth)
    angles = positions * rates
    return tf.concat([tf.sin(angles), tf.cos(angles)], axis=-1)


def glorot(rows, columns):
    limit = tf.sqrt(6.0 / (rows + columns))
    return tf.Variable(tf.random.uniform([rows, columns], -limit, limit))


params = {name: glorot(D, D) for name in ("q", "k", "v", "o")}
params["scale"], params["offset"] = tf.Variable(tf.ones([D])), tf.Variable(tf.zeros([D]))


def split_heads(x):
    return tf.transpose(tf.reshape(x, [tf.shape(x)[0], -1, HEADS, D // HEADS]), [0, 2, 1, 3])


def layer_norm(x):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-6) * params["scale"] + params["offset"]


def attention(x, mask=None):
    q, k, v = (split_heads(tf.einsum("btd,de->bte", x, params[n])) for n in "qkv")
    scores = tf.matmul(q, k, transpose_b=True) / tf.math.sqrt(tf.cast(D // HEADS, tf.float32))
    if mask is not None:
        scores += (1.0 - mask) * -1e9
    weights = tf.nn.softmax(scores, axis=-1)
    mixed = tf.reshape(tf.transpose(weights @ v, [0, 2, 1, 3]), tf.shape(x))
    return layer_norm(x + mixed @ params["o"]), weights


x = tf.random.normal([3, LENGTH, D]) + positional_encoding(LENGTH, D)
causal = tf.linalg.band_part(tf.ones([LENGTH, LENGTH]), -1, 0)
output, weights = attention(x, causal)
print(output.shape, weights.shape, np.round(weights[0, 0].numpy(), 3).tolist())
target = tf.roll(x, shift=-1, axis=1)
variables = list(params.values())
for step in range(10):
    with tf.GradientTape() as tape:
        output, _ = attention(x, causal)
        loss = tf.reduce_mean(tf.abs(target - output))
    grads = tape.gradient(loss, variables)
    for v, g in zip(variables, grads):
        v.assign_sub(0.2 * g)
    if step % 3 == 0:
        print(step, f"{loss:.5f}", f"{tf.linalg.global_norm(grads):.5f}")
with tf.GradientTape() as tape:
    tape.watch(x)
    output, _ = attention(x, causal)
jacobian = tape.batch_jacobian(output[:, 2], x)
print(jacobian.shape, (tf.reduce_max(tf.abs(jacobian), axis=[0, 1, 3]) > 0).numpy().tolist())
