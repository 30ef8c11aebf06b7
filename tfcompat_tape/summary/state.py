"""Where summaries of this thread go, at which step, and whether they are recorded."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import bool_ as boolean
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.math.comparison import logical_and


class _State(threading.local):
    writer: Any = None
    step: Any = None
    condition: Any = None


state = _State()


def set_step(step: Any) -> None:
    """The step of summaries of this thread that say none themselves.

    Args:
      step: an integer, an int64 Tensor or Variable (whose value at the time counts), or None for no step.

    Source: `tf.summary.experimental.set_step`.

    >>> import tfcompat_tape as tf
    >>> tf.summary.experimental.set_step(3)
    >>> tf.summary.experimental.get_step()
    3
    >>> tf.summary.experimental.set_step(None)
    """
    state.step = step


def get_step() -> Any:
    """What `set_step` was given last in this thread, or None. Source: `tf.summary.experimental.get_step`.

    >>> import tfcompat_tape as tf
    >>> tf.summary.experimental.get_step()
    """
    return state.step


@contextlib.contextmanager
def _condition(condition: Any) -> Iterator[None]:
    before = state.condition
    state.condition = condition
    try:
        yield
    finally:
        state.condition = before


def record_if(condition: Any) -> contextlib.AbstractContextManager[None]:
    """A context within which summaries of this thread are recorded where a condition holds.

    Args:
      condition: True or False, a boolean Tensor or Variable, or a function without arguments that gives one, which
        is called for each summary.

    Source: `tf.summary.record_if`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     for step in range(4):
    ...         with tf.summary.record_if(step % 2 == 0):
    ...             print(tf.summary.write("x", 1.0, step=step).numpy())
    True
    False
    True
    False
    """
    return _condition(condition)


def should_record_summaries() -> Tensor:
    """Whether summaries are recorded: there is a writer, and the condition of `record_if` holds.

    Returns: a boolean Tensor.
    Errors: TypeError or InvalidArgumentError for a condition that is no boolean.
    Source: `tf.summary.should_record_summaries`.

    >>> import tfcompat_tape as tf
    >>> tf.summary.should_record_summaries().numpy()
    np.False_
    """
    if state.writer is None or not state.writer._records:
        return convert(False)
    condition = state.condition
    condition = condition() if callable(condition) else condition
    if condition is None:
        return convert(True)
    if not isinstance(condition, (Tensor, Variable)):
        if not condition:
            return convert(False)
        return convert(condition, boolean)
    known = reading.known(convert(condition)._t)
    if known is not None and known.ndim == 0 and not to_numpy(known):  # a zero is refused no more than 0
        return convert(False)
    return logical_and(True, condition)
