"""Sparse tensors: gradients that TensorFlow fails to give, values that it puts elsewhere, reading beyond an end."""

import numpy as np
import pytest

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


def test_softmax_of_indices_out_of_order_has_each_value_at_its_place():
    rows = tf.SparseTensor([[0, 2], [0, 1]], [1.0, 2.0], [2, 3])
    np.testing.assert_allclose(tf.sparse.softmax(rows).values, [0.26894143, 0.7310586], rtol=1e-6)


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0, 3.0]])
def test_as_many_weights_as_counted_values(weights):
    with pytest.raises(tf.errors.InvalidArgumentError, match="do not fit"):
        tf.raw_ops.SparseBincount(
            indices=tf.constant(PLACES, tf.int64),
            values=[1, 2],
            dense_shape=tf.constant(SHAPE, tf.int64),
            size=4,
            weights=tf.constant(weights),
        )
