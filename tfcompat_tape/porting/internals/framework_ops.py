"""`tensorflow.python.framework.ops`: what version 1 named otherwise, or names by another class."""

from tfcompat_tape.arrays.conversion import convert_to_tensor
from tfcompat_tape.control.graphs import get_default_graph
from tfcompat_tape.control.scopes import control_dependencies, init_scope, name_scope
from tfcompat_tape.core.devices import device
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.tensor import Tensor as EagerTensor

name_scope_v2 = name_scope

__all__ = [
    "EagerTensor",
    "Tensor",
    "control_dependencies",
    "convert_to_tensor",
    "device",
    "get_default_graph",
    "init_scope",
    "name_scope",
    "name_scope_v2",
]
