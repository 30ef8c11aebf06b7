"""What was there before the tape began: no tape saw how it was computed, but the source code may tell.

A value of that time has a name in the frames around, and the source code shows whether what that name is bound to was
computed from the source. That is evidence, and is reported as such.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tape.explain.code.rebinding import named
from tfcompat_tape.tape.explain.code.syntax import Source, Token, source
from tfcompat_tape.tape.explain.notes.trace import Line
from tfcompat_tape.tape.places import Place

_FRAMES = 8  # how far up names are looked for


class Past:
    """What the source code says of values from before, of which some may have been computed from `value`.

    Args:
      lines: those of the values, by number; `None` for one without a line.

    Attributes:
      name, place: of one that was computed from `value`, and where; `None` if none seems to be.
      read: whether the source code could be read for all of them.
    """

    def __init__(self, value: Any, lines: Mapping[int, Line | None], frames: Sequence[FrameType]) -> None:
        self.name: str | None = None
        self.place: Place | None = None
        self.number: int | None = None
        found: set[int] = set()
        known = False
        for frame in frames[:_FRAMES]:
            tree = source(frame.f_code.co_filename)
            if tree is None:
                continue
            starts = {token for _, token, held in named(frame, tree, lambda held: held is value)}
            known = known or bool(starts)
            reached = _reached(tree, starts)
            if starts:
                found |= {number for number, line in lines.items() if _foreign(tree, line, starts | reached)}
            for name, token, held in named(frame, tree, lambda held: _number(held) in lines):
                if token in starts:
                    continue  # a container of both
                if tree.binds(token):
                    found.add(_number(held))
                if token in reached and self.name is None:
                    self.name = name
                    self.number = _number(held)
                    self.place = _bound(tree, token, starts | reached, frame.f_code.co_filename)
        self.read = known and found >= set(lines)


def _foreign(tree: Source, line: Line | None, tokens: set[Token]) -> bool:
    """Whether what is read where the value was first used has nothing to do with `tokens`."""
    if line is None or line.place is None or source(line.place.file) is not tree:
        return False
    node = tree.expression(line.place)
    if node is None:
        return False
    reads = [token for one in ast.walk(node) if (token := tree.token(one)) and token[-1] not in tree.imported]
    return bool(reads) and all(token not in tokens and tree.binds(token) for token in reads)


def _number(value: Any) -> int:
    if type(value) is Tensor and value._node is not None:
        return value._node.number
    return -1


def _reached(tree: Source, starts: set[Token]) -> set[Token]:
    """What the tokens may get into, through calls of this library too."""
    found: set[Token] = set()
    for token in starts:
        for node in tree.readers(token):
            found |= tree.reached_from(node, through=True)
    return found


def _bound(tree: Source, token: Token, origins: set[Token], file: str) -> Place | None:
    """Where what reads one of `origins` gets into `token`: the last such place."""
    lines = [
        node.lineno  # type: ignore[attr-defined]
        for origin in origins
        for node in tree.readers(origin)
        if origin != token and token in tree.carriers(node, through=True)
    ]
    return Place(file, max(lines)) if lines else None
