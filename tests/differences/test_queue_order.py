"""What docs/differences.md says of the order of shuffled queues."""

from __future__ import annotations

import tfcompat_tape as tf


def test_shuffled_queues_draw_their_own_numbers() -> None:
    queue = tf.queue.RandomShuffleQueue(10, 0, tf.int32, shapes=[[]], seed=1)
    queue.enqueue_many([list(range(8))])
    order = queue.dequeue_many(8).numpy().tolist()
    assert sorted(order) == list(range(8))
    assert order != [7, 3, 6, 2, 1, 4, 0, 5]  # TensorFlow's, with this seed
