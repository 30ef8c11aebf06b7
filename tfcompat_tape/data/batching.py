"""Steps that put elements together, or take them apart: batch, unbatch, rebatch."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.data.base import INFINITE, UNKNOWN, Failed, Passing, Run, lasting
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.mapping import MapDataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.slicing import batched, leading, slices, stacked, unbatched
from tfcompat_tape.data.structure import Element, mapped


def batch_count(count: int, size: int, drop: bool) -> int:
    """How many batches there are of so many elements."""
    if count in (INFINITE, UNKNOWN):
        return count
    return count // size if drop else -(-count // size)


def specs_of(source: Dataset) -> list[Any] | None:
    """The specs of leaves, where some are no tensors."""
    known = source._known()
    return None if known is None or known.plain else known.leaves


def put_together(elements: list[Element], specs: list[Any] | None) -> Element:
    """One element of several, stacked leaf by leaf."""
    columns = zip(*elements, strict=True)
    if specs is None:
        return tuple([stacked(column, None, i) for i, column in enumerate(columns)])
    return tuple([stacked(column, specs[i], i) for i, column in enumerate(columns)])


class BatchDataset(Dataset):
    """Elements stacked, so many at a time."""

    _in_traces = True

    def __init__(self, input_dataset: Dataset, size: Any, drop: Any) -> None:
        super().__init__(input_dataset)
        self._size = integer(size, "batch_size")
        self._drop = bool(drop)
        if self._size < 1:
            raise invalid("Batch size must be greater than zero.")

    def _spec(self) -> Any:
        size = self._size if self._drop else None
        return mapped(lambda spec: batched(spec, size), self._from[0]._layout_now().spec)

    def _count(self) -> int:
        return batch_count(self._from[0]._count(), self._size, self._drop)

    def _open(self, run: Run) -> Iterator[Element]:
        size, source = self._size, self._from[0]
        batches = source._batches(run, size, self._drop)
        if batches is not None:
            return batches
        blocks = source._blocks(run, size)
        if blocks is None:
            return Batches(source._open(run), [size], self._drop, source)
        return blocks if not self._drop else filter(lambda block: len(block[0]) == size, blocks)


class Batches:
    """Elements stacked, `size` at a time. What a step before raises goes to the reader, and the next batch follows."""

    def __init__(self, elements: Iterator[Element], sizes: list[int], drop: bool, source: Dataset) -> None:
        self._elements = elements
        self._sizes: Iterator[int] = itertools.cycle(sizes)
        self._drop = drop
        self._source = source
        self._specs: list[Any] | None = None
        self._first = True
        # TensorFlow makes one step of a map and a batch, in which the elements after one that fails are computed, too.
        self._fused = isinstance(source, MapDataset)

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        size = next(self._sizes)
        part: list[Element] = []
        try:
            part.extend(itertools.islice(self._elements, size))
        except Exception:
            if self._fused:
                sum(1 for _ in itertools.islice(Passing(self._elements), size - len(part) - 1))
            raise
        if not part or (self._drop and len(part) < size):
            raise StopIteration
        if self._first:
            self._first = False
            self._specs = self._known_specs()
        return self._together(part)

    def _known_specs(self) -> list[Any] | None:
        return specs_of(self._source)

    def _together(self, part: list[Element]) -> Element:
        return put_together(part, self._specs)


class ParallelBatchDataset(BatchDataset):
    """The same; batches are made where the next step reads them."""


class UnbatchDataset(Dataset):
    """The slices of each element, one by one."""

    def __init__(self, input_dataset: Dataset) -> None:
        super().__init__(input_dataset)
        known = input_dataset._known()
        self._late = known is None  # what is told here is found out while reading
        sizes: list[int] = []
        for leaf in [] if known is None else known.leaves:
            rank = getattr(getattr(leaf, "shape", None), "rank", None)
            if rank == 0:
                raise ValueError("Cannot unbatch an input with scalar components.")
            if rank and leaf.shape[0] is not None:
                sizes.append(leaf.shape[0])
        for size in sizes:
            if size != sizes[0]:
                raise ValueError(
                    "`unbatch()` is only supported for datasets of elements whose components have a matching leading "
                    f"dimension. Encountered both {sizes[0]} and {size}."
                )

    def _spec(self) -> Any:
        return mapped(unbatched, self._from[0]._layout_now().spec)

    def _count(self) -> int:
        source = self._from[0]
        known = source._known()
        count: int = source._count()
        if known is None or count == UNKNOWN:
            return UNKNOWN
        first = known.leaves[0].shape[0] if known.leaves and known.leaves[0].shape.rank else None
        if first is None:
            return UNKNOWN
        return count if count == INFINITE else count * first

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        source = self._from[0]._open(run)
        yield ()
        for element in Passing(source):
            try:
                rows = [element] if type(element) is Failed else self._rows(element)
            except Exception as error:
                rows = [Failed(error)]
            yield from rows

    def _rows(self, element: Element) -> Iterable[Any]:
        if self._late and any(getattr(leaf, "ndim", 1) == 0 for leaf in element):
            raise ValueError("Cannot unbatch an input with scalar components.")
        sizes = [_rows(leaf) for leaf in element if leaf is not None]
        for i, size in enumerate(sizes):
            if size != sizes[0]:
                raise invalid(
                    "Input element must have the same batch size in each component. Component 0 had size "
                    f"{sizes[0]} but component {i} had size, {size}."
                )
        return zip(*[slices(leaf, 0, sizes[0]) for leaf in element], strict=True)


def _rows(leaf: Any) -> int:
    if isinstance(leaf, (torch.Tensor, np.ndarray)):
        if not leaf.ndim:
            raise invalid("Input element must have a non-scalar value in each component.")
        return int(leaf.shape[0])
    return leading(leaf)


class RebatchDataset(Dataset):
    """Batches of another size: of one size, or of several in turn."""

    def __init__(self, input_dataset: Dataset, sizes: list[int], drop: Any) -> None:
        super().__init__(input_dataset)
        self._sizes = sizes
        self._drop = bool(drop)
        if not sizes:
            raise IndexError("Invalid `batch_sizes`: there is none.")
        if any(isinstance(size, list) for size in sizes):
            raise ValueError("Invalid `batch_sizes`. Expected `batch_sizes` to be a scalar or a vector.")
        if any(size < 0 for size in sizes):
            raise invalid(f"Batch sizes must not be negative, got {sizes}.")
        known = input_dataset._known()
        if 0 in sizes and known is not None and not known.plain:
            raise unimplemented("Dataset.rebatch() with a batch size of 0 is for tensors alone.")
        for leaf in [] if known is None else known.leaves:
            unbatched(leaf)

    def _spec(self) -> Any:
        known = self._from[0]._layout_now()
        size = self._sizes[0] if len(self._sizes) == 1 else None
        shape = getattr(known.leaves[0], "shape", None)
        rows = shape[0] if shape is not None and shape.rank else None
        if not size or not (self._drop or (rows is not None and rows % size == 0)):
            size = None
        return mapped(lambda spec: batched(unbatched(spec), size), known.spec)

    def _count(self) -> int:
        return UNKNOWN if self._from[0]._count() != INFINITE else INFINITE

    def _open(self, run: Run) -> Iterator[Element]:
        source = UnbatchDataset(self._from[0])
        return Rebatches(source._open(run), self._sizes, self._drop, source)


class Rebatches(Batches):
    """The same for sizes that may be 0: then a batch has no rows, also where no elements are left by chance."""

    _short = False  # there was a batch with fewer elements than it should have

    def _together(self, part: list[Element]) -> Element:
        self._short = len(part) < self._size
        return super()._together(part)

    def __next__(self) -> Element:
        if self._short:
            raise StopIteration
        self._size = next(self._sizes)
        if self._size:
            self._sizes = itertools.chain([self._size], self._sizes)
            return super().__next__()
        return tuple([_without_rows(spec) for spec in self._source._layout.leaves])


def _without_rows(spec: Any) -> Any:
    shape = [0, *[n or 0 for n in spec.shape.as_list()]]
    return np.empty(shape, object) if spec.dtype.torch is None else torch.empty(shape, dtype=spec.dtype.torch)
