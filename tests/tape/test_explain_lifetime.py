"""What tracing holds, and when it lets go; and that nothing of it is left when no tape is traced."""

from __future__ import annotations

import gc
import inspect
import threading
import tracemalloc
import weakref

import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import wengert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.notes import observer, trace


@pytest.fixture(autouse=True)
def not_asked(monkeypatch):
    """Whatever the environment says."""
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)


def methods():
    """The methods that tracing replaces, as they are now."""
    return {key: inspect.getattr_static(key[0], key[1]) for key in observer.plain}


@pytest.fixture(autouse=True)
def no_trace_before():
    gc.collect()
    gc.disable()
    assert not observer._observers, "another test left a traced tape behind"
    yield
    gc.enable()


def test_tracing_is_there_only_while_a_tape_wants_it():
    plain = methods()
    assert plain == observer.plain
    v = tf.Variable(3.0)
    tape = tf.GradientTape(explain=True)
    assert methods() == plain
    with tape:
        y = v * v
        assert methods() == observer._replaced
    assert methods() == observer._replaced  # it may still be asked
    z = y * 2.0
    tape.gradient(z, v)
    assert methods() == plain
    assert wengert.state.observer is None and wengert.state.recordings == []
    assert "_node" in Tensor.__slots__ and isinstance(Tensor.__dict__["_node"], type(Tensor.__dict__["_t"]))


def test_a_tape_that_is_dropped_ends_its_tracing():
    plain = methods()
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True, explain=True) as tape:
        _ = v * v
    tape.gradient(v * v, v)
    assert methods() != plain
    del tape
    assert methods() == plain
    assert wengert.state.recordings == []


def test_an_exception_inside_leaves_nothing_behind():
    v = tf.Variable(3.0)
    with pytest.raises(ZeroDivisionError), tf.GradientTape(explain=True) as tape:
        _ = v * v
        raise ZeroDivisionError
    del tape
    gc.collect()  # the exception's traceback
    assert methods() == observer.plain


def test_tapes_that_overlap_share_one_observer():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as outer:
        with tf.GradientTape(explain=True) as inner:
            y = v * v
        assert len(wengert.state.recordings) == 2  # the observer, and the outer tape
        inner.gradient(y, v)
        assert methods() == observer._replaced
        z = y * v
    outer.gradient(z, v)
    assert methods() == observer.plain


def test_a_trace_holds_no_tensors():
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(explain=True) as tape:
        y = tf.exp(v)
        dropped, kept = weakref.ref(y._t), weakref.ref((y * 2.0)._t)
        assert kept() is None
        z = tf.reduce_sum(y)
        del y
    assert dropped() is not None  # for the gradient of exp
    tape.gradient(z, v)
    assert dropped() is None
    assert "Exp" in str(tape.listing())


def step(variables, keep):
    with tf.GradientTape(persistent=keep, explain=True) as tape:
        h = tf.constant([[1.0, 2.0]])
        for w in variables:
            h = tf.tanh(h @ w)
        loss = tf.reduce_sum(h * tf.stop_gradient(h))
    grads = tape.gradient(loss, variables)
    for w, g in zip(variables, grads, strict=True):
        w.assign_sub(0.01 * g)
    float(loss)
    return tape


@pytest.mark.parametrize("keep", [False, True])
def test_hundreds_of_steps_hold_no_more_than_ten(keep):
    variables = [tf.Variable([[0.1, 0.2], [0.3, 0.4]]) for _ in range(2)]
    for _ in range(10):
        tape = step(variables, keep)
    few = len(tape._tracer.trace.lines)
    tracemalloc.start()
    tape = step(variables, keep)
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(300):
        tape = step(variables, keep)
    gc.collect()  # frames that were looked at may wait for it
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(tape._tracer.trace.lines) <= few + 50
    assert (
        after - before < 200_000
    )  # a list of weak references may grow to 1024; what a step writes takes 10 kB
    assert len(list(trace.traces)) <= 2
    del tape
    assert methods() == observer.plain


def test_a_tape_that_is_never_dropped_does_not_keep_what_comes_after(monkeypatch):
    monkeypatch.setattr(observer, "LATE", 500)
    v = tf.Variable(3.0)
    with tf.GradientTape(persistent=True, explain=True) as kept:
        y = v * v
    value = tf.constant(1.0)
    for _ in range(2000):
        value = value * 1.0
    assert len(kept._tracer.trace.lines) < 600
    assert methods() == observer.plain
    assert kept.gradient(y, v).numpy() == 6.0
    for _ in range(300):  # training that goes on while the old tape is kept
        with tf.GradientTape(explain=True) as tape:
            z = v * v
        tape.gradient(z, v)
    assert len(tape._tracer.trace.lines) < 600


def test_a_tape_that_goes_on_another_thread():
    v = tf.Variable(3.0)
    holder = []
    with tf.GradientTape(persistent=True, explain=True) as tape:
        _ = v * v
    holder.append(tape)
    del tape
    thread = threading.Thread(target=holder.clear)
    thread.start()
    thread.join()
    assert methods() == observer.plain
    y = v * v  # this thread notices
    assert y.numpy() == 9.0
    with tf.GradientTape() as tape:
        y = v * v
    assert tape.gradient(y, v).numpy() == 6.0
    with tf.GradientTape(explain=True) as tape:
        y = v * v
    assert tape.gradient(y, v).numpy() == 6.0
    assert wengert.state.recordings == []


def test_traced_tapes_on_many_threads():
    v = tf.Variable([1.0, 2.0, 3.0])
    wrong = []

    def work(number):
        for _ in range(30):
            x = tf.constant(float(number))
            with tf.GradientTape(explain=True) as tape:
                y = tf.reduce_sum(v * v) * tf.stop_gradient(x) + x
            gradient = tape.gradient(y, [v, x])
            report = tape.explain(y, [v, x])
            if gradient[1] is not None or [c.connected for c in report] != [True, False]:
                wrong.append(str(report))
            if report[1].reason.name != "NEVER_WATCHED":
                wrong.append(str(report))
            if gradient[0].numpy().tolist() != [2.0 * number * i for i in (1, 2, 3)]:
                wrong.append(str(gradient))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert methods() == observer.plain


def test_what_other_threads_do_is_not_slowed_down_into_the_list():
    """An untraced tape of another thread records what it would record without tracing."""
    v = tf.Variable(3.0)
    found = {}

    def work():
        with tf.GradientTape() as tape:
            y = v * v
            found["entries"] = len(tape._record.live())
        found["gradient"] = tape.gradient(y, v).numpy()

    with tf.GradientTape(explain=True) as tape:
        y = v * 2.0
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == {"entries": 1, "gradient": 6.0}
    assert tape.gradient(y, v).numpy() == 2.0


def test_methods_of_the_plain_classes_are_found_by_every_subclass():
    v = tf.Variable(3.0)
    with tf.GradientTape(explain=True) as tape:
        assigned = v.assign(4.0)
        y = assigned * 2.0
    assert isinstance(assigned, Variable)
    assert tape.gradient(y, v).numpy() == 2.0
