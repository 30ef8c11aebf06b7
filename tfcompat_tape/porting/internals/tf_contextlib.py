"""`tensorflow.python.util.tf_contextlib`: context managers that `tf_inspect` sees through."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from tfcompat_tape.porting.internals import tf_decorator

__all__ = ["contextmanager"]


def contextmanager(target: Callable[..., Any]) -> Any:
    """`contextlib.contextmanager`, which keeps the signature of `target` for `tf_inspect`."""
    return tf_decorator.make_decorator(target, contextlib.contextmanager(target), "contextmanager")
