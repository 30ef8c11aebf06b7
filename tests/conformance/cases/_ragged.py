"""The RaggedTensors that scripts have in common."""


def tensors(tf):
    """Of float32, of two ragged dimensions, of int32, of uniform rows, with a uniform inner dimension."""
    constant = tf.ragged.constant
    return (
        constant([[1.0, 2.0], [], [3.0]]),
        constant([[[1, 2], []], [], [[3]]]),
        constant([[3, 1], [], [2]]),
        tf.RaggedTensor.from_uniform_row_length([1, 2, 3, 4], 2),
        constant([[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1),
    )
