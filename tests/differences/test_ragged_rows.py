"""Rows of RaggedTensors: places that there are not, means across rows, and repeated values."""

import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("indices", [[[2], [0]], tf.constant([2, 0])])
def test_places_beyond_the_end_of_a_row(indices):
    rows = tf.ragged.constant([[1.0, 2.0], [3.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="is not in"):  # TensorFlow: 3.0, of the next row
        tf.gather(rows, indices, batch_dims=1)


def test_moments_across_rows_of_one_length():
    mean, variance = tf.nn.moments(tf.ragged.constant([[1.0, 2.0], [3.0, 6.0]]), [0])
    assert (mean.numpy().tolist(), variance.numpy().tolist()) == ([2.0, 4.0], [1.0, 4.0])


def test_values_are_not_repeated():
    rows = tf.ragged.constant([[1.0, 2.0], [3.0]])
    with pytest.raises(ValueError, match="flat_values"):
        tf.repeat(rows, [2, 1, 0])
    assert tf.repeat(rows.flat_values, [2, 1, 0]).numpy().tolist() == [1.0, 1.0, 2.0]
