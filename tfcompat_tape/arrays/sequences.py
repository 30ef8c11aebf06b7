"""Distances of sequences."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.edit_distance import edit_distance as distance

__all__ = ["edit_distance"]


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: Any = "edit_distance") -> Tensor:
    """How many insertions, deletions and substitutions make one sequence of another.

    The sequences are the elements of each row of SparseTensors, in the order in which they are listed. Not
    differentiable.

    Args:
      hypothesis, truth: SparseTensors of one dtype, of the same rank, at least 2.
      normalize: whether to divide by the length of the true sequence, which gives infinity where it is empty.

    Returns:
      float32 of the shape of the SparseTensors without the last axis, the greater of each size.

    Raises:
      TypeError: an argument is no SparseTensor.
      InvalidArgumentError: the ranks differ or are less than 2, the dtypes differ, or there are no rows.
      InternalError: a row that the shape does not have.

    Source: `tf.edit_distance`.

    >>> import tfcompat_tape as tf
    >>> said = tf.SparseTensor([[0, 0], [0, 1], [0, 2]], ["a", "b", "c"], [1, 3])
    >>> meant = tf.SparseTensor([[0, 0], [0, 1]], ["a", "c"], [1, 2])
    >>> tf.edit_distance(said, meant, normalize=False).numpy()
    array([1.], dtype=float32)
    """
    for what, value in (("Hypothesis", hypothesis), ("Truth", truth)):
        if not isinstance(value, SparseTensor) and type(value).__name__ != "SparseTensorValue":
            raise TypeError(f"{what} must be a SparseTensor.")
    one, other = SparseTensor.from_value(hypothesis), SparseTensor.from_value(truth)
    result: Tensor = distance(
        one.indices,
        one.values,
        one.dense_shape,
        other.indices,
        other.values,
        other.dense_shape,
        normalize=as_bool(normalize, "normalize"),
    )
    return result
