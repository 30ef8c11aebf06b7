"""`tf.compat.v1.ragged.RaggedTensorValue`: what TensorFlow 2.21 answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

Value = tf.compat.v1.ragged.RaggedTensorValue
SPLITS = np.array([0, 2, 3])


def test_one_ragged_dimension() -> None:
    value = Value(np.ones([3, 2], np.float32), SPLITS)
    assert value.shape == (2, None, 2)
    assert value.dtype == np.float32
    assert value.ragged_rank == 1
    assert value.flat_values is value.values
    assert value.nested_row_splits == (SPLITS,)
    assert value.to_list() == [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0]]]
    assert str(value) == "<tf.RaggedTensorValue [[[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0]]]>"
    short = Value(np.array([1, 2, 3]), SPLITS)
    assert repr(short) == "tf.RaggedTensorValue(values=array([1, 2, 3]), row_splits=array([0, 2, 3]))"
    with pytest.raises(AttributeError):
        short.values = 3


def test_two_ragged_dimensions() -> None:
    value = Value(Value(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 2, 3, 4])), np.array([0, 2, 2, 3]))
    assert value.shape == (3, None, None)
    assert value.ragged_rank == 2
    assert value.dtype == np.float64
    assert value.flat_values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert [splits.tolist() for splits in value.nested_row_splits] == [[0, 2, 2, 3], [0, 2, 3, 4]]
    assert value.to_list() == [[[1.0, 2.0], [3.0]], [], [[4.0]]]


@pytest.mark.parametrize(
    ("values", "splits", "error", "message"),
    [
        ([1, 2, 3], SPLITS, TypeError, "values must be a numpy array"),
        ("abc", SPLITS, TypeError, "values must be a numpy array"),
        (np.array([1]), [0, 1], TypeError, "row_splits must be a 1D int32 or int64 numpy array"),
        (np.array([1]), np.array([0.0, 1.0]), TypeError, "row_splits must be a 1D"),
        (np.array([1]), np.array([0, 1], np.int16), TypeError, "row_splits must be a 1D"),
        (np.array([1]), np.array([[0, 1]]), TypeError, "row_splits must be a 1D"),
        (np.array([1]), np.array(0), TypeError, "row_splits must be a 1D"),
        (Value(np.array([1]), np.array([0, 1])), np.array([0, 1], np.int32), ValueError, "same dtype"),
    ],
)
def test_other_arguments_are_refused(values: Any, splits: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        Value(values, splits)


constant_value = tf.compat.v1.ragged.constant_value


def test_of_lists() -> None:
    value = constant_value([[1, 2], [3], []])
    assert isinstance(value, Value)
    assert (value.values.tolist(), value.row_splits.tolist()) == ([1, 2, 3], [0, 2, 3, 3])
    assert (value.dtype, value.row_splits.dtype, value.shape) == (np.int64, np.int64, (3, None))
    uniform = constant_value([[[1, 2], [3, 4]], []], ragged_rank=1)
    assert (uniform.values.tolist(), uniform.shape) == ([[1, 2], [3, 4]], (2, None, 2))
    assert constant_value([[[1, 2]], [[3, 4]]], inner_shape=(2,)).shape == (2, None, 2)
    assert constant_value([["a"], [b"b", "c"]]).dtype == np.dtype("<U1")
    empty = constant_value([], ragged_rank=2)
    assert (empty.shape, empty.dtype) == ((0, None, None), np.float64)


def test_dtypes_of_lists() -> None:
    assert constant_value([[1], [2.5]], dtype=tf.float32).dtype == np.float32
    assert constant_value([[1], [2.5]], dtype="float64").dtype == np.float64
    assert constant_value([[1], [2]], row_splits_dtype="int32").row_splits.dtype == np.int32
    with pytest.raises(TypeError):
        constant_value([[1], [2]], row_splits_dtype="int16")


def test_lists_without_a_ragged_dimension() -> None:
    for given in ([1, 2, 3], 3, []):
        found = constant_value(given)
        assert isinstance(found, np.ndarray)
        assert found.tolist() == given
    assert constant_value([[1]], ragged_rank=0).tolist() == [[1]]


@pytest.mark.parametrize(("pylist", "rank"), [([[1], 2], None), ([[1]], 2), (3, 1)])
def test_lists_that_do_not_fit(pylist: Any, rank: Any) -> None:
    with pytest.raises(ValueError):
        constant_value(pylist, ragged_rank=rank)
