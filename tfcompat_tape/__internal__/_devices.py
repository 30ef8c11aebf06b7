"""What runs on one kind of device, and what on another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def execute_fn_for_device(
    device_branch_fns: dict[str, Callable[[], Any]], default_fn: Callable[[], Any], name: str = "execute_fn"
) -> Any:
    """What `default_fn` gives. The branches, by kind of device, give the same by other ops, such as cuDNN's."""
    return default_fn()
