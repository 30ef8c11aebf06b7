"""Tensors of a graph that is looked at: they have a name, a shape and a dtype, and no op takes them."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.shapes import TensorShape


class Symbol:
    """A Tensor of a function's graph.

    Attributes:
      name, shape, dtype: its own. value_index: which result of its operation it is.
      graph: the graph, which knows the operation by its name.
    """

    is_tensor_like = True
    is_symbolic = True

    def __init__(self, name: str, shape: Any, dtype: Any, place: int = 0, graph: Any = None) -> None:
        self.name = f"{name}:{place}"
        self.shape = TensorShape(shape)
        self.dtype = dtype
        self.value_index = place
        self.graph = graph

    def get_shape(self) -> TensorShape:
        """The shape."""
        return self.shape

    @property
    def op(self) -> Any:
        """The operation that gives it."""
        return self.graph.get_operation_by_name(self.name.rpartition(":")[0])

    @property
    def device(self) -> str:
        """The device of the operation."""
        return str(self.op.device)

    @property
    def ndim(self) -> int | None:
        """How many axes it has."""
        return self.shape.rank

    def consumers(self) -> list[Any]:
        """The operations that take it."""
        return [op for op in self.graph.get_operations() if any(x is self for x in op.inputs)]

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    def __str__(self) -> str:
        return f'Tensor("{self.name}", shape={self.shape}, dtype={self.dtype.name})'
