"""What tapes and Jacobians answer differently on purpose (docs/differences.md)."""

import logging

import numpy as np
import pytest

import tfcompat_tape as tf


def test_vectorized_map_keeps_a_custom_gradient(device):
    @tf.custom_gradient
    def square(x):
        return x * x, lambda dy: dy * 100.0

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.vectorized_map(square, x)
    assert tape.gradient(y, x).numpy().tolist() == [100.0, 100.0]


def test_watching_after_the_use_is_too_late_even_if_another_input_was_recorded(device):
    x, z = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = x * z
        tape.watch(x)
    first, second = tape.gradient(y, [x, z])
    assert first is None
    assert second.numpy() == 2.0


def test_histograms_have_no_gradient_as_other_integers(device):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        counts = tf.histogram_fixed_width(v, [0.0, 4.0], nbins=3)
    assert tape.gradient(counts, v) is None


def test_a_tape_is_spent_where_a_gradient_function_raised(device):
    @tf.custom_gradient
    def square(x):
        def grad(dy):
            raise KeyError("broken")

        return x * x, grad

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = square(x)
    with pytest.raises(KeyError):
        tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="non-persistent"):
        tape.gradient(y, x)


def test_a_jacobian_one_row_at_a_time(device):
    x = tf.constant([2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.jacobian(y, x, parallel_iterations=1).numpy().tolist() == [[4.0, 0.0], [0.0, 6.0]]


def test_rows_of_a_sum_of_lookups_are_complete_in_any_order(device):
    v = tf.Variable(np.arange(12.0).reshape(4, 3))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(v, [0, 2])) + 2.0 * tf.reduce_sum(tf.gather(v, [1, 2]))
    slices = tape.gradient(y, v)
    assert isinstance(slices, tf.IndexedSlices)
    assert sorted(slices.indices.numpy().tolist()) == [0, 1, 2, 2]
    np.testing.assert_array_equal(tf.convert_to_tensor(slices).numpy()[:, 0], [1.0, 2.0, 3.0, 0.0])


def test_indexed_slices_are_added_with_plus(device):
    v = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(v, [1]))
    slices = tape.gradient(y, v)
    both = slices + slices
    assert isinstance(both, tf.IndexedSlices)
    assert tf.convert_to_tensor(both).numpy().tolist() == [[0.0], [2.0]]


def test_a_tape_inside_the_function_of_recompute_grad(device):
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x * x
        return tape.gradient(y, x)

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.recompute_grad(slope)(x)
    assert tape.gradient(y, x).numpy() == 12.0


def test_integer_sources_and_targets_are_warned_of_by_a_logger_of_our_own(device, caplog):
    x = tf.constant(2)
    with caplog.at_level(logging.WARNING, "tensorflow"), tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x) is None
    assert {record.name for record in caplog.records} <= {"tensorflow"}
