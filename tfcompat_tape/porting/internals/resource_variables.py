"""`tensorflow.python.ops.resource_variable_ops`."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.kinds import acts_as_variable
from tfcompat_tape.core.specs import VariableSpec
from tfcompat_tape.core.variable import Variable

__all__ = ["BaseResourceVariable", "ResourceVariable", "VariableSpec", "is_resource_variable"]

BaseResourceVariable = ResourceVariable = Variable


def is_resource_variable(var: Any) -> bool:
    """Whether `var` is a Variable, or behaves as one."""
    return isinstance(var, Variable) or acts_as_variable(var)
