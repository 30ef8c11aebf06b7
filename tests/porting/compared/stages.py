"""A script that goes on for longer under TensorFlow than here, and whose numbers have several dtypes."""

import tensorflow as tf

x = tf.constant([[2.0, 1.0], [1.0, 3.0]], dtype=tf.float64)
values, vectors = tf.linalg.eigh(x)
print(values.numpy(), tf.abs(vectors).numpy())
half = tf.cast(x, tf.float16)
with tf.GradientTape() as tape:
    tape.watch(half)
    y = tf.reduce_sum(tf.exp(half))
tf.print(tape.gradient(y, half))
for i in range(2 if hasattr(tf, "install") else 3):
    print("round", i)
print("done")
