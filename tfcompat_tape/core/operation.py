"""`tf.Operation`: what has the name, the type and the tensors of one op, where there is such a thing."""

from __future__ import annotations

from typing import Any


class Operation:
    """A call of an op: what gradient functions get, what `x.op` gives in a traced function, and a node of a graph.

    It is there for `isinstance`. No program makes one: ops run, or are traced, when they are called.

    Attributes:
      name, type: of the op. inputs: its Tensors, as a tuple. outputs: its results, as a list.

    Raises:
      TypeError: it is called.

    Source: `tf.Operation`.

    >>> import tfcompat_tape as tf
    >>> @tf.function
    ... def double(x):
    ...     y = x + x
    ...     print(isinstance(y.op, tf.Operation), y.op.type)
    ...     return y
    >>> _ = double(tf.constant(1.0))
    True AddV2
    """

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Operation:
        """Only the kinds of operations that there are can be made."""
        if cls is Operation:
            raise TypeError(
                "tf.Operation cannot be made: ops run when they are called. Call the op (tf.raw_ops has each), and "
                "in a tf.function read `op` of its result."
            )
        return object.__new__(cls)
