"""Values as they are written, and the writing of a graph of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tfcompat_tape.checkpoint import bundle, safetensors, sharded
from tfcompat_tape.checkpoint.graph import Graph
from tfcompat_tape.checkpoint.messages import OBJECT_GRAPH_KEY
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.variable import Variable

Named = tuple[str, DType, Any]


def as_array(value: Any) -> tuple[DType, np.ndarray[Any, Any]]:
    """A Tensor, Variable, or what converts to one, as its dtype and a NumPy array."""
    dtype, raw = as_raw(value)
    return dtype, np.asarray(to_numpy(raw))


def as_raw(value: Any) -> tuple[DType, Any]:
    """The same with what the Tensor holds: a torch tensor, a DTensor, or an array of what torch has no dtype for."""
    while callable(value) and not isinstance(value, Tensor) and not hasattr(value, "_read"):
        value = value()
    tensor = value._read_silently() if isinstance(value, Variable) else convert(value)
    return tensor.dtype, tensor._t


def tensors_of(graph: Graph, form: Callable[[Any], tuple[DType, Any]] = as_array) -> Iterator[Named]:
    """All values of a graph, and at the end the graph itself."""
    for own in graph.values:
        for value in own:
            dtype, array = form(value.read())
            yield value.key, dtype, array
    text = np.empty((), object)
    text[()] = graph.message.SerializeToString()
    yield OBJECT_GRAPH_KEY, dtypes.string, text


def save(prefix: str, graph: Graph, format: str = "tensorflow") -> str:
    """Write a graph of objects with their values under `prefix`; returns the path by which it is restored.

    Raises:
      ValueError: another format than "tensorflow", "safetensors" and "distributed".
    """
    reading.at_each_call("a checkpoint")
    if format == "safetensors":
        path = prefix if prefix.endswith(safetensors.SUFFIX) else prefix + safetensors.SUFFIX
        safetensors.write(path, tensors_of(graph))
        return path
    if format == "distributed":
        path = prefix if prefix.endswith(sharded.SUFFIX) else prefix + sharded.SUFFIX
        sharded.write(path, tensors_of(graph, as_raw))
        return path
    if format != "tensorflow":
        raise ValueError(f'format is "tensorflow", "safetensors" or "distributed", not {format!r}')
    bundle.write(prefix, tensors_of(graph))
    return prefix


def in_format(format: str) -> dict[str, str]:
    """The argument, which classes that override `write` need not know."""
    return {} if format == "tensorflow" else {"format": format}
