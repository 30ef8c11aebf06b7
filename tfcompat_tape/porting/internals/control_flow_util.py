"""`tensorflow.python.ops.control_flow_util`, and what `control_flow_ops` has that is public nowhere."""

from __future__ import annotations

from typing import Any

__all__ = ["ENABLE_CONTROL_FLOW_V2", "GraphOrParentsInXlaContext", "get_enclosing_xla_context"]

ENABLE_CONTROL_FLOW_V2 = True


def GraphOrParentsInXlaContext(graph: Any) -> bool:
    """Whether a graph is built for XLA, which none is."""
    return False


def get_enclosing_xla_context() -> None:
    """The context of XLA in a graph that is built: there is none."""
