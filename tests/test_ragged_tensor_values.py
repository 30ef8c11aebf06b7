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
