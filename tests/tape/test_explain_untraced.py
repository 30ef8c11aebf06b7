"""Why a gradient is None, with tracing off: what can be known is said, and what cannot is not."""

from __future__ import annotations

import pytest

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


def ask(tape, target, source):
    """What explain says; it agrees with the gradient."""
    report = tape.explain(target, source)
    (found,) = report
    assert not report.traced
    assert found.connected == (tape.gradient(target, source) is not None)
    return found


def test_connected(device):
    v = tf.Variable([3.0])
    with tf.GradientTape() as tape:
        y = tf.exp(v * v)
    found = ask(tape, y, v)
    assert found.connected and [step.op for step in found.path] == ["Variable:0", "Mul", "Exp"]


@pytest.mark.parametrize(
    ("make", "keywords", "reason"),
    [
        (lambda: tf.constant(3.0), {}, Reason.NEVER_WATCHED),
        (lambda: tf.Variable(3.0, trainable=False), {}, Reason.NOT_TRAINABLE),
        (lambda: tf.Variable(3.0), {"watch_accessed_variables": False}, Reason.ACCESS_NOT_WATCHED),
        (lambda: tf.Variable(3), {}, Reason.INTEGER_DTYPE),
        (lambda: tf.constant(3), {}, Reason.INTEGER_DTYPE),
    ],
)
def test_what_the_source_tells_by_itself(device, make, keywords, reason):
    x = make()
    with tf.GradientTape(**keywords) as tape:
        y = tf.cast(x * x, tf.float32)
    found = ask(tape, y, x)
    assert (found.reason, found.certain) == (reason, True)


def test_a_variable_that_was_not_read(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = w * 2.0
    found = ask(tape, y, v)
    assert (found.reason, found.certain) == (Reason.NEVER_WATCHED, True)


def test_a_tape_that_was_reset(device):
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
        tape.reset()
        z = y * 2.0
    assert ask(tape, z, v).reason is Reason.TAPE_RESET


def test_a_target_from_before_the_reset(device):
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * v
        tape.reset()
        _ = v + 1.0
    found = ask(tape, y, v)
    assert found.reason is None and found.possible[:2] == (Reason.TAPE_RESET, Reason.AFTER_CONTEXT)


def test_an_integer_target(device):
    v = tf.Variable(3.7)
    with tf.GradientTape() as tape:
        y = tf.argmax(tf.stack([v, v]))
    assert ask(tape, y, v).reason is Reason.INTEGER_DTYPE


def test_independent_where_the_list_is_complete(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.exp(w) * w
        _ = v * v
    found = ask(tape, y, v)
    assert (found.reason, found.certain) == (Reason.INDEPENDENT, True)


def test_a_gradient_function_that_gives_none(device):
    v = tf.Variable([3.2])
    with tf.GradientTape() as tape:
        y = tf.round(v) * 2.0
    found = ask(tape, y, v)
    assert found.reason is Reason.NO_GRADIENT and found.breaks[0].op == "Round"


def test_a_name_that_is_bound_anew():
    x = tf.Variable(2.0)
    for epoch in range(2):
        with tf.GradientTape() as tape:
            y = x + 1
        if epoch == 1:
            break
        x = x + 1
    found = ask(tape, y, x)
    assert (found.reason, found.certain) == (Reason.REBOUND, False)
    assert found.where.text == "x = x + 1"


class Gaps:
    """Programs that break the path where a tape without tracing has only a gap."""

    @staticmethod
    def stop_gradient(v, w):
        return tf.stop_gradient(v * v) * w

    @staticmethod
    def left(v, w):
        return w * float(v * v)

    @staticmethod
    def state(v, w):
        state = tf.Variable(1.0, trainable=False)
        state.assign(v * 2.0)
        return state * w

    @staticmethod
    def integer(v, w):
        return tf.cast(tf.cast(v, tf.int32), tf.float32) * w

    @staticmethod
    def independent(v, w):
        return w * 2.0 + 0.0 * tf.stop_gradient(v)


@pytest.mark.parametrize("name", [name for name in vars(Gaps) if not name.startswith("_")])
def test_it_does_not_guess(device, name):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = getattr(Gaps, name)(v, w) + 0.0 * w
        _ = v + 1.0
    report = tape.explain(y, v)
    (found,) = report
    assert found.reason is None and not found.certain
    assert {Reason.STOP_GRADIENT, Reason.LEFT_LIBRARY, Reason.STATE_CHANGE, Reason.INTEGER_DTYPE} <= set(
        found.possible
    )
    assert "the reason is not known" in str(report)
    assert "explain=True" in str(report) and "TFCOMPAT_EXPLAIN=1" in str(report)


def test_a_target_that_was_not_recorded(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        _ = v * v
    y = v * v
    (found,) = tape.explain(y, v)
    assert found.reason is None and Reason.AFTER_CONTEXT in found.possible
    assert "did not record how the target was computed" in str(found)


def test_a_tape_that_was_used(device):
    v, w, n = tf.Variable(3.0), tf.Variable(2.0), tf.Variable(2)
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(v) * w * tf.cast(n, tf.float32) + v
    tape.gradient(y, v)
    report = tape.explain(y, [v, n])
    assert report[0].connected is None and "Ask before the gradient" in str(report)
    assert report[1].reason is Reason.INTEGER_DTYPE


def test_a_tape_that_recorded_nothing():
    v = tf.Variable(3.0)
    report = tf.GradientTape().explain(v * v, v)
    assert report[0].connected is None
    assert "has not recorded anything" in str(report)


@pytest.mark.parametrize("persistent", [False, True])
def test_what_a_function_that_runs_as_one_op_uses_besides_is_not_known(device, persistent):
    v, x = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=persistent) as tape:
        _ = v * 1.0
        y = tf.py_function(lambda a: a * v, [x], tf.float32)
    found = ask(tape, y, v)
    assert found.reason is None and Reason.NOT_AN_ARGUMENT in found.possible


def test_what_an_attribute_was_computed_from_is_not_known(device):
    v, x = tf.Variable(0.5), tf.Variable([-2.0, 1.0])
    with tf.GradientTape() as tape:
        _ = v * 1.0
        y = tf.nn.leaky_relu(x, alpha=float(v))
    found = ask(tape, y, v)
    assert found.reason is None and Reason.LEFT_LIBRARY in found.possible


def test_a_batch_from_before_the_tape(device):
    image, w = tf.constant([[1.0, 2.0]]), tf.Variable([[1.0], [2.0]])
    batch = image * 2.0
    with tf.GradientTape() as tape:
        tape.watch(image)
        y = tf.matmul(batch, w)
    found = ask(tape, y, image)
    assert found.reason is None and Reason.BEFORE_CONTEXT in found.possible


def test_one_way_raises_and_another_does_not(device):
    x = tf.Variable([0.3, 0.1])
    with tf.GradientTape(persistent=True) as tape:
        y = x * tf.bitcast(x, tf.float32)
    with pytest.raises(LookupError):
        tape.gradient(y, x)
    (found,) = tape.explain(y, x)
    assert (found.connected, found.reason, found.breaks[0].op) == (False, Reason.NO_GRADIENT, "Bitcast")
