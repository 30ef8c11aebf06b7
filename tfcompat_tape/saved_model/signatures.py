"""Functions that are called by names, and give a dict: each is a function of the graph that calls another one."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.functions import Library, Written
from tfcompat_tape.graphs.messages import FunctionDef
from tfcompat_tape.graphs.nodes import (
    RESOURCE,
    FunctionName,
    Nodes,
    Value,
    attr,
    resource_argument,
)


def wrapper(kind: Written, library: Library, signature: str) -> Written:
    """The function that calls `kind` by the names of its arguments; `signature` is what it is called.

    Raises:
      ValueError: it takes or gives something else than Tensors.
    """
    specs = nest.flatten(kind.arguments)
    if not all(isinstance(spec, TensorSpec) for spec in specs):
        raise ValueError(
            f"The function {kind.name} is to be a signature, and takes more than Tensors: {kind.arguments}."
        )
    result = _by_name(kind, signature)
    nodes = Nodes()
    definition: Any = FunctionDef()
    name = definition.signature.name = library.name("signature_wrapper")
    keys = kind.inputs or [spec.name or f"args_{i}" for i, spec in enumerate(specs)]
    values: dict[str, Value] = {}
    for key in sorted(keys):
        spec = specs[keys.index(key)]
        values[key] = Value(nodes.name(_lower(key)), spec.dtype)
        definition.signature.input_arg.add(name=values[key].text, type=spec.dtype.as_datatype_enum)
    inputs = [values[key] for key in keys]
    shapes: list[Any] = [specs[keys.index(key)].shape for key in sorted(keys)]
    for i, bound in enumerate(kind.bound):
        # Those of functions that were loaded may be constants, or the names of files, too.
        value = getattr(bound, "value", None) if not isinstance(bound, Variable) else None
        captured = Value(nodes.name(f"resource_{i}"), value.dtype if isinstance(value, Tensor) else RESOURCE)
        if isinstance(bound, Variable):
            resource_argument(definition.signature, captured.text, bound)
        else:
            definition.signature.input_arg.add(name=captured.text, type=captured.dtype.as_datatype_enum)
        inputs.append(captured)
        shapes.append(TensorShape(None))
    flat = nest.flatten(kind.result)
    called, found = nodes.add(
        "StatefulPartitionedCall",
        inputs,
        [spec.dtype for spec in flat],
        f=FunctionName(kind.name),
        Tin=attr([x.dtype for x in inputs], "list(type)"),
        Tout=attr([spec.dtype for spec in flat], "list(type)"),
    )
    order = list(result)
    places = {id(spec): i for i, spec in enumerate(flat)}
    for key in sorted(order):
        value = found[places[id(result[key])]]
        same = nodes.one("Identity", [value], value.dtype, T=value.dtype)
        out = same.text.partition(":")[0].lower()
        definition.signature.output_arg.add(name=out, type=value.dtype.as_datatype_enum)
        definition.ret.add(key=out, value=same.text)
    definition.node_def.extend(nodes.found)
    definition.signature.control_output.append(called)
    definition.control_ret.add(key=called, value=called)
    definition.signature.is_stateful = True
    definition.attr["_input_shapes"].CopyFrom(attr(shapes, "list(shape)"))
    library.add(definition)
    named = {
        key: TensorSpec(specs[keys.index(key)].shape, specs[keys.index(key)].dtype, key)
        for key in sorted(keys)
    }
    return Written(name, kind.bound, ((), named), {key: result[key] for key in sorted(order)})


def _by_name(kind: Written, signature: str) -> dict[str, Any]:
    result = kind.result
    if isinstance(result, dict):
        found = dict(result)
    else:
        listed = list(result) if isinstance(result, (list, tuple)) else [result]
        found = {f"output_{i}": x for i, x in enumerate(listed)}
    for key, x in found.items():
        if not isinstance(key, str) or not isinstance(x, TensorSpec):
            raise ValueError(
                f"Got a non-Tensor value {x!r} for key {key!r} in the output of the function {kind.name} used to "
                f"generate the SavedModel signature {signature!r}. Outputs for functions used as signatures must be a "
                "single Tensor, a sequence of Tensors, or a dictionary from string to Tensor."
            )
    return found


def _lower(name: str) -> str:
    found = "".join([c if c.isalnum() and c.isascii() else "_" for c in name.lower()])
    return found if found[:1].isalpha() else f"arg_{found}"
