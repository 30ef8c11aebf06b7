"""Logistic regression by gradient descent, with a Hessian at the end."""

import numpy as np
import tensorflow as tf

x = tf.random.normal([16, 3])
y = tf.cast(tf.reduce_sum(x, axis=1) > 0.2, tf.float32)
w = tf.Variable(tf.zeros([3]), name="w")
b = tf.Variable(0.0, name="b")


def loss_of():
    logits = tf.linalg.matvec(x, w) + b
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits))


for step in range(5):
    with tf.GradientTape() as tape:
        loss = loss_of()
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(0.5 * dw)
    b.assign_sub(0.5 * db)
    print(f"step {step}: loss {loss:.5f}")
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        loss = loss_of()
    gradient = inner.gradient(loss, w)
print(outer.jacobian(gradient, w).numpy())
np.savez("weights.npz", w=w.numpy(), b=b.numpy())
