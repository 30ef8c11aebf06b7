"""The namespace `tf.queue`: queues of tensors between threads. Nothing of this is differentiable."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.queue.base import QueueBase
from tfcompat_tape.queue.kinds import FIFOQueue, PaddingFIFOQueue, PriorityQueue, RandomShuffleQueue

__all__ = ["FIFOQueue", "PaddingFIFOQueue", "PriorityQueue", "QueueBase", "RandomShuffleQueue"]

__getattr__ = namespace(globals(), "tf.queue")
