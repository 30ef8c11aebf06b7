"""What a kernel that failed in a line has to say: which values were wrong, and of which line of the user's code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, NamedTuple

import torch

from tfcompat_tape.ops.bounds import first_outside
from tfcompat_tape.tape.places import Place
from tfcompat_tape.tracing.nodes import Node, Ref

aten = torch.ops.aten


class Coded(NamedTuple):
    """Generated code, the kernels that it calls by line, and what it calls a value."""

    code: CodeType
    calls: dict[int, tuple[str, Node]]
    name: Callable[[Ref], str]


def told(error: Exception, parts: Sequence[Coded]) -> tuple[str, str]:
    """A text before and one after the kernel's own message; `parts` are the code that may have called it."""
    for part in parts:
        trace: Any = error.__traceback__
        while trace is not None and trace.tb_frame.f_code is not part.code:
            trace = trace.tb_next
        found = None if trace is None else part.calls.get(trace.tb_lineno)
        if found is not None:
            return _told(error, trace.tb_frame.f_locals, found[1], part.name)
    return "", ""


def _told(error: Exception, values: Any, node: Node, name: Callable[[Ref], str]) -> tuple[str, str]:
    args = [values.get(name(x)) if type(x) is Ref else x for x in node.args]
    what = _what(node.function, args, str(error))
    place = "" if node.frame is None else f" (of {Place(*node.frame)}: {Place(*node.frame).text})"
    return what and f"{what}: ", place


def _what(function: Any, args: list[Any], text: str) -> str:
    if "ZeroDivisionError" in text:
        return "Integer division by zero"
    places = _INDEXED.get(function)
    if places is None:
        return ""
    x, axis, indices = args[0], 0 if places[0] is None else args[places[0]], args[places[1]]
    if not isinstance(x, torch.Tensor) or not isinstance(indices, torch.Tensor) or type(axis) is not int:
        return ""
    outside = first_outside(indices, x.shape[axis])
    return f"indices{outside}" if outside else ""


# Kernels that look up by index: the places of the axis and of the indices among their arguments.
_INDEXED: dict[Any, tuple[int | None, int]] = {
    aten.index_select.default: (1, 2),
    aten.gather.default: (1, 2),
    aten.embedding.default: (None, 1),
}
