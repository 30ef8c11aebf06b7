"""What a tape holds, and when it lets go: by reference counting alone, so everything runs with gc disabled."""

from __future__ import annotations

import gc
import weakref

import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import wengert


@pytest.fixture(autouse=True)
def no_gc():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def raw(tensor):
    """A weak reference to the torch tensor behind `tensor`."""
    return weakref.ref(tensor._t)


def test_a_dropped_result_takes_its_entry_along(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.exp(x)
        entry, value = weakref.ref(y._node), raw(y)
        del y
        assert entry() is None
        assert value() is None
    assert tape.gradient(tf.constant(1.0), x) is None


def test_many_dropped_results_leave_a_short_list(device):
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        for _ in range(10_000):
            _ = x * x
        assert len(tape._record.refs) < 3_000
        y = x * x
    assert tape.gradient(y, x).numpy() == 2.0


def test_nothing_is_held_after_the_gradient(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.exp(x)
        inner = raw(y)
        z = tf.reduce_sum(tf.sin(y))
        del y
        assert inner() is not None  # sin's rule needs it
    tape.gradient(z, x)
    assert inner() is None
    assert z._node.tapes == wengert.NOBODY
    assert z._node.parents == ()


def test_a_tape_that_goes_releases_the_list_though_results_live_on(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.exp(x)
        inner = raw(y)
        z = tf.sin(y)
        del y
    assert inner() is not None
    del tape
    assert inner() is None
    assert z.shape == [2]


def test_a_persistent_tape_keeps_everything_until_it_is_dropped(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.exp(x)
        inner = raw(y)
        z = tf.sin(y)
        del y
    first = tape.gradient(z, x)
    second = tape.gradient(z, x)
    assert (first.numpy() == second.numpy()).all()
    assert inner() is not None
    del tape, first, second
    assert inner() is None


def test_an_entry_is_shared_and_stays_for_the_tape_that_still_needs_it(device):
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x * x * x
        entry = y._node
        assert entry.tapes == {outer._record.id, inner._record.id}
        g = inner.gradient(y, x)
        assert entry.tapes == {outer._record.id}
    assert outer.gradient([g, y], x).numpy() == 12.0 + 12.0


def test_an_add_keeps_no_tensor_alive(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * 2.0
        value = raw(y)
        z = y + 1.0
        del y
        assert value() is None
    assert (tape.gradient(z, x).numpy() == 2.0).all()


def test_a_product_keeps_only_what_a_needed_gradient_reads(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.exp(x)
        z = y * tf.constant([3.0, 4.0])
        assert z._node.inputs[0] is None
        assert z._node.inputs[1] is not None
    assert tape.gradient(z, x) is not None


def test_numbers_rise_along_the_list(device):
    x = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.exp(tf.sin(x * 2.0) + x)
    entries = tape._record.live()
    assert [e.type for e in entries] == ["Mul", "Sin", "AddV2", "Exp"]
    numbers = [e.number for e in entries]
    assert numbers == sorted(numbers)
    assert all(p.number < e.number for e in entries for p in e.parents if p is not None)
    assert y._node is entries[-1]


def test_an_exception_leaves_no_tape_behind(device):
    x = tf.Variable(1.0)
    with pytest.raises(ZeroDivisionError), tf.GradientTape(), tf.GradientTape():
        _ = x * x
        raise ZeroDivisionError
    assert wengert.state.recordings == []
    assert not wengert.listening & {r.id for r in wengert.state.recordings}
    assert (x * x)._node is None


def test_a_failing_op_inside_a_tape_does_not_disturb_it(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        with pytest.raises(tf.errors.InvalidArgumentError):
            _ = x * tf.constant([1.0, 2.0, 3.0])
        y = x * x
    assert (tape.gradient(y, x).numpy() == [2.0, 4.0]).all()


def test_a_deep_chain_is_freed_without_recursion(device):
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x
        for _ in range(50_000):
            y = -y
    assert tape.gradient(y, x).numpy() == 1.0
    with tf.GradientTape():
        y = x
        for _ in range(50_000):
            y = -y
    del y
