"""Functions of a SavedModel that was loaded, written into another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfcompat_tape.core.errors import OpError
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.saved_model import values
from tfcompat_tape.saved_model.graph_functions import GraphKind
from tfcompat_tape.saved_model.lines import Kind, RestoredFunction
from tfcompat_tape.saved_model.values import UnwritableError
from tfcompat_tape.tracing.function import Function


class Again:
    """A loaded function that is to be written: it is traced now, and becomes JSON when objects have numbers."""

    def __init__(self, function: RestoredFunction) -> None:
        self._function = function
        self._made = [(kind, _traced(kind)) for kind in function.kinds()]

    def entries(self, numbers: Mapping[int, int]) -> list[dict[str, Any]]:
        """One entry for each kind of arguments."""
        found = [{"name": self._function.__name__, "refused": why} for why in self._function._refused]
        for kind, made in self._made:
            try:
                found.append(_entry(kind, made, numbers))
            except UnwritableError as error:
                found.append({"name": self._function.__name__, "refused": str(error)})
        return found


def _traced(kind: Any) -> Any:
    """The trace of a graph; what is a line already stays one. A string says why there is none."""
    if isinstance(kind, Kind):
        return None
    specs = kind.takes.specs()
    if not all(isinstance(spec, TensorSpec) for spec in specs):
        return "an argument is no plain tensor"
    function = Function(lambda *tensors: kind.called(tensors), autograph=None)
    try:
        return function.get_concrete_function(*specs)
    except (OpError, TypeError, ValueError, NotImplementedError) as error:
        return str(error)


def _entry(kind: Any, made: Any, numbers: Mapping[int, int]) -> dict[str, Any]:
    from tfcompat_tape.saved_model.functions import one_function

    if isinstance(made, str):
        raise UnwritableError(made)
    if isinstance(kind, Kind):
        return {
            **kind.entry,
            "traces": [_renumbered(trace, kind.objects, numbers) for trace in kind.entry["traces"]],
        }
    assert isinstance(kind, GraphKind)
    found = one_function(made, dict(numbers))
    if "refused" in found:
        return found
    takes = kind.takes
    return {
        **found,
        "name": kind.name,
        "parameters": takes.parameters,
        "arguments": [values.structure(x) for x in takes.args],
        "named": {key: values.structure(x) for key, x in takes.named.items()},
        "defaults": {
            key: values.structure(x)
            for key, x in takes.defaults.items()
            if x is None or isinstance(x, _PLAIN)
        },
        "inputs": list(getattr(kind, "inputs", found["inputs"])),
    }


_PLAIN = (bool, int, float, complex, str)


def _renumbered(trace: Mapping[str, Any], objects: Any, numbers: Mapping[int, int]) -> dict[str, Any]:
    variables = [objects[number] for number in trace["variables"]]
    if any(id(variable) not in numbers for variable in variables):
        raise UnwritableError("it uses a Variable which is no dependency of the object")
    return {**trace, "variables": [numbers[id(variable)] for variable in variables]}
