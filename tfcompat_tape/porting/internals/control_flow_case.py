"""`tensorflow.python.ops.control_flow_case`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

__all__ = ["_case_helper"]


def _case_helper(
    cond_fn: Any,
    pred_fn_pairs: Sequence[tuple[Any, Callable[[], Any]]],
    default: Callable[[], Any] | None,
    exclusive: bool,
    name: str | None,
    allow_python_preds: bool = False,
    **cond_kwargs: Any,
) -> Any:
    """`tf.case`, whose predicates may be Python's: False ones are left out, and a True one ends the list.

    Args:
      cond_fn: chooses between two functions by a predicate, as `tf.cond` does.

    Raises:
      TypeError: a predicate of Python's where none may be.
    """
    tf: Any = import_module("tfcompat_tape")
    if not allow_python_preds and any(isinstance(pred, bool) for pred, _ in pred_fn_pairs):
        raise TypeError("The predicates of case must be boolean Tensors.")
    left: list[tuple[Any, Callable[[], Any]]] = []
    for pred, fn in pred_fn_pairs:
        if isinstance(pred, bool):
            if pred and not exclusive:
                default = fn
                break
            if not pred:
                continue
            pred = tf.constant(True)
        left.append((pred, fn))
    if not left:
        if default is None:
            raise tf.errors.InvalidArgumentError(None, None, "None of the conditions evaluated as True.")
        return default()
    return tf.case(left, default=default, exclusive=exclusive, name=name or "case")
