"""Explain, by reason: what the tape did not record, for it began late, ended early, or looked away. See explain_kit."""

from __future__ import annotations

import threading

import numpy as np
from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

program = Programs()


# -- watched after use -------------------------------------------------------------------------------------------------


@program(Reason.WATCHED_AFTER_USE)
def watch_after_the_forward_pass():
    x, w = tf.constant([[1.0, 2.0]]), tf.constant([[1.0], [2.0]])
    with Tape() as tape:
        logits = tf.matmul(x, w)  # here
        tape.watch(x)
        loss = tf.reduce_sum(logits)
    return ask(tape, loss, x)


@program(Reason.WATCHED_AFTER_USE)
def normalized_before_it_is_watched():
    image = tf.constant([[0.0, 128.0]])
    with Tape() as tape:
        scaled = image / 255.0  # here
        tape.watch(image)
        y = tf.reduce_mean(scaled**2)
    return ask(tape, y, image)


@program(Reason.WATCHED_AFTER_USE)
def watched_in_the_second_of_two_loops():
    x = tf.constant(2.0)
    total = tf.constant(0.0)
    with Tape() as tape:
        for _ in range(2):
            total = total + x**2  # here
        tape.watch(x)
    return ask(tape, total, x)


@program(Reason.WATCHED_AFTER_USE)
def inside_of_a_function():
    x = tf.constant(2.0)

    @tf.function
    def f(a):
        return tf.sin(a)  # here

    with Tape() as tape:
        y = f(x)
        tape.watch(x)
    return ask(tape, y, x)


@program(Reason.WATCHED_AFTER_USE)
def a_frozen_variable_watched_late():
    v = tf.Variable(2.0, trainable=False)
    with Tape() as tape:
        y = v * 2.0  # here
        tape.watch(v)
    return ask(tape, y, v)


@program(Reason.WATCHED_AFTER_USE)
def nothing_watched_by_itself():
    v = tf.Variable(2.0)
    with Tape(watch_accessed_variables=False) as tape:
        y = tf.exp(v)  # here
        tape.watch(v)
    return ask(tape, y, v)


@program(None)
def outer_watches_after_inner():
    x = tf.constant(2.0)
    with Tape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x**3
        outer.watch(x)
        slope = inner.gradient(y, x)
    return ask(outer, slope, x)


@program(Reason.WATCHED_AFTER_USE)
def intermediate_watched_late():
    v = tf.constant(2.0)
    with Tape() as tape:
        h = v * 2.0
        y = h * h  # here
        tape.watch(h)
    return ask(tape, y, h)


@program(Reason.WATCHED_AFTER_USE)
def list_of_inputs_watched_late():
    xs = [tf.constant(1.0), tf.constant(2.0)]
    with Tape() as tape:
        y = tf.add_n(xs)  # here
        tape.watch(xs)
    return ask(tape, y, xs[1])


@program(Reason.WATCHED_AFTER_USE)
def persistent():
    x = tf.constant(2.0)
    with Tape(persistent=True) as tape:
        y = x * x  # here
        tape.watch(x)
        _ = x * 2.0
    return ask(tape, y, x)


# -- computed before the tape began ------------------------------------------------------------------------------------


@program(Reason.BEFORE_CONTEXT, "`batch`", "nothing was computed from it", certain=False)
def fgsm_on_a_batch_that_was_made_before():
    image = tf.constant([[0.1, 0.2], [0.3, 0.4]])
    w = tf.Variable([[1.0], [2.0]])
    batch = image[None]  # here
    with Tape() as tape:
        tape.watch(image)
        loss = tf.reduce_sum(tf.matmul(batch[0], w))
    return ask(tape, loss, image)


@program(Reason.BEFORE_CONTEXT, "`features`", certain=False)
def features_computed_before():
    w = tf.Variable([[1.0], [2.0]])
    features = tf.matmul(tf.ones([3, 2]), w)  # here
    with Tape() as tape:
        loss = tf.reduce_mean(features**2)
    return ask(tape, loss, w)


@program(Reason.BEFORE_CONTEXT, certain=False)
def logits_of_a_model_called_before():
    w = tf.Variable([[1.0, 2.0]])

    def model(x):
        return tf.matmul(x, w)

    logits = model(tf.ones([2, 1]))  # here
    with Tape() as tape:
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits([0, 1], logits)
    return ask(tape, loss, w)


@program(Reason.BEFORE_CONTEXT, "`z`", certain=False)
def reparametrisation_before_the_tape():
    mu, log_sigma = tf.Variable(0.5), tf.Variable(0.0)
    z = mu + tf.exp(log_sigma) * tf.random.normal([])  # here
    with Tape() as tape:
        loss = tf.square(z - 1.0)
    return ask(tape, loss, mu)


@program(Reason.BEFORE_CONTEXT)
def fake_images_of_an_earlier_tape():
    z, g, d = tf.ones([2, 1]), tf.Variable([[2.0]]), tf.Variable([[3.0]])
    with Tape() as first:
        fake = tf.matmul(z, g)  # here
    with Tape() as tape:
        loss = tf.reduce_mean(tf.matmul(fake, d))
    assert first is not None
    return ask(tape, loss, g)


@program(Reason.BEFORE_CONTEXT)
def state_of_a_recurrent_step():
    w = tf.Variable(0.5)
    with Tape(persistent=True) as first:
        state = tf.tanh(w * 1.0)  # here
    with Tape() as tape:
        loss = state**2
    assert first is not None
    return ask(tape, loss, w)


@program(Reason.BEFORE_CONTEXT, "here its value is used")
def recorded_by_an_untraced_tape_before():
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as other:
        y = v * v
    with Tape() as tape:
        z = y + 1.0  # here
    assert other is not None
    return ask(tape, z, v)


@program(Reason.BEFORE_CONTEXT, "`y`", certain=False)
def the_whole_target():
    v = tf.Variable(3.0)
    y = v * v  # here
    with Tape() as tape:
        _ = v + 1.0
    return ask(tape, y, v)


@program(Reason.BEFORE_CONTEXT, "`masked`", certain=False)
def through_several_names():
    image = tf.random.uniform([2, 2])
    scaled = image * 2.0 - 1.0
    masked = tf.where(scaled > 0.0, scaled, 0.0)  # here
    with Tape() as tape:
        tape.watch(image)
        y = tf.reduce_sum(masked * masked)
    return ask(tape, y, image)


@program(Reason.INDEPENDENT, certain=False)
def a_target_that_is_another_input():
    x, y = tf.constant([1.0, 3.0]), tf.constant([2.0, 5.0])
    with Tape() as tape:
        tape.watch([x, y])
    return ask(tape, y, x)


class Cache:
    def __init__(self, w):
        self.rows = tf.gather(w, [0, 1])

    def loss(self):
        return tf.reduce_sum(self.rows)


@program(Reason.BEFORE_CONTEXT, "cache.rows", certain=False)
def an_attribute():
    w = tf.Variable([1.0, 2.0, 3.0])
    cache = Cache(w)
    cache.rows = tf.gather(w, [0, 1])  # here
    with Tape() as tape:
        y = cache.loss()
    return ask(tape, y, w)


@program("unknown")
def a_value_of_which_nothing_is_known():
    x = tf.constant([1.0, 2.0])
    box = make_box(x)
    with Tape() as tape:
        tape.watch(x)
        y = box()
    return ask(tape, y, x)


def make_box(value):
    held = [[[[value * 2.0]]]]
    return lambda: tf.reduce_sum(held[0][0][0][0])


@program(Reason.INDEPENDENT, certain=False, also=[Reason.NEVER_WATCHED])
def data_that_was_there_before():
    v, w = tf.Variable(2.0), tf.Variable(1.0)
    x = tf.constant([1.0, 2.0])
    with Tape() as tape:
        y = tf.reduce_sum(w * x)
    return ask(tape, y, v)


@program(Reason.INDEPENDENT, certain=False)
def batches_of_a_loop():
    v, w = tf.Variable(2.0), tf.Variable(1.0)
    for x in [tf.constant([1.0]), tf.constant([2.0])]:
        with Tape() as tape:
            _ = v * 1.0
            y = tf.reduce_sum(w * x)
    return ask(tape, y, v)


# -- after the context -------------------------------------------------------------------------------------------------


@program(Reason.AFTER_CONTEXT)
def loss_after_the_context():
    w, x = tf.Variable([[1.0], [2.0]]), tf.ones([3, 2])
    with Tape() as tape:
        prediction = tf.matmul(x, w)
    loss = tf.reduce_mean(prediction**2)  # here
    return ask(tape, loss, w)


@program(Reason.AFTER_CONTEXT)
def indentation():
    w = tf.Variable(1.0)
    with Tape() as tape:
        y = w * 2.0
    y = y + w  # here
    return ask(tape, y, w)


@program(Reason.AFTER_CONTEXT)
def regularization_outside():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        loss = tf.reduce_sum(w)
    total = loss + 0.01 * tf.nn.l2_loss(w)  # here
    return ask(tape, total, w)


@program(Reason.AFTER_CONTEXT)
def everything_outside():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        pass
    loss = tf.reduce_sum(w * w)  # here
    return ask(tape, loss, w)


@program(Reason.AFTER_CONTEXT)
def penalty_on_a_gradient_outside_of_the_outer_tape():
    x = tf.Variable([1.0, 2.0])
    with Tape() as outer, tf.GradientTape() as inner:
        y = tf.reduce_sum(x**3)
    slope = inner.gradient(y, x)  # here
    return ask(outer, slope, x)


@program(Reason.AFTER_CONTEXT)
def one_element_of_the_target():
    x = tf.Variable([1.0, 2.0])
    with Tape(persistent=True) as tape:
        y = x**2
    return ask(tape, y[0], x)  # here


@program(Reason.AFTER_CONTEXT)
def sum_of_losses():
    w = tf.Variable(1.0)
    losses = []
    with Tape() as tape:
        for i in range(3):
            losses.append(w * float(i))
    total = tf.add_n(losses)  # here
    return ask(tape, total, w)


@program(Reason.AFTER_CONTEXT)
def in_a_function_called_afterwards():
    w = tf.Variable(1.0)

    @tf.function
    def loss(y):
        return y * y  # here

    with Tape() as tape:
        y = w * 3.0
    z = loss(y)
    return ask(tape, z, w)


@program(Reason.AFTER_CONTEXT)
def mean_over_axis_afterwards():
    w = tf.Variable(tf.ones([2, 3]))
    with Tape() as tape:
        y = tf.nn.relu(w)
    pooled = tf.reduce_mean(y, axis=1)  # here
    return ask(tape, pooled, w)


@program(Reason.AFTER_CONTEXT, also=[Reason.STOP_GRADIENT])
def stopped_and_late():
    w = tf.Variable(1.0)
    with Tape() as tape:
        y = tf.stop_gradient(w * 2.0)
    z = y * w  # here
    return ask(tape, z, w)


# -- reset -------------------------------------------------------------------------------------------------------------


@program(Reason.TAPE_RESET)
def reset_between_the_losses():
    w = tf.Variable(1.0)
    with Tape(persistent=True) as tape:
        first = w * 2.0
        tape.reset()  # here
        _ = w * 3.0
        y = first * 1.0
    return ask(tape, y, w)


@program(Reason.TAPE_RESET)
def reset_after_the_watch():
    x = tf.constant(1.0)
    with Tape() as tape:
        tape.watch(x)
        tape.reset()  # here
        y = tf.exp(x)
    return ask(tape, y, x)


@program(Reason.TAPE_RESET)
def reset_in_each_step():
    w = tf.Variable(1.0)
    with Tape(persistent=True) as tape:
        state = tf.constant(0.0)
        for _ in range(2):
            tape.reset()  # here
            y = state * 2.0
            state = w * 2.0 + state
    return ask(tape, y, w)


@program(Reason.TAPE_RESET)
def target_before_the_reset():
    w = tf.Variable(1.0)
    with Tape() as tape:
        y = w * w
        tape.reset()  # here
    return ask(tape, y, w)


@program(Reason.TAPE_RESET)
def a_constant_watched_and_used_before():
    x = tf.constant(2.0)
    with Tape() as tape:
        tape.watch(x)
        h = x * x
        tape.reset()  # here
        tape.watch(x)
        y = h + 1.0
    return ask(tape, y, x)


@program(Reason.TAPE_RESET)
def a_lookup_before_the_reset():
    table = tf.Variable(tf.ones([3, 2]))
    with Tape() as tape:
        rows = tf.gather(table, [1])
        tape.reset()  # here
        y = tf.reduce_sum(rows)
    return ask(tape, y, table)


@program(Reason.TAPE_RESET, also=[Reason.STOP_GRADIENT])
def reset_and_stopped():
    w = tf.Variable(1.0)
    with Tape() as tape:
        h = w * 2.0
        tape.reset()  # here
        y = tf.stop_gradient(h) * 3.0
    return ask(tape, y, w)


# -- connected all the same --------------------------------------------------------------------------------------------


@program(None)
def made_before_but_not_needed():
    image = tf.constant([1.0, 2.0])
    batch = image[None]
    with Tape() as tape:
        tape.watch(image)
        y = tf.reduce_sum(image * batch)
    return ask(tape, y, image)


@program(None)
def computed_before_and_watched_itself():
    v = tf.Variable(2.0)
    h = v * 3.0
    with Tape() as tape:
        tape.watch(h)
        y = h * h
    return ask(tape, y, h)


@program(None)
def a_thread_that_looks_on():
    v = tf.Variable(2.0)
    with Tape() as tape:
        y = v * v
        thread = threading.Thread(target=lambda: np.asarray(y))
        thread.start()
        thread.join()
    return ask(tape, y, v)


test_program = program.test()
