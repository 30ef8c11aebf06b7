"""`tensorflow.python.ops.resource_variable_ops`, and what other private modules say of devices and programs."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.variable import Variable

__all__ = [
    "BaseResourceVariable",
    "ResourceVariable",
    "TF_ListPluggablePhysicalDevices",
    "get_enclosing_xla_context",
    "is_resource_variable",
]

BaseResourceVariable = ResourceVariable = Variable


def is_resource_variable(var: Any) -> bool:
    """Whether `var` is a Variable, or behaves as one."""
    return isinstance(var, Variable) or hasattr(var, "_should_act_as_resource_variable")


def TF_ListPluggablePhysicalDevices() -> list[bytes]:
    """Devices that plugins of TensorFlow brought: none."""
    return []


def get_enclosing_xla_context() -> None:
    """The context of XLA in a graph that is built: there is none."""
