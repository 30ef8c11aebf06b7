"""Slices and stacks of leaves: how tensors, composite values and their specs lose and gain a first axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.structure import raw_of


def leading(leaf: Any) -> int:
    """The size of the first axis."""
    if not leaf.shape.rank:
        raise ValueError("Unbatching a tensor is only supported for rank >= 1")
    if isinstance(leaf, Tensor):
        return int(leaf._t.shape[0])
    first = leaf.shape[0]
    return int(leaf.nrows() if first is None else first)


def slices(leaf: Any, start: int, end: int) -> Iterable[Any]:
    """The slices from `start` to `end` along the first axis."""
    if isinstance(leaf, torch.Tensor):
        return leaf[start:end].unbind(0)
    if isinstance(leaf, np.ndarray):
        part = leaf[start:end]
        return [part[i, ...] for i in range(len(part))]
    if leaf is None:
        return [None] * (end - start)
    return [raw_of(row) for row in leaf._unstacked()[start:end]]


def unbatched(spec: Any) -> Any:
    """The spec of a slice."""
    if type(spec) is TensorSpec:
        if spec.shape.rank is None:
            return TensorSpec(None, spec.dtype)
        if spec.shape.rank == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return TensorSpec(spec.shape[1:], spec.dtype)
    if isinstance(spec, NoneTensorSpec):
        return spec
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec(spec.shape[1:], spec.dtype)
    if is_ragged(spec):
        return type(spec)(spec._shape[1:], spec._dtype, max(0, spec._ragged_rank - 1), spec._row_splits_dtype)
    return spec._unbatch()


def batched(spec: Any, size: int | None) -> Any:
    """The spec of `size` values, stacked."""
    if type(spec) is TensorSpec:
        return TensorSpec(TensorShape([size]).concatenate(spec.shape), spec.dtype)
    if isinstance(spec, NoneTensorSpec):
        return spec
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec(TensorShape([size]).concatenate(spec.shape), spec.dtype)
    if is_ragged(spec):
        shape = TensorShape([size]).concatenate(spec._shape)
        return type(spec)(shape, spec._dtype, spec._ragged_rank + 1, spec._row_splits_dtype)
    return spec._batch(size)


def is_ragged(spec: Any) -> bool:
    """Whether a spec is one of RaggedTensors."""
    return hasattr(spec, "_ragged_rank")


def stacked(leaves: Sequence[Any], spec: Any, component: int) -> Any:
    """One leaf of several: tensors of one shape, or composite values, along a new first axis.

    Args:
      spec: of the leaves; `None` stands for that of tensors.
      component: the number of the leaf, for errors.
    """
    first = leaves[0]
    if first is None:
        return None
    if spec is not None and type(spec) is not TensorSpec:
        if is_ragged(spec) and not spec._ragged_rank and getattr(first, "ndim", 0) > 1:
            return _as_rows(leaves, spec, component)
        return spec._stack([as_tensor(leaf) for leaf in leaves])
    if isinstance(first, torch.Tensor):
        try:
            return torch.stack(leaves)  # type: ignore[arg-type]
        except (RuntimeError, TypeError):
            _check_shapes(leaves, component)
            raise
    if isinstance(first, np.ndarray):
        _check_shapes(leaves, component)
        found = np.empty((len(leaves), *first.shape), first.dtype)
        for i, leaf in enumerate(leaves):
            found[i] = leaf if leaf.ndim else leaf[()]
        return found
    return first._type_spec._stack(leaves)


def _as_rows(leaves: Sequence[Any], spec: Any, component: int) -> Any:
    """Dense leaves as the rows of a RaggedTensor, which are equal in all but their length."""
    from tfcompat_tape.ragged._parts.tensor import RaggedTensor

    if any(leaf.shape[1:] != leaves[0].shape[1:] for leaf in leaves):
        _check_shapes(leaves, component)
    joined = torch.cat(tuple(leaves)) if isinstance(leaves[0], torch.Tensor) else np.concatenate(leaves)
    lengths = torch.tensor([len(leaf) for leaf in leaves], dtype=spec._row_splits_dtype.torch)
    return RaggedTensor.from_row_lengths(Tensor(joined, None), Tensor(lengths, None))


def _check_shapes(leaves: Sequence[Any], component: int) -> None:
    first = leaves[0].shape
    for i, leaf in enumerate(leaves):
        if leaf.shape != first:
            raise invalid(
                f"Cannot batch tensors with different shapes in component {component}. First element had shape "
                f"{compact(TensorShape(first))} and element {i} had shape {compact(TensorShape(leaf.shape))}."
            )


def as_tensor(leaf: Any) -> Any:
    """A leaf as a Tensor, where it is a raw value."""
    return leaf if isinstance(leaf, CompositeTensor) else Tensor(leaf, None)
