"""The ops that plugins brought, as functions: `tf.plugins.ops.NAME(*tensors, **attrs)`.

On Tensors they record, as every op does; on torch tensors they are just their kernel.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from tfcompat_tape.core import hooks, registry


def __getattr__(name: str) -> Callable[..., Any]:
    if not name.startswith("_"):
        hooks.need()
        if name in hooks.raw_calls:
            return registry.OPS[name].call
    close = difflib.get_close_matches(name, hooks.raw_calls)
    hint = f"Did you mean {' or '.join(close)}?" if close else "`tfcompat plugins list` shows what is loaded."
    raise AttributeError(f"No plugin brought an op {name!r}. {hint}", name=name, obj=None)


def __dir__() -> list[str]:
    hooks.need()
    return sorted(hooks.raw_calls)
