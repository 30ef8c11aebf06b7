"""Strings as values of a trace: stand-ins, which only nodes of their own look at."""

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import to_numpy


def test_a_function_that_no_one_told_of_traces_has_a_trace_for_each_value():
    traced = []

    def first(text):
        return to_numpy(text._t).item()[:1]

    first.__module__ = "tfcompat_tape.some"

    @tf.function
    def f(text):
        traced.append(1)
        return tf.constant(first(text)) + text

    assert [f(tf.constant(x)).numpy() for x in ("ab", "cd", "ab")] == [b"aab", b"ccd", b"aab"]
    assert len(traced) == 2


def test_equal_functions_of_strings_are_computed_once():
    @tf.function
    def f(text):
        return tf.strings.upper(text) + tf.strings.upper(text)

    assert f(tf.constant("a")).numpy() == b"AA"
    assert f.listing(tf.constant("a")).count("= upper(") == 1


def test_constants_beside_strings_are_kept_apart():
    @tf.function
    def f(text):
        return tf.stack([text, "x"]), tf.stack([text, "y"])

    for text in ("a", "b"):
        one, other = f(tf.constant(text))
        assert one.numpy().tolist() == [text.encode(), b"x"]
        assert other.numpy().tolist() == [text.encode(), b"y"]


def test_a_table_is_looked_up_under_a_tape():
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [2.0, 3.0]), 0.0)
    w = tf.Variable(2.0)

    @tf.function
    def f(keys):
        return tf.reduce_sum(table.lookup(keys) * w**2), keys

    for keys, expected in ((["a", "b"], 20.0), (["b", "q"], 12.0)):
        with tf.GradientTape() as tape:
            y, same = f(tf.constant(keys))
        assert tape.gradient(y, w).numpy() == expected
        assert same.numpy().tolist() == [key.encode() for key in keys]


def test_gradients_of_branches_and_loops_that_carry_strings():
    w = tf.Variable(3.0)

    @tf.function
    def f(texts):
        total, seen = tf.constant(0.0), tf.constant("")
        for text in texts:
            if text == "twice":
                total += 2 * w * w
                seen += "2"
            else:
                total += tf.cast(tf.strings.length(text), tf.float32) * w
        return total, seen

    for texts, expected, said in ((["twice", "abc"], 15.0, b"2"), (["ab", "twice", "twice"], 26.0, b"22")):
        with tf.GradientTape() as tape:
            y, seen = f(tf.constant(texts))
        assert tape.gradient(y, w).numpy() == expected
        assert seen.numpy() == said
    assert f.experimental_get_tracing_count() == 2


def test_strings_of_a_trace_are_of_no_use_outside():
    kept = []
    tf.function(kept.append)(tf.constant("a"))
    with pytest.raises(Exception, match="out of scope"):
        tf.strings.upper(kept[0])


def test_quantized_integers_run_as_they_are():
    x = tf.quantization.quantize(tf.constant([0.0, 1.0]), 0.0, 1.0, tf.quint8).output
    found = tf.function(lambda x: tf.quantization.dequantize(x, 0.0, 1.0))(x)
    np.testing.assert_allclose(found.numpy(), [0.0, 1.0])
