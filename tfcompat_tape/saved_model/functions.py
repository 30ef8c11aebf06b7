"""Functions that are written into a SavedModel: traced with notes, and as functions of a graph.

A function is traced anew for each kind of its arguments, with sizes that nothing decides where a spec leaves them open.
What no graph says raises here, before anything is written.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.saved_model.copies import copied
from tfcompat_tape.saved_model.graph_functions import GraphKind
from tfcompat_tape.saved_model.graph_messages import FunctionDefLibrary, FunctionSpec
from tfcompat_tape.saved_model.graph_nodes import Value, sizes_of
from tfcompat_tape.saved_model.graph_structures import written
from tfcompat_tape.saved_model.graph_writer import FunctionWriter, dtype_of
from tfcompat_tape.saved_model.restored import RestoredFunction
from tfcompat_tape.tracing import results, scope
from tfcompat_tape.tracing.concrete_function import ConcreteFunction
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.function import Function
from tfcompat_tape.tracing.notes import Notes, taken
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.trace import ON, Trace

WRITABLE = (Function, RestoredFunction)


def of_object(obj: Any) -> Iterator[tuple[str, Any]]:
    """The functions on attributes of an object and on its class, by name."""
    if not isinstance(obj, Trackable):
        return
    names = [name for name in vars(obj) if not name.startswith("_self_")] if hasattr(obj, "__dict__") else []
    for cls in type(obj).__mro__:
        names += [name for name, value in vars(cls).items() if isinstance(value, Function)]
    for name in dict.fromkeys(names):
        found = getattr(obj, name, None)
        if isinstance(found, WRITABLE):
            yield name, found


class Library:
    """The functions of a graph that is written."""

    def __init__(self) -> None:
        self.message: Any = FunctionDefLibrary()
        self._numbers = itertools.count()
        self.gradients: list[Gradient] = []
        self.kept: list[Any] = []
        self.copies: dict[
            Any, str
        ] = {}  # functions of models that were loaded: the names that they have here

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


def write(function: Any, library: Library) -> Written:
    """Write a function for arguments of one kind; one that was loaded is written as it is.

    Raises:
      UnimplementedError: it does what no graph says.
    """
    if isinstance(function, GraphKind):
        return copied(function, library)
    try:
        return _write(function, library)
    except (UntraceableError, UnimplementedError) as error:
        why = getattr(error, "message", None) or str(error)
    raise UnimplementedError(
        None,
        None,
        f"{function.__name__} cannot be written into a SavedModel: {why}. Leave it out of the object, for example by "
        "deleting the attribute or by not decorating it.",
    )


def _write(function: ConcreteFunction, library: Library) -> Written:
    from tfcompat_tape.tracing.unknown import Unknown  # it takes half a second: only who needs it

    args, kwargs = function.structured_input_signature
    trace = Trace(concrete=False, creating=False, autograph=function._kinds.autograph or ON, sizes=Unknown())
    trace.recorder.notes = Notes(trace.recorder)
    given: list[Tensor] = []
    names = iter([symbol.name.removesuffix(":0") for symbol in function._inputs])
    with scope.left():
        given = [_argument(trace, spec) for spec in _flat((args, kwargs))]
    trace.names = list(names)

    def body() -> Any:
        left = iter(given)
        values, named = nest.map_structure(lambda x: _filled(x, left), (tuple(args), dict(kwargs)))
        return results.taken_apart(converted(function._function)(*values, **named), function.__name__)

    with taken():
        structure, leaves = trace.run(body, function._function)
    writer = FunctionWriter(trace, library, library.name(function.__name__))
    for name, tensor in zip(trace.names, given, strict=True):
        writer.argument(name, tensor.dtype, scope._slot_t.__get__(tensor))
    writer.write()
    found = [result_of(writer, x) for x in leaves]
    specs = [
        TensorSpec(
            sizes_of(raw) if isinstance(raw := scope._slot_t.__get__(x), torch.Tensor) else x.shape, x.dtype
        )
        for x in leaves
    ]
    library.add(writer.finished(found))
    if structure is results.only:
        shown: Any = specs[0]
    else:
        shown = structure.described(lambda i: specs[i], lambda spec, start, count: spec)
    return Written(writer.function, writer.variables, (tuple(args), dict(kwargs)), shown, trace.names)


def result_of(writer: FunctionWriter, x: Tensor) -> Value:
    """The value of a result."""
    raw = scope._slot_t.__get__(x)
    parent = writer.trace.entry_of(x, raw) if isinstance(raw, torch.Tensor) else None
    return writer.value(raw, parent, True)


def _flat(structure: Any) -> list[Any]:
    """The specs in a structure, those of composite values as their parts."""
    found: list[Any] = []
    for x in nest.flatten(structure):
        if isinstance(x, TensorSpec):
            found.append(x)
        elif isinstance(x, TypeSpec):
            found += nest.flatten(x, expand_composites=True)
    return found


def _argument(trace: Trace, spec: TensorSpec) -> Tensor:
    if spec.shape.rank is None:
        raise UnimplementedError(None, None, "an argument has an unknown rank")
    if spec.dtype.torch is None:
        raise UnimplementedError(None, None, f"an argument is of {spec.dtype.name}")
    dims = spec.shape.as_list()
    sizes = [LIKELY if n is None else n for n in dims]
    return trace.argument(torch.empty((), dtype=spec.dtype.torch).expand(sizes), None, dims)


def _filled(x: Any, left: Iterator[Tensor]) -> Any:
    if isinstance(x, TensorSpec):
        return next(left)
    if isinstance(x, TypeSpec):
        parts = [next(left) for _ in nest.flatten(x, expand_composites=True)]
        return nest.pack_sequence_as(x, parts, expand_composites=True)
    return x


def prepared(function: Any) -> list[Any]:
    """The function for each kind of arguments that is to be written."""
    if isinstance(function, RestoredFunction):
        return function.kinds()
    if isinstance(function, Function):
        return function._list_all_concrete_functions_for_serialization()
    return [function]


def spec_of(function: Any) -> Any:
    """What a SavedModel says of the Python function: its parameters, their defaults, and the input signature."""
    if isinstance(function, RestoredFunction):
        return function.spec
    found: Any = FunctionSpec()
    try:
        signature = inspect.signature(function.python_function)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    kinds = inspect.Parameter
    args, defaults, keywords, named = [], [], [], {}
    varargs = varkw = None
    for name, parameter in signature.parameters.items():
        default = parameter.default
        if parameter.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD):
            args.append(name)
            if default is not parameter.empty:
                defaults.append(_default(default))
        elif parameter.kind is kinds.KEYWORD_ONLY:
            keywords.append(name)
            if default is not parameter.empty:
                named[name] = _default(default)
        elif parameter.kind is kinds.VAR_POSITIONAL:
            varargs = name
        else:
            varkw = name
    parts = {
        "args": args,
        "varargs": varargs,
        "varkw": varkw,
        "defaults": tuple(defaults) or None,
        "kwonlyargs": keywords,
        "kwonlydefaults": named or None,
        "annotations": {},
    }
    whole = found.fullargspec.named_tuple_value
    whole.name = "FullArgSpec"
    for key, part in parts.items():
        whole.values.add(key=key).value.CopyFrom(written(part))
    found.is_method = False
    signature_of = function.input_signature
    found.input_signature.CopyFrom(written(None if signature_of is None else tuple(signature_of)))
    return found


def _default(value: Any) -> Any:
    """A default as far as a message says it; what it does not say counts as None, which no kind was made for."""
    try:
        written(value)
    except UnimplementedError:
        return None
    return value


__all__ = ["WRITABLE", "Library", "Written", "dtype_of", "of_object", "prepared", "spec_of", "write"]
