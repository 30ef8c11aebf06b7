"""What `tensorflow.python.ops.array_ops` has that is public nowhere."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["prevent_gradient"]


def prevent_gradient(input: Any, message: str = "", name: str | None = None) -> Any:
    """`input`; who asks for a gradient through it gets a LookupError with the message."""
    raw_ops = import_module("tfcompat_tape").raw_ops
    return raw_ops.PreventGradient(input=input, message=message, name=name)
