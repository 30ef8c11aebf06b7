"""``tf.__internal__.smart_cond``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.arrays.conversion import get_static_value, is_tensor
from tfcompat_tape.control.flow import cond
from tfcompat_tape.coverage.names import namespace


def smart_cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: Any = None,
) -> Any:
    """`tf.cond`, or just the function that is due where `pred` is known: a Python value, or a constant.

    Raises:
      TypeError: a function is missing, or `pred` is neither a Tensor nor a bool.
    """
    for which, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"Argument `{which}` must be callable. Received {function!r}")
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn, false_fn)
    return true_fn() if known else false_fn()  # type: ignore[misc]


def smart_constant_value(pred: Any) -> Any:
    """The value of a predicate as a Python value, or `None` where it is not known yet."""
    if isinstance(pred, (bool, int)) and pred in (0, 1):
        return bool(pred)
    if is_tensor(pred):
        found = get_static_value(pred)
        return None if found is None else bool(found)
    raise TypeError(
        f"Argument `pred` must be a Tensor, or a Python bool, or 1 or 0. Received: pred={pred} of type "
        f"{type(pred).__name__}"
    )


__getattr__ = namespace(globals(), "tf.__internal__.smart_cond")
