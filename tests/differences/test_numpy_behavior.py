"""What `tf.experimental.numpy` does differently from TensorFlow on purpose (docs/differences.md)."""

from collections.abc import Iterator

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.experimental.numpy._parts import behavior

tnp = tf.experimental.numpy


@pytest.fixture
def enabled() -> Iterator[None]:
    """NumPy's behavior, for one test."""
    with behavior.enabled():
        yield


@pytest.mark.parametrize("mode", ["safe", "all"])
def test_there_are_no_weak_tensors(mode: str) -> None:
    with pytest.raises(tf.NotCoveredError):
        tnp.experimental_enable_numpy_behavior(dtype_conversion_mode=mode)


def test_operands_of_other_kinds(enabled: None) -> None:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal((x @ tf.Variable(x)).numpy(), x.numpy() @ x.numpy())
    sparse = tf.sparse.from_dense([[1.0, 0.0], [0.0, 2.0]])
    np.testing.assert_array_equal((x * sparse).values.numpy(), [1.0, 8.0])
    rows = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([0]), tf.constant([2, 2]))
    np.testing.assert_array_equal((x + rows).numpy(), [[2.0, 4.0], [3.0, 4.0]])
    ragged = tf.ragged.constant([[1.0, 2.0], [3.0]])
    assert (ragged * tf.constant(2)).to_list() == [[2.0, 4.0], [6.0]]


def test_second_derivatives_of_bfloat16(enabled: None) -> None:
    x = tf.constant([1.0, 4.0], tf.bfloat16)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.math.rsqrt(x)
        first = inner.gradient(y, x)
    second = outer.gradient(first, x)
    assert second.dtype is tf.bfloat16
    np.testing.assert_allclose(tf.cast(second, tf.float32).numpy(), [0.75, 0.75 / 32], rtol=0.02)


def test_tile_of_uint16() -> None:
    assert tf.tile(tf.constant([1, 2], tf.uint16), [2]).numpy().tolist() == [1, 2, 1, 2]
