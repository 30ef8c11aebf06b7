"""`tf.compat.v1.ragged`: the values of RaggedTensors, as sessions gave them."""

from __future__ import annotations

import itertools
from typing import Any

__all__ = ["RaggedTensorValue"]


class RaggedTensorValue:
    """The value of a RaggedTensor, of NumPy arrays. Source: `tf.compat.v1.ragged.RaggedTensorValue`.

    >>> import numpy as np
    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.ragged.RaggedTensorValue(np.array([1, 2, 3]), np.array([0, 2, 3])).to_list()
    [[1, 2], [3]]
    """

    def __init__(self, values: Any, row_splits: Any) -> None:
        self.values = values
        self.row_splits = row_splits

    def to_list(self) -> list[Any]:
        """The rows, as lists."""
        inner = self.values
        inner = inner.to_list() if isinstance(inner, RaggedTensorValue) else inner.tolist()
        ends = self.row_splits.tolist()
        return [inner[start:end] for start, end in itertools.pairwise(ends)]

    def __repr__(self) -> str:
        return f"tf.RaggedTensorValue(values={self.values!r}, row_splits={self.row_splits!r})"
