"""``tf.__internal__.mixed_precision``: where Keras says how its optimizers are wrapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.coverage.names import namespace

__all__ = ["register_loss_scale_wrapper"]

wrappers: dict[type, tuple[Callable[..., Any], type]] = {}


def register_loss_scale_wrapper(
    optimizer_cls: type, wrapper_fn: Callable[..., Any], wrapper_cls: type | None = None
) -> None:
    """Keep what makes an optimizer of this class scale its loss."""
    wrappers[optimizer_cls] = (wrapper_fn, wrapper_cls or optimizer_cls)


__getattr__ = namespace(globals(), "tf.__internal__.mixed_precision")
