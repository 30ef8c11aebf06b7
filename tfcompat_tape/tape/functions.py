"""Whether this thread runs the body of a `tf.function`: there, tapes are asked while a graph would be built."""

from __future__ import annotations

import threading


class _Running(threading.local):
    """How many bodies of `tf.function` this thread is in."""

    depth = 0


running = _Running()

__all__ = ["running"]
