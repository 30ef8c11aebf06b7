"""`ConcreteFunction`: a `tf.function` for arguments of one kind."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException

from tfcompat_tape import nest
from tfcompat_tape.control.graphs import FuncGraph
from tfcompat_tape.core import dtypes, hooks, reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import UnimplementedError, invalid
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import function_type, results
from tfcompat_tape.tracing.function_type import FunctionType, VariableSpec
from tfcompat_tape.tracing.outputs import output_specs
from tfcompat_tape.tracing.signature import Leaves
from tfcompat_tape.tracing.symbols import Symbol

if TYPE_CHECKING:
    from tfcompat_tape.tracing.concrete import Concrete
    from tfcompat_tape.tracing.function import Function
    from tfcompat_tape.tracing.kinds import Kinds
    from tfcompat_tape.tracing.path import Path

_numbers = itertools.count().__next__
# What torch raises where a trace is asked for values.
_WITHOUT_VALUES = (DynamicOutputShapeException, DataDependentOutputException, RuntimeError)
# The names of dtypes in C++, where they are others.
_CXX = {"float32": "float", "float64": "double", "float16": "half"}


class ConcreteFunction:
    """A function for arguments of one kind, where Python values are fixed; `tf.function` makes it.

    It is called like the function, with all arguments, or with its Tensors alone, in order or by name.

    Raises:
      TypeError: when called: arguments that are missing, too many, or not those that are fixed.
      InvalidArgumentError: when called: a Tensor of another dtype.

    Attributes:
      structured_input_signature: `(specs of the arguments, specs by name)`.

    >>> import tfcompat_tape as tf
    >>> power = tf.function(lambda x, n: x**n)
    >>> cube = power.get_concrete_function(tf.TensorSpec([2], tf.float32), 3)
    >>> print(cube(tf.constant([1.0, 2.0])).numpy(), cube.output_shapes)
    [1. 8.] (2,)
    """

    added: Callable[[], None] | None = None  # called when it is added to a graph

    def __init__(
        self,
        function: Function,
        kinds: Kinds,
        args: list[Any],
        kwargs: dict[str, Any],
        concrete: Concrete | None,
    ) -> None:
        self._run = function._as_it_is
        self._function = function.python_function
        self._specs: list[Any] | None = None
        self._kinds = kinds
        self._args = args
        self._kwargs = kwargs
        self._around = reading.current.around
        self._concrete = concrete  # what is traced; where sizes are open, each shape has a trace of its own
        self.__name__ = function.__name__
        self._name = f"__inference_{self.__name__}_{_numbers()}".encode()
        names = kinds.positional(len(args))
        self.structured_input_signature: Any = (
            tuple([_named(x, name) for x, name in zip(args, names, strict=True)]),
            {key: _named(kwargs[key], key) for key in sorted(kwargs)},
        )
        self._inputs: list[Symbol] = []
        for x, name in (*zip(args, names, strict=True), *[(kwargs[k], k) for k in sorted(kwargs)]):
            self._inputs += _inputs(x, name)
        taken: set[str] = set()
        for symbol in self._inputs:
            name = symbol.name[:-2]
            numbered = (f"{name}_{i}" for i in itertools.count(1))
            unique = next(n for n in itertools.chain([name], numbered) if n not in taken)
            taken.add(unique)
            symbol.name = f"{unique}:0"
        self._graph: FuncGraph | None = None
        self._outputs: list[Symbol] = []
        self._noted: tuple[list[Any] | None, Any] | None = None  # once asked

    # -- what it says of itself ----------------------------------------------------------------------------------------

    @property
    def name(self) -> bytes:
        """The name of the function in a graph."""
        return self._name

    @property
    def graph(self) -> FuncGraph:
        """The graph of the function: see `FuncGraph`."""
        if self._graph is None:
            self._graph = FuncGraph(self.__name__, self.structured_input_signature)
            self._graph._function = self
            for x in self._inputs:
                x.graph = self._graph
        return self._graph

    @property
    def inputs(self) -> list[Symbol]:
        """The arguments that are Tensors or Variables, and the captured values, as Tensors of the graph."""
        graph, captured = self.graph, self.captured_inputs
        if not captured:
            return [*self._inputs]
        try:
            return [*self._inputs, *graph.internal_captures]
        except UnimplementedError:
            named = [(f"captured_{i}", x) for i, x in enumerate(captured)]
            return [*self._inputs, *[Symbol(name, x.shape, x.dtype, 0, graph) for name, x in named]]

    @property
    def outputs(self) -> list[Symbol]:
        """The results as Tensors of the graph, in one list."""
        shown = self._shown()
        if shown is None:
            found = self._path().outputs()
        else:
            specs = nest.flatten(shown, expand_composites=True)
            found = [(x.shape, x.dtype) for x in specs if isinstance(x, TensorSpec)]
        if len(self._outputs) != len(found):
            graph = self.graph
            self._outputs = [
                Symbol(_output(i), shape, dtype, 0, graph) for i, (shape, dtype) in enumerate(found)
            ]
        return [*self._outputs]

    @property
    def structured_outputs(self) -> Any:
        """The results as Tensors of the graph, and composite values of such Tensors; their specs if they hold none."""
        outputs = self.outputs

        def composite(spec: Any, start: int, count: int) -> Any:
            try:
                return nest.pack_sequence_as(spec, outputs[start : start + count], expand_composites=True)
            except (TypeError, ValueError):
                return spec

        return self._result(lambda i: outputs[i], composite)

    def add_to_graph(self, g: Any = None, overwrite: bool = False) -> None:
        """No graph keeps functions here, but a function may have a say when it is added (see `selection`)."""
        if self.added is not None:
            self.added()

    def add_gradient_functions_to_graph(self, g: Any = None) -> None:
        """Nothing, too."""

    @property
    def output_shapes(self) -> Any:
        """The shapes of the results, of an unknown rank where that is None."""
        outputs = self.outputs
        found = self._result(
            lambda i: outputs[i].shape,
            lambda _, start, count: [x.shape for x in outputs[start : start + count]],
        )
        return _with_none(found, TensorShape(None))

    @property
    def output_dtypes(self) -> Any:
        """The dtypes of the results."""
        outputs = self.outputs
        return self._result(
            lambda i: outputs[i].dtype,
            lambda _, start, count: [x.dtype for x in outputs[start : start + count]],
        )

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The Variables that the function uses, besides arguments."""
        found = self._uses()
        if found is None:
            path = self._path()
            return tuple([v for v in path.variables if id(v) in path.own])
        return tuple([x for x in found if isinstance(x, Variable)])

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of them that are trainable."""
        return tuple([v for v in self.variables if v.trainable])

    @property
    def captured_inputs(self) -> list[Any]:
        """What the function uses besides its arguments: handles of Variables, and Tensors."""
        if self._concrete is None:
            return []
        found = self._uses()
        if found is None:
            return captured(self._concrete)
        return [x.handle if isinstance(x, Variable) else x for x in found]

    @property
    def _seed(self) -> Any:
        """The seed of its graph."""
        return self._path().trace.recorder.seed

    @property
    def function_type(self) -> FunctionType:
        """The types of the arguments and of the result."""
        try:
            shown = self._shown()
        except UnimplementedError:
            result: Any = function_type.UNKNOWN
        else:
            result = function_type.UNKNOWN
            if shown is not None:
                result = function_type.type_of(shown, [])
            elif self._concrete is not None:
                result = result_type(self._concrete)
        return function_type.of_call(self._kinds.signature, *_types(self._args, self._kwargs), result)

    @property
    def inference_fn(self) -> ConcreteFunction:
        """The function itself: there is no other one for gradients."""
        return self

    def pretty_printed_signature(self, verbose: bool = True) -> str:
        """What the function takes and gives: one thing a line, or all in one line if not `verbose`."""
        if not verbose:
            return str(self.function_type)
        return self.function_type.pretty(_captures(self.captured_inputs))

    def _maybe_initialize_trackable(self) -> None:
        """It depends on nothing that a view of objects would walk into."""

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        return {}

    def __repr__(self) -> str:
        return f"<ConcreteFunction {self.function_type} at 0x{id(self):X}>"

    def __str__(self) -> str:
        return f"ConcreteFunction {self.pretty_printed_signature()}"

    def _uses(self) -> list[Any] | None:
        """What a function that is not traced before its call uses from outside, if that is known without values."""
        concrete = self._concrete
        return None if concrete is None or concrete.paths else self._known()[0]

    def _known(self) -> tuple[list[Any] | None, Any]:
        """What the function uses from outside and gives, as its graph says it: `None` where there is none."""
        if self._noted is None:
            self._noted = None, None
            with contextlib.suppress(UnimplementedError, UntraceableError, *_WITHOUT_VALUES):
                noted = hooks.noted(self)
                self._noted = noted.outside(), noted.described(noted.shapes())
        return self._noted

    def _path(self) -> Path:
        concrete = self._concrete
        if concrete is None or not concrete.paths:
            why = "sizes are open" if concrete is None else concrete.as_it_is or "values decide what it does"
            raise UnimplementedError(
                None,
                None,
                f"{self.__name__}: what the function uses and gives is known when it is called, for it is not traced "
                f"before ({why}).",
            )
        return concrete.paths[0]

    def _shown(self) -> Any:
        """The results as specs, where there is no trace that tells them; `None` where there is."""
        concrete = self._concrete
        if concrete is None or (concrete.paths and not concrete.paths[0].specialized()):
            return None
        if self._specs is None:
            given = nest.flatten([self._args, self._kwargs])
            if any(_is_open(x) and not isinstance(x, TensorSpec) for x in given):
                return None
            try:
                self._specs = [output_specs(self._function, *self._args, **self._kwargs)]
            except UnimplementedError:
                if concrete.paths:
                    raise
                found = self._known()[1]
                if found is None:
                    return None  # they are known when it is called
                self._specs = [found]
        return self._specs[0]

    def _result(self, tensor: Any, composite: Any) -> Any:
        shown = self._shown()
        if shown is None:
            return _described(self._path(), tensor, composite)
        numbers = itertools.count()
        return nest.map_structure(lambda x: tensor(next(numbers)) if isinstance(x, TensorSpec) else x, shown)

    # -- calls ---------------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given, named = self._bound(args, kwargs)
        here = reading.current.around
        if here == self._around:
            return self._called(given, named)
        # It does what was asked for where it was got: a function of one replica is none for all of them.
        known = here or self._around
        assert known is not None
        with known.instead(self._around):
            return self._called(given, named)

    def _called(self, given: list[Any], named: dict[str, Any]) -> Any:
        if self._concrete is not None:
            return self._kinds.concretely(given, named, self._run)
        result = self._kinds(given, named, self._run)
        self._concrete = next(iter(self._kinds.all), None)
        return result

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of the Python function."""
        try:
            return self._structured(args, kwargs)
        except _UnboundError as error:
            why = str(error)
        try:
            return self._flat(args, kwargs)
        except _UnboundError as error:
            raise TypeError(
                f"Binding inputs to tf.function failed due to `{why}`. Received args: {args} and kwargs: {kwargs} for "
                f"signature: {self.function_type}.\nFallback to flat signature also failed due to: {error}"
            ) from None

    def _structured(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """All arguments are there, those that are fixed, too."""
        names = self._kinds.positional(len(self._args))
        if len(args) > len(names):
            raise _UnboundError("too many positional arguments")
        rest = dict(kwargs)
        given = []
        for i, (name, wanted) in enumerate(zip(names, self._args, strict=True)):
            if i < len(args):
                if name in rest:
                    raise _UnboundError(f"multiple values for argument {name!r}")
                given.append(self._cast(wanted, args[i]))
            elif name in rest:
                given.append(self._cast(wanted, rest.pop(name)))
            else:
                raise _UnboundError(f"missing a required argument: {name!r}")
        named = {}
        for name, wanted in self._kwargs.items():
            if name not in rest:
                raise _UnboundError(f"missing a required argument: {name!r}")
            named[name] = self._cast(wanted, rest.pop(name))
        if rest:
            raise _UnboundError(f"got an unexpected keyword argument {next(iter(rest))!r}")
        return given, named

    def _flat(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Only Tensors and Variables are there, in order or by the names of `inputs`."""
        names = [x.name[:-2] for x in self._inputs]
        said = f"{self.__name__}({', '.join(names)})"
        if len(args) > len(names):
            raise _UnboundError(f"{said} takes {len(names)} positional arguments, got {len(args)}.")
        given = dict(zip(names, args, strict=False))
        twice = [name for name in kwargs if name in given]
        if twice:
            raise _UnboundError(f"{said} got two values for {twice[0]!r}.")
        given.update(kwargs)
        missing = [name for name in names if name not in given]
        if missing:
            raise _UnboundError(f"{said} missing required arguments: {', '.join(missing)}.")
        extra = [name for name in given if name not in names]
        if extra:
            raise _UnboundError(f"{said} got unexpected keyword arguments: {', '.join(extra)}.")
        for i, name in enumerate(names):
            if not isinstance(given[name], (Tensor, Variable)):
                raise _UnboundError(
                    f"{said}: expected argument #{i}(zero-based) to be a Tensor; got "
                    f"{type(given[name]).__name__} ({given[name]})."
                )
        flat = iter([given[name] for name in names])

        def filled(x: Any) -> Any:
            def one(leaf: Any) -> Any:
                if isinstance(leaf, TensorSpec):
                    return self._tensor(leaf, next(flat))
                if isinstance(leaf, TypeSpec):
                    count = len(nest.flatten(leaf, expand_composites=True))
                    parts = [convert(next(flat)) for _ in range(count)]
                    return nest.pack_sequence_as(leaf, parts, expand_composites=True)
                return self._variable(leaf, next(flat)) if isinstance(leaf, VariableSpec) else leaf

            return nest.map_structure(one, x)

        return [filled(x) for x in self._args], {key: filled(x) for key, x in self._kwargs.items()}

    def _cast(self, wanted: Any, value: Any) -> Any:
        """`value` as what the trace takes in the place of `wanted`."""
        if isinstance(wanted, TensorSpec):
            if isinstance(value, (Tensor, Variable)):
                return self._tensor(wanted, value)
            try:
                tensor = convert(value, wanted.dtype)
            except (TypeError, ValueError) as error:
                raise _UnboundError(str(error)) from None
            if not wanted.shape.is_compatible_with(tensor.shape):
                raise _UnboundError(f"Can not cast {TensorSpec(tensor.shape, tensor.dtype)!r} to {wanted!r}")
            return tensor
        if isinstance(wanted, TypeSpec):
            if isinstance(value, CompositeTensor) and wanted.is_compatible_with(value):
                return value
            raise _UnboundError(f"Can not cast {value!r} to {wanted!r}")
        if isinstance(wanted, VariableSpec):
            return self._variable(wanted, value)
        if nest.is_nested(wanted):
            parts = _parts(wanted, value)
            if parts is None:
                raise _UnboundError(f"Can not cast {value!r} to {function_type.type_of(wanted, [])!r}")
            found = iter([self._cast(w, v) for w, v in parts])
            if isinstance(wanted, Mapping):
                filled = {key: next(found) for key in wanted}
                return {key: filled[key] for key in value}
            return type(wanted)(*found) if hasattr(wanted, "_fields") else type(wanted)(found)
        mine, other = Leaves(), Leaves()
        if mine.key(wanted) != other.key(value):
            raise _UnboundError(f"Can not cast {value!r} to {function_type.type_of(wanted, [])!r}")
        return value

    def _tensor(self, spec: TensorSpec, value: Any) -> Tensor:
        tensor = convert(value)
        if tensor.dtype != spec.dtype:
            self._refuse(spec.dtype.name, tensor.dtype.name, spec)
        return tensor

    def _variable(self, wanted: VariableSpec, value: Any) -> Variable:
        if not isinstance(value, Variable):
            if isinstance(value, Tensor):
                self._refuse("resource", value.dtype.name, wanted)
            raise _UnboundError(f"Can not cast {value!r} to {function_type.type_of(wanted, [])!r}")
        if value.dtype != wanted.dtype:
            self._refuse(wanted.dtype.name, value.dtype.name, wanted)
        return value

    def _refuse(self, wanted: str, given: str, spec: Any) -> NoReturn:
        flat = nest.flatten([*self._args, *[self._kwargs[k] for k in sorted(self._kwargs)]])
        number = next((i for i, x in enumerate(x for x in flat if _is_open(x)) if x is spec), 0)
        name = self._name.decode()
        raise invalid(
            f"cannot compute {name} as input #{number}(zero-based) was expected to be a {_CXX.get(wanted, wanted)} "
            f"tensor but is a {_CXX.get(given, given)} tensor [Op:{name}]"
        )


class _UnboundError(Exception):
    """Arguments do not fit."""


def specs_of(args: Any) -> Any:
    """`args` with specs in place of Tensors, arrays, composite values and Variables."""
    variables: list[Variable] = []

    def one(x: Any) -> Any:
        if isinstance(x, (Tensor, Variable, CompositeTensor, np.ndarray, np.generic, torch.Tensor)):
            return function_type.type_of(x, variables)
        return x

    return nest.map_structure(one, args)


def captured(concrete: Concrete) -> list[Any]:
    """Handles of the Variables, and the Tensors, that a function uses besides its arguments."""
    if not concrete.paths:
        return []
    path = concrete.paths[0]
    constants = [ref() for ref in path.trace.constants.values()]
    found: list[Any] = [v for v in path.variables if id(v) in path.own]
    found += [*path.captured, *[x for x in constants if x is not None]]
    seen = path.trace.seen
    found.sort(key=lambda x: seen.get(id(x), len(seen)))
    return [x.handle if isinstance(x, Variable) else x for x in found]


def result_type(concrete: Concrete) -> Any:
    """The type of what a function gives."""
    if not concrete.paths:
        return function_type.UNKNOWN
    path = concrete.paths[0]
    specs = [TensorSpec(shape, dtype) for shape, dtype in path.outputs()]
    return function_type.type_of(_described(path, lambda i: specs[i], lambda spec, start, count: spec), [])


def described(signature: Any, concrete: Concrete) -> tuple[FunctionType, dict[int, Any]]:
    """The type of a function for arguments of one kind, and what it captures."""
    args, kwargs = concrete.types
    kind = function_type.of_call(signature, args, kwargs, result_type(concrete))
    return kind, _captures(captured(concrete))


def _captures(found: list[Any]) -> dict[int, Any]:
    resource = TensorSpec([], dtypes.resource)
    return {id(x): TensorSpec(x.shape, x.dtype) if isinstance(x, Tensor) else resource for x in found}


def _described(path: Path, tensor: Any, composite: Any) -> Any:
    structure: Any = path.structure
    return tensor(0) if structure is results.only else structure.described(tensor, composite)


def _is_open(x: Any) -> bool:
    return isinstance(x, (TypeSpec, VariableSpec))


def _parts(wanted: Any, value: Any) -> list[tuple[Any, Any]] | None:
    """What stands in the same places; `None` if the structures differ."""
    if isinstance(wanted, Mapping):
        if not isinstance(value, Mapping) or wanted.keys() != value.keys():
            return None
        return [(wanted[key], value[key]) for key in wanted]
    if isinstance(wanted, (list, tuple)) and type(value) is type(wanted) and len(value) == len(wanted):
        return list(zip(wanted, value, strict=True))
    return None


def _named(value: Any, name: str) -> Any:
    """`value` with names for the specs in it: that of the argument, and the way to the spec."""

    def walk(x: Any, name: str) -> Any:
        if isinstance(x, TensorSpec):
            return TensorSpec(x.shape, x.dtype, name=x.name or name)
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*[walk(one, f"{name}_{key}") for key, one in zip(x._fields, x, strict=True)])
        if isinstance(x, (list, tuple)):
            return type(x)([walk(one, f"{name}_{i}") for i, one in enumerate(x)])
        if isinstance(x, Mapping):
            return {key: walk(one, f"{name}_{key}") for key, one in x.items()}
        return x

    return walk(value, name)


def _inputs(value: Any, name: str) -> list[Symbol]:
    found = []
    for x in nest.flatten(value):
        if isinstance(x, TensorSpec):
            found.append(Symbol(x.name or name, x.shape, x.dtype))
        elif isinstance(x, TypeSpec):
            parts = nest.flatten(x, expand_composites=True)
            found += [Symbol(name, part.shape, part.dtype) for part in parts]
        elif isinstance(x, VariableSpec):
            found.append(Symbol(name, (), dtypes.resource))
    return found


def _output(number: int) -> str:
    return "Identity" if number == 0 else f"Identity_{number}"


def _with_none(value: Any, other: Any) -> Any:
    """`value` with `other` in the places of None."""
    if value is None:
        return other
    if isinstance(value, TensorShape):
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_with_none(x, other) for x in value])
    if isinstance(value, (list, tuple)):
        return type(value)([_with_none(x, other) for x in value])
    if isinstance(value, dict):
        return type(value)((key, _with_none(x, other)) for key, x in value.items())
    return value


def _types(args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    variables: list[Variable] = []
    return [function_type.type_of(x, variables) for x in args], {
        key: function_type.type_of(kwargs[key], variables) for key in sorted(kwargs)
    }
