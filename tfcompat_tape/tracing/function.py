"""`tf.function`: a function that is traced once for each kind of arguments, and then runs as a line of kernels.

Python code runs while tracing only, as in TensorFlow: what it prints, appends or counts happens once for each kind of
arguments. Where the function does something that no trace can hold, it runs as it is at every call; a line in the log
says so.
"""

from __future__ import annotations

import functools
import inspect
import os
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from tfcompat_tape import nest
from tfcompat_tape.config.machine import functions_run_eagerly
from tfcompat_tape.core import devices, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tape.graph_mode import asks_for_gradients, recorded_body
from tfcompat_tape.tracing import asked_specs, results
from tfcompat_tape.tracing.concrete_function import ConcreteFunction, described, specs_of
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.entry import MISSED
from tfcompat_tape.tracing.function_type import FunctionType, literal, of_parameters, type_of
from tfcompat_tape.tracing.instances import OfInstances
from tfcompat_tape.tracing.kinds import Kinds
from tfcompat_tape.tracing.listing import listed
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.texts import stand_in
from tfcompat_tape.tracing.trace import ON, AutoGraph

__all__ = ["function"]


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
    """Decorator: the function is traced once for each kind of arguments, and then runs as a line of kernels.

    Tensors are of one kind by dtype and shape, Python values by value, other objects by identity. While tracing, Python
    code runs and Tensors have no values; afterwards only the kernels run, with the Variables and random numbers of each
    call. Where Python asks for a value (`if x > 0`), each way that the function takes is traced when it is first met.

    Args:
      func: the function or method.
      input_signature: sequence of TensorSpecs; arguments are converted to Tensors and must fit them. Calls with
        different shapes count as one kind.
      autograph: False makes an `if` on a Tensor an error, as in TensorFlow.
      jit_compile: compile the kernels to machine code at the first call, which takes seconds, and for a function seen
        before milliseconds: compiled code is kept on disk (see `docs/compiling.md`). `None`: as the environment
        variable TFCOMPAT_COMPILE says. Without a C++ compiler, kernels run as they are.
      reduce_retracing: calls with different shapes count as one kind.
      experimental_autograph_options: a `tf.autograph.experimental.Feature`, or several (see there).
      the others: no effect.

    Returns:
      A callable with the same results, gradients and side effects as TensorFlow's.

    Raises:
      TypeError: `func` cannot be called; when called: arguments that do not fit the input signature, or a result that
        is neither a Tensor nor can become one.
      ValueError: attributes that TensorFlow does not have, or both `jit_compile` and `experimental_compile`; when
        called: a Variable is made in a call that is not the first.

    Source: `tf.function`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def square(x):
    ...     print("tracing")
    ...     return x * x
    >>> print(square(tf.constant(3.0)).numpy(), square(tf.constant(4.0)).numpy())
    tracing
    9.0 16.0
    """

    if jit_compile is not None and experimental_compile is not None:
        raise ValueError("Cannot specify both 'experimental_compile' and 'jit_compile'.")
    for name in experimental_attributes or ():
        if name not in _ATTRIBUTES:
            raise ValueError(f"`{name} is not supported by tf.function as an attribute.")
    jit = experimental_compile if jit_compile is None else jit_compile

    def decorate(f: Callable[..., Any]) -> Function:
        kind, attributes = Function, experimental_attributes or {}
        if "api_implements" in attributes:
            from tfcompat_tape.tracing.selection import Implementation as kind
        made: Any = kind(
            f,
            input_signature,
            autograph=_wanted(experimental_autograph_options) if autograph else None,
            jit_compile=_asked_to_compile() if jit is None else bool(jit),
            relaxed=bool(reduce_retracing or experimental_relax_shapes),
        )
        if kind is not Function:
            made.api, made.device = attributes["api_implements"], attributes.get("api_preferred_device")
        return made  # type: ignore[no-any-return]

    return decorate if func is None else decorate(func)


# Those that TensorFlow's functions have; without effect here, but for those that `selection` knows.
_ATTRIBUTES = frozenset(
    [
        "_noinline",
        "_tf_data_function",
        "api_implements",
        "api_preferred_device",
        "disable_summaries_at_runtime",
        "go_backwards",
        "runtime_constant_optimization",
        "time_major",
    ]
)


def _wanted(options: Any) -> AutoGraph:
    """What the options of AutoGraph, one or several, ask for."""
    several = options if isinstance(options, (list, tuple, set, frozenset)) else [options]
    return AutoGraph(any(getattr(x, "name", None) in ("ALL", "ASSERT_STATEMENTS") for x in several))


def _asked_to_compile() -> bool:
    return os.environ.get("TFCOMPAT_COMPILE", "0").lower() not in ("", "0", "false", "no", "off")


class Function(Trackable):
    """A function under `tf.function`, with its traces."""

    def __init__(
        self,
        python_function: Callable[..., Any],
        input_signature: Any = None,
        *,
        autograph: AutoGraph | None = ON,
        jit_compile: bool = False,
        relaxed: bool = False,
    ) -> None:
        if not callable(python_function):
            raise TypeError(f"tf.function: {python_function!r} is not a callable object.")
        functools.update_wrapper(self, python_function)
        self.__name__ = getattr(python_function, "__name__", type(python_function).__name__)
        self._python_function = python_function
        if input_signature is not None:
            _check_signature(python_function, input_signature)
        self._input_signature = None if input_signature is None else tuple(input_signature)
        self._autograph = autograph
        self._jit_compile = jit_compile
        self._relaxed = relaxed
        self._recorded: bool | None = None  # whether its code asks for gradients; found out at the first call
        self._of_instances = OfInstances()
        self._kinds = self._made_kinds()
        self.__wrapped__: Callable[..., Any]

    def _made_kinds(self) -> Kinds:
        shapes = None if self._input_signature is None else _shapes(self._input_signature)
        return Kinds(
            self._python_function, self.__name__, shapes, self._relaxed, self._autograph, self._jit_compile
        )

    @property
    def python_function(self) -> Callable[..., Any]:
        """The function that was decorated."""
        return self._python_function

    @property
    def input_signature(self) -> tuple[Any, ...] | None:
        """The signature that arguments must fit, or `None`."""
        return self._input_signature

    def _decorate(self, decorator: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Put `decorator` around the Python function, as libraries do before it is called."""
        if self._kinds.count:
            raise ValueError("Functions cannot be decorated after they have been traced.")
        self._python_function = self.__wrapped__ = decorator(self._python_function)
        self._kinds = self._made_kinds()

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        if instance is None:
            return self
        python_function = self._python_function.__get__(instance, owner)
        state = self._of_instances.get(instance)
        if state is None:
            made = self._copy(python_function, _weak_method(python_function))
            bound = ("_python_function", "__wrapped__")  # these hold the instance
            state = {name: value for name, value in made.__dict__.items() if name not in bound}
            self._of_instances[instance] = state
        # The object is kept alive by who has the method in hands, not by what is known of it here.
        last = state.get("_bound")
        found = None if last is None else last()
        if found is None:
            found = object.__new__(Function)
            found.__dict__.update(state)
            found._python_function = found.__wrapped__ = python_function
            state["_bound"] = weakref.ref(found)
        return found

    def _copy(self, python_function: Callable[..., Any], traced: Callable[..., Any]) -> Function:
        """A function with the options of this one, and traces of its own."""
        found = Function(
            python_function,
            self._input_signature,
            autograph=self._autograph,
            jit_compile=self._jit_compile,
            relaxed=self._relaxed,
        )
        found._kinds.function = traced
        return found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        entry = self._kinds.entry
        if entry is not None:
            result = entry(args, kwargs)
            if result is not MISSED:
                return result
        if functions_run_eagerly():
            return self._python_function(*args, **kwargs)
        if self._input_signature is not None:
            args, kwargs = tuple(self._fitted(args, kwargs)), {}
        return self._kinds(args, kwargs, self._as_it_is)

    def _as_it_is(self, args: Any, kwargs: Any) -> Any:
        """The results of the Python code, run for this call."""
        for value in (*args, *kwargs.values()):
            if type(value) is not Tensor:
                args, kwargs = nest.map_structure(_argument, (tuple(args), kwargs))
                break
        if self._recorded is None:
            self._recorded = asks_for_gradients(self._python_function)
        # It may be a part of the trace of who calls it, where its random ops are those of a graph of its own.
        function = converted(self._python_function) if self._autograph else self._python_function
        running.depth += 1
        try:
            with reading.within() as begin:
                begin()
                if self._recorded or self._kinds.recorded:
                    with recorded_body((args, kwargs)) as (args, kwargs):
                        result = function(*args, **kwargs)
                else:
                    result = function(*args, **kwargs)
        finally:
            running.depth -= 1
        return results.result(result, self.__name__)

    def experimental_get_tracing_count(self) -> int:
        """How many kinds of arguments the function was traced for.

        >>> import tfcompat_tape as tf
        >>> double = tf.function(lambda x: x + x)
        >>> _ = double(tf.constant(1)), double(tf.constant(2)), double(tf.constant(1.0))
        >>> double.experimental_get_tracing_count()
        2
        """
        return self._kinds.count

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
                value = bound.arguments[name]
                if isinstance(value, (Tensor, Variable, np.ndarray)) or value != parameter.default:
                    raise TypeError(
                        f"{self.__name__}(): Binding inputs to tf.function failed due to `Can not cast {value!r} to "
                        f"Literal[{parameter.default!r}]`: {name!r} is not in the input signature, so it must keep its "
                        "default."
                    )
        if len(given) != len(specs):
            raise TypeError(
                f"{self.__name__}(): {len(given)} arguments for an input signature of {len(specs)}."
            )
        return [_fit(value, spec, self.__name__) for value, spec in zip(given, specs, strict=True)]

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for arguments of one kind: TensorSpecs, Tensors, or Python values that are then fixed.

        >>> import tfcompat_tape as tf
        >>> square = tf.function(lambda x: x * x)
        >>> concrete = square.get_concrete_function(tf.TensorSpec([None], tf.float32))
        >>> print(concrete(tf.constant([2.0, 3.0])).numpy())
        [4. 9.]
        """
        signature = self._input_signature
        if signature is not None:
            if args or kwargs:
                self._check_specs(args, kwargs, signature)
            args, kwargs = signature, {}
        kinds = self._kinds
        args, kwargs = kinds._bound(args, kwargs)
        specs = specs_of([list(args), kwargs])
        key = reading.current.around, asked_specs.key(specs)
        found: ConcreteFunction | None = kinds.concretes.get(key)
        if found is not None:
            return found
        sample = _sample([list(args), kwargs])
        shapes = [x.shape for x in nest.flatten(specs) if isinstance(x, TensorSpec)]
        given, fixed = sample or ([], {})
        traced = None if sample is None else kinds.known(given, fixed, shapes)
        named = asked_specs.named(specs)
        if named or traced is None or any(traced is one._concrete for one in kinds.concretes.values()):
            found = asked_specs.more_general(kinds.concretes, specs)
            if found is not None:
                return found
        if sample is None:
            kinds.count += 1
            found = ConcreteFunction(self, kinds.again(_shapes(specs)), specs[0], specs[1], None)
        elif named and traced is not None:  # under other names, or none
            own = kinds.again(_shapes(specs))
            own.called = kinds.called
            concrete = own.prepared(given, fixed, self._as_it_is, shapes)
            kinds.count += own.count
            found = ConcreteFunction(self, own, specs[0], specs[1], concrete)
        else:
            concrete = kinds.prepared(given, fixed, self._as_it_is, shapes)
            found = ConcreteFunction(self, kinds, specs[0], specs[1], concrete)
        kinds.concretes[key] = found
        return found

    def _list_all_concrete_functions(self) -> list[ConcreteFunction]:
        """The function for each kind of arguments that is known: those of its signature, or that it has had."""
        kinds = self._kinds
        if self._input_signature is not None:
            return [self.get_concrete_function()]
        found: list[ConcreteFunction] = list(kinds.concretes.values())
        known = [one._concrete for one in found]
        for concrete in kinds.all:
            if not any(concrete is one for one in known):
                args, kwargs = concrete.types
                fixed = {key: literal(x) for key, x in kwargs.items()}
                found.append(ConcreteFunction(self, kinds, [literal(x) for x in args], fixed, concrete))
        return found

    _list_all_concrete_functions_for_serialization = _list_all_concrete_functions

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        if save_type == "checkpoint":
            return super()._trackable_children(save_type, **kwargs)
        found = self._list_all_concrete_functions_for_serialization()
        return {f"trace_{i}": concrete for i, concrete in enumerate(found)}

    def _check_specs(self, args: Any, kwargs: dict[str, Any], signature: Any) -> None:
        """TypeError for specs that do not fit the input signature."""
        given, named = self._kinds._bound(args, kwargs)
        flat = nest.flatten(specs_of([list(given)[: len(signature)], named])[0])
        for spec, wanted in zip(flat, nest.flatten(list(signature)), strict=False):
            if not isinstance(spec, TypeSpec) or not wanted.is_compatible_with(spec):
                raise TypeError(
                    f"{self.__name__}(): Binding inputs to tf.function failed due to `Can not cast {spec!r} to "
                    f"{wanted!r}`."
                )

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self.__name__

    @property
    def function_type(self) -> FunctionType:
        """The parameters, with the types that an input signature gives them."""
        types: dict[str, Any] = {}
        signature = self._kinds.signature or inspect.Signature()
        if self._input_signature is not None:
            variables: list[Variable] = []
            plain = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
            for i, p in enumerate(plain):
                if i < len(self._input_signature):
                    types[p.name] = type_of(self._input_signature[i], variables)
                elif p.default is not p.empty:
                    types[p.name] = type_of(p.default, variables)
        return of_parameters(signature, types)

    def listing(self, *args: Any, **kwargs: Any) -> str:
        """The straight line of kernels that runs for these arguments, with the lines of code that it comes from.

        The function is traced for them if it is not yet; it does not run. Where values decide which way it takes, the
        lines of all ways that were met stand one after another.

        Raises:
          UnimplementedError: there is no line, or none before the function is called with values.

        >>> import tfcompat_tape as tf
        >>> double = tf.function(lambda x: x + x)
        >>> print(double.listing(tf.constant([1.0, 2.0])).splitlines()[-1])
        return t1
        """
        concrete = self.get_concrete_function(*args, **kwargs)._concrete
        paths = [] if concrete is None else concrete.paths
        if not paths:
            why = "values or sizes decide" if concrete is None else concrete.as_it_is or "values decide"
            raise UnimplementedError(
                None,
                None,
                f"{self.__name__}: there is no line of kernels before the function is called ({why}).",
            )
        return "\n\n".join([listed(path) for path in paths])

    def pretty_printed_concrete_signatures(self, verbose: bool = True) -> str:
        """What the function was traced for: the types of arguments and results of each kind.

        >>> import tfcompat_tape as tf
        >>> double = tf.function(lambda x: x + x)
        >>> _ = double(tf.constant([1.0, 2.0]))
        >>> print(double.pretty_printed_concrete_signatures())
        Input Parameters:
          x (POSITIONAL_OR_KEYWORD): TensorSpec(shape=(2,), dtype=tf.float32, name=None)
        Output Type:
          TensorSpec(shape=(2,), dtype=tf.float32, name=None)
        Captures:
          None
        """
        shown = [described(self._kinds.signature, concrete) for concrete in self._kinds.all]
        if verbose:
            return "\n\n".join([kind.pretty(captures) for kind, captures in shown])
        return "\n".join([str(kind) for kind, _ in shown])

    def __getstate__(self) -> dict[str, Any]:
        # Copies, and what is pickled, are traced anew.
        left_out = ("_kinds", "_of_instances")
        return {name: value for name, value in self.__dict__.items() if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._of_instances = OfInstances()
        self._kinds = self._made_kinds()

    def __repr__(self) -> str:
        return f"<tf.function {self.__name__}: {self._python_function!r}>"


def _shapes(specs: tuple[Any, ...]) -> list[TensorShape] | None:
    """The shapes of an input signature, in the order in which the Tensors are noted."""
    flat = nest.flatten(specs, expand_composites=True)
    return [spec.shape for spec in flat] if all(isinstance(spec, TensorSpec) for spec in flat) else []


def _weak_method(method: Callable[..., Any]) -> Callable[..., Any]:
    """`method`, without keeping its object alive: who calls it does."""
    try:
        weak = weakref.WeakMethod(method)
    except TypeError:
        return method

    def call(*args: Any, **kwargs: Any) -> Any:
        return converted(weak())(*args, **kwargs)

    functools.update_wrapper(call, method)
    call.__wrapped__ = method.__func__  # type: ignore[attr-defined]  # the method itself holds its object
    call.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]
    return call


def _sample(args: Any) -> Any:
    """`args` with Tensors without values in the places of specs; `None` where a dtype has no such Tensors."""
    mode = FakeTensorMode()

    def one(x: Any) -> Any:
        if not isinstance(x, TypeSpec):
            return x
        if not isinstance(x, TensorSpec) or (x.dtype.torch is None and x.dtype is not string):
            raise _OpenError
        sizes = [LIKELY] if x.shape.rank is None else [LIKELY if n is None else n for n in x.shape]
        if x.dtype is string:
            return Tensor(stand_in(mode, sizes), None)
        with mode:
            return Tensor(torch.empty(sizes, dtype=x.dtype.torch, device=devices.current()), None)

    try:
        return nest.map_structure(one, args)
    except _OpenError:
        return None


class _OpenError(Exception):
    """A spec has values that no trace can hold, or of many structures."""


def _check_signature(function: Callable[..., Any], specs: Any) -> None:
    """TypeError for a signature that is none, or does not have one spec for each parameter without a default."""
    if not isinstance(specs, (list, tuple)):
        raise TypeError(f"input_signature must be either a tuple or a list, got {type(specs)}.")
    wrong = [x for x in nest.flatten(list(specs)) if not isinstance(x, TypeSpec)]
    if wrong:
        raise TypeError(
            f"input_signature must be a possibly nested sequence of TensorSpec objects, got invalid args {wrong} with "
            f"types {[type(x) for x in wrong]}."
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    parameters = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    if parameters and parameters[0].name == "self" and not inspect.ismethod(function):
        return  # a method that is not bound yet
    for parameter in parameters[len(specs) :]:
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL:
            raise TypeError(
                f"tf.function: input_signature is missing a type constraint for {parameter.name!r} "
                f"(input_signature missing type constraint for {parameter.name})."
            )
    extra = len(specs) - len(parameters)
    if extra > 0 and not any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise TypeError(f"input_signature contains {extra} extra type constraints.")


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
        kinds = (list, tuple) if type(spec) is list else type(spec)
        if not isinstance(value, kinds) or len(value) != len(spec):
            raise TypeError(f"a {type(spec).__name__} of {len(spec)} is expected")
        parts = [_map_up_to(function, leaf, part) for leaf, part in zip(spec, value, strict=True)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return function(spec, value)
