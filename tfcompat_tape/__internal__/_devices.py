"""What runs on one kind of device, and what on another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfcompat_tape.core import devices
from tfcompat_tape.porting.internals.control_flow_util import GraphOrParentsInXlaContext


def execute_fn_for_device(
    device_branch_fns: Mapping[str, Callable[[], Any]],
    default_fn: Callable[[], Any],
    name: str = "execute_fn",
) -> Any:
    """What the function for the device in use gives: that on which new tensors are placed.

    Args:
      device_branch_fns: functions without arguments, by the type of a device: "CPU", "GPU", in capitals or not.
      default_fn: the function for devices of other types, and within functions that are compiled.

    Raises:
      TypeError: a branch cannot be called.
      ValueError: there is no branch.
    """
    if GraphOrParentsInXlaContext(None):
        return default_fn()
    branches = {kind.upper(): function for kind, function in device_branch_fns.items()}
    if not branches:
        raise ValueError(f"{name}: must provide at least one item in 'device_branch_fns'.")
    for kind, function in branches.items():
        if not callable(function):
            raise TypeError(f"{name}: the branch of {kind!r} must be callable, got {function!r}.")
    here = "GPU" if devices.current().type == "cuda" else "CPU"
    return branches.get(here, default_fn)()
