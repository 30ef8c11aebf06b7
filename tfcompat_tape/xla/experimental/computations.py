"""Computations that XLA may compile: the values are those of the same code without it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.control.scopes import executing_eagerly
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert


def compile(computation: Callable[..., Any], inputs: Sequence[Any] | None = None) -> Any:
    """What `computation(*inputs)` gives: one result, or several in a row, as a list; nested ones in their structure.

    TensorFlow deprecates it for `tf.function(jit_compile=True)`, which does compile; here the computation runs as the
    code around it does, and gradients go through it.

    Args:
      computation: a function of Tensors.
      inputs: its arguments, nested or not; each is converted to a Tensor.

    Returns:
      Tensors; `None` where the computation gives nothing.

    Raises:
      TypeError: `inputs` are no list or tuple.
      ValueError: a result that does not convert to a Tensor.

    Source: `tf.xla.experimental.compile`.

    >>> import tfcompat_tape as tf
    >>> [y] = tf.xla.experimental.compile(lambda a, b: a * b, [2.0, 3.0])
    >>> print(y.numpy())
    6.0
    """
    if inputs is not None and not isinstance(inputs, (list, tuple)):
        raise TypeError(f"tf.xla.experimental.compile: `inputs` must be a list or tuple, not {inputs!r}.")
    found = computation(*nest.map_structure(convert, list(inputs or [])))
    if found is None or (isinstance(found, (list, tuple)) and not found):
        return None
    if isinstance(found, (list, tuple)) and not any(nest.is_nested(x) for x in found):
        return [_tensor(x) for x in found]
    if isinstance(found, (list, tuple, Mapping)):
        return nest.map_structure(_tensor, found)
    return [_tensor(found)]


def _tensor(value: Any) -> Any:
    if isinstance(value, CompositeTensor):
        return value
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "XLA computation function return values must all either be Operations or convertible to Tensors. "
            f"Got error: {error}"
        ) from None


@contextlib.contextmanager
def jit_scope(compile_ops: Any = True, separate_compiled_gradients: bool = False) -> Iterator[None]:
    """A block of a `tf.function` that a compiler may take together; it changes no value.

    Args:
      compile_ops: whether to, or a function of an operation that says so.
      separate_compiled_gradients: whether gradients are taken together apart from it.

    Raises:
      RuntimeError: on entering it outside of a `tf.function`.

    Source: `tf.xla.experimental.jit_scope`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def f(x):
    ...     with tf.xla.experimental.jit_scope():
    ...         return x + 1.0
    >>> print(f(tf.constant(1.0)).numpy())
    2.0
    """
    if executing_eagerly():
        raise RuntimeError(
            "xla.experimental.jit_scope is not supported when eager execution is enabled. "
            "Try use it inside tf.function."
        )
    yield
