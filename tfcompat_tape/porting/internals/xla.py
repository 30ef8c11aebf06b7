"""`tensorflow.compiler.tf2xla.python.xla`: XLA's own functions, as far as they are used without its compiler."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["dynamic_update_slice"]


tf: Any = import_module("tfcompat_tape")


def dynamic_update_slice(input: Any, update: Any, start_indices: Any, name: str | None = None) -> Any:
    """`input` with `update` in place of the slice that begins at `start_indices`; that is moved to lie within.

    Args:
      input, update: Tensors of one dtype and rank, `update` no larger.
      start_indices: integers, one for each axis.

    Raises:
      InvalidArgumentError: the ranks or sizes do not fit.

    Gradients flow to both.
    """
    input, update = tf.convert_to_tensor(input), tf.convert_to_tensor(update)
    start = tf.cast(tf.convert_to_tensor(start_indices), tf.int32)
    room = tf.shape(input) - tf.shape(update)
    start = tf.clip_by_value(start, 0, room)
    ones = tf.pad(tf.ones(tf.shape(update), tf.bool), tf.stack([start, room - start], axis=1))
    moved = tf.pad(update, tf.stack([start, room - start], axis=1))
    return tf.where(ones, moved, input)
