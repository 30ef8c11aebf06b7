"""Functions as functions of a graph: traced with notes, and written.

A function is traced anew for each kind of its arguments, with sizes that nothing decides where a spec leaves them open.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import InvalidArgumentError, UnimplementedError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.messages import FunctionDefLibrary
from tfcompat_tape.graphs.nodes import Value, sizes_of
from tfcompat_tape.graphs.writer import FunctionWriter
from tfcompat_tape.tracing import results, scope
from tfcompat_tape.tracing.concrete_function import ConcreteFunction
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.function_type import VariableSpec
from tfcompat_tape.tracing.notes import Notes, taken
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.texts import is_array
from tfcompat_tape.tracing.trace import ON, Trace


class Library:
    """The functions of a graph that is written."""

    def __init__(self) -> None:
        self.message: Any = FunctionDefLibrary()
        self._numbers = itertools.count()
        self.gradients: list[Gradient] = []
        self.kept: list[Any] = []
        # Functions of models that were loaded: the names that they have here.
        self.copies: dict[Any, str] = {}
        # Files that belong to the model, by id of the array that has the name.
        self.assets: dict[int, Any] = {}

    def name(self, wanted: str) -> str:
        """A name for a function."""
        bare = "".join([c if (c.isalnum() and c.isascii()) or c == "_" else "_" for c in wanted])
        return f"__inference_{bare}_{next(self._numbers)}"

    def add(self, definition: Any) -> None:
        """Enter a function."""
        self.message.function.append(definition)

    def custom_gradient(
        self,
        name: str,
        captured: list[str],
        of: str,
        variables: Sequence[Any],
        result: list[Any],
        given: Sequence[Any],
        arguments: Any = None,
    ) -> str:
        """Enter a gradient of the user's, and the name under which it is found."""
        kind = f"CustomGradient-{next(self._numbers)}"
        self.message.registered_gradients.add(gradient_func=name, registered_op_type=kind)
        if arguments is None:
            specs = [TensorSpec(None, dtype, f"result_grads_{i}") for i, dtype in enumerate(given)]
            arguments = tuple(specs), {}
        self.gradients.append(Gradient(name, variables, arguments, result, captured, of))
        return kind


class Written:
    """A function for arguments of one kind, in the graph.

    Attributes:
      name: in the library. bound: the Variables whose resources are its last arguments.
      arguments: `(args, kwargs)` with specs; `result`: what it gives, with specs.
      inputs: names for the tensors among the arguments, if they have others than the specs.
    """

    def __init__(
        self, name: str, bound: Sequence[Any], arguments: Any, result: Any, inputs: Sequence[str] = ()
    ) -> None:
        self.name, self.bound, self.arguments, self.result = name, list(bound), arguments, result
        self.inputs = list(inputs)


class Gradient(Written):
    """A gradient of the user's.

    Attributes:
      captured: what it has of the function `of`, whose part it is the gradient of.
    """

    def __init__(
        self, name: str, bound: Sequence[Any], arguments: Any, result: Any, captured: list[str], of: str
    ) -> None:
        super().__init__(name, bound, arguments, result)
        self.captured, self.of = captured, of


class Noted:
    """A function, traced with notes.

    Args:
      rank: that of arguments whose specs have none; `None`: there are no such arguments.

    Attributes:
      trace: it. names, given: of its arguments, and these. structure, leaves: its results.
    """

    def __init__(self, function: ConcreteFunction, rank: int | None = None) -> None:
        from tfcompat_tape.tracing.unknown import Unknown  # it takes half a second: only who needs it

        args, kwargs = function.structured_input_signature
        autograph = function._kinds.autograph or ON
        self.trace = trace = Trace(concrete=False, creating=False, autograph=autograph, sizes=Unknown())
        trace.recorder.notes = Notes(trace.recorder)
        with scope.left():
            specs = input_specs((args, kwargs))
            self.given = _given(trace, specs, rank)
            self._ranked = [spec.shape.rank is not None for spec in specs]
        self.names = [symbol.name.removesuffix(":0") for symbol in function._inputs]
        for name, x in zip(self.names, self.given, strict=True):
            if isinstance(x, Variable):
                trace.recorder.ops.argument(name)
            else:
                trace.names.append(name)

        def body() -> Any:
            left = iter(self.given)
            values, named = nest.map_structure(lambda x: _filled(x, left), (tuple(args), dict(kwargs)))
            found = converted(function._function)(*values, **named)
            found = nest.map_structure(lambda x: _standing(trace, x), found, expand_composites=True)
            return results.taken_apart(found, function.__name__)

        with taken():
            self.structure, self.leaves = trace.run(body, function._function)

    def outside(self) -> list[Any]:
        """What the function uses besides its arguments, as it comes to it: Variables, and Tensors."""
        constants = [ref() for ref in self.trace.constants.values()]
        found = [held.variable for held in self.trace.held.values()]
        tensors = [tensor for tensor, *_ in self.trace.captures.values()]
        seen = self.trace.seen
        every = [*found, *tensors, *[x for x in constants if x is not None]]
        return sorted(every, key=lambda x: seen.get(id(x), len(seen)))

    def described(self, shapes: Sequence[TensorShape]) -> Any:
        """The results as specs."""
        specs = [TensorSpec(shape, x.dtype) for shape, x in zip(shapes, self.leaves, strict=True)]
        if self.structure is results.only:
            return specs[0]
        return self.structure.described(lambda i: specs[i], lambda spec, start, count: spec)

    def write(self, writer: FunctionWriter) -> list[Value]:
        """Write arguments and ops; the values of the results."""
        for name, x, ranked in zip(self.names, self.given, self._ranked, strict=True):
            if isinstance(x, Variable):
                writer.resources[id(x)] = writer.argument(name, dtypes.resource, shape=[])
            else:
                writer.argument(name, x.dtype, scope._slot_t.__get__(x), ranked=ranked)
        writer.write()
        return [result_of(writer, x) for x in self.leaves]

    def shapes(self) -> list[TensorShape]:
        """The shapes of the results, with sizes that are open."""
        raws = [scope._slot_t.__get__(x) for x in self.leaves]
        return [
            TensorShape(sizes_of(raw)) if isinstance(raw, torch.Tensor) else x.shape
            for x, raw in zip(self.leaves, raws, strict=True)
        ]


def traced(function: ConcreteFunction, library: Library) -> Written:
    """The function, traced with notes and entered in `library`.

    Raises:
      UntraceableError, UnimplementedError: it does what no graph says.
    """
    if all(spec.shape.rank is not None for spec in tensor_specs(function.structured_input_signature)):
        noted, writer = _written(function, library, None)
        shapes = noted.shapes()
    else:
        rank, shapes = _any_rank(function, library)
        noted, writer = _written(function, library, rank)
    args, kwargs = function.structured_input_signature
    arguments = tuple(args), dict(kwargs)
    return Written(writer.function, writer.variables, arguments, noted.described(shapes), noted.names)


def _written(function: ConcreteFunction, library: Library, rank: int | None) -> tuple[Noted, FunctionWriter]:
    noted = Noted(function, rank)
    writer = FunctionWriter(noted.trace, library, library.name(function.__name__))
    library.add(writer.finished(noted.write(writer)))
    return noted, writer


_RANKS = (0, 1, 2, 3, 5)


def _any_rank(function: ConcreteFunction, library: Library) -> tuple[int, list[TensorShape]]:
    """A rank for which the graph is the one for any, and the shapes of the results for any.

    The graphs of several ranks are compared: there is no other way to know, for Python code goes by ranks.
    """
    found: dict[int, tuple[Any, list[TensorShape]]] = {}
    for rank in _RANKS:
        trial = Library()
        trial.assets = library.assets
        try:
            noted, writer = _written(function, trial, rank)
        except (ValueError, InvalidArgumentError):  # it does not fit arguments of such a rank
            continue
        found[rank] = (trial.message, list(map(id, writer.variables))), noted.shapes()
    kinds = [kind for kind, _ in found.values()]
    if len(found) < 2 or any(kind != kinds[0] for kind in kinds):
        raise UnimplementedError(
            None, None, "an argument has an unknown rank, and the ops of the function depend on it"
        )
    shapes = [_common(several) for several in zip(*[shapes for _, shapes in found.values()], strict=True)]
    return max(found), shapes


def _common(shapes: Sequence[TensorShape]) -> TensorShape:
    """What is known of all of these."""
    found = shapes[0]
    for one in shapes[1:]:
        found = found.most_specific_compatible_shape(one) if found.rank == one.rank else TensorShape(None)
    return found


def _standing(trace: Trace, x: Any) -> Any:
    """A result; strings that are the same at each call as values of the trace."""
    if isinstance(x, (str, bytes)):
        x = convert(x)
    return Tensor(trace.recorder.standing(x._t), None) if type(x) is Tensor and is_array(x._t) else x


def result_of(writer: FunctionWriter, x: Tensor) -> Value:
    """The value of a result."""
    raw = scope._slot_t.__get__(x)
    parent = writer.trace.entry_of(x, raw) if isinstance(raw, torch.Tensor) else None
    return writer.value(raw, parent, True)


def tensor_specs(structure: Any) -> list[Any]:
    """The specs of the tensors in a structure: of composite values the parts, of Python values none."""
    return [spec for spec in input_specs(structure) if not isinstance(spec, VariableSpec)]


def input_specs(structure: Any) -> list[Any]:
    """The specs of the tensors and Variables in a structure."""
    found: list[Any] = []
    for x in nest.flatten(structure):
        if isinstance(x, (TensorSpec, VariableSpec)):
            found.append(x)
        elif isinstance(x, TypeSpec):
            found += nest.flatten(x, expand_composites=True)
    return found


def _given(trace: Trace, specs: Sequence[Any], rank: int | None) -> list[Any]:
    """What the function is called with: Tensors of the trace, and Variables in the places of those of a call."""
    variables: dict[int, Variable] = {}
    found: list[Any] = []
    for spec in specs:
        if not isinstance(spec, VariableSpec):
            found.append(_argument(trace, spec, rank))
            continue
        if spec.alias_id not in variables:
            value = Tensor(torch.zeros(_likely(spec, rank), dtype=spec.dtype.torch), None)
            variables[spec.alias_id] = Variable(value, spec.trainable, shape=spec.shape)
        found.append(variables[spec.alias_id])
    return found


def _likely(spec: Any, rank: int | None) -> list[int]:
    """A shape that a tensor of a spec could have."""
    dims = [None] * (rank or 0) if spec.shape.rank is None else spec.shape.as_list()
    return [LIKELY if n is None else n for n in dims]


def _argument(trace: Trace, spec: TensorSpec, rank: int | None) -> Tensor:
    if spec.shape.rank is None and rank is None:
        raise UnimplementedError(None, None, "an argument has an unknown rank")
    dims = [None] * (rank or 0) if spec.shape.rank is None else spec.shape.as_list()
    sizes = _likely(spec, rank)
    if spec.dtype is dtypes.string:
        return trace.argument(np.full(sizes, b"", object), None, dims)
    if spec.dtype.torch is None:
        raise UnimplementedError(None, None, f"an argument is of {spec.dtype.name}")
    return trace.argument(torch.empty((), dtype=spec.dtype.torch).expand(sizes), None, dims)


def _filled(x: Any, left: Iterator[Tensor]) -> Any:
    if isinstance(x, (TensorSpec, VariableSpec)):
        return next(left)
    if isinstance(x, TypeSpec):
        parts = [next(left) for _ in nest.flatten(x, expand_composites=True)]
        return nest.pack_sequence_as(x, parts, expand_composites=True)
    return x
