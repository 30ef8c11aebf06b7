"""What `tf.xla` does beyond TensorFlow: see docs/differences.md."""

import tfcompat_tape as tf


def test_gradients_go_through_what_is_compiled() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        (y,) = tf.xla.experimental.compile(lambda a: a * a, [x])
    assert float(tape.gradient(y, x)) == 6.0


def test_a_compiled_function_may_return_none() -> None:
    assert tf.xla.experimental.compile(lambda a: None, [tf.constant(1.0)]) is None
