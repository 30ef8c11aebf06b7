"""The messages of graphs, by the names that version 1 has for them."""

from __future__ import annotations

from tfcompat_tape.graphs.messages import AttrValue, GraphDef, NameAttrList, NodeDef

__all__ = ["AttrValue", "GraphDef", "NameAttrList", "NodeDef"]
