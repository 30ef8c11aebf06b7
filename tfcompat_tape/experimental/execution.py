"""How ops are executed: where TensorFlow may do so later, or by other threads. Here they run at once."""

from __future__ import annotations

import contextlib
from typing import Any

__all__ = ["async_clear_error", "async_scope", "enable_strict_mode", "function_executor_type"]


def async_scope() -> Any:
    """A context within which TensorFlow lets Python run ahead of ops; its end waits for them. Here nothing waits.

    Source: `tf.experimental.async_scope`.

    >>> import tfcompat_tape as tf
    >>> with tf.experimental.async_scope():
    ...     x = tf.constant(1) + 1
    """
    return contextlib.nullcontext()


def async_clear_error() -> None:
    """Nothing: an error is raised where it happens, and none is pending. Source: `tf.experimental.async_clear_error`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.async_clear_error()
    """


def function_executor_type(executor_type: Any) -> Any:
    """A context within which TensorFlow runs graphs by another executor. Their values are the same.

    Source: `tf.experimental.function_executor_type`.

    >>> import tfcompat_tape as tf
    >>> with tf.experimental.function_executor_type("SINGLE_THREADED_EXECUTOR"):
    ...     x = tf.function(lambda: tf.constant(1))()
    """
    return contextlib.nullcontext()


def enable_strict_mode() -> None:
    """Nothing: in TensorFlow, deprecated names become errors; nothing here warns of those.

    Source: `tf.experimental.enable_strict_mode`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.enable_strict_mode()
    """
