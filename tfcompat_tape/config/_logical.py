"""Logical CPU devices: several devices in name, one in truth.

TensorFlow runs an op on the device of the innermost `tf.device` block, CPU:0 outside, wherever its inputs are. So the
name of a value's device is that of the block in which the value was made. None of this costs anything until a
program asks for more than one CPU: then Tensors and Variables are made by the functions below.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core import devices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape import graph_mode
from tfcompat_tape.tape.explain.notes import observer

_make_tensor = Tensor.__init__
_make_variable: Any = Variable.__init__
_tensor_device: Any = Tensor.__dict__["device"]
_variable_device: Any = Variable.__dict__["device"]


def split_cpu(count: int) -> None:
    """Give the CPU `count` names; 1 is the ordinary state."""
    devices.set_cpus(count)
    several = count > 1
    make = _make_tensor_somewhere if several else _make_tensor
    Tensor.__init__ = make  # type: ignore[method-assign]
    graph_mode.plain_init = make
    observer.plain[Tensor, "__init__"] = make
    Tensor.device = property(_device) if several else _tensor_device  # type: ignore[method-assign, assignment]
    Variable.device = property(_device) if several else _variable_device  # type: ignore[method-assign, assignment]
    Variable.__init__ = _make_variable_somewhere if several else _make_variable  # type: ignore[method-assign]


def _make_tensor_somewhere(self: Tensor, raw: Any = None, node: Any = None) -> None:
    _make_tensor(self, raw, node)
    place = devices.logical_cpu()
    if place:
        self._logical = place  # type: ignore[attr-defined]


def _make_variable_somewhere(self: Any, *args: Any, **kwargs: Any) -> None:
    _make_variable(self, *args, **kwargs)
    self._logical = devices.logical_cpu()


def _device(self: Any) -> str:
    """TensorFlow's name of the device that holds the value."""
    raw = self._t
    where = devices.CPU if isinstance(raw, np.ndarray) else raw.device
    return devices.device_string(where, getattr(self, "_logical", 0))
