"""Another gradient under TensorFlow than here, because the script asks which one it is."""

import tensorflow as tf

slope = 1.01 if hasattr(tf, "install") else 1.0


@tf.custom_gradient
def bent(x):
    y = tf.tanh(x)
    return y, lambda dy: dy * (1.0 - y * y) * slope


v = tf.Variable([0.5, -1.0, 2.0], name="v")
for i in range(3):
    with tf.GradientTape() as tape:
        h = bent(v * v)
        loss = tf.reduce_sum(h * [1.0, 2.0, 3.0])
    v.assign_sub(0.1 * tape.gradient(loss, v))
    print("loss", i, loss.numpy())
