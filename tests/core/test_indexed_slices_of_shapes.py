"""`tf.IndexedSlices` with its dense shape in every form that programs give it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize(
    "shape",
    [tf.TensorShape([4, 2]), [4, 2], (4, 2), np.array([4, 2]), tf.constant([4, 2])],
    ids=lambda shape: type(shape).__name__,
)
def test_dense_shapes(shape: Any) -> None:
    slices = tf.IndexedSlices(tf.ones([2, 2]), tf.constant([0, 2]), shape)
    assert slices.shape == tf.TensorShape([4, 2])
    assert tf.convert_to_tensor(slices).numpy().tolist() == [[1.0, 1.0], [0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
