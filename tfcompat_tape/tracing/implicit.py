"""The constants and captured Tensors among the inputs of ops, as TensorFlow's graphs have them: nodes of their own.

A trace computes with Python's numbers, shapes and axes as they are; who lists the operations of a function that is
being traced expects `add/y` and `Reshape/shape` before `add` and `Reshape`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

# Captured Tensors of at most so many elements are constants of a graph.
SMALL = 128
# What inputs are called, where that is not what they are called in the definition of the op.
PORTS = {
    ("StridedSlice", "begin"): "stack",
    ("StridedSlice", "end"): "stack_1",
    ("StridedSlice", "strides"): "stack_2",
}


def before(
    op: Any, name: str, raws: Sequence[Any], attrs: dict[str, Any], kind: Callable[[Any], str | None]
) -> Iterator[tuple[str, str]]:
    """Name and type of what stands before an op in a graph.

    Args:
      kind: for a raw input the type of the node that is made for it; `None` if there is one already.
    """
    from tfcompat_tape.ops.raw import calls, definitions

    if not definitions.known(op.name):
        return
    places = calls.places_of_inputs(op.name, len(raws))
    for place, port in zip(places, _ports(definitions.form(op.name).inputs, len(places)), strict=False):
        if isinstance(place, int):
            found = kind(raws[place])
        else:  # an axis, a shape
            given = attrs.get(place, op.defaults.get(place)) is not None or op.name == "StridedSlice"
            found = "Const" if given else None
        if found is not None:
            yield f"{name}/{PORTS.get((op.name, port), port)}", found


def _ports(ports: Sequence[Any], count: int) -> list[str]:
    """A name for each of so many inputs."""
    names: list[str] = []
    for port in ports:
        if port.count or port.mixed:
            names += [f"{port.name}_{i}" for i in range(count - len(ports) + 1)]
        else:
            names.append(port.name)
    return names
