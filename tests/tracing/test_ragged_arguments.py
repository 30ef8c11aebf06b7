"""Ragged and sparse arguments that a signature leaves open: one trace for any numbers of rows and values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

ROWS = ([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0], [4.0, 5.0, 6.0]], [[1.0, 2.0, 3.0, 4.0]], [[], [1.0]])

ONCE = {
    "count": lambda x: tf.shape(x.values)[0] + tf.cast(x.nrows(), tf.int32),
    "lengths": lambda x: x.row_lengths(),
    "mean": lambda x: tf.reduce_mean(x, axis=1),
    "squares": lambda x: tf.ragged.map_flat_values(tf.square, x * 2.0),
    "sum": lambda x: tf.reduce_sum(x),
    "sum of rows": lambda x: tf.reduce_sum(x, axis=1),
}
BY_VALUES = {
    "concatenated": lambda x: tf.concat([x, x], axis=1),
    "dense": lambda x: x.to_tensor(),
    "first": lambda x: x[0],
}


def _listed(x: Any) -> Any:
    return x.to_list() if isinstance(x, tf.RaggedTensor) else x.numpy().tolist()


@pytest.mark.parametrize("name", sorted({**ONCE, **BY_VALUES}))
def test_numbers_of_rows_and_values_are_open(name: str) -> None:
    body = {**ONCE, **BY_VALUES}[name]
    traced = []

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
    def f(x):
        traced.append([part.shape.as_list() for part in (x, x.values, x.row_splits)])
        return body(x)

    for rows in (*ROWS, *ROWS):
        x = tf.ragged.constant(rows, dtype=tf.float32)
        np.testing.assert_equal(_listed(f(x)), _listed(body(x)))
    assert traced[0] == [[None, None], [None], [None]]  # as TensorFlow has it
    assert len(traced) == 1 if name in ONCE else len(traced) <= len(ROWS)
    assert f.experimental_get_tracing_count() == 1


def test_a_gradient_through_ragged_arguments() -> None:
    w = tf.Variable(2.0)
    f = tf.function(
        lambda x: tf.reduce_sum(tf.reduce_sum(x * w, axis=1) ** 2),
        input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)],
    )
    for rows in ROWS:
        with tf.GradientTape() as tape:
            y = f(tf.ragged.constant(rows, dtype=tf.float32))
        np.testing.assert_allclose(tape.gradient(y, w), 4.0 * sum(sum(row) ** 2 for row in rows))


def test_sizes_that_the_signature_says_are_known() -> None:
    seen = []

    @tf.function(input_signature=[tf.RaggedTensorSpec([2, None, 3], tf.float32, ragged_rank=1)])
    def f(x):
        seen.append((x.shape.as_list(), x.values.shape.as_list()))
        return tf.reduce_sum(x, axis=[1, 2])

    for lengths in ([1, 2], [3, 0]):
        x = tf.RaggedTensor.from_row_lengths(tf.ones([3, 3]), lengths)
        assert f(x).numpy().tolist() == [3.0 * n for n in lengths]
    assert seen == [([2, None, 3], [None, 3])]


def test_sparse_arguments_of_any_size() -> None:
    traced = []

    @tf.function(input_signature=[tf.SparseTensorSpec([None, None], tf.float32)])
    def f(x):
        traced.append(x.values.shape.as_list())
        return tf.reduce_sum(x.values * 2.0), x.dense_shape

    for count in (1, 3, 0, 2):
        x = tf.sparse.SparseTensor(
            [[i, i] for i in range(count)] or np.zeros((0, 2)), np.ones(count, np.float32), [4, 5]
        )
        total, shape = f(x)
        assert total.numpy() == 2.0 * count
        assert shape.numpy().tolist() == [4, 5]
    assert traced == [[None]]


def test_the_spec_of_what_a_map_function_makes_ragged_has_no_sizes_of_its_trace() -> None:
    rows = tf.data.Dataset.from_generator(
        lambda: (tf.ones([i + 1, 2]) for i in range(3)), output_signature=tf.TensorSpec([None, None])
    )
    shapes = []

    def ragged(x: Any) -> Any:
        found = tf.RaggedTensor.from_tensor(x[None])
        shapes.append(found.shape.as_list())
        return found

    dataset = rows.map(ragged)
    assert dataset.element_spec.shape.as_list() == [1, None, None]
    assert shapes[0] == [1, None, None]
    assert [x.to_list() for x in dataset] == [[[[1.0, 1.0]] * n] for n in (1, 2, 3)]
