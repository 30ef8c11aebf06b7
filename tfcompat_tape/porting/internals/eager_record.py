"""`tensorflow.python.eager.record`: whether a tape would record an operation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from tfcompat_tape.core import wengert
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.tensor import Tensor

__all__ = ["could_possibly_record", "should_record_backprop", "stop_recording"]


def could_possibly_record() -> bool:
    """Whether any tape or accumulator of this thread records."""
    return bool(wengert.state.tapes)


def should_record_backprop(tensors: Sequence[Any]) -> bool:
    """Whether a tape of this thread traces one of the Tensors, so that an operation on it would be recorded.

    Variables are none, as in TensorFlow: their handles, or what they read, can be asked about.
    """
    if not isinstance(tensors, Sequence):
        raise TypeError("expected a sequence")
    tapes = wengert.state.tapes - wengert.accumulators
    return any(_traced(x, tapes) for x in tensors) if tapes else False


def _traced(x: Any, tapes: Any) -> bool:
    if isinstance(x, Handle):
        node = x.variable._node
    elif isinstance(x, Tensor):
        node = x._node
    else:
        raise AttributeError(f"{type(x).__name__!r} object has no attribute 'dtype'")
    return node is not None and bool(node.tapes & tapes)


@contextlib.contextmanager
def stop_recording() -> Iterator[None]:
    """A block in which no tape of this thread records."""
    with wengert.only([]):
        yield
