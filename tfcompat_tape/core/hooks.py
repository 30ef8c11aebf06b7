"""Where the floors above hang in, which core does not know. All but the first are for plugins, and empty without.

Plugins come late: the first time that something may depend on them, `need()` loads what is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Answers a function of torch that is called with a Tensor or Variable, from `(function, args, kwargs)`: `interop` does.
torch_function: Callable[[Any, Any, dict[str, Any]], Any]

# What has yet to be loaded. An entry removes itself when its work is done.
pending: list[Callable[[], None]] = []

# Called with every entry that is recorded, and its raw value or the tuple of them.
recorded: list[Callable[[Any, Any], None]] = []

# Called with every gradient or Jacobian that a tape computed: its kind, targets, sources and results.
computed: list[Callable[[str, Any, Any, Any], None]] = []

# Called with every op that is defined, and each function that calls it.
defined: list[Callable[[Any, Any], None]] = []

# Called when code begins to build a graph by itself: values may come then that stand for Tensors and are none.
graphs: list[Callable[[], None]] = []

# Ops of plugins as functions of keyword arguments, for `tf.raw_ops`.
raw_calls: dict[str, Callable[..., Any]] = {}


# The operations of the graph of a concrete function, from `(function, graph)`: `graphs` finds them.
contents_of: Callable[[Any, Any], Any]

# A concrete function, traced as for a graph of it, which takes no values: `graphs` does that.
noted: Callable[[Any], Any]


def need() -> None:
    """Load what is pending."""
    for load in list(pending):
        load()
