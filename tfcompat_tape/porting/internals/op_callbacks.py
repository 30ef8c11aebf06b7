"""`tensorflow.python.framework.op_callbacks`: functions that are called with every op that is executed eagerly.

A callback gets `(op_type, inputs, attrs, outputs, op_name, graph)` as in TensorFlow, on the thread that executes.
Here `attrs` is empty, `op_name` and `graph` are `None`, and what the callback returns does not replace the outputs.
Reading a Variable is no op, and inside a gradient, kernels are not ops.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core import hooks
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.debugging import executions

_callbacks: list[Callable[..., Any]] = []
# The Tensors that callbacks were given, by the identity of their raw values, which they keep alive.
_known: weakref.WeakValueDictionary[int, Tensor] = weakref.WeakValueDictionary()


def add_op_callback(callback_fn: Callable[..., Any]) -> None:
    """Call `callback_fn` with every op from here on.

    Raises:
      ValueError: it is no function.
    """
    if not callable(callback_fn):
        raise ValueError(
            f"Callback function passed to op_callback() is expected to be callable, but got {callback_fn!r} of type "
            f"{type(callback_fn)}."
        )
    if not _callbacks:
        executions.listen(_executed)
        hooks.recorded.append(_recorded)
    _callbacks.append(callback_fn)


def remove_op_callback(op_callback: Callable[..., Any]) -> None:
    """Call it no more.

    Raises:
      KeyError: it is not called.
    """
    if op_callback not in _callbacks:
        raise KeyError("The specified op callback has not been registered, and hence cannot be removed.")
    _callbacks.remove(op_callback)
    if not _callbacks:
        executions.unlisten(_executed)
        hooks.recorded.remove(_recorded)


def clear_op_callbacks() -> None:
    """Call none any more."""
    for callback in list(_callbacks):
        remove_op_callback(callback)


def _executed(name: str, given: Sequence[Any], outputs: Sequence[Any]) -> None:
    tensors = tuple([_tensor(one) for one in outputs])
    inputs = tuple([_tensor(one) for one in given])
    for callback in list(_callbacks):
        callback(name, inputs, (), tensors, None, None)


def _tensor(raw: Any) -> Any:
    if not isinstance(raw, torch.Tensor):  # a number, or an array of text
        return raw
    found = _known.get(id(raw))
    if found is not None and found._t is raw:
        return found
    made = Tensor(raw, None)
    _known[id(raw)] = made
    return made


def _recorded(entry: Any, result: Any) -> None:
    """The value of an entry is told before the entry is there: its Tensor is of the list from here on."""
    found = _known.get(id(result))  # of an op with several outputs, each has an entry of its own
    if found is not None and found._t is result and found._node is None:
        found._node = entry


__all__ = ["add_op_callback", "clear_op_callbacks", "remove_op_callback"]
