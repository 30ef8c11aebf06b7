"""One question, about one source, with all that there is to answer it; whatever judges gets this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.notes.origins import Kind
from tfcompat_tape.tape.explain.notes.trace import Line, Node, Trace, Version, find
from tfcompat_tape.tape.explain.notes.tracer import Tracer
from tfcompat_tape.tape.explain.notes.walk import Walk


@dataclass(frozen=True)
class Question:
    """What was asked, and what there is to answer it.

    Attributes:
      tape: that was asked.
      targets, source: Tensors or Variables; `name`: what the user's code calls the source.
      connected: whether a walk found a gradient; `None` if none was made.
      walk: the notes of that walk.
      frames: those of the user's code, innermost first.
    """

    tape: Any
    targets: Sequence[Any]
    source: Any
    name: str
    connected: bool | None
    walk: Walk | None
    frames: Sequence[FrameType]

    @property
    def traced(self) -> bool:
        """Whether the tape took notes."""
        return self.tape._tracer is not None and self.tape._tracer.trace is not None

    @property
    def tracer(self) -> Tracer:
        """What a traced tape keeps beside its recording."""
        tracer: Tracer = self.tape._tracer
        return tracer

    @cached_property
    def trace(self) -> Trace:
        """The notes of a traced tape."""
        trace = self.tracer.trace
        assert trace is not None
        return trace

    @cached_property
    def number(self) -> int | None:
        """The number of the source's line; `None` for a Variable, whose states are many."""
        if isinstance(self.source, Variable) or self.source._node is None:
            return None
        number: int = self.source._node.number
        line = find(number, self.trace)
        return None if line is not None and line.kind is Kind.VARIABLE else number

    @cached_property
    def handle(self) -> int | None:
        """The handle of the Variable that the source is, or is a reading of."""
        if isinstance(self.source, Variable):
            return self.source._handle
        if self.source._node is None or self.number is not None:
            return None
        return self.trace.states_of(self.source._node.number)[-1].handle

    @cached_property
    def line(self) -> Line | None:
        """The line of the source, if it has one."""
        return None if self.number is None else find(self.number, self.trace)

    def is_source(self, node: Node) -> bool:
        """Whether `node` is the source, or a state of it."""
        if isinstance(node, Version):
            return self.handle is not None and node.handle == self.handle
        return self.number is not None and node == self.number

    @property
    def used(self) -> bool:
        """Whether something was computed from the source while the tape took notes."""
        if self.handle is not None:
            return any((session.id, self.handle) in self.trace.accessed for session in self.tracer.sessions)
        return self.number is not None and any(
            self.number in line.parents for line in list(self.trace.lines.values())
        )
