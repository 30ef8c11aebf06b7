"""A tf.function that prints while it is traced, and one that draws from a generator."""

import tensorflow as tf


@tf.function
def double(value):
    print("tracing for", value.dtype.name, value.shape)
    return value + value


for argument in (1.0, 2.0, [1.0, 2.0], 1):
    print(double(tf.constant(argument)).numpy())

generator = tf.random.Generator.from_seed(1)
draw = tf.function(lambda: generator.normal([3]))
noise = draw()
weight = tf.Variable(2.0)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(weight * noise)
print(tape.gradient(loss, weight).numpy())
