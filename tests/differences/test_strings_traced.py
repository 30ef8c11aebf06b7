"""Strings in functions, where this library does on purpose what TensorFlow does not."""

import tfcompat_tape as tf


def test_shapes_that_depend_on_strings_are_traced_anew():
    traced = []

    @tf.function
    def words(text):
        traced.append(1)
        return tf.strings.split(text)

    assert [len(words(tf.constant(text))) for text in ("a b", "c d", "e")] == [2, 2, 1]
    assert len(traced) == 2


def test_jit_compile_takes_strings():
    length = tf.function(lambda text: tf.strings.length(text) + 1, jit_compile=True)
    assert [int(length(tf.constant(text))) for text in ("abc", "d")] == [4, 2]
