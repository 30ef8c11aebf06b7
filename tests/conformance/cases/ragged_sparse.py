"""RaggedTensors from and to SparseTensors."""

from conformance_kit import raises, script


def parts(sparse):
    return [sparse.indices, sparse.values, sparse.dense_shape]


@script("to sparse")
def _(tf):
    constant = tf.ragged.constant
    return {
        "rows": parts(constant([[1, 2, 3], [], [4]]).to_sparse()),
        "deeper": parts(constant([[[1, 2], [3]], [], [[4]]]).to_sparse()),
        "nothing": parts(constant([[], []], dtype=tf.float32).to_sparse()),
        "uniform inside": parts(
            tf.RaggedTensor.from_row_splits([[1, 2], [3, 4], [5, 6]], [0, 1, 3]).to_sparse()
        ),
        "text": parts(constant([["a", "b"], ["c"]]).to_sparse()),
    }


@script("from sparse")
def _(tf):
    def rows(indices, values, shape):
        return tf.RaggedTensor.from_sparse(tf.SparseTensor(indices, values, shape)).to_list()

    return {
        "rows": rows([[0, 0], [0, 1], [2, 0]], [1, 2, 3], [4, 3]),
        "of a dense one": tf.RaggedTensor.from_sparse(tf.sparse.from_dense([[1, 0], [0, 0]])).to_list(),
        "a gap": raises(lambda: rows([[0, 0], [0, 2]], [1, 2], [2, 3])),
        "a cube": raises(lambda: rows([[0, 0, 0]], [1], [2, 3, 1])),
    }


@script("gradients through both")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        sparse = tf.RaggedTensor.from_row_splits(x, [0, 2, 3]).to_sparse()
        back = tf.RaggedTensor.from_sparse(sparse)
        y, z = tf.reduce_sum(sparse.values**2), tf.reduce_sum(back.flat_values**3)
    return [tape.gradient(y, x), tape.gradient(z, x)]
