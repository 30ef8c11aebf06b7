"""Why a gradient is None: a test for each reason that lies with the source, the tape or the op, as users come to it.

Each test marks the line where the path breaks with a comment, and the report must name that line.
"""

from __future__ import annotations

import threading

import pytest
from explain_marks_kit import check, line_of

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


# -- the source --------------------------------------------------------------------------------------------------------


def test_never_watched(device):
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * x  # never watched
        z = y + 1.0
    check(tape, z, x, Reason.NEVER_WATCHED, "never watched")


def test_watched_while_no_tape_recorded(device):
    x = tf.constant(3.0)
    tape = tf.GradientTape(explain=True)
    with tape:
        pass
    tape.watch(x)
    with tape:
        y = x * x  # watched in vain
    report = check(tape, y, x, Reason.NEVER_WATCHED, "watched in vain")
    assert "had no effect" in str(report)


def test_a_variable_that_is_not_trainable(device):
    v = tf.Variable(3.0, trainable=False)
    with tf.GradientTape(explain=True) as tape:
        y = v * v  # not trainable
    check(tape, y, v, Reason.NOT_TRAINABLE, "not trainable")


def test_a_tape_that_does_not_watch_variables(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False, explain=True) as tape:
        y = tf.square(v)  # not accessed
    check(tape, y, v, Reason.ACCESS_NOT_WATCHED, "not accessed")


def test_integers(device):
    x = tf.constant(10)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(x)
        y = x * x  # an integer source
    check(tape, y, x, Reason.INTEGER_DTYPE, "an integer source")


def test_an_integer_variable(device):
    v, w = tf.Variable(3), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        y = w * tf.cast(v, tf.float32)  # an integer variable
    check(tape, y, v, Reason.INTEGER_DTYPE, "an integer variable")


def test_an_integer_on_the_way(device):
    v = tf.Variable(3.7)
    with tf.GradientTape(explain=True) as tape:
        whole = tf.cast(v, tf.int32)  # an integer on the way
        y = tf.cast(whole, tf.float32) * 2.0
    check(tape, y, v, Reason.INTEGER_DTYPE, "an integer on the way")


def test_watched_after_use(device):
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * x  # used before it is watched
        tape.watch(x)
    report = check(tape, y, x, Reason.WATCHED_AFTER_USE, "used before it is watched")
    assert f":{line_of('used before it is watched') + 1}" in str(report)


def test_computed_before_the_context(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as other:
        y = v * v  # before the context
        with tf.GradientTape(explain=True) as tape:
            z = y + 1.0
    check(tape, z, v, Reason.BEFORE_CONTEXT, "before the context")
    assert other.gradient(z, v).numpy() == 6.0


# -- the tape ----------------------------------------------------------------------------------------------------------


def test_computed_after_the_context_closed(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
    z = y + v  # after the context
    check(tape, z, v, Reason.AFTER_CONTEXT, "after the context")


def test_computed_after_the_gradient_was_asked_for(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as outer, tf.GradientTape(explain=True) as tape:
        y = v * v
        tape.gradient(y, v)
        z = y * v  # after the gradient
    assert outer.gradient(z, v).numpy() == 27.0
    (found,) = tape.explain(z, v)
    assert (found.connected, found.reason) == (False, Reason.AFTER_CONTEXT)
    assert found.where.line == line_of("after the gradient")


def test_a_derivative_taken_outside_of_the_outer_tape(device):
    v = tf.Variable(2.0)
    with tf.GradientTape(explain=True) as outer, tf.GradientTape(explain=True) as inner:
        y = v**3
    slope = inner.gradient(y, v)  # outside of the outer tape
    check(outer, slope, v, Reason.AFTER_CONTEXT, "outside of the outer tape")


def test_a_tape_that_was_reset(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        tape.reset()  # forgets the product
        z = y * 2.0
    check(tape, z, v, Reason.TAPE_RESET, "forgets the product")


def test_watched_before_the_tape_was_reset(device):
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        tape.watch(x)
        tape.reset()  # forgets the watch
        y = x * x
    check(tape, y, x, Reason.TAPE_RESET, "forgets the watch")


def test_another_thread(device):
    v = tf.Variable(3.0)
    found = []

    def work():
        with tf.device(device):
            found.append(tf.exp(v))  # on another thread

    with tf.GradientTape(explain=True) as tape:
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
        y = found[0] * 2.0
    report = check(tape, y, v, Reason.OTHER_THREAD, "on another thread")
    assert "'worker'" in str(report)


def test_another_thread_with_a_tape_of_its_own(device):
    v = tf.Variable(3.0)
    found = []

    def work():
        with tf.GradientTape(explain=True), tf.device(device):
            found.append(v * 2.0)  # on a traced thread

    with tf.GradientTape(explain=True) as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = found[0] * 2.0
    check(tape, y, v, Reason.OTHER_THREAD, "on a traced thread")


def test_stop_gradient(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        y = tf.stop_gradient(y)  # stopped
        z = y + 1.0
    check(tape, z, v, Reason.STOP_GRADIENT, "stopped")


def test_stop_recording(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        with tape.stop_recording():
            w = tf.sin(y)  # not recorded
        z = w + 1.0
    check(tape, z, v, Reason.STOP_RECORDING, "not recorded")


def test_a_variable_read_under_stop_recording(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        with tape.stop_recording():
            value = v.value()  # read, not recorded
        z = value * 2.0
    check(tape, z, v, Reason.STOP_RECORDING, "read, not recorded")


def test_init_scope(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        with tf.init_scope():
            w = v + 1.0  # lifted
        z = w + 1.0
    report = check(tape, z, v, Reason.STOP_RECORDING, "lifted")
    assert "tf.init_scope" in str(report)


# -- ops ---------------------------------------------------------------------------------------------------------------


def test_an_op_that_is_registered_as_not_differentiable(device):
    v = tf.Variable([3.0, 1.0])
    with tf.GradientTape(explain=True) as tape:
        place = tf.argmax(v)  # an argmax
        z = tf.cast(place, tf.float32) * 2.0
    report = check(tape, z, v, Reason.NO_GRADIENT, "an argmax")
    assert report[0].breaks[0].op == "ArgMax"


def test_a_comparison(device):
    v = tf.Variable([3.0, 1.0])
    with tf.GradientTape(explain=True) as tape:
        mask = tf.cast(v > 2.0, tf.float32)  # a comparison
        z = tf.reduce_sum(mask)
    report = check(tape, z, v, Reason.NO_GRADIENT, "a comparison")
    assert report[0].breaks[0].op == "Greater"


def test_an_op_whose_gradient_is_none(device):
    v = tf.Variable([3.0, 1.2])
    with tf.GradientTape(explain=True) as tape:
        y = tf.round(v)  # rounded
        z = y * 2.0
    report = check(tape, z, v, Reason.NO_GRADIENT, "rounded")
    assert report[0].breaks[0].op == "Round"


def test_an_argument_without_gradient(device):
    @tf.custom_gradient
    def product(a, b):
        return a * b, lambda dy: (dy * b, None)

    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y = product(v, w)  # the user's gradient
    assert tape.gradient(y, v).numpy() == 2.0
    report = check(tape, y, w, Reason.NO_GRADIENT, "the user's gradient")
    assert "its input number 2" in str(report)


def test_an_op_without_any_gradient(device):
    v = tf.Variable([[0.3, 0.1], [0.1, 0.2]])
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y = tf.linalg.logm(tf.cast(v, tf.complex64))  # no rule
    with pytest.raises(LookupError):
        tape.gradient(y, v)
    report = tape.explain(y, v)
    assert (report.reason, report.where.line) == (Reason.NO_GRADIENT, line_of("no rule"))
    assert "LookupError" in str(report)


def test_a_function_past_the_list(device):
    v = tf.Variable([3.0, 1.2])
    with tf.GradientTape(explain=True) as tape:
        y = tf.zeros_like(v)  # a constant
        z = y + 2.0
    report = check(tape, z, v, Reason.NO_GRADIENT, "a constant")
    assert "zeros_like" in str(report)


# -- nothing to do with it ---------------------------------------------------------------------------------------------


def test_independent(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        y = w * 2.0
        _ = v * y
    check(tape, y, v, Reason.INDEPENDENT, None)


def test_independent_and_never_read(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        y = w * 2.0
    report = check(tape, y, v, Reason.INDEPENDENT, None)
    assert [b.reason for b in report[0].breaks] == [Reason.INDEPENDENT, Reason.NEVER_WATCHED]


def test_a_source_that_is_computed_for_the_question(device):
    v = tf.Variable([3.0, 1.0])
    with tf.GradientTape(explain=True) as tape:
        y = tf.reduce_sum(v * v)
        element = v[0]
    report = check(tape, y, element, Reason.INDEPENDENT, None)
    assert "was itself computed (StridedSlice" in str(report)


def test_a_value_that_only_decides_a_branch(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(explain=True) as tape:
        if v > 2.0:
            y = w * 2.0
        else:
            y = w * 3.0
    report = check(tape, y, v, Reason.INDEPENDENT, None)
    assert "It decided a branch" in str(report)
