"""Embeddings: rows of a matrix, looked up by their numbers. The gradient is IndexedSlices of just those rows."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.arrays.indexing import gather
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.math.clipping import clip_by_norm
from tfcompat_tape.math.ordering import in_top_k, top_k
from tfcompat_tape.ops.partitioning import dynamic_stitch
from tfcompat_tape.ops.shapes import reshape

__all__ = ["embedding_lookup", "in_top_k", "top_k"]


def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Tensor:
    """Rows `ids` of `params`, each scaled down to the norm `max_norm` if that is given and its norm is greater.

    params: a Tensor or Variable, or a list of them that together are one long one; ids: int32 or int64 of any shape.
    The result has the shape of `ids`, then that of a row. Errors: ValueError without params, InvalidArgumentError for a
    row that there is not. Source: `tf.nn.embedding_lookup`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.embedding_lookup(tf.constant([[1.0, 2.0], [3.0, 4.0]]), [1, 1, 0]).numpy().tolist()
    [[3.0, 4.0], [3.0, 4.0], [1.0, 2.0]]
    """
    if params is None:
        raise ValueError("params must be specified")
    parts = params if isinstance(params, list) else [params]
    if not parts:
        raise ValueError("Length of params is currently 0. Need at least one param.")
    numbers = ids if type(ids) is Tensor else convert(ids)
    if len(parts) == 1:
        return _clipped(gather(parts[0], numbers), numbers, max_norm)
    return _of_many(parts, numbers, max_norm)


def _clipped(rows: Tensor, ids: Tensor, max_norm: Any) -> Tensor:
    if max_norm is None:
        return rows
    result: Tensor = clip_by_norm(rows, max_norm, axes=list(range(len(ids._t.shape), len(rows._t.shape))))
    return result


def _of_many(parts: list[Any], ids: Tensor, max_norm: Any) -> Tensor:
    """Row number n lies in the first part that is long enough; the rows are as evenly spread as they can be."""
    if ids._t.dtype not in (torch.int32, torch.int64):
        raise invalid(f"embedding_lookup: ids must be int32 or int64, got {ids.dtype.name}.")
    parts = [part if type(part) is Tensor or hasattr(part, "_read") else convert(part) for part in parts]
    total = sum(int(part.shape[0]) for part in parts)
    each, extra = divmod(total, len(parts))
    flat = ids._t.reshape(-1)
    owner = torch.maximum(flat // (each + 1), torch.div(flat - extra, max(each, 1), rounding_mode="floor"))
    inside = torch.where(owner < extra, flat % (each + 1), (flat - extra) % max(each, 1))
    places, rows = [], []
    for i, part in enumerate(parts):
        mine = (owner == i).nonzero().reshape(-1)
        wanted = Tensor(inside[mine], None)
        places.append(Tensor(mine.to(torch.int32), None))
        rows.append(_clipped(gather(part, wanted), wanted, max_norm))
    found = dynamic_stitch(*places, *rows)
    shape = (*ids._t.shape, *rows[0]._t.shape[1:])
    result: Tensor = reshape(found, shape=shape)
    return result
