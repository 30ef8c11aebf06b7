"""What TensorFlow says where Python asks for the value of a Tensor that has none yet."""

from __future__ import annotations

from tfcompat_tape.core.errors import OperatorNotAllowedInGraphError

_HOW = (
    "You can attempt the following resolutions to the problem: If you are running in Graph mode, use Eager execution "
    "mode or decorate this function with @tf.function. If you are using AutoGraph, you can try decorating this "
    "function with @tf.function. If that does not work, then you may be using an unsupported feature or your source "
    "code may not be visible to AutoGraph. Use tf.cond, tf.where, tf.unstack or tf.debugging.Assert in its place."
)


def no_bool() -> Exception:
    """The error for a Python `bool` of a Tensor."""
    return OperatorNotAllowedInGraphError(
        f"Using a symbolic `tf.Tensor` as a Python `bool` is not allowed. {_HOW}"
    )


def no_iteration() -> Exception:
    """The error for iterating over a Tensor."""
    return OperatorNotAllowedInGraphError(f"Iterating over a symbolic `tf.Tensor` is not allowed. {_HOW}")
