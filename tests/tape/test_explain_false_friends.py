"""What looks like a reason for None and is none: paths that hold, and values that left and did not come back."""

from __future__ import annotations

import threading

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

RATE = 0.5


def connected(tape, target, source):
    """explain says that there is a gradient, and there is one."""
    (before,) = tape.explain(target, source)
    gradient = tape.gradient(target, source)
    (after,) = tape.explain(target, source)
    assert gradient is not None
    for found in (before, after):
        assert found.connected is True and found.reason is None and not found.breaks, str(found)
        assert found.path
    return gradient


def independent(tape, target, source, certain=True):
    (before,) = tape.explain(target, source)
    assert tape.gradient(target, source) is None
    (after,) = tape.explain(target, source)
    for found in (before, after):
        assert found.connected is False
        assert (found.reason, found.certain) == (Reason.INDEPENDENT, certain), str(found)
    return after


# -- connected ---------------------------------------------------------------------------------------------------------


def test_a_value_that_is_printed_is_not_lost(capsys):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        print(y.numpy(), float(y), np.asarray(y))
        z = y * 2.0
    connected(tape, z, v)


def test_one_of_two_ways_is_stopped():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        z = v * tf.stop_gradient(v)
    assert connected(tape, z, v).numpy() == 3.0


def test_a_gradient_of_zero_is_a_connection():
    v = tf.Variable(-3.0)
    with tf.GradientTape(explain=True) as tape:
        z = tf.nn.relu(v) + 0.0 * v
    assert connected(tape, z, v).numpy() == 0.0


def test_the_branch_of_where_that_is_not_taken():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        z = tf.where(v > 0.0, v, w)
    assert connected(tape, z, w).numpy() == 0.0


def test_assigning_after_the_read():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        v.assign(7.0)
        z = y * v
    assert connected(tape, z, v).numpy() == 2 * 3 * 7 + 9


def test_assigning_a_value_of_its_own():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        v.assign_add(v * v)
        z = v * 2.0
    assert connected(tape, z, v).numpy() == 2.0


def test_a_variable_that_is_assigned_and_another_way():
    x, state = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * 2.0
        state.assign(y)
        z = state * y
    assert connected(tape, z, x).numpy() == 12.0


def test_rounded_on_one_way_only():
    v = tf.Variable(3.4)
    with tf.GradientTape(explain=True) as tape:
        z = v * tf.cast(tf.cast(v, tf.int32), tf.float32)
    assert connected(tape, z, v).numpy() == 3.0


def test_a_name_that_is_bound_to_another_variable():
    x = tf.Variable(3.0)
    for _ in range(2):
        with tf.GradientTape(explain=True) as tape:
            y = x * x
        connected(tape, y, x)
        x = tf.Variable(x + 1.0)


def test_a_name_that_is_bound_anew_within_the_context():
    x = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        x = x * 2.0
        y = x * x
    assert connected(tape, y, x).numpy() == 12.0


def test_not_recorded_but_not_needed():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        with tape.stop_recording():
            v.assign_sub(RATE * y)
        z = y + 1.0
    connected(tape, z, v)


def test_computed_again_after_the_reset():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        tape.reset()
        y = v * v * v
    assert connected(tape, y, v).numpy() == 27.0


def test_watched_again_after_the_reset():
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(x)
        tape.reset()
        tape.watch(x)
        y = x * x
    connected(tape, y, x)


def test_another_thread_that_only_looks():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        thread = threading.Thread(target=lambda: tf.exp(y))
        thread.start()
        thread.join()
        z = y + 1.0
    connected(tape, z, v)


def test_a_variable_that_is_not_trainable_but_watched():
    v = tf.Variable(3.0, trainable=False)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(v)
        y = v * v
    connected(tape, y, v)


def test_used_before_and_after_it_is_watched():
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * x
        tape.watch(x)
        z = x * y
    assert connected(tape, z, x).numpy() == 9.0


def test_a_target_that_is_the_source():
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(x)
    (found,) = tape.explain(x, x)
    assert found.connected
    assert tape.gradient(x, x).numpy() == 1.0


def test_integers_that_only_choose():
    v, place = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(2)
    with tf.GradientTape(explain=True) as tape:
        z = tf.gather(v, place)
    (found,) = tape.explain(z, v)
    assert found.connected


def test_a_second_derivative_inside_of_both_contexts():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as outer:
        with tf.GradientTape(explain=True) as inner:
            y = v**3
        slope = inner.gradient(y, v)
    assert connected(outer, slope, v).numpy() == 18.0


def test_a_custom_gradient_of_zeros():
    @tf.custom_gradient
    def flat(x):
        return x * 1.0, lambda dy: tf.zeros_like(dy)

    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = flat(v)
    assert connected(tape, y, v).numpy() == 0.0


def test_what_a_function_with_a_gradient_takes_from_outside():
    v, x = tf.Variable(3.0), tf.constant(2.0)
    with tf.GradientTape(explain=True) as tape:
        factor = v * 2.0

        @tf.custom_gradient
        def scaled(x):
            return x * factor, lambda dy: dy * factor

        y = scaled(x)
    assert connected(tape, y, v).numpy() == 4.0


# -- independent -------------------------------------------------------------------------------------------------------


def test_a_value_that_is_printed_and_a_literal():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        print("v * v is", (v * v).numpy())
        y = w * 2.0
    independent(tape, y, v)


def test_a_value_that_is_kept_and_not_used():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    history = []
    with tf.GradientTape(explain=True) as tape:
        history.append(float(v * v))
        y = w * RATE
    independent(tape, y, v)


def test_an_equal_number_is_not_the_same_number():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    nine = 9.0
    with tf.GradientTape(explain=True) as tape:
        other = float(v * v)
        y = w * nine
    assert other == nine
    independent(tape, y, v)


def test_an_array_of_the_users_own():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    data = np.random.RandomState(0).normal(size=3).astype(np.float32)
    with tf.GradientTape(explain=True) as tape:
        kept = (v * v).numpy()
        y = w * data
    assert kept == 9.0
    # Where the array came from is not known, so this is not certain; but nothing says that it came from v.
    found = independent(tape, y, v, certain=False)
    assert "Certain is that its value left the library" in str(found)


def test_a_state_that_is_changed_and_not_read():
    x, state, w = tf.Variable(3.0), tf.Variable(0.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        state.assign(x * 2.0)
        y = w * 2.0
    independent(tape, y, x)


def test_a_state_that_was_read_before_it_changed():
    x, state = tf.Variable(3.0), tf.Variable(1.0)
    with tf.GradientTape(explain=True) as tape:
        before = state * 2.0
        state.assign(x * 2.0)
        y = before + 1.0
    independent(tape, y, x)


def test_a_value_that_was_read_before_the_state_changed_and_used_afterwards():
    x, state = tf.Variable(3.0), tf.Variable(1.0)
    with tf.GradientTape(explain=True) as tape:
        value = state.value()
        state.assign(x * 2.0)
        y = value + 1.0
    independent(tape, y, x)


def test_the_derivative_of_what_is_linear():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as outer:
        with tf.GradientTape(explain=True) as inner:
            y = v * 2.0
        slope = inner.gradient(y, v)
    independent(outer, slope, v)


def test_a_loop_variable_of_literals():
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    y = tf.constant(0.0)
    with tf.GradientTape(explain=True) as tape:
        print(int(v))
        for factor in (1.0, 2.0):
            y = y + factor * w
    # `y` was there before, and not computed from v; the tape cannot know.
    (found,) = tape.explain(y, v)
    assert found.reason in (Reason.INDEPENDENT, Reason.NEVER_WATCHED)
    assert tape.gradient(y, [v, w])[0] is None
