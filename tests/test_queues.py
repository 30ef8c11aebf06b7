"""Queues and critical sections between threads. What TensorFlow answers within one is in tests/conformance."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import tfcompat_tape as tf


def started(function: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """A thread that runs `function`, and the list that gets what it gave or raised."""
    got: list[Any] = []

    def run() -> None:
        try:
            got.append(function())
        except Exception as error:
            got.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, got


def test_dequeue_waits_for_enough() -> None:
    queue = tf.queue.FIFOQueue(10, tf.int32, shapes=[[]])
    thread, got = started(lambda: queue.dequeue_many(3).numpy().tolist())
    queue.enqueue(1)
    queue.enqueue_many([[2, 3]])
    thread.join(20)
    assert got == [[1, 2, 3]]


def test_enqueue_waits_for_room() -> None:
    queue = tf.queue.FIFOQueue(1, tf.int32, shapes=[[]])
    queue.enqueue(1)
    thread, _ = started(lambda: queue.enqueue(2))
    assert [queue.dequeue().numpy().item() for _ in range(2)] == [1, 2]
    thread.join(20)
    assert not thread.is_alive()


def test_closing_wakes_those_that_wait() -> None:
    queue = tf.queue.FIFOQueue(1, tf.int32, shapes=[[]])
    thread, got = started(queue.dequeue)
    queue.close()
    thread.join(20)
    assert isinstance(got[0], tf.errors.OutOfRangeError)
    assert "is closed and has insufficient elements (requested 1, current size 0)" in str(got[0])


def test_closing_cancels_what_waits_to_go_in() -> None:
    queue = tf.queue.FIFOQueue(1, tf.int32, shapes=[[]])
    queue.enqueue(1)
    thread, got = started(lambda: queue.enqueue(2))
    queue.close(cancel_pending_enqueues=True)
    thread.join(20)
    assert isinstance(got[0], tf.errors.CancelledError)
    assert queue.dequeue().numpy() == 1


def test_shuffled_elements_stay_behind_until_the_queue_is_closed() -> None:
    queue = tf.queue.RandomShuffleQueue(9, 2, tf.int32, shapes=[[]], seed=3)
    queue.enqueue_many([[1, 2, 3]])
    first = queue.dequeue().numpy().item()
    thread, got = started(lambda: queue.dequeue().numpy().item())
    assert thread.is_alive()
    queue.close()
    thread.join(20)
    assert sorted([first, *got, queue.dequeue().numpy().item()]) == [1, 2, 3]


def test_the_order_of_shuffled_elements_comes_from_the_seed() -> None:
    def order(seed: int) -> list[int]:
        queue = tf.queue.RandomShuffleQueue(99, 0, tf.int32, shapes=[[]], seed=seed)
        queue.enqueue_many([list(range(50))])
        return queue.dequeue_many(50).numpy().tolist()

    assert order(1) == order(1) != order(2)
    assert order(1) != list(range(50))


def test_a_critical_section_lets_one_thread_in() -> None:
    section, inside, most = tf.CriticalSection(), [0], [0]

    def work() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        inside[0] -= 1

    threads = [started(lambda: section.execute(work))[0] for _ in range(8)]
    for thread in threads:
        thread.join(20)
    assert most == [1] and inside == [0]


def test_a_critical_section_within_itself_is_refused() -> None:
    section = tf.CriticalSection()
    with pytest.raises(ValueError, match="in which we are already running"):
        section.execute(lambda: section.execute(lambda: 1))
    assert section.execute(lambda: 2).numpy() == 2
