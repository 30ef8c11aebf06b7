"""Embeddings of rows of ids, of any number in a row, combined into one for each row."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.arrays.indexing import gather
from tfcompat_tape.arrays.selection import where
from tfcompat_tape.arrays.sets import unique
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import HALVES
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.segments import segment_sum
from tfcompat_tape.nn.embedding import embedding_lookup
from tfcompat_tape.ops import sparse_segments
from tfcompat_tape.ops.arithmetic import div_no_nan, mul
from tfcompat_tape.ops.creation import zeros_like
from tfcompat_tape.ops.roots import sqrt
from tfcompat_tape.ops.shapes import reshape

__all__ = ["embedding_lookup_sparse", "safe_embedding_lookup_sparse"]

_COMBINED = {
    "sum": sparse_segments.sparse_segment_sum,
    "mean": sparse_segments.sparse_segment_mean,
    "sqrtn": sparse_segments.sparse_segment_sqrt_n,
}


def _is_ragged(value: Any) -> bool:
    return type(value).__name__ == "RaggedTensor"


def _combiner(value: Any) -> str:
    found = "mean" if value is None else value
    if found not in _COMBINED:
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {value}")
    return str(found)


def _check_kinds(ids: Any, weights: Any) -> None:
    if _is_ragged(ids):
        if weights is not None and not _is_ragged(weights):
            raise TypeError(
                f"sp_ids must be of the same type as sp_weights, received {type(ids).__name__!r} for sp_ids and "
                f"{type(weights).__name__!r} for sp_weights."
            )
        if ids.ragged_rank > 1:
            raise invalid("embedding_lookup_sparse: a RaggedTensor of ids must have one ragged axis.")
        return
    if not isinstance(ids, SparseTensor):
        raise TypeError(f"sp_ids must be SparseTensor, got {type(ids)}")
    if weights is not None and not isinstance(weights, SparseTensor):
        raise TypeError(f"sp_weights must be either None or SparseTensor,got {type(weights)}")


def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    combiner: str | None = None,
    max_norm: Any = None,
    name: Any = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """For each row of ids the sum, or the mean, of their rows in `params`.

    Differentiable in `params` and in the weights.

    Args:
      params: a Tensor or Variable, or a list of them that together are one long one.
      sp_ids: int32 or int64: a SparseTensor, or a RaggedTensor with one ragged axis. Rows in order.
      sp_weights: of the same kind, with a weight for each id; or `None` for ones.
      combiner: "sum", "mean" (the default; by the sum of the weights), or "sqrtn" (by the root of the sum of their
        squares).
      max_norm: rows of `params` with a greater norm are scaled down to it.
      allow_fast_lookup: let the gradient of a Tensor be dense.

    Returns:
      A Tensor with a row for each row up to the last one that has ids; rows without ids are 0.

    Raises:
      ValueError: no params, another combiner, or another number of weights than of ids.
      TypeError: ids or weights of another kind.
      InvalidArgumentError: an id that there is not, rows out of order, or dtypes that do not fit.

    Source: `tf.nn.embedding_lookup_sparse`.

    >>> import tfcompat_tape as tf
    >>> params = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [0, 2, 1], [2, 2])
    >>> tf.nn.embedding_lookup_sparse(params, ids, None).numpy()
    array([[3., 4.],
           [3., 4.]], dtype=float32)
    """
    how = _combiner(combiner)
    if params is None:
        raise ValueError(
            "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor."
        )
    parts = list(params) if isinstance(params, (list, tuple)) else [params]
    if not parts:
        raise ValueError("Length of params is currently 0. Need at least one param.")
    _check_kinds(sp_ids, sp_weights)
    if _is_ragged(sp_ids):
        rows = Tensor(sp_ids.value_rowids()._t, None)
    else:
        rows = Tensor(sp_ids.indices._t[:, 0], None)
    ids = sp_ids.values
    if sp_weights is None and len(parts) == 1 and max_norm is None and not hasattr(parts[0], "_read"):
        return _COMBINED[how](convert(parts[0]), ids, rows, sparse_gradient=not allow_fast_lookup)
    distinct, places = unique(ids)
    found = embedding_lookup(parts, distinct, max_norm=max_norm)
    if sp_weights is None:
        return _COMBINED[how](found, places, rows)
    weights = sp_weights.values
    if ids._t.shape != weights._t.shape:
        raise ValueError(f"Shapes {ids.shape} and {weights.shape} are incompatible")
    return _weighted(how, gather(found, places), weights, rows)


def _weighted(how: str, found: Tensor, weights: Tensor, rows: Tensor) -> Tensor:
    """Combine rows of `found`, each with its weight."""
    wanted = found.dtype
    if weights.dtype != wanted:
        weights = cast(weights, wanted)
    if found._t.dtype in HALVES:
        found, weights = cast(found, float32), cast(weights, float32)
    spread = (weights._t.shape[0], *[1] * (len(found._t.shape) - 1))
    result = segment_sum(mul(found, reshape(weights, shape=spread)), rows)
    if how != "sum":
        counted = weights if how == "mean" else mul(weights, weights)
        total = segment_sum(counted, rows)
        if how == "sqrtn":
            total = sqrt(total)
        column = reshape(total, shape=(total._t.shape[0], *spread[1:]))
        result = div_no_nan(result, column)
    return result if result.dtype == wanted else cast(result, wanted)


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str | None = "mean",
    default_id: Any = None,
    max_norm: Any = None,
    name: Any = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """`tf.nn.embedding_lookup_sparse` for ids that may be negative, and rows that may be empty.

    Negative ids are left out, and unless the combiner is "sum" those with weights that are not positive. Rows without
    ids are 0, or the row `default_id` of the embeddings.

    Args:
      embedding_weights: a Tensor or Variable, or a list of them that together are one long one.
      sparse_ids: a SparseTensor of rank 1 or more, or a RaggedTensor with one ragged axis.
      sparse_weights: of the same kind; or `None`.
      combiner, max_norm, allow_fast_lookup: as for `tf.nn.embedding_lookup_sparse`.

    Returns:
      A Tensor of the shape of the ids without the last axis, then that of a row.

    Raises:
      ValueError: no embeddings, another combiner, or embeddings and weights that differ in dtype.
      InvalidArgumentError: an id that there is not.

    Source: `tf.nn.safe_embedding_lookup_sparse`.

    >>> import tfcompat_tape as tf
    >>> params = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> ids = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0, 2, -1], [3, 2])
    >>> tf.nn.safe_embedding_lookup_sparse(params, ids).numpy()
    array([[3., 4.],
           [0., 0.],
           [0., 0.]], dtype=float32)
    """
    from tfcompat_tape.sparse.tensors import fill_empty_rows, having_indices, retain

    missing = isinstance(embedding_weights, (list, tuple)) and not embedding_weights
    if embedding_weights is None or missing:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    how = _combiner(combiner)
    parts = list(embedding_weights) if isinstance(embedding_weights, (list, tuple)) else [embedding_weights]
    if _is_ragged(sparse_ids):
        _check_kinds(sparse_ids, sparse_weights)
        sparse_ids = sparse_ids.to_sparse()
        sparse_weights = None if sparse_weights is None else sparse_weights.to_sparse()
    having_indices(sparse_ids, "dense_shape")
    if sparse_weights is not None:
        parts = [part if hasattr(part, "_read") else convert(part, sparse_weights.dtype) for part in parts]
    sizes = reading.listed(sparse_ids.dense_shape._t)
    ids, weights = _as_matrix(sparse_ids, sizes), None
    kept = Tensor(ids.values._t >= 0, None)
    if sparse_weights is not None:
        weights = retain(SparseTensor(ids.indices, sparse_weights.values, ids.dense_shape), kept)
    ids = retain(ids, kept)
    if weights is not None and how != "sum":
        heavy = Tensor(weights.values._t > 0, None)
        ids, weights = retain(ids, heavy), retain(weights, heavy)
    ids, empty = fill_empty_rows(ids, 0 if default_id is None else default_id)
    if weights is not None:
        weights, _ = fill_empty_rows(weights, 1.0)
    result = embedding_lookup_sparse(parts, ids, weights, how, max_norm, None, allow_fast_lookup)
    if default_id is None:
        rows = Tensor(empty._t.reshape(-1, *[1] * (len(result._t.shape) - 1)), None)
        result = where(rows, zeros_like(result), result)
    return reshape(result, shape=(*sizes[:-1], *result._t.shape[1:]))


def _as_matrix(ids: SparseTensor, sizes: list[int]) -> SparseTensor:
    """The same elements in rows along the last axis."""
    if len(sizes) == 2:
        return ids
    place = torch.zeros_like(ids.indices._t[:, 0])
    count = 1
    for i, n in enumerate(sizes[:-1]):
        place = place * n + ids.indices._t[:, i]
        count *= n
    indices = torch.stack([place, ids.indices._t[:, -1]], 1)
    shape = torch.tensor([count, sizes[-1]], dtype=torch.int64)
    return SparseTensor(Tensor(indices, None), ids.values, Tensor(shape, None))
