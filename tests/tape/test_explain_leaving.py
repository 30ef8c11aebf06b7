"""Why a gradient is None: values that left the library, and names and states that are not what they were.

Each test marks the line where the path breaks with a comment, and the report must name that line.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from explain_marks_kit import check, line_of

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


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
