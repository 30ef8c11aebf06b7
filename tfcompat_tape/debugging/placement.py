"""`tf.debugging.set_log_device_placement`: a line for each op, with its device."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core import devices
from tfcompat_tape.debugging.executions import listen, unlisten

__all__ = ["get_log_device_placement", "set_log_device_placement"]

_on = [False]


def set_log_device_placement(enabled: bool) -> None:
    """Write a line to stderr for each op that is executed, forward and in gradients: its name, and its device.

    Errors: TypeError for what is no bool. Source: `tf.debugging.set_log_device_placement`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.set_log_device_placement(False)
    """
    if not isinstance(enabled, bool):
        raise TypeError(f"set_log_device_placement(): enabled must be a bool, not {enabled!r}")
    _on[0] = enabled
    (listen if enabled else unlisten)(_log)


def get_log_device_placement() -> bool:
    """Whether ops are logged. Source: `tf.debugging.get_log_device_placement`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.get_log_device_placement()
    False
    """
    return _on[0]


def _log(name: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
    found = next((raw.device for raw in outputs if isinstance(raw, torch.Tensor)), torch.device("cpu"))
    print(f"Executing op {name} in device {devices.device_string(found)}", file=sys.stderr)
