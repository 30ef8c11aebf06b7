"""Quantization: what works here and not in TensorFlow."""

import tfcompat_tape as tf


def test_a_second_derivative_through_quantize_and_dequantize() -> None:
    x = tf.constant([-3.0, 0.2, 0.6])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.quantization.quantize_and_dequantize_v2(x, -1.0, 1.0, range_given=True) ** 2
        first = inner.gradient(y, x)
    second = outer.gradient(first, x)
    assert (first.numpy() * 5.0).round().tolist() == [0.0, 2.0, 6.0]
    assert second.numpy().tolist() == [0.0, 2.0, 2.0]
