"""What floats of eight bits and integers of four do otherwise than in TensorFlow (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("name", ["float8_e5m2", "float8_e4m3fn"])
def test_floats_of_eight_bits_are_made_of_integers(name: str) -> None:
    dtype = tf.as_dtype(name)
    x = tf.constant([1, 0, -2], dtype)
    made = [x, tf.zeros([2], dtype), tf.ones_like(x), tf.eye(2, dtype=dtype), tf.one_hot([1], 2, dtype=dtype)]
    assert {one.dtype for one in made} == {dtype}
    assert tf.cast(tf.where([True, False, True], x, tf.zeros_like(x)), tf.float32).numpy().tolist() == [
        1,
        0,
        -2,
    ]


@pytest.mark.parametrize("name", ["int4", "uint4"])
def test_integers_of_four_bits_have_no_tensors(name: str) -> None:
    for value in (tf.constant([1]), tf.constant([1], tf.uint8), tf.constant([1.0])):
        with pytest.raises(tf.errors.UnimplementedError, match=f"to {name} is not supported"):
            tf.cast(value, name)
    with pytest.raises(tf.errors.UnimplementedError, match="to qint8 is not supported"):
        tf.cast(tf.constant(np.ones(1), tf.experimental.float8_e5m2), tf.qint8)
