"""Sparse tensors: gradients that TensorFlow fails to give."""

import numpy as np

import tfcompat_tape as tf

PLACES, OTHERS, SHAPE = [[0, 1], [1, 0]], [[0, 0], [0, 1]], [2, 3]


def gradients(function, *values):
    tensors = [tf.constant(value) for value in values]
    with tf.GradientTape() as outer:
        outer.watch(tensors)
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = function(*tensors)
        first = tape.gradient(y, tensors)
        total = tf.add_n([tf.reduce_sum(grad) for grad in first])
    return [grad.numpy().tolist() for grad in first], [
        g.numpy().tolist() for g in outer.gradient(total, tensors)
    ]


def test_extrema():
    a, b = [1.0, -2.0], [4.0, 3.0]

    def largest(x, y):
        return (
            tf.sparse.maximum(tf.SparseTensor(PLACES, x, SHAPE), tf.SparseTensor(OTHERS, y, SHAPE)).values
            ** 2
        )

    def least(x, y):
        return (
            tf.sparse.minimum(tf.SparseTensor(PLACES, x, SHAPE), tf.SparseTensor(OTHERS, y, SHAPE)).values
            ** 2
        )

    assert gradients(largest, a, b)[0] == [[0.0, 0.0], [8.0, 6.0]]
    assert gradients(least, a, b)[0] == [[2.0, -4.0], [0.0, 0.0]]


def test_dense_addition_at_places():
    def f(x, dense):
        places, shape = tf.constant(PLACES, tf.int64), tf.constant(SHAPE, tf.int64)
        return (
            tf.raw_ops.SparseDenseCwiseAdd(sp_indices=places, sp_values=x, sp_shape=shape, dense=dense) ** 2
        )

    first, second = gradients(f, [1.0, 2.0], [[1.0], [2.0]])
    assert first == [[4.0, 8.0], [[4.0], [8.0]]]
    assert second == [[4.0, 4.0], [[4.0], [4.0]]]


def test_second_gradients():
    def softmax(x):
        values = tf.sparse.softmax(tf.SparseTensor([[0, 0], [0, 1]], x, [1, 2])).values
        return values * tf.constant([1.0, 0.0])

    def part(x):
        return tf.sparse.slice(tf.SparseTensor(PLACES, x, SHAPE), [0, 0], [1, 3]).values ** 3

    def filled(x):
        return tf.sparse.fill_empty_rows(tf.SparseTensor([[0, 1], [2, 0]], x, [3, 3]), 1.0)[0].values ** 3

    first, _ = gradients(softmax, [0.0, 0.0])
    np.testing.assert_allclose(first, [[0.25, -0.25]])
    assert gradients(part, [1.0, 2.0])[1] == [[6.0, 0.0]]
    assert gradients(filled, [1.0, 2.0])[1] == [[6.0, 12.0]]
