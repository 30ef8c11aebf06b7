"""Functions in a SavedModel: their traces as lines of kernels, in JSON.

A function is written as what its traces compute: torch's own kernels by name, with their arguments. Loading builds from
that what calls these kernels, and nothing else: no Python code is in the file.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.saved_model import values
from tfcompat_tape.saved_model.again import Again
from tfcompat_tape.saved_model.lines import RestoredFunction
from tfcompat_tape.saved_model.values import UnwritableError
from tfcompat_tape.tracing.concrete_function import ConcreteFunction
from tfcompat_tape.tracing.function import Function
from tfcompat_tape.tracing.nodes import Guard
from tfcompat_tape.tracing.open_sizes import Open
from tfcompat_tape.tracing.recorder import _tensor_of
from tfcompat_tape.tracing.sizes import printed

FILE = "tfcompat_functions.json"
VERSION = 1

# Sizes that traces are often not made for, so that these get traces of their own.
_SMALL = (3, 2, 1, 0)
_MOST = 64


def of_object(obj: Any) -> Iterator[tuple[str, Function | RestoredFunction]]:
    """The functions on attributes of an object and on its class, by name."""
    if not isinstance(obj, Trackable):
        return
    names = [name for name in vars(obj) if not name.startswith("_self_")] if hasattr(obj, "__dict__") else []
    for cls in type(obj).__mro__:
        names += [name for name, value in vars(cls).items() if isinstance(value, Function)]
    for name in dict.fromkeys(names):
        found = getattr(obj, name, None)
        if isinstance(found, (Function, RestoredFunction)):
            yield name, found


class Written:
    """The functions of all objects below `root`, traced, and then as text."""

    def __init__(self, root: Any, signatures: dict[str, Any]) -> None:
        from tfcompat_tape.checkpoint.graph import ObjectGraphView

        self._found: list[tuple[Any, str, Any]] = []
        for obj in ObjectGraphView(root).walk()[0]:
            for name, function in of_object(obj):
                self._found.append((obj, name, _prepared(function)))
        self._signatures = {name: _prepared(function) for name, function in signatures.items()}

    def text(self, objects: Sequence[Any]) -> bytes:
        """All in JSON: for each the number of its object, its name, and its traces."""
        numbers = {id(obj): i for i, obj in enumerate(objects)}
        found = [
            {
                "object": numbers[id(obj)],
                "name": name,
                "functions": _written(prepared, numbers),
            }
            for obj, name, prepared in self._found
            if id(obj) in numbers
        ]
        signatures = {name: _written(prepared, numbers)[0] for name, prepared in self._signatures.items()}
        return json.dumps({"version": VERSION, "methods": found, "signatures": signatures}).encode()


def _prepared(function: Any) -> Any:
    """What is to be written of a function: its concrete functions, or a loaded one."""
    if isinstance(function, RestoredFunction):
        return Again(function)
    return (
        function._list_all_concrete_functions_for_serialization()
        if isinstance(function, Function)
        else [function]
    )


def _written(prepared: Any, numbers: dict[int, int]) -> list[dict[str, Any]]:
    if isinstance(prepared, Again):
        return prepared.entries(numbers)
    return [one_function(concrete, numbers) for concrete in prepared]


def one_function(function: ConcreteFunction, numbers: dict[int, int]) -> dict[str, Any]:
    """One function as JSON; why it cannot be written, where that is so."""
    try:
        arguments = [values.structure(x) for x in function._args]
        named = {key: values.structure(x) for key, x in function._kwargs.items()}
        _trace(function)
        concrete = function._concrete
        paths = [] if concrete is None else concrete.paths
        if not paths:
            raise UnwritableError(
                getattr(concrete, "as_it_is", None) or "it has no trace that holds for all calls"
            )
        return {
            "name": function.__name__,
            "parameters": list(function._kinds.positional(len(function._args))),
            "arguments": arguments,
            "named": named,
            "defaults": _defaults(function),
            "inputs": [symbol.name.removesuffix(":0") for symbol in function._inputs],
            "traces": [_path(path, numbers) for path in paths],
        }
    except UnwritableError as error:
        return {"name": function.__name__, "refused": str(error)}


def _defaults(function: ConcreteFunction) -> dict[str, Any]:
    """The values of arguments that are left out, as JSON; those that cannot be written are to be given."""
    found = {}
    for name, parameter in inspect.signature(function._kinds.function).parameters.items():
        if parameter.default is not parameter.empty:
            with contextlib.suppress(UnwritableError):
                found[name] = values.structure(parameter.default)
    return found


def _trace(function: ConcreteFunction) -> None:
    """Let the function have traces for small sizes too, where sizes are open."""
    specs = [x for x in nest.flatten([function._args, function._kwargs]) if isinstance(x, TensorSpec)]
    if any(spec.shape.rank is None for spec in specs):
        raise UnwritableError("an argument has an unknown rank")
    places = [(i, axis) for i, spec in enumerate(specs) for axis, n in enumerate(spec.shape) if n is None]
    if not places:
        return
    for sizes in itertools.islice(itertools.product(_SMALL, repeat=len(places)), _MOST):
        shapes: list[list[Any]] = [list(spec.shape) for spec in specs]
        for (i, axis), size in zip(places, sizes, strict=True):
            shapes[i][axis] = size
        given = [values.zeros(spec.dtype, shape) for spec, shape in zip(specs, shapes, strict=True)]
        _call_without_traces_left(function, given)


def _call_without_traces_left(function: ConcreteFunction, given: list[Tensor]) -> None:
    """Call a function so that it is traced for such arguments; Variables are as before."""
    before = [
        (v, v._t) for path in (function._concrete.paths if function._concrete else ()) for v in path.variables
    ]
    concrete = function._concrete
    kept = concrete.state() if isinstance(concrete, Open) else None
    try:
        function(*given)
    except Exception:  # the function refuses such sizes, and what was traced for others stays
        if kept is not None:
            concrete.restore(kept)
    finally:
        for variable, raw in before:
            variable._t = raw


def _path(path: Any, numbers: dict[int, int]) -> dict[str, Any]:
    """One trace as JSON.

    Raises:
      UnwritableError: it does more than calling kernels of torch.
    """
    line, recorder = path.plain, path.trace.recorder
    encoder = values.Encoder(recorder.sizes)
    if line.guarded:
        raise UnwritableError("values decide what it does")
    if recorder.writes:
        raise UnwritableError("a kernel writes into a value")
    variables = []
    for variable in path.variables:
        if id(variable) not in numbers or id(variable) not in path.own:
            raise UnwritableError(
                f"it uses the Variable {variable.name}, which is no dependency of the object"
            )
        variables.append(numbers[id(variable)])
    nodes = []
    for number, value in line.folded.items():
        encoder.given[number] = value
    for _, node in line.nodes:
        if node.outs and all(out in line.folded for out in node.outs):
            continue
        if isinstance(node, Guard) or node.effect or node.shapes:
            raise UnwritableError(f"{node.function} does more than computing")
        nodes.append(
            {
                "op": _op(node.function),
                "args": encoder.all(node.args, line.renamed),
                "kwargs": {key: encoder.one(x, line.renamed) for key, x in node.kwargs.items()},
                "outs": [int(out) for out in node.outs],
                "single": node.single,
            }
        )
    outputs = [encoder.one(x, line.renamed) for x in line.outputs]
    result = path_structure(path)
    guards = (
        [] if recorder.sizes is None else [printed(guard) for guard in dict.fromkeys(recorder.sizes.guards())]
    )
    return {
        "inputs": [int(n) for n in line.inputs],
        "variables": variables,
        "captured": [encoder.constant(tensor._t) for tensor in path.captured],
        "shapes": [_shape(path, i) for i in range(len(line.inputs) - len(path.captured) - len(variables))],
        "nodes": nodes,
        "outputs": outputs,
        "written": list(path.written),
        "result": values.structure(result),
        "symbols": encoder.symbols(recorder.sizes),
        "guards": guards,
        "constants": encoder.constants,
    }


def _shape(path: Any, i: int) -> list[Any]:
    """The shape of an argument, where it is fixed."""
    found = path.trace.recorder.values[path.plain.inputs[i]].shape
    return [size if isinstance(size, int) else None for size in found]


def path_structure(path: Any) -> Any:
    """What a trace gives, with a `values.Out` in the place of each Tensor."""
    from tfcompat_tape.tracing.concrete_function import _described

    def composite(spec: Any, start: int, count: int) -> Any:
        raise UnwritableError(f"it gives a {type(spec).__name__}")

    return _described(path, values.Out, composite)


def _op(function: Any) -> str:
    if function is _tensor_of:
        return "sizes"
    if isinstance(function, torch._ops.OpOverload) and function.namespace in ("aten", "prims"):
        return str(function)
    raise UnwritableError(f"it has a kernel of its own: {getattr(function, '__name__', function)}")
