"""`tf.ragged.cross` and `tf.ragged.cross_hashed`."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import crossing
from tfcompat_tape.ops.crossing import Rows
from tfcompat_tape.ops.text import array_of, splits_of
from tfcompat_tape.ragged._parts.tensor import RaggedTensor
from tfcompat_tape.sparse.crossing import of_dense, of_sparse


def cross(inputs: Any, name: Any = None) -> RaggedTensor:
    """Every way to take one value from each feature, row by row, as texts joined by "_X_".

    Args:
      inputs: a list of features: matrices of strings or integers, which may be RaggedTensors, SparseTensors or Tensors,
        with the same number of rows.

    Returns:
      A RaggedTensor of strings, with as many rows.

    Raises:
      TypeError: no list.
      ValueError: values of other dtypes, or a RaggedTensor of more than two dimensions.
      InvalidArgumentError: features with other numbers of rows, or that are no matrices.

    Source: `tf.ragged.cross`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.cross([tf.ragged.constant([["a"], ["b", "c"]]), tf.ragged.constant([["d"], ["e"]])])
    <tf.RaggedTensor [[b'a_X_d'], [b'b_X_e', b'c_X_e']]>
    """
    features, splits = _features(inputs)
    rows = crossing.crossed(features, b"_X_")
    values = Tensor(array_of([value for row in rows for value in row]), None)
    return RaggedTensor._of(values, Tensor(splits_of(rows, splits), None))


def cross_hashed(inputs: Any, num_buckets: Any = 0, hash_key: Any = None, name: Any = None) -> RaggedTensor:
    """Every way to take one value from each feature, row by row, as hashes.

    Args:
      inputs: as for `tf.ragged.cross`.
      num_buckets: hashes are less than this, if it is not 0.
      hash_key: an integer that the hashes depend on.

    Returns:
      A RaggedTensor of int64.

    Raises:
      InvalidArgumentError: a negative number of buckets; and what `tf.ragged.cross` raises.

    Source: `tf.ragged.cross_hashed`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.cross_hashed([tf.ragged.constant([["a"], ["b", "c"]])], num_buckets=100)
    <tf.RaggedTensor [[15], [68, 76]]>
    """
    features, splits = _features(inputs)
    rows = crossing.hashed(features, int(num_buckets), crossing.KEY if hash_key is None else int(hash_key))
    values = torch.tensor([value for row in rows for value in row], dtype=torch.int64)
    return RaggedTensor._of(Tensor(values, None), Tensor(splits_of(rows, splits), None))


def _features(inputs: Any) -> tuple[list[Rows], torch.dtype]:
    """The rows of all features, and the dtype of row splits that they agree on."""
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"inputs must be a list of features, not a {type(inputs).__name__}.")
    found, kinds = [], set()
    for feature in inputs:
        if not isinstance(feature, (SparseTensor, RaggedTensor)):
            feature = convert(feature)
        if feature.dtype != dtypes.string and not feature.dtype.is_integer:
            raise ValueError(f"Unexpected dtype for a feature: {feature.dtype}.")
        if isinstance(feature, SparseTensor):
            found.append(of_sparse(feature))
        elif isinstance(feature, RaggedTensor):
            kinds.add(feature.row_splits.dtype.torch)
            found.append(_of_ragged(feature))
        else:
            found.append(of_dense(feature))
    return found, torch.int32 if kinds == {torch.int32} else torch.int64


def _of_ragged(feature: RaggedTensor) -> Rows:
    if feature.ragged_rank != 1:
        raise ValueError("tf.ragged.cross only supports inputs with rank=2")
    if len(feature.values._t.shape) != 1:
        raise invalid("tf.ragged.cross only supports inputs with rank=2")
    rows: Rows = feature.to_list()
    return rows
