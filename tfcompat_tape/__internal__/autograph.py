"""``tf.__internal__.autograph``: functions that AutoGraph converts. Here Python's own `if` is traced as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.coverage.names import namespace

__all__ = ["control_status_ctx", "tf_convert"]


def tf_convert(
    f: Callable[..., Any], ctx: Any, convert_by_default: bool = True, user_requested: bool = False
) -> Callable[..., Any]:
    """`f` as it is: while a `tf.function` is traced, what Python asks of a Tensor is part of the trace."""
    return f


def control_status_ctx() -> None:
    """How AutoGraph stands where this is called: what `tf_convert` takes."""
    return None


__getattr__ = namespace(globals(), "tf.__internal__.autograph")
