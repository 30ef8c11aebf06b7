"""Functions of a SavedModel that was loaded, as they are, in one that is written."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.graphs.messages import FunctionDef
from tfcompat_tape.saved_model.graph_functions import CapturedTensor, GraphKind
from tfcompat_tape.saved_model.graph_structures import structure
from tfcompat_tape.saved_model.graphs import called_by


def copied(kind: GraphKind, library: Any) -> Any:
    """A loaded function in another library, with all functions that it calls."""
    from tfcompat_tape.graphs.functions import Written

    name = _copy(kind.graphs, kind.name, library)
    return Written(name, kind.captured, kind.structured_input_signature, kind.structured_outputs)


def _copy(graphs: Any, name: str, library: Any) -> str:
    """The name of a function in the other library, where it is entered with what it calls."""
    key = id(graphs), name
    found: str | None = library.copies.get(key)
    if found is not None:
        return found
    found = library.copies[key] = library.name(name.removeprefix("__inference_"))
    library.kept.append(graphs)
    definition: Any = FunctionDef()
    definition.CopyFrom(graphs.library.definition(name))
    definition.signature.name = found
    for node in definition.node_def:
        called = called_by(node)
        names = {one: _copy(graphs, one, library) for one in called}
        for value in node.attr.values():
            _rename(value, names)
        gradient = graphs.library.registered(node)
        if gradient is not None:
            node.attr["_gradient_op_type"].s = _gradient(graphs, gradient, found, library).encode()
    library.add(definition)
    return found


def _gradient(graphs: Any, name: str, of: str, library: Any) -> str:
    saved = graphs.concrete[name]
    bound = [graphs.objects[number] for number in saved.bound_inputs]
    captured = [one.name for one in bound if isinstance(one, CapturedTensor)]
    others = [one for one in bound if not isinstance(one, CapturedTensor)]
    arguments = structure(saved.canonicalized_input_signature)
    kind: str = library.custom_gradient(
        _copy(graphs, name, library), captured, of, others, structure(saved.output_signature), (), arguments
    )
    return kind


def _rename(value: Any, names: dict[str, str]) -> None:
    kind = value.WhichOneof("value")
    if kind == "func":
        value.func.name = names.get(value.func.name, value.func.name)
    elif kind == "list":
        for one in value.list.func:
            one.name = names.get(one.name, one.name)
