"""Corner cases of tapes that need more than TensorFlow's recorded answer: where ours differs from it on purpose, what
is freed, and gradients that users registered. The recorded ones are in tests/conformance/cases/corner_*.py."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import dispatch, registry
from tfcompat_tape.core.wengert import state


# -- where ours differs from TensorFlow 2.21 on purpose --------------------------------------------------------------
def test_a_target_that_no_tape_traces_keeps_its_own_gradient(device):
    x = tf.constant(2.0)
    y = x * x
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = y * x
    # As a source y is independent of x here, and dy/dy = 1. TensorFlow loses that where z is a product (not a sum).
    assert [float(g) for g in tape.gradient([y, z], [x, y])] == [4.0, 1.0]


def test_watching_after_use_is_too_late(device):
    x, v = tf.constant(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * v
        tape.watch(x)
    # TensorFlow finds x here, because v made it record the product; for x * x it gives None, too.
    assert tape.gradient(y, x) is None


def test_a_vectorized_function_keeps_the_gradients_that_it_brings(device):
    @tf.custom_gradient
    def f(x):
        return x * x, lambda dy: dy * 100.0

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.vectorized_map(f, x)  # TensorFlow's vectorization drops the custom gradient: 2 x
    np.testing.assert_array_equal(tape.gradient(y, x), [100.0, 100.0])


def test_after_an_exception_in_a_gradient_function_the_tape_is_spent(device):
    @tf.custom_gradient
    def f(x):
        def grad(dy):
            raise KeyError("inside")

        return x * 2.0, grad

    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    with pytest.raises(KeyError):
        tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="only be used to compute one set"):  # TensorFlow: InternalError
        tape.gradient(y, x)


def test_indexed_slices_add_up(device):
    g = tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([0, 2]), tf.constant([3, 1]))
    other = tf.IndexedSlices(tf.constant([[5.0]]), tf.constant([2], tf.int64), tf.constant([3, 1]))
    total = g + other  # TypeError in TensorFlow
    assert isinstance(total, tf.IndexedSlices)
    assert total.indices.dtype == tf.int64
    np.testing.assert_array_equal(tf.convert_to_tensor(total), [[1.0], [0.0], [7.0]])


def test_one_row_at_a_time(device):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    # TensorFlow wants experimental_use_pfor=False, and so a persistent tape, for this.
    np.testing.assert_array_equal(tape.jacobian(y, x, parallel_iterations=1), [[2.0, 0.0], [0.0, 4.0]])


def test_the_rows_of_integers_that_are_looked_up_have_no_gradient(device):
    v = tf.Variable([1, 2, 3])
    with tf.GradientTape() as tape:
        y = tf.gather(v, [0, 1])
    assert tape.gradient(y, v) is None  # IndexedSlices of integer ones in TensorFlow


# -- gradients that users registered ---------------------------------------------------------------------------------
def _op(name, kernel, rule):
    if name not in registry.OPS:
        dispatch.unary(name, kernel)
        tf.RegisterGradient(name)(rule)
    return registry.OPS[name].call


def test_a_registered_gradient_may_open_a_tape(device):
    def rule(op, dy):
        x = op.inputs[0]
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(x)
        return dy * tape.gradient(y, x)

    sine = _op("CornerSine", lambda x: x.sin(), rule)
    x = tf.constant([0.5, 1.0], tf.float64)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(x)
            y = sine(x)
        g = inner.gradient(y, x)
    np.testing.assert_allclose(g, np.cos([0.5, 1.0]))
    np.testing.assert_allclose(outer.gradient(g, x), -np.sin([0.5, 1.0]))
    np.testing.assert_allclose(inner.jacobian(y, x), np.diag(np.cos([0.5, 1.0])))
    np.testing.assert_allclose(outer.jacobian(g, x), np.diag(-np.sin([0.5, 1.0])))


def test_a_registered_gradient_may_ask_a_persistent_tape_in_a_loop(device):
    def rule(op, dy):
        (x,) = op.inputs
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            parts = [x, x * x, x * x * x]
        return dy * tf.add_n([tape.gradient(part, x) for part in parts])

    total = _op("CornerPowers", lambda x: x + x * x + x * x * x, rule)
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = total(x.value())
        g = inner.gradient(y, x)
    assert float(g) == 17.0
    assert float(outer.gradient(g, x)) == 14.0


def test_an_exception_in_a_registered_gradient_leaves_the_stack_clean(device):
    def rule(op, dy):
        with tf.GradientTape() as tape:
            tape.watch(op.inputs[0])
            raise ZeroDivisionError

    broken = _op("CornerBroken", lambda x: x * 1.0, rule)
    x = tf.constant(1.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = broken(x)
        with pytest.raises(ZeroDivisionError):
            inner.gradient(y, x)
        assert len(state.recordings) == 1
        z = x * x
    assert not state.recordings
    assert float(outer.gradient(z, x)) == 2.0


# -- what is freed ---------------------------------------------------------------------------------------------------
def _freed_without_gc(make):
    """Whether a torch tensor that a tape kept dies with what `make` returns, by reference counting alone."""
    gc.disable()
    try:
        kept, raw = make()
        alive = weakref.ref(raw)
        del raw
        assert alive() is not None
        del kept
        return alive() is None
    finally:
        gc.enable()


def test_an_integer_result_lets_go_with_the_tape(device):
    def make():
        x = tf.Variable([3.0, 1.0, 2.0])
        with tf.GradientTape() as tape:
            h = tf.exp(x)
            indices = tf.math.top_k(h, 2).indices
        return (tape, indices), h._t

    assert _freed_without_gc(make)


def test_an_integer_result_that_is_kept_lets_go_once_the_tape_is_gone(device):
    x = tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape() as tape:
        h = tf.exp(x)
        indices = tf.math.top_k(h, 2).indices
    kept = weakref.ref(h._t)
    del h
    assert kept() is not None  # the tape could still be asked for the gradient of the indices
    del tape
    assert kept() is None
    np.testing.assert_array_equal(indices, [0, 2])


def test_what_is_computed_from_integers_is_not_listed(device):
    x = tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        indices = tf.math.top_k(x, 2).indices
        before = len(tape._record.entries)
        _ = indices * 2 + tf.cast(indices, tf.int64)[0].numpy()
        rows = tf.gather([1.0, 2.0, 3.0], indices)
    assert len(tape._record.entries) == before
    assert tape.gradient(rows, x) is None


def test_a_tape_that_was_entered_and_dropped_stops_recording(device):
    x = tf.Variable(2.0)
    tape = tf.GradientTape(persistent=True)
    tape.__enter__()
    y = x * x
    assert len(state.recordings) == 1
    del tape
    assert not state.recordings
    assert y._node.tapes == frozenset()


def test_a_value_that_was_read_lets_go_of_its_entry(device):
    def make():
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            value = x.read_value()
            y = tf.exp(value)
        return (tape, y), value._node

    assert _freed_without_gc(make)


def test_a_list_of_readings_of_one_variable_stays_short(device):
    v = tf.Variable(1.0)
    for _ in range(50):
        with tf.GradientTape() as tape:
            y = v * v
        tape.gradient(y, v)
    assert len(v._node.tapes) <= 2
    assert len(v._node.attrs["read_by"]) <= 2


# -- warnings, inside and out ----------------------------------------------------------------------------------------
def test_a_persistent_tape_asked_inside_its_context_goes_on_recording(device):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        for _ in range(3):
            y = y * tape.gradient(y, x)
        z = y + x
    assert tape.gradient(z, x) is not None
