"""Datasets of a strategy of several replicas: each process reads all elements and takes its part of each batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import out_of_range, unimplemented
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.iterators import Loop, OwnedIterator
from tfcompat_tape.distribute.ranks import Ranks
from tfcompat_tape.distribute.strategy import DistributedDataset, DistributedIterator
from tfcompat_tape.ragged._parts.tensor import RaggedTensor
from tfcompat_tape.tape.functions import running

__all__ = ["MirroredDataset", "split"]


def split(element: Any, size: int, rank: int) -> Any:
    """The part of a batch that replica `rank` gets: parts are equal, the first ones larger by one if they cannot be."""

    def bounds(count: int) -> tuple[int, int]:
        least, more = divmod(count, size)
        start = rank * least + min(rank, more)
        return start, start + least + (rank < more)

    def part(x: Any) -> Any:
        if isinstance(x, RaggedTensor):
            start, stop = bounds(int(x.nrows()))
            return x[start:stop]
        if isinstance(x, CompositeTensor):
            raise unimplemented(
                f"A distributed dataset cannot split {type(x).__name__} over replicas: make the batches of each "
                "replica by distribute_datasets_from_function."
            )
        x = convert(x)
        if not x._t.ndim:
            raise IndexError("list index out of range: a dataset has to be batched before it is distributed.")
        start, stop = bounds(x._t.shape[0])
        return Tensor(x._t[start:stop], None)

    return nest.map_structure(part, element)


def _empty(element: Any) -> Any:
    return nest.map_structure(lambda x: Tensor(convert(x)._t[:0], None), element)


def _empty_of(spec: Any) -> Any:
    def make(one: Any) -> Any:
        if not isinstance(one, TensorSpec):
            raise unimplemented(f"An empty part of {one!r} cannot be made.")
        shape = [0, *[n or 0 for n in one.shape.as_list()[1:]]]
        torch_dtype = getattr(one.dtype, "torch", None)
        raw = np.empty(shape, object) if torch_dtype is None else torch.zeros(shape, dtype=torch_dtype)
        return Tensor(raw, None)

    return nest.map_structure(make, spec)


class MirroredDataset(DistributedDataset, CompositeTensor):
    """A dataset whose elements are this replica's parts of the elements of another one.

    Args:
      dataset: what it is made of.
      wrapped: what becomes of a part: a PerReplica, or the part itself.
      ranks: the replicas.
      own: the dataset is this replica's own, in batches of a replica; else batches are split.
      turns: all replicas read the same dataset of their batches, and take elements in turn.
    """

    _at_each_call = True

    def __init__(
        self,
        dataset: Any,
        wrapped: Callable[[Any], Any],
        ranks: Ranks,
        own: bool = False,
        turns: bool = False,
    ) -> None:
        self._dataset = dataset
        self._wrapped = wrapped
        self._ranks = ranks
        self._own = own
        self._turns = turns

    @property
    def element_spec(self) -> Any:
        """The specs of what this replica gets."""

        def part(spec: Any) -> Any:
            if isinstance(spec, TensorSpec) and not self._own and not self._turns and spec.shape.rank:
                spec = TensorSpec([None, *spec.shape.as_list()[1:]], spec.dtype)
            return self._wrapped(spec)

        return nest.map_structure(part, self._dataset.element_spec)

    @property
    def _type_spec(self) -> Any:
        return self._dataset._type_spec

    @property
    def cardinality(self) -> Any:
        """How many global batches there are: an int64 of NumPy's, as in TensorFlow."""
        count = np.int64(self._dataset.cardinality().numpy())
        return np.int64(-(-count // self._ranks.size)) if self._turns and count >= 0 else count

    def __len__(self) -> int:
        raise TypeError(f"object of type '{type(self).__name__}' has no len()")

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> MirroredIterator:
        return MirroredIterator(self)


class MirroredIterator(DistributedIterator, CompositeTensor):
    """An iterator over a `MirroredDataset`."""

    _at_each_call = True

    def __init__(self, dataset: MirroredDataset) -> None:
        self._of = dataset
        elements = iter(dataset._dataset)
        # In a `tf.function`, too, an end is an end.
        self._elements: Iterator[Any] = Loop(elements) if isinstance(elements, OwnedIterator) else elements
        self._depth = running.depth

    @property
    def element_spec(self) -> Any:
        """The specs of what this replica gets."""
        return self._of.element_spec

    @property
    def _type_spec(self) -> Any:
        return self._of._type_spec

    def __iter__(self) -> Any:
        return self if running.depth == self._depth else self._loop()

    def _loop(self) -> Iterator[Any]:
        """For a Python loop in a function that has the iterator from outside."""
        while True:
            there, element = self._following()
            if not there:
                return
            yield self._packed(element)

    def _following(self) -> tuple[bool, Any]:
        of, world = self._of, self._of._ranks
        if of._turns:
            return self._in_turn()
        found = next(self._elements, _NOTHING)
        if of._own:
            going = world.exchange(found is not _NOTHING, "the next batches of a distributed dataset")
            if not any(going):
                return False, None
            return True, _empty_of(of._dataset.element_spec) if found is _NOTHING else found
        if found is _NOTHING:
            return False, None
        return True, split(found, world.size, world.rank)

    def _in_turn(self) -> tuple[bool, Any]:
        mine: Any = _NOTHING
        first: Any = _NOTHING
        for place in range(self._of._ranks.size):
            found = next(self._elements, _NOTHING)
            if found is _NOTHING:
                break
            first = found if place == 0 else first
            mine = found if place == self._of._ranks.rank else mine
        if first is _NOTHING:
            return False, None
        return True, _empty(first) if mine is _NOTHING else mine

    def _packed(self, element: Any) -> Any:
        return nest.map_structure(self._of._wrapped, element)

    def __next__(self) -> Any:
        there, element = self._following()
        if not there:
            if running.depth > self._depth:
                raise out_of_range("End of sequence [Op:IteratorGetNext] name: ")
            raise StopIteration
        return self._packed(element)

    def get_next(self) -> Any:
        """The next element; OutOfRangeError at the end."""
        there, element = self._following()
        if not there:
            raise out_of_range("End of sequence [Op:IteratorGetNext] name: ")
        return self._packed(element)

    def get_next_as_optional(self) -> Any:
        """The next element as an Optional, which is empty at the end."""
        from tfcompat_tape.experimental._optional import Optional, _Present

        there, element = self._following()
        return (
            _Present(self.element_spec, self._packed(element)) if there else Optional.empty(self.element_spec)
        )


_NOTHING = object()
