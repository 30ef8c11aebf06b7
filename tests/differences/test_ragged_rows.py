"""Places in the rows of RaggedTensors that there are not."""

import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("indices", [[[2], [0]], tf.constant([2, 0])])
def test_places_beyond_the_end_of_a_row(indices):
    rows = tf.ragged.constant([[1.0, 2.0], [3.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="is not in"):  # TensorFlow: 3.0, of the next row
        tf.gather(rows, indices, batch_dims=1)
