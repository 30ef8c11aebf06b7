"""A line through points, by gradient descent."""

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
x = rng.uniform(-1, 1, (64, 1)).astype(np.float32)
y = 3.0 * x - 2.0 + 0.1 * rng.standard_normal((64, 1)).astype(np.float32)


class Model:
    def __init__(self):
        self.w = tf.Variable(tf.zeros([1, 1]), name="w")
        self.b = tf.Variable(0.0, name="b")

    def __call__(self, inputs):
        return inputs @ self.w + self.b


def loss(target, predicted):
    return tf.reduce_mean(tf.square(target - predicted))


model = Model()
for epoch in range(30):
    with tf.GradientTape() as tape:
        current = loss(y, model(x))
    dw, db = tape.gradient(current, [model.w, model.b])
    model.w.assign_sub(0.3 * dw)
    model.b.assign_sub(0.3 * db)
    if epoch % 10 == 0:
        print(f"epoch {epoch:2d} loss {current:.5f} w {model.w.numpy().item():.4f} b {model.b.numpy():.4f}")
print(f"Final loss: {loss(y, model(x)):.4f}")
tf.print("w", model.w, "b", model.b)
print(tf.abs(model.w - 3.0) < 0.3, model.b.name, model.w.shape)
