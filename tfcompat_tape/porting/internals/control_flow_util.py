"""`tensorflow.python.ops.control_flow_util`."""

from __future__ import annotations

from typing import Any

__all__ = ["ENABLE_CONTROL_FLOW_V2", "GraphOrParentsInXlaContext"]

ENABLE_CONTROL_FLOW_V2 = True


def GraphOrParentsInXlaContext(graph: Any) -> bool:
    """Whether a graph is built for XLA, which none is."""
    return False
