"""Names for functions that a SavedModel carries beside its objects: `SaveOptions(function_aliases=...)`."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from tfcompat_tape.saved_model.graph_functions import GraphConcrete, GraphFunction, Graphs
from tfcompat_tape.saved_model.restored import RestoredFunction
from tfcompat_tape.tracing.concrete_function import ConcreteFunction
from tfcompat_tape.tracing.function import Function

logger = logging.getLogger("tensorflow")


def aliased(function: Any) -> list[Any]:
    """The functions that an alias stands for.

    Raises:
      TypeError: it is no `tf.function`, concrete function, or collection of concrete functions.
    """
    if isinstance(function, (ConcreteFunction, Function, RestoredFunction)):
        return [function]
    if isinstance(function, Iterable) and not isinstance(function, (str, bytes)):
        found = list(function)
        if all(isinstance(one, (ConcreteFunction, RestoredFunction)) for one in found):
            return found
    raise TypeError(
        f"Unsupported type {type(function)}. Functions in `function_aliases` should be created by tf.function, or "
        "concrete functions, or collections of concrete functions."
    )


def attach(root: Any, meta: Any, graphs: Graphs) -> None:
    """Let `root.function_aliases` have the functions by their aliases, of which the last one counts.

    An alias of all kinds of a function is that function, another one a list of concrete functions.

    Raises:
      ValueError: the object has such an attribute.
    """
    if hasattr(root, "function_aliases"):
        raise ValueError(
            "Could not load with experimental_load_function_aliases option because the top-level object already has an "
            "attribute with the name 'function_aliases'."
        )
    alias_of = {pair.key: pair.value for pair in meta.meta_info_def.function_aliases}
    names: dict[str, list[str]] = {}
    for name, alias in alias_of.items():
        if name in graphs.concrete:
            names.setdefault(alias, []).append(name)
        else:
            logger.warning("ConcreteFunction `%s` is listed in function alias but it is not found.", name)
    whole = {}
    for function in graphs.objects:
        if isinstance(function, GraphFunction) and function.names:
            alias = alias_of.get(function.names[0])
            if alias is not None and set(names[alias]) == set(function.names):
                whole[alias] = function
    root.function_aliases = {
        alias: whole.get(alias) or [GraphConcrete(graphs, name) for name in found]
        for alias, found in names.items()
    }
