"""`tf.CriticalSection`: functions that no two threads run at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NoReturn

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.nest import map_structure

__all__ = ["CriticalSection"]

_shared: dict[str, threading.Lock] = {}


class CriticalSection:
    """Runs functions one after the other, whatever thread asks for it.

    Args:
      shared_name: sections of one name exclude each other.

    Raises:
      ValueError: a definition of a graph is given.

    Source: `tf.CriticalSection`.

    >>> import tfcompat_tape as tf
    >>> section = tf.CriticalSection()
    >>> total = tf.Variable(0)
    >>> section.execute(lambda: total.assign_add(2).read_value()).numpy().item()
    2
    """

    def __init__(
        self,
        name: str | None = None,
        shared_name: str | None = None,
        critical_section_def: Any = None,
        import_scope: Any = None,
    ) -> None:
        if critical_section_def is not None:
            raise ValueError("Argument `critical_section_def` is not supported.")
        self._lock = _shared.setdefault(shared_name, threading.Lock()) if shared_name else threading.Lock()
        self._holder: int | None = None

    @property
    def name(self) -> NoReturn:
        raise AttributeError("Tensor.op is undefined when eager execution is enabled.")

    def execute(
        self, fn: Callable[[], Any], exclusive_resource_access: bool = True, name: str | None = None
    ) -> Any:
        """What `fn()` returns, as Tensors, while no other thread is in this section.

        Raises:
          TypeError: `fn` cannot be called.
          ValueError: `fn` is run from within the same section, which would wait for itself.
        """
        if not callable(fn):
            raise TypeError(f"Argument fn must be callable. Got {fn!r}.")
        if self._holder == threading.get_ident():
            raise ValueError(
                "Attempting to lock a CriticalSection in which we are already running. This is illegal and would "
                "cause a deadlock."
            )
        with self._lock:
            self._holder = threading.get_ident()
            try:
                return map_structure(_tensor, fn())
            finally:
                self._holder = None


def _tensor(value: Any) -> Any:
    return value if value is None or isinstance(value, (Tensor, Variable)) else convert(value)
