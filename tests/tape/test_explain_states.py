"""Explain, by reason: names that are bound anew, and Variables that change. See explain_kit."""

from __future__ import annotations

from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

program = Programs()


# -- names bound anew --------------------------------------------------------------------------------------------------


@program(Reason.REBOUND, "w.assign", also=[Reason.NEVER_WATCHED], certain=False)
def gradient_descent_by_hand():
    w = tf.Variable(2.0)
    for step in range(2):
        with Tape() as tape:
            loss = w * w
        if step:
            return ask(tape, loss, w)
        w = w - 0.1 * tape.gradient(loss, w)  # here
    return None


@program(Reason.REBOUND, also=[Reason.NEVER_WATCHED], certain=False)
def shifted_weights():
    w = tf.Variable(2.0)
    w = w - 0.1  # here
    with Tape() as tape:
        loss = w * w
    return ask(tape, loss, w)


@program(Reason.REBOUND, also=[Reason.NEVER_WATCHED], certain=False)
def clipped_weights():
    w = tf.Variable([2.0, -3.0])
    w = tf.clip_by_value(w, -1.0, 1.0)  # here
    with Tape() as tape:
        loss = tf.reduce_sum(w**2)
    return ask(tape, loss, w)


@program(Reason.REBOUND, also=[Reason.NEVER_WATCHED], certain=False)
def weights_in_a_dictionary():
    params = {"w": tf.Variable(2.0)}
    for step in range(2):
        with Tape() as tape:
            loss = params["w"] ** 2
        if step:
            return ask(tape, loss, params["w"])
        params["w"] = params["w"] - 0.1 * tape.gradient(loss, params["w"])  # here
    return None


@program(Reason.REBOUND, also=[Reason.NEVER_WATCHED], certain=False)
def a_list_of_weights():
    ws = [tf.Variable(2.0), tf.Variable(1.0)]
    for step in range(2):
        with Tape() as tape:
            loss = ws[0] * ws[1]
        if step:
            return ask(tape, loss, ws[1])
        ws = [w - g for w, g in zip(ws, tape.gradient(loss, ws), strict=True)]  # here
    return None


class Model:
    def __init__(self):
        self.w = tf.Variable(2.0)

    def loss(self):
        return self.w**2

    def step(self, gradient):
        self.w = self.w - 0.1 * gradient  # here: an_attribute


@program(Reason.REBOUND, "model.w", also=[Reason.NEVER_WATCHED], certain=False)
def an_attribute():
    model = Model()
    for step in range(2):
        with Tape() as tape:
            loss = model.loss()
        if step:
            return ask(tape, loss, model.w)
        model.step(tape.gradient(loss, model.w))
    return None


@program(Reason.REBOUND, also=[Reason.NEVER_WATCHED])
def bound_anew_while_the_tape_looks():
    w = tf.Variable(2.0)
    with Tape() as outer:
        w = w * 0.5  # here
        with Tape() as tape:
            loss = w * w
    assert outer is not None
    return ask(tape, loss, w)


# -- states ------------------------------------------------------------------------------------------------------------


@program(Reason.STATE_CHANGE, "by assign")
def fast_weights_of_meta_learning():
    w, fast = tf.Variable(2.0), tf.Variable(0.0)
    with Tape() as tape:
        fast.assign(w - 0.1 * w)  # here
        loss = fast**2
    return ask(tape, loss, w)


@program(Reason.STATE_CHANGE)
def inner_step_that_assigns():
    rate, w = tf.Variable(0.1), tf.Variable(2.0)
    with Tape() as outer:
        with tf.GradientTape() as inner:
            loss = w * w
        w.assign_sub(rate * inner.gradient(loss, w))  # here
        y = w**2
    return ask(outer, y, rate)


@program(Reason.STATE_CHANGE, "before the tape began", absent=["constant"])
def a_step_between_two_tapes():
    x, q = tf.Variable(3.0), tf.Variable(1.0)
    with Tape(persistent=True) as first:
        y = x**3
    q.assign(q - 0.1 * first.gradient(y, x))  # here
    with Tape() as tape:
        z = q * q
    return ask(tape, z, x)


@program(Reason.STATE_CHANGE, "before the tape began")
def optimizer_step_of_another_loss():
    x, w = tf.Variable(3.0), tf.Variable(1.0)
    with Tape(persistent=True) as first:
        loss = x * w
    w.assign_sub(0.1 * first.gradient(loss, w))  # here
    with Tape() as tape:
        z = w**2
    return ask(tape, z, x)


@program(Reason.STATE_CHANGE, "assign_add")
def an_accumulator():
    v, total = tf.Variable(3.0), tf.Variable(0.0)
    with Tape() as tape:
        for _ in range(2):
            total.assign_add(v * v)  # here
        y = total * 1.0
    return ask(tape, y, v)


@program(Reason.STATE_CHANGE)
def a_memory_of_rows():
    v, memory = tf.Variable([1.0, 2.0]), tf.Variable(tf.zeros([3, 2]))
    with Tape() as tape:
        memory.scatter_nd_update([[0]], [v * 2.0])  # here
        y = tf.reduce_sum(memory)
    return ask(tape, y, v)


@program(Reason.STATE_CHANGE)
def assigned_to_a_slice():
    v, state = tf.Variable(1.0), tf.Variable([0.0, 0.0])
    with Tape() as tape:
        state[1].assign(v * 2.0)  # here
        y = tf.reduce_sum(state)
    return ask(tape, y, v)


@program(Reason.STATE_CHANGE, "when it was made")
def a_variable_of_a_tensor():
    v = tf.Variable(1.0)
    with Tape() as tape:
        w = tf.Variable(v * 2.0)  # here
        y = w * 3.0
    return ask(tape, y, v)


@program(Reason.STATE_CHANGE)
def running_mean_of_batch_norm():
    x, mean = tf.Variable([1.0, 3.0]), tf.Variable(0.0, trainable=False)
    with Tape() as tape:
        mean.assign(0.9 * mean + 0.1 * tf.reduce_mean(x))  # here
        y = mean * 2.0
    return ask(tape, y, x)


@program(Reason.STATE_CHANGE)
def assigned_inside_of_a_function():
    v, state = tf.Variable(1.0), tf.Variable(0.0)

    @tf.function
    def step():
        state.assign(tf.sin(v))  # here
        return state * 2.0

    with Tape() as tape:
        y = step()
    return ask(tape, y, v)


@program(Reason.STATE_CHANGE, also=[Reason.STOP_GRADIENT])
def polyak_average():
    w, average = tf.Variable(1.0), tf.Variable(0.0)
    with Tape() as tape:
        average.assign(0.9 * average + 0.1 * w)  # here
        y = tf.stop_gradient(average * 1.0)
    return ask(tape, y, w)


test_program = program.test()
