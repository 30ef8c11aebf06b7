"""`tensorflow.python.ops.ragged.ragged_util`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["assert_splits_match"]

tf: Any = import_module("tfcompat_tape")


def assert_splits_match(nested_splits_lists: Any) -> list[Any]:
    """Refuse lists of row splits that are not all alike.

    Raises:
      ValueError: lists of different lengths.
      InvalidArgumentError: splits that differ.
    """
    first, *others = nested_splits_lists
    if any(len(one) != len(first) for one in others):
        raise ValueError("Inputs must have identical ragged_rank")
    return [
        tf.debugging.assert_equal(x, y, message="Inputs must have identical ragged splits")
        for splits in others
        for x, y in zip(first, splits, strict=True)
    ]
