"""Where tf.raw_ops answers otherwise, on purpose: see docs/differences.md."""

import numpy as np
import pytest

import tfcompat_tape as tf


def test_the_gradient_of_matrix_diag_part_v2_is_that_of_its_own_alignment() -> None:
    x = tf.reshape(tf.range(12.0), [3, 4])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.raw_ops.MatrixDiagPartV2(input=x, k=[-1, 2], padding_value=0.0)
        loss = tf.reduce_sum(y * y)
    inside = np.triu(np.tril(np.ones((3, 4)), 2), -1)
    np.testing.assert_array_equal(tape.gradient(loss, x), 2.0 * x.numpy() * inside)


def test_a_variable_read_as_another_dtype() -> None:
    v = tf.Variable([1.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="wrong dtype"):
        tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="wrong dtype"):
        tf.raw_ops.ResourceGather(resource=v.handle, indices=[0], dtype=tf.int32)


def test_a_handle_is_no_tensor() -> None:
    v = tf.Variable(1.0)
    assert v.handle == v.handle and not isinstance(v.handle, tf.Tensor)


def test_a_variable_keeps_its_shape_and_its_value_when_a_change_fails() -> None:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="wrong shape"):
        tf.raw_ops.AssignVariableOp(resource=v.handle, value=[1.0])
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.raw_ops.ResourceScatterAdd(resource=v.handle, indices=[0, 2], updates=[[1.0, 1.0], [1.0, 1.0]])
    np.testing.assert_array_equal(v, [[1.0, 2.0], [3.0, 4.0]])


def test_what_tensorflow_leaves_as_it_finds_it_in_memory() -> None:
    empty = tf.constant([], tf.int32)
    grad = tf.raw_ops.SparseSegmentSumGrad(grad=[[1.0, 2.0]], indices=empty, segment_ids=empty, output_dim0=2)
    np.testing.assert_array_equal(grad, np.zeros((2, 2)))
    with pytest.raises(tf.errors.InvalidArgumentError, match="update shape doesn't match"):
        tf.raw_ops.ParallelConcat(values=[[[1.0, 2.0]]] * 2, shape=[3, 2])
