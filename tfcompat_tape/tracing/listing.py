"""The straight line that a function was traced to, with the lines of code that it comes from."""

from __future__ import annotations

import sys
from typing import Any

import torch

from tfcompat_tape.tape.places import Place, caller
from tfcompat_tape.tracing.nodes import NOTHING, Guard, Node, Ref


def user_line() -> tuple[str, int] | None:
    """File and line number of the user's code that is running."""
    frame, _ = caller(sys._getframe(1))
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def listed(path: Any) -> str:
    """The kernels of a trace that its results need, one a line; what they were written as to the right."""
    names = {number: f"arg{i}" for i, number in enumerate(path.trace.argument_numbers)}
    for held in path.trace.held.values():
        names.setdefault(held.number, held.variable.name.split(":")[0])
    line = path.plain
    left = [_text(node, names, line.renamed) for _, node in line.nodes]
    width = min(max([len(text) for text in left], default=0), 72)
    found = []
    for text, (_, node) in zip(left, line.nodes, strict=True):
        place = None if node.frame is None else Place(*node.frame)
        found.append(text if place is None else f"{text:<{width}}  # {place}  {place.text}".rstrip())
    found.append(f"return {', '.join([_value(x, names, line.renamed) for x in line.outputs])}")
    return "\n".join(found)


def _text(node: Node, names: dict[int, str], renamed: dict[int, int]) -> str:
    if type(node) is Guard:
        return f"if {_value(node.args[0], names, renamed)} == {node.outcome!r}:"
    function: Any = node.function
    name = str(function)
    if not isinstance(function, torch._ops.OpOverload):
        name = getattr(function, "__name__", type(function).__name__)
    args = [_value(x, names, renamed) for x in node.args]
    args += [f"{key}={_value(x, names, renamed)}" for key, x in node.kwargs.items()]
    outs = ", ".join(["_" if out == NOTHING else names.get(out, f"t{out}") for out in node.outs])
    return f"{outs} = {name}({', '.join(args)})" if outs else f"{name}({', '.join(args)})"


def _value(x: Any, names: dict[int, str], renamed: dict[int, int]) -> str:
    if type(x) is Ref:
        number = renamed.get(int(x), int(x))
        return names.get(number, f"t{number}")
    if type(x) in (tuple, list):
        return f"[{', '.join([_value(one, names, renamed) for one in x])}]"
    if isinstance(x, torch.Tensor):
        return repr(x.item()) if x.numel() == 1 else f"constant{list(x.shape)}"
    return repr(x)
