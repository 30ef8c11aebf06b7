"""`tf.io.write_graph`: graphs in files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["write_graph"]


def write_graph(graph_or_graph_def: Any, logdir: Any, name: str, as_text: bool = True) -> str:
    """Write a graph to the file `name` in the folder `logdir`, which is made; the path of the file.

    Args:
      graph_or_graph_def: the graph of a concrete function, or a `tf.compat.v1.GraphDef`.
      as_text: as text for people, or else as the bytes of the message.

    Source: `tf.io.write_graph`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> square = tf.function(lambda x: x * x).get_concrete_function(tf.TensorSpec([], tf.float32))
    >>> path = tf.io.write_graph(square.graph, tempfile.mkdtemp(), "square.pb", as_text=False)
    >>> with open(path, "rb") as file:
    ...     [node.op for node in tf.compat.v1.GraphDef.FromString(file.read()).node]
    ['Placeholder', 'Mul', 'Identity']
    """
    message = graph_or_graph_def
    if hasattr(message, "as_graph_def"):
        message = message.as_graph_def()
    folder = os.fspath(logdir)
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if as_text:
        path.write_text(str(message), encoding="utf-8")
    else:
        path.write_bytes(message.SerializeToString())
    return os.path.join(folder, name)
