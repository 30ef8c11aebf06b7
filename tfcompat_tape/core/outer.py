"""A Tensor of a trace that stands for one from outside: another object, and the same to tapes.

Comes in: a Tensor that a `tf.function` finds around it. Goes out: what it has in its place, as a TensorFlow graph has.
"""

from __future__ import annotations

from tfcompat_tape.core.tensor import Tensor

_OUTER = "_tfcompat_outer"


def standing_for(outer: Tensor, alias: Tensor) -> Tensor:
    """Let `alias` stand for `outer`; returns it."""
    alias.__dict__[_OUTER] = outer
    return alias


def original(tensor: Tensor) -> Tensor:
    """The Tensor from outside that `tensor` stands for, or itself."""
    found: Tensor = tensor.__dict__.get(_OUTER, tensor)
    return found
