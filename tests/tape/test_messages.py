"""What a tape says: warnings for integers, and errors that name what was wrong and what to do."""

from __future__ import annotations

import logging

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import dispatch, registry
from tfcompat_tape.tape import ends


@pytest.fixture
def said(caplog, monkeypatch):
    monkeypatch.setattr(ends, "_said", {})
    caplog.set_level(logging.WARNING, logger="tensorflow")
    return lambda: [record.getMessage() for record in caplog.records]


def test_watching_an_integer_warns(device, said):
    with tf.GradientTape() as tape:
        tape.watch(tf.constant(3))
    assert ["watched tensor must be floating" in text and "int32" in text for text in said()] == [True]


def test_an_integer_target_and_source_warn(device, said):
    x, n = tf.Variable(2.0), tf.constant(3)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.cast(x, tf.int32)
    assert tape.gradient(y, x) is None
    assert tape.gradient(x * 1.0, n) is None
    texts = said()
    assert "target tensor must be floating" in texts[0]
    assert "source tensor must be floating" in texts[1]


def test_a_warning_that_repeats_itself_stops_after_five_times(device, said):
    for _ in range(7):
        with tf.GradientTape() as tape:
            tape.watch(tf.constant(3))
    assert len(said()) == 5


def test_a_gradient_inside_a_persistent_tape_warns(device, said):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        tape.gradient(y, x)
    assert any("persistent tape inside its context" in text for text in said())


def test_a_spent_tape_says_so(device):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    for again in (tape.gradient, tape.jacobian):
        with pytest.raises(RuntimeError, match="only be used to compute one set of gradients"):
            again(y, x)


@pytest.mark.parametrize(
    ("target", "kind"), [(3.0, AttributeError), ("y", TypeError), (np.ones(2), AttributeError)]
)
def test_a_target_that_is_no_tensor_is_shown(device, target, kind):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        _ = x * x
    with pytest.raises(kind, match=r"target must be a Tensor.*type (float|str|ndarray)"):
        tape.gradient(target, x)


def test_indexed_slices_as_target_and_source_say_what_to_take(device):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.gather(v, [0, 0]) ** 2
        g = inner.gradient(y, v)
    for target, source in ((g, v), ([y, g], v), (y, g), (y, [v, g])):
        with pytest.raises(
            AttributeError, match=r"IndexedSlices: take its `values`, or tf\.convert_to_tensor"
        ):
            outer.gradient(target, source)


def test_a_number_as_source_is_shown(device):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
    with pytest.raises(AttributeError, match=r"source must be a Tensor.*3\.0"):
        tape.gradient(y, [x, 3.0])


def test_an_output_gradient_that_does_not_fit_says_both_shapes(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\(2,\).*\(3,\)"):
        tape.gradient(y, x, output_gradients=tf.ones([3]))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"float32.*float64"):
        tape.gradient(y, x, output_gradients=tf.ones([2], tf.float64))


def test_unequal_batches_say_both_shapes(device):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.concat([x, x], 0)
    with pytest.raises(ValueError, match=r"\(4, 2\).*\(2, 2\)"):
        tape.batch_jacobian(y, x)


def test_an_op_without_a_gradient_names_itself_and_the_way_out(device):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.math.nextafter(x, x + 1.0)
        z = tf.bitcast(tf.bitcast(x, tf.int32), tf.float32)
    assert tape.gradient([y], x) is not None
    assert z.dtype == tf.float32


def test_a_gradient_function_that_returns_too_many_gradients(device):
    if "TooMany" not in registry.OPS:
        dispatch.unary("TooMany", lambda x: x * 1.0)
        tf.RegisterGradient("TooMany")(lambda op, dy: [dy, dy])
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = registry.OPS["TooMany"].call(x)
    with pytest.raises(ValueError, match="TooMany returned 2 gradients for 1 inputs"):
        tape.gradient(y, x)
