"""Threads share Variables: an update is one step, and a tape on one thread loses nothing to a tape on another."""

from __future__ import annotations

import copy
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf

THREADS, TIMES = 16, 50


@pytest.fixture(autouse=True)
def frequent_switches() -> Iterator[None]:
    """Threads take turns after every few instructions, not every few milliseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What `work(number)` returns, on threads that start together."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def slices(value: float) -> tf.IndexedSlices:
    return tf.IndexedSlices(tf.constant([value, value]), tf.constant([0, 2]))


ALL = THREADS * TIMES
# An update, and what a Variable of three zeros (ones for products) holds after all of them.
UPDATES: dict[str, tuple[Callable[[Any], Any], list[float]]] = {
    "assign_add": (lambda v: v.assign_add([1.0, 1.0, 1.0]), [ALL, ALL, ALL]),
    "assign_add, use_locking": (lambda v: v.assign_add([1.0, 1.0, 1.0], use_locking=True), [ALL, ALL, ALL]),
    "assign_sub": (lambda v: v.assign_sub([1.0, 1.0, 1.0], read_value=False), [-ALL, -ALL, -ALL]),
    "scatter_add": (lambda v: v.scatter_add(slices(1.0)), [ALL, 0, ALL]),
    "scatter_sub": (lambda v: v.scatter_sub(slices(1.0), use_locking=True), [-ALL, 0, -ALL]),
    "scatter_nd_add": (lambda v: v.scatter_nd_add([[1]], [1.0]), [0, ALL, 0]),
    "scatter_nd_sub": (lambda v: v.scatter_nd_sub([[1]], [1.0]), [0, -ALL, 0]),
    "an assignment's result": (lambda v: v.assign_add([1.0, 0.0, 0.0]).assign_add([0.0, 1.0, 0.0]), [ALL, ALL, 0]),
}  # fmt: skip


@pytest.mark.parametrize("name", UPDATES)
def test_no_update_is_lost(name, device):
    update, expected = UPDATES[name]
    v = tf.Variable([0.0, 0.0, 0.0])
    at_once(lambda number: [update(v) for _ in range(TIMES)])
    np.testing.assert_array_equal(v.numpy(), expected)


def test_products_are_not_lost():
    v = tf.Variable([0], dtype=tf.int64)
    w = tf.Variable([2**40], dtype=tf.int64)
    half = tf.IndexedSlices(tf.constant([2], tf.int64), tf.constant([0]))

    def work(number):
        w.scatter_div(half)
        v.scatter_max(tf.IndexedSlices(tf.constant([number], tf.int64), tf.constant([0])))

    at_once(work)
    assert w.numpy()[0] == 2 ** (40 - THREADS)
    assert v.numpy()[0] == THREADS - 1


def test_threads_assign_to_slices_of_their_own():
    v = tf.Variable(tf.zeros([THREADS, 2]))

    def work(number):
        for i in range(TIMES):
            v[number].assign([number + 1.0, i + 1.0])
            v.scatter_update(tf.IndexedSlices([[number + 1.0, i + 1.0]], [number]))

    at_once(work)
    np.testing.assert_array_equal(v.numpy(), [[n + 1.0, TIMES] for n in range(THREADS)])


def test_a_variable_that_torch_shares_loses_nothing():
    layer = torch.nn.Linear(1, 1, bias=False)
    v = tf.interop.as_variable(layer.weight)
    v.assign([[0.0]])
    at_once(lambda number: [v.assign_add([[1.0]]) for _ in range(TIMES)])
    assert layer.weight.item() == ALL


def test_steps_of_optimizers_and_updates_are_not_lost():
    a, b = tf.Variable([0.0]), tf.Variable([0.0])
    optimizers = [tf.interop.TorchOptimizer(torch.optim.SGD, pair, lr=1.0) for pair in ([a, b], [b, a])]

    def work(number):
        for _ in range(TIMES):
            if number % 4 == 3:
                a.assign_add([-1.0])
                b.assign_add([-1.0])
            else:
                optimizers[number % 2].apply_gradients([([1.0], a), ([1.0], b)])

    at_once(work)
    assert a.numpy() == b.numpy() == -ALL


def test_a_failed_update_lets_others_go_on(device):
    v = tf.Variable([0.0, 0.0])
    with pytest.raises(tf.errors.InvalidArgumentError):
        v.assign_add([1.0])
    with pytest.raises(tf.errors.InvalidArgumentError):
        v.scatter_nd_add([[7]], [1.0])
    at_once(lambda number: v.assign_add([1.0, 2.0]))
    np.testing.assert_array_equal(v.numpy(), [THREADS, 2.0 * THREADS])


def test_copies_have_locks_of_their_own():
    v = tf.Variable(1.0)
    other = copy.deepcopy(v)
    with v._lock, ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: other.assign_add(1.0).numpy()).result(timeout=30) == 2.0
    assert v.numpy() == 1.0


def test_tapes_on_threads_that_read_a_variable_for_the_first_time():
    """The variable has one leaf for all of them: no reading counts for a leaf that another thread replaced."""
    for _ in range(20):
        v = tf.Variable(3.0)

        def work(number, v=v):
            with tf.GradientTape() as tape:
                y = v * v + v
            return tape.gradient(y, v)

        assert [found.numpy() for found in at_once(work)] == [7.0] * THREADS


def test_tapes_on_threads_that_watch_one_tensor():
    for _ in range(20):
        x = tf.constant(3.0)

        def work(number, x=x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x + x
            return tape.gradient(y, x)

        assert [found.numpy() for found in at_once(work)] == [7.0] * THREADS


def test_accumulators_on_threads_that_share_a_primal():
    for _ in range(20):
        x = tf.constant(3.0)

        def work(number, x=x):
            with tf.autodiff.ForwardAccumulator(x, tf.constant(float(number))) as accumulator:
                y = x * x
            return accumulator.jvp(y)

        assert [found.numpy() for found in at_once(work)] == [6.0 * number for number in range(THREADS)]
