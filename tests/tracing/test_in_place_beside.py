"""Variables that are overwritten where they are, beside threads, other functions, tapes and profiles."""

from __future__ import annotations

import threading
import time
import weakref
from typing import Any

import numpy as np
import torch
from in_place_kit import SIDE, WAYS, Model, in_one_state, plans, same

import tfcompat_tape as tf
from tfcompat_tape.core import overwriting


@WAYS
def test_threads_that_read_see_a_value_before_or_after(jit: bool, states: list[list[np.ndarray]]) -> None:
    model = Model(jit).ready()
    rows = np.stack([state[0][0] for state in states])
    done = threading.Event()
    wrong: list[Any] = []
    reads = 0

    def read() -> None:
        nonlocal reads
        while not done.is_set():
            held = [model.w.value(), tf.convert_to_tensor(model.w), model.w + 0.0]
            first = [x.numpy() for x in held]
            time.sleep(0.0005)
            for x, a in zip(held, first, strict=True):
                nearest = states[int(np.abs(rows - a[0]).max(axis=1).argmin())][0]
                if not np.allclose(nearest, a, rtol=1e-4, atol=1e-6) or not np.array_equal(x.numpy(), a):
                    wrong.append(np.abs(nearest - a).max())
            reads += 1

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(len(states) - 4):
            model.step(model.x)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong and reads
    assert in_one_state(model, states)


def test_two_threads_that_step() -> None:
    v = tf.Variable(tf.zeros([SIDE, SIDE]))
    u = tf.Variable(tf.zeros([SIDE, SIDE]))

    @tf.function
    def step() -> None:
        v.assign_add(tf.ones_like(v))
        u.assign(v * 2.0)

    step()
    step()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(200):
                step()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    a, b = v.numpy(), u.numpy()
    assert (a == a[0, 0]).all() and (b == 2.0 * a).all() and 202.0 <= a[0, 0] <= 402.0


def test_a_thread_that_traces_meanwhile_waits_for_the_value() -> None:
    v = tf.Variable(tf.ones([SIDE, SIDE]))
    before = v.__dict__.pop("_t")
    found: list[Any] = []
    with overwriting.lock:
        tf.function(lambda: v.assign_add(tf.ones_like(v)))  # makes nothing yet
        thread = threading.Thread(target=lambda: found.append(float(tf.function(lambda: tf.reduce_sum(v))())))
        thread.start()
        time.sleep(0.05)
        assert not found
        v.__dict__["_t"] = before
    thread.join()
    assert found == [float(SIDE * SIDE)]


def test_functions_within_others_and_loops() -> None:
    model, eager = Model(False), Model(False)
    outer = tf.function(lambda x: (model.step(x), model.step(x))[1])

    @tf.function
    def loop(x: Any) -> None:
        for _ in tf.range(3):
            model.step(x)

    for _ in range(3):
        outer(model.x)
    for _ in range(6):
        eager.train(eager.x)
    places = model.addresses()
    outer(model.x)
    assert model.addresses() == places
    loop(model.x)
    for _ in range(5):
        eager.train(eager.x)
    assert same(model.values(), eager.values())


def test_under_a_tape_and_after_it() -> None:
    model, eager = Model(False).ready(), Model(False)
    for _ in range(3):
        eager.train(eager.x)
    before = tf.identity(model.w)
    with tf.GradientTape() as tape:
        loss = model.step(model.x)
    with tf.GradientTape() as plain:
        expected = eager.train(eager.x)
    model.step(model.x)
    eager.train(eager.x)
    np.testing.assert_allclose(
        tape.gradient(loss, model.w), plain.gradient(expected, eager.w), rtol=1e-4, atol=1e-7
    )
    assert same(model.values(), eager.values()) and not np.array_equal(before, model.w)


def test_with_sizes_that_differ_and_a_strategy() -> None:
    strategy = tf.distribute.MirroredStrategy()
    with strategy.scope():
        model = Model(False, input_signature=[tf.TensorSpec([None, SIDE], tf.float32)])
    eager = Model(False)
    for rows in (4, 2, 3, 4, 1):
        strategy.run(model.step, (model.x[:rows],))
        places = model.addresses()
        eager.train(eager.x[:rows])
    strategy.run(model.step, (model.x,))
    eager.train(eager.x)
    assert same(model.values(), eager.values()) and model.addresses() == places


def test_variables_that_are_arguments() -> None:
    @tf.function
    def swap(a: Any, b: Any, x: Any) -> None:
        old = a * 1.0
        a.assign(b + x)
        b.assign(old - x)

    one, two, three = (tf.Variable(tf.fill([SIDE, SIDE], n)) for n in (1.0, 2.0, 3.0))
    x = tf.ones([SIDE, SIDE])
    for _ in range(3):
        swap(one, two, x)  # ends as it would after one
    (plan,) = plans(swap)
    assert len(plan.olds) == 2
    three.assign(three + 0.0)
    places = [v._t.data_ptr() for v in (one, three)]
    swap(one, three, x)
    assert [float(v[0, 0]) for v in (one, two, three)] == [4.0, 0.0, 2.0]
    assert [v._t.data_ptr() for v in (one, three)] == places
    swap(two, two, x)
    eager = tf.Variable(tf.zeros([SIDE, SIDE]))
    swap.python_function(eager, eager, x)
    assert float(two[3, 4]) == float(eager[3, 4])


def test_inference_mode_of_torch() -> None:
    model, eager = Model(False).ready(1), Model(False)
    with torch.inference_mode():
        model.ready(2)
    model.ready(2)
    for _ in range(5):
        eager.train(eager.x)
    assert same(model.values(), eager.values())


def test_the_first_call_is_let_go_of() -> None:
    tf.function(lambda x: x + 1.0)(tf.constant(1.0))  # in a process torch keeps that until it is collected

    class Held:
        pass

    def call(model: Model) -> list[weakref.ref[Any]]:
        held = Held()
        x = tf.constant(np.ones((4, SIDE), np.float32))
        refs = [weakref.ref(one) for one in (held, x._t, *[v._t for v in model.variables])]
        model.step(x)
        return refs

    model = Model(False)
    refs = call(model)
    assert [one() for one in refs] == [None] * 5


def test_a_profile_sees_the_kernels_of_the_end() -> None:
    model = Model(False).ready()
    places = model.addresses()
    with tf.profile() as profile:
        model.step(model.x)
    names = {row.name for row in profile.by_op()}
    assert {"aten.sub", "aten.mm"} <= names or {"Sub", "MatMul"} <= names, names
    model.ready(2)
    assert model.addresses() != places  # it was computed anew, and stays there since
