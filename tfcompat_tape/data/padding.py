"""Batches of elements that differ in shape: padded, ragged, sparse."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import DataLossError, invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor, SparseTensorSpec
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import Run, opening
from tfcompat_tape.data.batching import Batches, batch_count
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.slicing import batched, stacked
from tfcompat_tape.data.structure import Element, children, flatten, mapped


class PaddedBatchDataset(Dataset):
    """Elements stacked, after all are padded to one shape."""

    def __init__(self, input_dataset: Dataset, size: Any, shapes: Any, values: Any, drop: Any) -> None:
        super().__init__(input_dataset)
        self._size = integer(size, "batch_size")
        self._drop = bool(drop)
        if self._size < 1:
            raise invalid("Batch size must be greater than zero.")
        spec = input_dataset.element_spec
        leaves = flatten(spec)
        for leaf in leaves:
            if type(leaf) is not TensorSpec:
                raise TypeError(f"`padded_batch` is only supported for datasets of tensors, not of {leaf}.")
        if shapes is None:
            for i, leaf in enumerate(leaves):
                if leaf.shape.rank is None:
                    raise ValueError(
                        f"You must provide `padded_shapes` argument because component {i} has unknown rank."
                    )
            self._shapes = [leaf.shape for leaf in leaves]
        else:
            self._shapes = [_shape(x, leaf) for x, leaf in zip(_aligned(shapes, spec), leaves, strict=True)]
        given = [None] * len(leaves) if values is None else _values(values, spec)
        self._values = [_padding(x, leaf) for x, leaf in zip(given, leaves, strict=True)]

    def _spec(self) -> Any:
        size = self._size if self._drop else None
        shapes = iter(self._shapes)
        return mapped(
            lambda leaf: TensorSpec(TensorShape([size]).concatenate(next(shapes)), leaf.dtype),
            self._from[0]._layout_now().spec,
        )

    def _count(self) -> int:
        return batch_count(self._from[0]._count(), self._size, self._drop)

    def _open(self, run: Run) -> Iterator[Element]:
        return _PaddedBatches(self, run)


class _PaddedBatches(Batches):
    def __init__(self, made: PaddedBatchDataset, run: Run) -> None:
        source = made._from[0]
        super().__init__(source._open(run), [made._size], made._drop, source)
        self._shapes = [tuple(shape) for shape in made._shapes]
        self._values = made._values
        self._fused = False

    def _together(self, part: list[Element]) -> Element:
        columns = zip(*part, strict=True)
        return tuple([_padded(*one) for one in zip(columns, self._shapes, self._values, strict=True)])


def _aligned(value: Any, spec: Any) -> list[Any]:
    """What a user gives in the structure of `spec`: one for each leaf; a shape may itself be a tuple or list."""
    parts = children(spec)
    if parts is None:
        return [value]
    given = children(value)
    if given is None or len(given) != len(parts):
        raise TypeError(f"{value!r} does not have the structure of {spec!r}.")
    return [one for x, part in zip(given, parts, strict=True) for one in _aligned(x, part)]


def _values(value: Any, spec: Any) -> list[Any]:
    if children(value) is None:
        return [value] * len(flatten(spec))
    return _aligned(value, spec)


def _shape(value: Any, leaf: Any) -> TensorShape:
    if hasattr(value, "_t"):
        value = value.numpy().tolist()
    sizes = (
        value.as_list() if isinstance(value, TensorShape) else [value] if isinstance(value, int) else value
    )
    found = TensorShape([None if n is None or int(n) == -1 else int(n) for n in sizes])
    if not found.is_compatible_with(leaf.shape) and (leaf.shape.rank != found.rank):
        raise ValueError(
            f"The padded shape {found} is not compatible with the shape {leaf.shape} of the corresponding input "
            "component."
        )
    return found


def _padding(value: Any, leaf: Any) -> Any:
    if value is None:
        return b"" if leaf.dtype is dtypes.string else 0
    found = convert(value)
    if found.dtype is not leaf.dtype:
        raise TypeError(
            f"Invalid `padding_values`. `padding_values` values type {found.dtype!r} does not match type "
            f"{leaf.dtype!r} of the corresponding input component."
        )
    if len(found.shape):
        raise ValueError(f"Invalid `padding_values`. `padding_values` must be scalars, not {found.shape}.")
    raw = found._t
    return raw[()] if isinstance(raw, np.ndarray) else raw


def _padded(leaves: tuple[Any, ...], wanted: tuple[Any, ...], value: Any) -> Any:
    first = leaves[0]
    for leaf in leaves:
        if leaf.ndim != len(wanted):
            raise invalid(
                f"All elements in a batch must have the same rank as the padded shape: expected rank {len(wanted)} "
                f"but got element with rank {leaf.ndim}."
            )
    shape = []
    for axis, size in enumerate(wanted):
        most = max(leaf.shape[axis] for leaf in leaves)
        if size is not None and most > size:
            raise DataLossError(
                None,
                None,
                "Attempted to pad to a smaller size than the input element.",
            )
        shape.append(most if size is None else size)
    if isinstance(first, torch.Tensor):
        if all(list(leaf.shape) == shape for leaf in leaves):
            return torch.stack(leaves)  # type: ignore[arg-type]
        found: Any = torch.empty([len(leaves), *shape], dtype=first.dtype)
        found.fill_(value)
    else:
        found = np.full([len(leaves), *shape], value, dtype=first.dtype)
    for i, leaf in enumerate(leaves):
        found[(i, *[slice(n) for n in leaf.shape])] = leaf if leaf.ndim else leaf[()]
    return found


class RaggedBatchDataset(Dataset):
    """Elements as the rows of RaggedTensors, so many at a time."""

    _shown = "_BatchDataset"

    def __init__(self, input_dataset: Dataset, size: Any, drop: Any, splits: Any) -> None:
        super().__init__(input_dataset)
        self._size = integer(size, "batch_size")
        self._drop = bool(drop)
        self._splits = dtypes.as_dtype(splits)
        if self._size < 1:
            raise invalid("Batch size must be greater than zero.")

    def _row_spec(self, leaf: Any) -> Any:
        """The spec of what is stacked: dense rows of open size are ragged ones."""
        from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec

        if type(leaf) is TensorSpec and leaf.shape.rank != 0 and not leaf.shape.is_fully_defined():
            ragged = 0
            if leaf.shape.rank is not None:
                ragged = max(i for i, n in enumerate(leaf.shape) if n is None)
            return RaggedTensorSpec(leaf.shape, leaf.dtype, ragged, self._splits)
        return leaf

    def _spec(self) -> Any:
        size = self._size if self._drop else None
        return mapped(lambda leaf: batched(self._row_spec(leaf), size), self._from[0]._layout_now().spec)

    def _count(self) -> int:
        return batch_count(self._from[0]._count(), self._size, self._drop)

    def _open(self, run: Run) -> Iterator[Element]:
        return _RaggedBatches(self, run)

    def _rows(self, column: tuple[Any, ...], spec: Any) -> tuple[Any, ...]:
        """Dense tensors as ragged ones, where their own rows may differ in size."""
        from tfcompat_tape.ragged._parts.tensor import RaggedTensor

        rank = getattr(spec, "ragged_rank", getattr(spec, "_ragged_rank", 0))
        if not rank or not isinstance(column[0], (torch.Tensor, np.ndarray)):
            return column
        return tuple(
            [
                RaggedTensor.from_tensor(Tensor(x, None), ragged_rank=rank, row_splits_dtype=self._splits)
                for x in column
            ]
        )


class _RaggedBatches(Batches):
    def __init__(self, made: RaggedBatchDataset, run: Run) -> None:
        source = made._from[0]
        super().__init__(source._open(run), [made._size], made._drop, source)
        self._made = made
        self._fused = False

    def _known_specs(self) -> list[Any]:
        return [self._made._row_spec(leaf) for leaf in self._source._layout.leaves]

    def _together(self, part: list[Element]) -> Element:
        columns = zip(zip(*part, strict=True), self._specs or (), strict=True)
        return tuple(
            [stacked(self._made._rows(column, spec), spec, i) for i, (column, spec) in enumerate(columns)]
        )


class DenseToSparseBatchDataset(Dataset):
    """Elements as the rows of SparseTensors."""

    def __init__(self, input_dataset: Dataset, size: Any, shape: Any) -> None:
        super().__init__(input_dataset)
        leaf = input_dataset.element_spec
        if type(leaf) is not TensorSpec:
            raise TypeError(
                "`dense_to_sparse_batch` requires an input dataset whose elements have a single component."
            )
        self._size = integer(size, "batch_size")
        self._row = TensorShape(shape)
        if self._size < 1:
            raise invalid("Batch size must be greater than zero.")

    def _spec(self) -> Any:
        leaf = self._from[0]._layout_now().spec
        return SparseTensorSpec(TensorShape([None]).concatenate(self._row), leaf.dtype)

    def _count(self) -> int:
        return batch_count(self._from[0]._count(), self._size, False)

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        elements = self._from[0]._open(run)
        yield ()
        while part := [leaf for (leaf,) in itertools.islice(elements, self._size)]:
            yield (self._sparse(part),)

    def _sparse(self, rows: list[Any]) -> SparseTensor:
        wanted = self._row.as_list()
        indices, values = [], []
        sizes = [n or 0 for n in wanted]
        for i, row in enumerate(rows):
            if row.ndim != len(wanted):
                raise invalid(
                    f"Input element had shape ({compact(TensorShape(row.shape))}) that is incompatible with the row "
                    f"shape ({compact(self._row)})."
                )
            for axis, n in enumerate(row.shape):
                if wanted[axis] is None:
                    sizes[axis] = max(sizes[axis], n)
                elif n > wanted[axis]:
                    raise DataLossError(
                        None,
                        None,
                        f"Input element had shape ({compact(TensorShape(row.shape))}) that is larger than the row "
                        f"shape ({compact(self._row)}).",
                    )
            places = np.indices(tuple(row.shape)).reshape(len(wanted), -1).T
            indices.append(np.concatenate([np.full((len(places), 1), i), places], 1))
            values.append(Tensor(row, None).numpy().reshape(-1))
        return SparseTensor(
            np.concatenate(indices).astype(np.int64), np.concatenate(values), [len(rows), *sizes]
        )


def padded_to(dataset: Dataset, cardinality: Any, key: str) -> Dataset:
    """See `tf.data.experimental.pad_to_cardinality`."""
    spec = dataset.element_spec
    if not isinstance(spec, dict):
        raise ValueError("`pad_to_cardinality` requires its input dataset to be a dictionary.")
    if -1 in (dataset._count(), cardinality):
        raise ValueError("`pad_to_cardinality` requires its input dataset to have a finite cardinality.")
    return PaddedDataset(dataset, integer(cardinality, "cardinality"), key)


class PaddedDataset(Dataset):
    """The elements of a dataset, then zeros, until there are so many."""

    _shown = "_AssertCardinalityDataset"

    def __init__(self, input_dataset: Dataset, count: int, key: str) -> None:
        super().__init__(input_dataset)
        self._total = count
        self._key = key

    def _spec(self) -> Any:
        return {**self._from[0]._layout_now().spec, self._key: TensorSpec([], dtypes.bool_)}

    def _count(self) -> int:
        return self._total

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        layout, number = self._from[0]._layout, 0
        source = self._from[0]._open(run)
        yield ()
        for element in source:
            number += 1
            if number > self._total:
                raise invalid(f"pad_to_cardinality: the dataset has more than {self._total} elements.")
            yield self._placed(layout, element, True)
        empty = tuple([_zeros(leaf) for leaf in layout.leaves])
        for _ in range(number, self._total):
            yield self._placed(layout, empty, False)

    def _placed(self, layout: Any, element: Element, there: bool) -> Element:
        value = {**layout.pack(element), self._key: convert(there)}
        return self._layout.flat(value)


def _zeros(leaf: Any) -> Any:
    shape = [n or 0 for n in leaf.shape]
    if leaf.dtype.torch is None:
        return np.full(shape, b"", object)
    return torch.zeros(shape, dtype=leaf.dtype.torch)
