"""Training stops where the validation loss does not fall any more, and goes back to the best weights."""

import os
import tempfile

import numpy as np
import tensorflow as tf

tf.random.set_seed(2)
rng = np.random.default_rng(2)
x = rng.uniform(-3, 3, (40, 1)).astype(np.float32)
y = np.sin(x) + 0.3 * rng.standard_normal((40, 1)).astype(np.float32)
train_x, valid_x, train_y, valid_y = x[:24], x[24:], y[:24], y[24:]


def basis(inputs):
    return tf.concat([inputs**k / 3.0**k for k in range(9)], axis=1)


weights = tf.Variable(tf.random.normal([9, 1], stddev=0.5), name="weights")


def mse(inputs, targets):
    return tf.reduce_mean((basis(inputs) @ weights - targets) ** 2)


best, best_weights, waited = np.inf, None, 0
for epoch in range(400):
    with tf.GradientTape() as tape:
        loss = mse(train_x, train_y)
    weights.assign_sub(0.2 * tape.gradient(loss, weights))
    valid = mse(valid_x, valid_y)
    if valid < best - 1e-4:
        best, best_weights, waited, best_epoch = float(valid), weights.numpy().copy(), 0, epoch
    else:
        waited += 1
        if waited >= 10:
            print(f"stopped at {epoch}, best {best_epoch}")
            break
    if epoch % 50 == 0:
        print(f"{epoch:4d} {loss:.5f} {valid:.5f}")

path = os.path.join(tempfile.mkdtemp(), "best.npz")
np.savez(path, weights=best_weights)
weights.assign(tf.zeros_like(weights))
weights.assign(np.load(path)["weights"])
print("restored %.5f" % mse(valid_x, valid_y), abs(float(mse(valid_x, valid_y)) - best) < 1e-6)
data = tf.io.serialize_tensor(weights)
print(tf.reduce_all(tf.io.parse_tensor(data, tf.float32) == weights).numpy(), len(data.numpy()))
