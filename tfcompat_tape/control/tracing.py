"""`tf.function`, which here runs the function as it is.

TensorFlow traces the Python function to a graph. Here every call runs the Python code, as TensorFlow does after
`tf.config.run_functions_eagerly(True)`; results and gradients are the same. What a graph would do to the values that go
in and come out is done: NumPy arrays become Tensors, an input signature is checked, Python numbers that are returned
become Tensors.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape import nest
from tfcompat_tape.control.graphs import FuncGraph
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tape.graph_mode import asks_for_gradients, recorded_body

__all__ = ["function"]

_PYTHON_VALUES = (bool, int, float, complex, str, bytes, np.ndarray, np.generic)


def function(
    func: Any = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: bool | None = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: bool | None = None,
) -> Any:
    """Decorator that runs the function as it is: every call executes the Python code, nothing is compiled.

    Args:
      func: the function or method.
      input_signature: sequence of TensorSpecs; arguments are converted to Tensors and must fit them.
      autograph, jit_compile and the others: no effect.

    Returns:
      A callable with the same results and gradients as TensorFlow's; its `python_function` is `func`. Side effects
      (print, appending to a list) happen at each call, not only when a graph would be traced.

    Raises:
      TypeError: `func` cannot be called; when called: arguments that do not fit the input signature, or a result that
        is neither a Tensor nor can become one.

    Source: `tf.function`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def square(x):
    ...     return x * x
    >>> print(square(tf.constant(3.0)).numpy())
    9.0
    """

    def decorate(f: Callable[..., Any]) -> Function:
        return Function(f, input_signature)

    return decorate if func is None else decorate(func)


class Function:
    """A function under `tf.function`: calls it as it is, and checks and converts what goes in and out."""

    def __init__(self, python_function: Callable[..., Any], input_signature: Any = None) -> None:
        if not callable(python_function):
            raise TypeError(f"tf.function: {python_function!r} is not a callable object.")
        functools.update_wrapper(self, python_function)
        self.__name__ = getattr(python_function, "__name__", type(python_function).__name__)
        self._python_function = python_function
        self._input_signature = None if input_signature is None else tuple(input_signature)
        if self._input_signature is not None:
            _check_constrained(python_function, self._input_signature)
        self._recorded: bool | None = None  # whether its code asks for gradients; found out at the first call

    @property
    def python_function(self) -> Callable[..., Any]:
        """The function that was decorated."""
        return self._python_function

    @property
    def input_signature(self) -> tuple[Any, ...] | None:
        """The signature that arguments must fit, or `None`."""
        return self._input_signature

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        if instance is None:
            return self
        return Function(self._python_function.__get__(instance, owner), self._input_signature)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._input_signature is not None:
            args, kwargs = self._fitted(args, kwargs), {}
        else:
            for value in (*args, *kwargs.values()):
                if type(value) is not Tensor:
                    args, kwargs = nest.map_structure(_argument, (args, kwargs))
                    break
        if self._recorded is None:
            self._recorded = asks_for_gradients(self._python_function)
        running.depth += 1
        try:
            if self._recorded:
                with recorded_body((args, kwargs)) as (args, kwargs):
                    result = self._python_function(*args, **kwargs)
            else:
                result = self._python_function(*args, **kwargs)
        finally:
            running.depth -= 1
        return result if type(result) is Tensor else nest.map_structure(self._result, result)

    def _fitted(self, args: Any, kwargs: dict[str, Any]) -> Any:
        """The arguments in order, as Tensors that fit the input signature."""
        specs = self._input_signature or ()
        signature = inspect.signature(self._python_function)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(
                f"{self.__name__}(): binding inputs to tf.function failed due to `{error}`."
            ) from None
        given: list[Any] = []
        for name, parameter in signature.parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                given.extend(bound.arguments.get(name, ()))
            elif len(given) < len(specs):
                given.append(bound.arguments.get(name, parameter.default))
            elif parameter.kind is not parameter.VAR_KEYWORD and name in bound.arguments:
                if bound.arguments[name] is not parameter.default:
                    raise TypeError(
                        f"{self.__name__}(): {name!r} is not in the input signature, so it must keep its default."
                    )
        if len(given) != len(specs):
            raise TypeError(
                f"{self.__name__}(): {len(given)} arguments for an input signature of {len(specs)}."
            )
        return [_fit(value, spec, self.__name__) for value, spec in zip(given, specs, strict=True)]

    def _result(self, value: Any) -> Any:
        """What a graph would return in place of `value`."""
        if isinstance(value, Variable):
            return value.value()
        if isinstance(value, _PYTHON_VALUES):
            return convert(value)
        if (
            value is None
            or isinstance(value, (Tensor, CompositeTensor))
            or type(value).__module__.startswith("tfcompat_tape")
        ):
            return value
        raise TypeError(
            f"{self.__name__}(): what tf.function runs must return Tensors, composite values or None; "
            f"got {value!r} of type {type(value).__name__}."
        )

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for arguments of one kind: TensorSpecs, Tensors, or Python values that are then fixed.

        >>> import tfcompat_tape as tf
        >>> square = tf.function(lambda x: x * x)
        >>> concrete = square.get_concrete_function(tf.TensorSpec([None], tf.float32))
        >>> print(concrete(tf.constant([2.0, 3.0])).numpy())
        [4. 9.]
        """
        if not args and not kwargs and self._input_signature is not None:
            args = self._input_signature
        return ConcreteFunction(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<tf.function {self.__name__}, run as it is: {self._python_function!r}>"


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
        self.structured_input_signature = (tuple(self._arguments.values()), {})

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


def _check_constrained(function: Callable[..., Any], specs: tuple[Any, ...]) -> None:
    """TypeError for a parameter that has neither a spec nor a default."""
    parameters = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_KEYWORD]
    if parameters and parameters[0].name == "self" and not inspect.ismethod(function):
        return  # a method that is not bound yet
    for parameter in parameters[len(specs) :]:
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL:
            raise TypeError(
                f"tf.function: input_signature is missing a type constraint for {parameter.name!r}."
            )


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


def _argument(value: Any) -> Any:
    return convert(value) if isinstance(value, (np.ndarray, np.generic)) else value


def _fit(value: Any, spec: Any, name: str) -> Any:
    """`value` as Tensors that fit `spec`, a TensorSpec or a nested structure of these."""

    def one(leaf: Any, x: Any) -> Any:
        if not isinstance(leaf, TensorSpec):
            return leaf._cast(x)
        tensor = convert(x, None if isinstance(x, (Tensor, Variable)) else leaf.dtype)
        if not leaf.is_compatible_with(tensor):
            raise TypeError(f"shape {tensor.shape} and dtype {tensor.dtype.name} do not fit")
        return tensor

    try:
        return _map_up_to(one, spec, value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name}(): {value!r} does not fit {spec!r} of the input signature: {error}."
        ) from None


def _map_up_to(function: Callable[[Any, Any], Any], spec: Any, value: Any) -> Any:
    """`function(leaf, part of value)` for each leaf of `spec`; the part may be a list that is to become a Tensor."""
    if isinstance(spec, dict):
        if not isinstance(value, dict) or value.keys() != spec.keys():
            raise TypeError(f"a dict with the keys {sorted(spec)} is expected")
        return {key: _map_up_to(function, spec[key], value[key]) for key in value}
    if isinstance(spec, (list, tuple)):
        if not isinstance(value, (list, tuple)) or len(value) != len(spec):
            raise TypeError(f"a sequence of {len(spec)} is expected")
        parts = [_map_up_to(function, leaf, part) for leaf, part in zip(spec, value, strict=True)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return function(spec, value)
