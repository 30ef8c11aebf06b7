"""`ConcreteFunction`: a `tf.function` for arguments of one kind."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from tfcompat_tape import nest
from tfcompat_tape.control.graphs import FuncGraph
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

if TYPE_CHECKING:
    from tfcompat_tape.tracing.function import Function


class ConcreteFunction:
    """A function for arguments of one kind, where Python values are fixed.

    `structured_input_signature` is `(specs of the arguments, specs by name)`.
    """

    def __init__(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._function = function
        self.__name__ = function.__name__
        bound = inspect.signature(function.python_function).bind_partial(*args, **kwargs)
        self._arguments = {name: _as_spec(value, name) for name, value in bound.arguments.items()}
        self._open = [name for name, value in self._arguments.items() if _has_specs(value)]
        self.structured_input_signature: Any = (tuple(self._arguments.values()), {})

        self._graph: FuncGraph | None = None

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.__name__

    @property
    def graph(self) -> FuncGraph:
        """The graph of the function, as far as there is one: see `FuncGraph`."""
        if self._graph is None:
            self._graph = FuncGraph(self.__name__, self.structured_input_signature)
        return self._graph

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) > len(self._open):
            raise TypeError(
                f"{self.__name__}() takes {len(self._open)} Tensors, got {len(args)} positional arguments."
            )
        given = {**self._arguments, **dict(zip(self._open, args, strict=False)), **kwargs}
        for name in self._open:
            if given[name] is self._arguments[name]:
                raise TypeError(f"{self.__name__}(): missing a required argument: {name!r}.")
            given[name] = nest.map_structure(self._checked, self._arguments[name], given[name])
        return self._function(**given)

    def _checked(self, spec: Any, value: Any) -> Any:
        if not isinstance(spec, TensorSpec):
            return spec._cast(value) if isinstance(spec, TypeSpec) else value
        tensor = own(value, spec.dtype)
        if tensor.dtype != spec.dtype:
            raise invalid(
                f"cannot compute {self.__name__}: a {spec.dtype.name} tensor was expected, got {tensor.dtype.name}."
            )
        return tensor


def _has_specs(value: Any) -> bool:
    return any(isinstance(x, TypeSpec) for x in nest.flatten(value))


def _as_spec(value: Any, name: str) -> Any:
    """`value` with TensorSpecs in place of Tensors and arrays."""

    def one(x: Any) -> Any:
        if isinstance(x, (Tensor, Variable, np.ndarray)):
            x = TensorSpec.from_tensor(convert(x))
        elif isinstance(x, CompositeTensor):
            return x._type_spec
        return TensorSpec(x.shape, x.dtype, name=x.name or name) if isinstance(x, TensorSpec) else x

    return nest.map_structure(one, value)
