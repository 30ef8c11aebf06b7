"""Why a gradient is None: one test for each reason, as a user would come to it, with tracing on.

Each test marks the line where the path breaks with a comment, and the report must name that line.
"""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

HERE = Path(__file__)


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


def line_of(mark: str) -> int:
    """The number of the line that ends with the comment `mark`."""
    found = [
        i
        for i, text in enumerate(HERE.read_text(encoding="utf-8").splitlines(), 1)
        if text.endswith(f"# {mark}")
    ]
    assert len(found) == 1, mark
    return found[0]


def check(tape, target, source, reason, mark, certain=True):
    """The gradient is None, and explain says why and where: before the tape is used, and after."""
    before = tape.explain(target, source) if tape._record is not None else None
    assert tape.gradient(target, source) is None
    after = tape.explain(target, source)
    for report in (before, after):
        if report is None:
            continue
        (found,) = report
        assert found.connected is False
        assert (found.reason, found.certain) == (reason, certain), str(report)
        if mark is None:
            assert found.where is None
        else:
            assert (Path(found.where.file), found.where.line) == (HERE, line_of(mark)), str(report)
        assert reason.value in str(report)
    return after


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


# -- values that leave -------------------------------------------------------------------------------------------------


def test_a_number_that_comes_back_as_it_was(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        number = float(y)  # as a number
        z = tf.constant(2.0) * number
    check(tape, z, v, Reason.LEFT_LIBRARY, "as a number")


def test_an_array_that_comes_back_as_it_was(device):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(explain=True) as tape:
        array = (v * v).numpy()  # as an array
        z = tf.reduce_sum(tf.constant(array[1:]))
    check(tape, z, v, Reason.LEFT_LIBRARY, "as an array")


def test_a_number_that_is_computed_with(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        number = float(y)  # to Python
        other = math.sin(number) + 1.0
        z = tf.constant(2.0) * other
    report = check(tape, z, v, Reason.LEFT_LIBRARY, "to Python", certain=False)
    assert "`other`" in str(report)


def test_numpy_in_between(device):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(explain=True) as tape:
        y = np.mean(v * v, axis=0)  # NumPy
        z = tf.reduce_sum(y)
    check(tape, z, v, Reason.LEFT_LIBRARY, "NumPy", certain=False)


def scaled(number):
    return tf.constant(2.0) * (number + 1.0)


class Keeper:
    def keep(self, y):
        self.kept = y.numpy()  # into an attribute

    def use(self):
        return tf.constant(1.0) + self.kept * 2.0


def average(y):
    return float(tf.reduce_mean(y))  # out of a function


def test_through_the_arguments_of_a_function(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        z = scaled(float(v * v))  # into a function
    check(tape, z, v, Reason.LEFT_LIBRARY, "into a function", certain=False)


def test_through_an_attribute(device):
    v = tf.Variable(3.0)
    keeper = Keeper()
    with tf.GradientTape(explain=True) as tape:
        keeper.keep(v * v)
        z = keeper.use()
    check(tape, z, v, Reason.LEFT_LIBRARY, "into an attribute", certain=False)


def test_through_the_result_of_a_function_and_a_list(device):
    v = tf.Variable([1.0, 3.0])
    with tf.GradientTape(explain=True) as tape:
        losses = []
        losses.append(average(v * v) * 2)
        z = tf.constant(1.0) * sum(losses)
    check(tape, z, v, Reason.LEFT_LIBRARY, "out of a function", certain=False)


def test_numpy_function(device):
    v = tf.Variable([1.0, 3.0])
    with tf.GradientTape(explain=True) as tape:
        y = tf.numpy_function(np.sin, [v * v], tf.float32)  # a NumPy function
        z = tf.reduce_sum(y)
    check(tape, z, v, Reason.LEFT_LIBRARY, "a NumPy function")


# -- names and states --------------------------------------------------------------------------------------------------


def test_a_name_that_is_bound_anew():
    x = tf.Variable(2.0)
    for epoch in range(2):
        with tf.GradientTape(explain=True) as tape:
            y = x + 1
        gradient = tape.gradient(y, x)
        if epoch == 0:
            assert gradient.numpy() == 1.0
            x = x + 1  # bound anew
    assert gradient is None
    (found,) = tape.explain(y, x)
    assert (found.reason, found.certain, found.where.line) == (Reason.REBOUND, True, line_of("bound anew"))
    assert [other.reason for other in found.breaks] == [Reason.REBOUND, Reason.NEVER_WATCHED]
    assert "x.assign" in found.advice


def test_a_name_that_is_bound_anew_while_it_is_traced():
    w, lr = tf.Variable(2.0), 0.1
    with tf.GradientTape(explain=True) as first:
        loss = w * w
        w = w - lr * loss  # seen to be bound anew
        with tf.GradientTape(explain=True) as tape:
            loss = w * w
    check(tape, loss, w, Reason.REBOUND, "seen to be bound anew")
    assert first is not tape


def test_a_list_of_variables_that_becomes_a_list_of_tensors():
    params = [tf.Variable(1.0), tf.Variable(2.0)]
    for _ in range(2):
        with tf.GradientTape(explain=True) as tape:
            loss = params[0] * params[1]
        grads = tape.gradient(loss, params)
        if None in grads:
            break
        params = [p - 0.1 * g for p, g in zip(params, grads, strict=True)]  # all anew
    report = tape.explain(loss, params)
    assert [c.reason for c in report] == [Reason.REBOUND] * 2
    assert report.where.line == line_of("all anew")


class Model:
    def __init__(self):
        self.w = tf.Variable(2.0)

    def update(self, gradient):
        self.w = self.w - 0.1 * gradient  # an attribute anew


def test_an_attribute_that_is_bound_anew():
    model = Model()
    for _ in range(2):
        with tf.GradientTape(explain=True) as tape:
            loss = model.w * model.w
        gradient = tape.gradient(loss, model.w)
        if gradient is not None:
            model.update(gradient)
    (found,) = tape.explain(loss, model.w)
    assert (found.reason, found.where.line) == (Reason.REBOUND, line_of("an attribute anew"))


@pytest.mark.parametrize("method", ["assign", "assign_add", "assign_sub"])
def test_a_state_change(device, method):
    x, state = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape(explain=True) as tape:
        getattr(state, method)(x * 2.0)  # a state change
        y = state**2
    check(tape, y, x, Reason.STATE_CHANGE, "a state change")


def test_the_state_of_a_table(device):
    x, table = tf.Variable([1.0, 2.0]), tf.Variable(tf.zeros([3, 2]))
    with tf.GradientTape(explain=True) as tape:
        table.scatter_nd_update([[1]], [x * 2.0])  # a row changes
        y = tf.reduce_sum(table)
    check(tape, y, x, Reason.STATE_CHANGE, "a row changes")


def test_a_variable_made_from_a_value(device):
    x = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        v = tf.Variable(x * 2.0)  # a new state
        y = v * v
    check(tape, y, x, Reason.STATE_CHANGE, "a new state")


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


# -- several reasons, several sources ----------------------------------------------------------------------------------


def test_two_breaks_on_one_way_are_both_told(device):
    x = tf.constant(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * x  # the first of two
        z = tf.stop_gradient(y)
    report = check(tape, z, x, Reason.NEVER_WATCHED, "the first of two")
    assert [b.reason for b in report[0].breaks] == [Reason.NEVER_WATCHED, Reason.STOP_GRADIENT]


def test_breaks_on_several_ways_are_all_told(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        a = tf.stop_gradient(v)
        b = tf.cast(tf.cast(v, tf.int32), tf.float32)
        c = a * b
    (found,) = tape.explain(c, v)
    assert {b.reason for b in found.breaks} == {Reason.STOP_GRADIENT, Reason.INTEGER_DTYPE}


def test_a_report_on_several_sources(device):
    v, w, u = tf.Variable(3.0, name="v"), tf.Variable(2.0, name="w"), tf.constant(1.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y = v * tf.stop_gradient(w) + u
    report = tape.explain(y, {"v": v, "w": w, "u": u})
    assert len(report) == 3 and not report.connected
    assert report[v].connected and report[v].reason is None
    assert [step.op for step in report[v].path] == ["v:0", "Mul", "AddV2"]
    assert report[w].reason is Reason.STOP_GRADIENT
    assert report[u].reason is Reason.NEVER_WATCHED
    assert report.reason is report[1].reason or report.reason is report[0].reason
    with pytest.raises(KeyError):
        report[y]
    assert "stop_gradient" in report._repr_html_()


def test_many_sources_of_one_kind_are_told_once(device):
    weights = [tf.constant(float(i)) for i in range(30)]
    with tf.GradientTape(explain=True) as tape:
        y = tf.add_n(weights)
    text = str(tape.explain(y, weights))
    assert text.count("never watched") <= 3
    assert "and 24 more" in text


def test_several_targets(device):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y, z = tf.stop_gradient(v), w * 2.0
    report = tape.explain([y, z], [v, w])
    assert [c.connected for c in report] == [False, True]
    assert report[v].reason is Reason.STOP_GRADIENT


def test_what_is_no_tensor(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        y = v * v
    loss = y.numpy()  # and no Tensor any more
    (found,) = tape.explain(loss, v)
    assert (found.reason, found.certain) == (Reason.LEFT_LIBRARY, True)
    assert found.where.line == line_of("and no Tensor any more")
    assert "no Tensor" in str(found)
    (found,) = tape.explain(y, 3.0)
    assert (found.reason, found.certain, found.where) == (Reason.LEFT_LIBRARY, False, None)


def test_a_gradient_of_a_lookup_must_be_converted_first(device):
    table = tf.Variable(tf.ones([4, 2]))
    with tf.GradientTape(persistent=True, explain=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(table, [1, 2]) ** 2)
        rows = inner.gradient(y, table)
    (found,) = outer.explain(rows, table)
    assert (found.connected, found.reason) == (None, None)
    assert "tf.convert_to_tensor" in str(found)
    assert outer.explain(rows.values, table).connected


def test_explain_leaves_the_tape_as_it_is(device):
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        y = v * v
        assert tape.explain(y, v).connected
        z = y * v
    assert tape.explain(z, v).connected
    assert tape.gradient(z, v).numpy() == 27.0
