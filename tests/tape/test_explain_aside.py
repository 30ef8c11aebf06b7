"""Explain, by reason: what ran on other threads, or while the tape had stopped recording. See explain_kit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

program = Programs()


# -- other threads -----------------------------------------------------------------------------------------------------


@program(Reason.OTHER_THREAD)
def forward_pass_in_a_thread():
    w, found = tf.Variable(2.0), []

    def work():
        found.append(w * 3.0)  # here

    with Tape() as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = found[0] ** 2
    return ask(tape, y, w)


@program(Reason.OTHER_THREAD)
def a_pool_of_workers():
    w = tf.Variable(2.0)
    with Tape() as tape, ThreadPoolExecutor(1) as pool:
        parts = list(pool.map(lambda k: w * k, [1.0, 2.0]))  # here
        y = tf.add_n(parts)
    return ask(tape, y, w)


@program(Reason.OTHER_THREAD)
def a_whole_loss_elsewhere():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape, ThreadPoolExecutor(1) as pool:
        y = pool.submit(lambda: tf.reduce_sum(w)).result()  # here
    return ask(tape, y, w)


@program(Reason.OTHER_THREAD, certain=False)
def a_thread_with_a_tape_of_its_own():
    w, found = tf.Variable(2.0), []

    def work():
        with tf.GradientTape():
            found.append(tf.exp(w))  # here

    with Tape() as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = found[0] + 1.0
    return ask(tape, y, w)


@program(Reason.OTHER_THREAD)
def a_watched_constant():
    x, found = tf.constant(2.0), []

    def work():
        found.append(tf.sin(x))  # here

    with Tape() as tape:
        tape.watch(x)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        y = found[0] * 1.0
    return ask(tape, y, x)


# -- stop_recording, init_scope ----------------------------------------------------------------------------------------


@program(Reason.STOP_RECORDING, "tape.stop_recording()")
def metrics_that_get_into_the_loss():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = w * 2.0
        with tape.stop_recording():
            weight = tf.reduce_max(y)  # here
        loss = weight * 3.0
    return ask(tape, loss, w)


@program(Reason.STOP_RECORDING)
def a_value_read_while_stopped():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        with tape.stop_recording():
            value = w.read_value()  # here
        y = tf.reduce_sum(value)
    return ask(tape, y, w)


@program(Reason.STOP_RECORDING)
def a_gradient_taken_while_stopped():
    w = tf.Variable(2.0)
    with Tape() as outer:
        with tf.GradientTape() as inner:
            y = w**3
        with outer.stop_recording():
            slope = inner.gradient(y, w)  # here
        z = slope * 2.0
    return ask(outer, z, w)


@program(Reason.STOP_RECORDING)
def updates_of_a_running_mean():
    x = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        with tape.stop_recording():
            mean = tf.reduce_mean(x)  # here
        y = 2.0 * mean
    return ask(tape, y, x)


@program(Reason.STOP_RECORDING)
def the_target_itself():
    x = tf.Variable([1.0, 2.0])
    with Tape() as tape, tape.stop_recording():
        y = tf.reduce_mean(x)  # here
    return ask(tape, y, x)


@program(Reason.STOP_RECORDING, "tf.init_scope")
def lifted_out():
    v = tf.Variable(3.0)
    with Tape() as tape:
        with tf.init_scope():
            scale = v * 2.0  # here
        y = scale + 1.0
    return ask(tape, y, v)


@program(Reason.STOP_RECORDING, "tf.init_scope")
def lifted_out_of_a_function():
    v = tf.Variable(3.0)

    def f():
        with tf.init_scope():
            scale = tf.sin(v)  # here
        return scale * 1.0

    with Tape() as tape:
        y = f()
    return ask(tape, y, v)


@program(Reason.STOP_RECORDING)
def only_one_of_two_tapes_stops():
    v = tf.Variable(3.0)
    with Tape() as first, tf.GradientTape():
        with first.stop_recording():
            h = v * v  # here
        y = h + 1.0
    return ask(first, y, v)


@program(Reason.STOP_RECORDING)
def stopped_in_a_loop():
    v, total = tf.Variable(3.0), tf.constant(0.0)
    with Tape() as tape:
        for i in range(2):
            with tape.stop_recording():
                step = v * float(i)  # here
            total = total + step
    return ask(tape, total, v)


@program(Reason.STOP_RECORDING, also=[Reason.LEFT_LIBRARY])
def stopped_and_out_to_numpy():
    v = tf.Variable([3.0, 4.0])
    with Tape() as tape:
        with tape.stop_recording():
            h = v * 2.0  # here
        y = tf.reduce_sum(tf.constant(h.numpy()))
    return ask(tape, y, v)


test_program = program.test()
