"""Scopes: names, order of execution, and where the code runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from tfcompat_tape.core import naming, reading
from tfcompat_tape.tape.attention import paused
from tfcompat_tape.tape.functions import running

__all__ = [
    "control_dependencies",
    "executing_eagerly",
    "get_current_name_scope",
    "init_scope",
    "inside_function",
    "name_scope",
]


class name_scope:
    """Context manager that puts `name/` before the names of what is made within.

    Variables made within carry it in their names; Tensors have no names.

    Args:
      name: a string; one that ends with `/` starts from the top again.

    Raises:
      ValueError: `name` is not a string.

    Source: `tf.name_scope`.

    >>> import tfcompat_tape as tf
    >>> with tf.name_scope("a"), tf.name_scope("b") as scope:
    ...     print(scope, tf.get_current_name_scope())
    a/b/ a/b
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise ValueError(f"name_scope: the name must be a string, got {name!r}.")
        self._name = name

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    def __enter__(self) -> str:
        tracer = reading.current.tracer
        if tracer is None or not self._name or self._name.endswith("/"):
            return naming.enter(self._name)
        return naming.enter(tracer.ops.scope(self._name))

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        naming.leave()


def get_current_name_scope() -> str:
    """The name scopes entered, joined by slashes. Source: `tf.get_current_name_scope`.

    >>> import tfcompat_tape as tf
    >>> tf.get_current_name_scope()
    ''
    """
    return naming.current().rstrip("/")


def control_dependencies(control_inputs: Any) -> Any:
    """Context manager without effect: everything runs in the order in which it is written.

    Args:
      control_inputs: Tensors or operations; a function is called, as in TensorFlow's eager mode.

    Source: `tf.control_dependencies`.

    >>> import tfcompat_tape as tf
    >>> v = tf.Variable(1.0)
    >>> with tf.control_dependencies([v.assign_add(1.0)]):
    ...     print(v.numpy())
    2.0
    """
    if callable(control_inputs):
        control_inputs()
    return contextlib.nullcontext()


@contextlib.contextmanager
def init_scope() -> Iterator[None]:
    """Context within which no tape of this thread records; within a `tf.function`, nothing is traced.

    Source: `tf.init_scope`.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable(2.0)
    >>> with tf.GradientTape() as tape:
    ...     with tf.init_scope():
    ...         y = x * x
    >>> print(tape.gradient(y, x))
    None
    """
    tracer = reading.current.tracer
    with contextlib.nullcontext() if tracer is None else tracer.leave(), paused():
        yield


def executing_eagerly() -> bool:
    """Whether ops run at once: not while a `tf.function` is traced. Source: `tf.executing_eagerly`.

    >>> import tfcompat_tape as tf
    >>> tf.executing_eagerly()
    True
    """
    return reading.current.tracer is None


def inside_function() -> bool:
    """Whether a `tf.function` is being traced. Source: `tf.inside_function`.

    >>> import tfcompat_tape as tf
    >>> tf.inside_function()
    False
    """
    return reading.current.tracer is not None or running.depth > 0
