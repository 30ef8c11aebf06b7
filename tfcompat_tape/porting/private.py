"""Private modules of TensorFlow that old scripts import all the same, as far as they are about gradients.

`tensorflow.python.framework.ops` has what is public elsewhere by now (`RegisterGradient`, `get_default_graph`);
`tensorflow.python.ops.gen_nn_ops` and its like have the raw ops, called by position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from tfcompat_tape import _raw_calls
from tfcompat_tape._coverage import missing_private
from tfcompat_tape.arrays.conversion import convert_to_tensor
from tfcompat_tape.control.graphs import Graph, get_default_graph
from tfcompat_tape.control.scopes import control_dependencies, init_scope, name_scope
from tfcompat_tape.core.devices import device
from tfcompat_tape.core.registry import RegisterGradient, no_gradient

NAMES = {
    "tensorflow.python.framework.ops": {
        "Graph": Graph,
        "NoGradient": no_gradient,
        "NotDifferentiable": no_gradient,
        "RegisterGradient": RegisterGradient,
        "control_dependencies": control_dependencies,
        "convert_to_tensor": convert_to_tensor,
        "device": device,
        "get_default_graph": get_default_graph,
        "init_scope": init_scope,
        "name_scope": name_scope,
        "no_gradient": no_gradient,
    }
}
PACKAGES = ("tensorflow.python", "tensorflow.python.framework", "tensorflow.python.ops")
RAW_OPS = tuple(f"tensorflow.python.ops.gen_{family}_ops" for family in ("array", "math", "nn"))


class PrivateModule(ModuleType):
    """One such module; what it lacks raises the error that says so."""

    def __init__(self, fullname: str, names: Mapping[str, Any]) -> None:
        super().__init__(fullname)
        vars(self).update(names)

    def __getattr__(self, name: str) -> Any:
        if self.__name__ in RAW_OPS and name in _by_name():
            return _raw_op(_by_name()[name])
        within = module(f"{self.__name__}.{name}")
        if within is not None:
            return within
        raise missing_private(self.__name__, name)


@cache
def module(fullname: str) -> ModuleType | None:
    """Our module for TensorFlow's private `fullname`; `None` if there is none."""
    if fullname in NAMES or fullname in PACKAGES or fullname in RAW_OPS:
        return PrivateModule(fullname, NAMES.get(fullname, {}))
    return None


@cache
def _by_name() -> dict[str, str]:
    """{the name of the function in the gen_*_ops modules: op type}."""
    return {_snake_case(op_type): op_type for op_type in _raw_calls.covered()}


def _snake_case(op_type: str) -> str:
    """`ReluGrad` is `relu_grad`, `Conv2DBackpropInput` is `conv2d_backprop_input`, `LRN` is `lrn`."""
    text = ""
    for i, char in enumerate(op_type):
        before, after = op_type[i - 1 : i], op_type[i + 1 : i + 2]
        if char.isupper() and before and (before.islower() or after.islower()):
            text += "_"
        text += char.lower()
    return text


@cache
def _raw_op(op_type: str) -> Callable[..., Any]:
    """The op as a function of positional arguments, in TensorFlow's order."""
    call = _raw_calls.make(op_type)
    names = [argument.name for argument in _raw_calls.arguments(op_type)]

    def positional(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(names):
            raise TypeError(f"{op_type} takes {len(names)} positional arguments, got {len(args)}.")
        return call(**dict(zip(names, args, strict=False)), **kwargs)

    positional.__name__ = positional.__qualname__ = _snake_case(op_type)
    return positional
