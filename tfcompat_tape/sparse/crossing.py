"""`tf.sparse.cross` and `tf.sparse.cross_hashed`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import crossing
from tfcompat_tape.ops.crossing import Rows
from tfcompat_tape.ops.text import array_of


def cross(inputs: Any, name: Any = None, separator: Any = None) -> SparseTensor:
    """Every way to take one value from each feature, row by row, as texts.

    Args:
      inputs: a list of features: matrices of strings or numbers, SparseTensors or Tensors, with as many rows each.
        SparseTensors come first in the result.
      separator: what stands between the values, "_X_" by default.

    Returns:
      A SparseTensor of strings, with as many rows.

    Raises:
      TypeError: no list, or something else in it.
      InvalidArgumentError: features with other numbers of rows, or that are no matrices.

    Source: `tf.sparse.cross`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.cross([tf.constant([["a", "b"]]), tf.constant([["c"]])]).values.numpy().tolist()
    [b'a_X_c', b'b_X_c']
    """
    between = convert("_X_" if separator is None else separator, dtypes.string)
    rows = crossing.crossed(_features(inputs), between.numpy())
    return _sparse(rows, array_of([value for row in rows for value in row]))


def cross_hashed(inputs: Any, num_buckets: Any = 0, hash_key: Any = None, name: Any = None) -> SparseTensor:
    """Every way to take one value from each feature, row by row, as hashes.

    Args:
      inputs: as for `tf.sparse.cross`.
      num_buckets: hashes are less than this, if it is not 0.
      hash_key: an integer that the hashes depend on.

    Returns:
      A SparseTensor of int64.

    Raises:
      InvalidArgumentError: a negative number of buckets; and what `tf.sparse.cross` raises.

    Source: `tf.sparse.cross_hashed`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.cross_hashed([tf.constant([["x"], ["y"]])], num_buckets=10).values.numpy().tolist()
    [6, 3]
    """
    key = crossing.KEY if hash_key is None else int(hash_key)
    rows = crossing.hashed(_features(inputs), int(num_buckets), key)
    return _sparse(rows, torch.tensor([value for row in rows for value in row], dtype=torch.int64))


def _sparse(rows: Rows, values: Any) -> SparseTensor:
    places = [[at, place] for at, row in enumerate(rows) for place in range(len(row))]
    indices = torch.tensor(places, dtype=torch.int64).reshape(-1, 2)
    longest = max((len(row) for row in rows), default=0)
    return SparseTensor(Tensor(indices, None), Tensor(values, None), [len(rows), longest])


def _features(inputs: Any) -> list[Rows]:
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"Inputs must be a list, not a {type(inputs).__name__}.")
    sparse, dense = [], []
    for feature in inputs:
        if isinstance(feature, SparseTensor):
            sparse.append(of_sparse(feature))
        elif isinstance(feature, Tensor) or hasattr(feature, "_read"):
            dense.append(of_dense(convert(feature)))
        else:
            raise TypeError("All inputs must be Tensor or SparseTensor.")
    return sparse + dense


def of_dense(feature: Tensor) -> Rows:
    """The rows of a matrix."""
    if len(feature._t.shape) != 2:
        raise invalid(f"Dense inputs to a cross must be matrices, got shape {feature.shape}")
    rows: Rows = _plain(feature).tolist()
    return rows


def of_sparse(feature: SparseTensor) -> Rows:
    """The rows of the elements that are there."""
    size = feature.dense_shape.numpy().tolist()
    if len(size) != 2:
        raise invalid(f"Sparse inputs to a cross must be matrices, got shape {size}")
    rows: Rows = [[] for _ in range(size[0])]
    for row, value in zip(
        feature.indices.numpy()[:, 0].tolist(), _plain(feature.values).tolist(), strict=True
    ):
        rows[row].append(value)
    return rows


def _plain(values: Tensor) -> Any:
    """Values as strings or integers."""
    if values.dtype == dtypes.string:
        return values.numpy()
    return np.asarray(values.numpy()).astype(np.int64)
