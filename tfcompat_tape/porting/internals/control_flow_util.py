"""`tensorflow.python.ops.control_flow_util`, and what `control_flow_ops` has that is public nowhere."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.tracing import scope

__all__ = ["ENABLE_CONTROL_FLOW_V2", "GraphOrParentsInXlaContext", "get_enclosing_xla_context"]

ENABLE_CONTROL_FLOW_V2 = True


def GraphOrParentsInXlaContext(graph: Any) -> bool:
    """Whether a function that is being traced, or one around it, is compiled (`jit_compile=True`)."""
    trace = scope.active.trace
    while trace is not None and not trace.jit_compile:
        trace = trace.enclosing()
    return trace is not None


def get_enclosing_xla_context() -> None:
    """The context of XLA in a graph that is built: there is none."""
