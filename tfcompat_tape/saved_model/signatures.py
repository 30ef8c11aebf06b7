"""Functions that are called by names, and give a dict: each is a function of the graph that calls another one."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.graphs.functions import Library, Written, tensor_specs
from tfcompat_tape.graphs.nodes import (
    RESOURCE,
    FunctionName,
    PlainFunction,
    Value,
    attr,
)
from tfcompat_tape.saved_model.assets import Asset
from tfcompat_tape.saved_model.graph_functions import GraphConstant


def captured_dtype(bound: Any) -> DType:
    """The dtype of what a function has from outside, and is no Variable."""
    if isinstance(bound, Asset):
        return dtypes.string
    value = getattr(bound, "value", None) if isinstance(bound, GraphConstant) else None
    return value.dtype if isinstance(value, Tensor) else RESOURCE


def wrapper(kind: Written, library: Library, signature: str) -> Written:
    """The function that calls `kind` by the names of its arguments; `signature` is what it is called.

    It takes the tensors alone: of composite values the parts, and Python values are what they were.

    Raises:
      ValueError: it gives something else than Tensors.
    """
    specs = tensor_specs(kind.arguments)
    result = _by_name(kind, signature)
    made = PlainFunction(library.name("signature_wrapper"))
    keys = kind.inputs or [spec.name or f"args_{i}" for i, spec in enumerate(specs)]
    values: dict[str, Value] = {}
    for key in sorted(keys):
        spec = specs[keys.index(key)]
        values[key] = made.argument(key, spec.dtype, spec.shape)
    inputs = [values[key] for key in keys]
    for i, bound in enumerate(kind.bound):
        if isinstance(bound, Variable):
            inputs.append(made.resource(f"resource_{i}", bound))
            continue
        # Others are constants, tables, or the names of files.
        inputs.append(made.argument(f"resource_{i}", captured_dtype(bound)))
    flat = nest.flatten(kind.result)
    called, found = made.add(
        "StatefulPartitionedCall",
        inputs,
        [spec.dtype for spec in flat],
        f=FunctionName(kind.name),
        Tin=attr([x.dtype for x in inputs], "list(type)"),
        Tout=attr([spec.dtype for spec in flat], "list(type)"),
    )
    order = list(result)
    places = {id(spec): i for i, spec in enumerate(flat)}
    library.add(made.finished([found[places[id(result[key])]] for key in sorted(order)], [called]))
    named = {
        key: TensorSpec(specs[keys.index(key)].shape, specs[keys.index(key)].dtype, key)
        for key in sorted(keys)
    }
    return Written(
        made.definition.signature.name, kind.bound, ((), named), {key: result[key] for key in sorted(order)}
    )


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
