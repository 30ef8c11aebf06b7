"""Tapes are per thread: none sees an operation of another thread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import tfcompat_tape as tf


def test_a_tape_sees_no_op_of_another_thread(device):
    x = tf.Variable(3.0)
    found = {}

    def elsewhere():
        found["y"] = x * x

    with tf.GradientTape() as tape:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        y = x * 2.0
    assert tape._record is not None
    assert found["y"]._node is None
    assert tape.gradient([y], x).numpy() == 2.0


def test_threads_share_a_variable_without_mixing_their_tapes(device):
    x = tf.Variable([1.0, 2.0, 3.0])
    barrier = threading.Barrier(4)

    def work(factor):
        results = []
        barrier.wait()
        for _ in range(100):
            with tf.GradientTape() as tape:
                y = tf.reduce_sum(x * x * factor)
            results.append(tape.gradient(y, x).numpy())
        return results

    with ThreadPoolExecutor(4) as pool:
        for factor, results in zip((1.0, 2.0, 3.0, 4.0), pool.map(work, (1.0, 2.0, 3.0, 4.0)), strict=True):
            for result in results:
                np.testing.assert_allclose(result, 2 * factor * np.array([1.0, 2.0, 3.0]))


def test_a_tape_can_be_asked_on_another_thread(device):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(tape.gradient, y, x).result().numpy() == 6.0
