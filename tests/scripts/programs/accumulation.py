"""Gradients of small batches are added up, clipped by value and norm, and applied once."""

import numpy as np
import tensorflow as tf

tf.random.set_seed(0)
x = tf.constant(np.arange(48, dtype=np.float32).reshape(12, 4) / 24.0)
y = tf.reduce_sum(x**2, axis=1, keepdims=True)
model = tf.Module()
model.w1 = tf.Variable(tf.random.normal([4, 8], seed=1))
model.w2 = tf.Variable(tf.random.normal([8, 1], seed=2))
print(len(model.trainable_variables), [tuple(v.shape) for v in model.variables])


def loss_of(batch, target):
    return tf.reduce_mean(tf.math.squared_difference(tf.nn.softplus(batch @ model.w1) @ model.w2, target))


accumulated = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]


@tf.function
def accumulate(batch, target):
    with tf.GradientTape() as tape:
        loss = loss_of(batch, target) / 3.0
    for a, g in zip(accumulated, tape.gradient(loss, model.trainable_variables)):
        a.assign_add(g)
    return loss


@tf.function
def apply(rate):
    clipped = [tf.clip_by_value(a, -5.0, 5.0) for a in accumulated]
    clipped, norm = tf.clip_by_global_norm(clipped, 2.0)
    for v, g, a in zip(model.trainable_variables, clipped, accumulated):
        v.assign_sub(rate * g)
        a.assign(tf.zeros_like(a))
    return norm


for epoch in range(4):
    total = 0.0
    for i in range(0, 12, 4):
        total += accumulate(x[i : i + 4], y[i : i + 4])
    norm = apply(tf.constant(0.05))
    print("epoch", epoch, "loss", np.round(total.numpy(), 4), "norm", np.round(norm.numpy(), 4))

with tf.GradientTape() as tape:
    whole = loss_of(x, y)
parts = tape.gradient(whole, model.trainable_variables)
for i in range(0, 12, 4):
    accumulate(x[i : i + 4], y[i : i + 4])
print(
    "same as of the whole:", [bool(tf.reduce_all(tf.abs(a - g) < 1e-4)) for a, g in zip(accumulated, parts)]
)
