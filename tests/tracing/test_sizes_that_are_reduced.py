"""Shapes that are products or sums of open sizes."""

from __future__ import annotations

import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize(("reduce", "count"), [(tf.reduce_prod, 6), (tf.reduce_sum, 5)])
def test_leading_sizes_become_one(reduce, count, keepdims):
    def merged(x):
        sizes = tf.shape(x)
        one = tf.reshape(reduce(sizes[:2], keepdims=keepdims), [1])
        return tf.zeros(tf.concat([one, sizes[2:]], 0)) + tf.reduce_sum(x)

    found = tf.function(merged).get_concrete_function(tf.TensorSpec([None, None, 4]))
    assert found.structured_outputs.shape.as_list() == [None, 4]
    y = found(tf.ones([2, 3, 4]))
    assert y.shape == (count, 4) and y.numpy()[0, 0] == 24.0
