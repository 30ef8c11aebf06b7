"""`tf.summary.graph`: the graph of a function, for TensorBoard."""

from __future__ import annotations

import time
from typing import Any

from tfcompat_tape.control.graphs import Graph
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.summary.messages import Event
from tfcompat_tape.summary.state import should_record_summaries, state
from tfcompat_tape.summary.writing import import_event


def graph(graph_data: Any) -> Tensor:
    """Write a graph to the default writer, if there is one and it records.

    Args:
      graph_data: the graph of a concrete function, or a `tf.compat.v1.GraphDef`.

    Returns: a boolean Tensor, whether it was written.

    Raises:
      ValueError: it is neither, or a function is being traced.

    Source: `tf.summary.graph`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> square = tf.function(lambda x: x * x).get_concrete_function(tf.TensorSpec([], tf.float32))
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     tf.summary.graph(square.graph).numpy()
    np.True_
    """
    from tfcompat_tape.control.scopes import executing_eagerly
    from tfcompat_tape.graphs.messages import GraphDef  # loaded when used

    if not executing_eagerly():
        raise ValueError("tf.summary.graph() cannot be invoked inside a graph context.")
    if state.writer is None or not should_record_summaries():
        return convert(False)
    message = graph_data.as_graph_def(add_shapes=True) if isinstance(graph_data, Graph) else graph_data
    if not isinstance(message, GraphDef):
        raise ValueError(
            "Argument 'graph_data' is not tf.Graph or tf.compat.v1.GraphDef. Received "
            f"graph_data={graph_data!r} of type {type(graph_data).__name__}."
        )
    event = Event(wall_time=time.time(), graph_def=message.SerializeToString())
    import_event(convert(event.SerializeToString()))
    return convert(True)
