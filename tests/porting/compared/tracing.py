"""A tf.function that prints while it is traced."""

import tensorflow as tf


@tf.function
def double(value):
    print("tracing for", value.dtype.name, value.shape)
    return value + value


for argument in (1.0, 2.0, [1.0, 2.0], 1):
    print(double(tf.constant(argument)).numpy())
