"""What RaggedTensors answer differently on purpose (docs/differences.md)."""

import tfcompat_tape as tf


def test_zeros_for_a_ragged_source_have_its_splits():
    source = tf.ragged.constant([[1.0, 2.0], [3.0]])
    with tf.GradientTape() as tape:
        tape.watch(source)
        target = tf.constant(1.0)
    zeros = tape.gradient(target, source, unconnected_gradients="zero")
    assert zeros.to_list() == [[0.0, 0.0], [0.0]]
    assert zeros.row_splits.numpy().tolist() == [0, 2, 3]
