"""Iterators over datasets, as users hold them."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from collections.abc import Iterator as Iterable
from typing import Any

import torch

from tfcompat_tape.core import devices, reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import out_of_range, unimplemented
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.data.base import Run
from tfcompat_tape.data.slicing import is_ragged
from tfcompat_tape.data.structure import Element, Layout
from tfcompat_tape.tape.attention import paused
from tfcompat_tape.tape.functions import running
from tfcompat_tape.tracing.streams import Source, Stream, constant

__all__ = ["Iterator", "NumpyIterator"]

_AS_ARRAYS = (Tensor, SparseTensor, type(None))
_CPU = torch.device("cpu")


class Iterator(CompositeTensor, Trackable, Source):
    """An iterator over a dataset: what `iter(dataset)` gives.

    Source: `tf.data.Iterator`.

    >>> import tfcompat_tape as tf
    >>> iterator = iter(tf.data.Dataset.range(2))
    >>> iterator.get_next().numpy().item(), iterator.get_next_as_optional().has_value().numpy().item()
    (0, True)
    """

    _at_each_call = True

    @property
    def element_spec(self) -> Any:
        """The specs of the elements, in their structure."""
        raise NotImplementedError

    def get_next(self) -> Any:
        """The next element; OutOfRangeError at the end."""
        raise NotImplementedError

    def get_next_as_optional(self) -> Any:
        """The next element as an Optional, which is empty at the end."""
        raise NotImplementedError

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        raise NotImplementedError


class OwnedIterator(Iterator):
    """An iteration over one dataset."""

    def __init__(self, dataset: Any) -> None:
        reading.at_each_call("an iterator over a tf.data.Dataset")
        self._dataset = dataset
        self._lock = threading.RLock()  # several threads may read
        self._run: Run
        self._elements: Iterable[Element]
        self._taken = 0
        self._depth = running.depth
        self._run, self._elements = dataset._started()
        self._layout: Layout | None = None

    @property
    def element_spec(self) -> Any:
        return self._dataset.element_spec

    @property
    def output_types(self) -> Any:
        """The dtypes of the elements, in their structure."""
        from tfcompat_tape.data.legacy import types_of

        return types_of(self.element_spec)

    @property
    def output_shapes(self) -> Any:
        """The shapes of the elements, in their structure."""
        from tfcompat_tape.data.legacy import shapes_of

        return shapes_of(self.element_spec)

    @property
    def output_classes(self) -> Any:
        """The classes of the elements, in their structure."""
        from tfcompat_tape.data.legacy import classes_of

        return classes_of(self.element_spec)

    @property
    def _type_spec(self) -> Any:
        from tfcompat_tape.data.specs import IteratorSpec

        return IteratorSpec(self.element_spec)

    def _flat(self) -> Element | None:
        """The next element, taken apart; `None` at the end."""
        if reading.current.tracer is not None:
            reading.at_each_call("the next element of a tf.data iterator")
        with self._lock, paused():
            element = next(self._elements, None)
        if element is None:
            return None
        self._taken += 1
        where = devices.current()
        if where != _CPU:
            element = tuple([leaf.to(where) if isinstance(leaf, torch.Tensor) else leaf for leaf in element])
        return element

    # -- as a value of a trace: see Source -----------------------------------------------------------------------------

    def _staged(self) -> Any:
        return self._stand_in(self._token())

    def _kind(self) -> Any:
        from tfcompat_tape.data.variables import kind_of, read_by

        self._staged_layout()
        return self._type_spec, kind_of(read_by(self._dataset))

    def _staged_layout(self) -> Layout:
        from tfcompat_tape.data.staged import layout_of

        return layout_of(self._dataset)

    def _stand_in(self, token: Tensor) -> Any:
        from tfcompat_tape.data.staged import StagedIterator
        from tfcompat_tape.data.variables import read_by

        return StagedIterator(self._staged_layout(), token, read_by(self._dataset))

    def _token(self) -> Tensor:
        return constant(self)

    def _looped(self) -> Stream:
        found: Stream = self._staged()._looped()
        return found

    def _taker(self) -> Callable[[], Any]:
        return self._flat

    def _given_back(self, element: Element) -> None:
        self._elements = itertools.chain([element], self._elements)
        self._taken -= 1

    def _called(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return self._staged()._called(function, *args, **kwargs)

    # -- checkpoints ---------------------------------------------------------------------------------------------------

    def _serialize_to_tensors(self) -> dict[str, Any]:
        run = self._run
        if len(run.drawers) > 1:
            raise unimplemented(
                "An iterator whose steps draw random orders in several threads cannot be saved: leave out "
                "num_parallel_calls of interleave."
            )
        state = {"taken": self._taken, "drawn": run.drawn}
        return {"ITERATOR_STATE": convert(json.dumps(state).encode())}

    def _restore_from_tensors(self, restored: dict[str, Any]) -> None:
        state = json.loads(restored["ITERATOR_STATE"].numpy())
        drawn = [[int(x) for x in one] for one in state["drawn"]]
        self._run, self._elements = self._dataset._started(drawn)
        self._taken = 0
        while self._taken < int(state["taken"]) and self._flat() is not None:
            pass

    def _packed(self, element: Element) -> Any:
        layout = self._layout
        if layout is None:
            layout = self._layout = self._dataset._layout
        return layout.pack(element)

    def __iter__(self) -> Any:
        return self if running.depth == self._depth else Loop(self)

    def __next__(self) -> Any:
        element = self._flat()
        if element is None:
            if running.depth > self._depth:  # `next` in a tf.function is an op, which fails
                raise out_of_range("End of sequence [Op:IteratorGetNext] name: ")
            raise StopIteration
        return self._packed(element)

    def get_next(self) -> Any:
        if reading.current.tracer is not None:
            return self._staged().get_next()
        element = self._flat()
        if element is None:
            raise out_of_range("End of sequence [Op:IteratorGetNext] name: ")
        return self._packed(element)

    def get_next_as_optional(self) -> Any:
        from tfcompat_tape.experimental._optional import Optional, _Present

        if reading.current.tracer is not None:
            return self._staged().get_next_as_optional()
        element = self._flat()
        if element is None:
            return Optional.empty(self.element_spec)
        return _Present(self.element_spec, self._packed(element))


class Loop:
    """A Python loop over an iterator from outside of the tf.function that it is in."""

    def __init__(self, iterator: OwnedIterator) -> None:
        self._iterator = iterator

    def __iter__(self) -> Loop:
        return self

    def __next__(self) -> Any:
        element = self._iterator._flat()
        if element is None:
            raise StopIteration
        return self._iterator._packed(element)


class NumpyIterator:
    """An iterator over the elements as NumPy's arrays. Source: `tf.data.NumpyIterator`.

    >>> import tfcompat_tape as tf
    >>> [int(x) for x in tf.data.Dataset.range(3).as_numpy_iterator()]
    [0, 1, 2]
    """

    __slots__ = ("_iterator",)

    def __init__(self, dataset: Any) -> None:
        for leaf in dataset._layout.leaves:
            if not issubclass(leaf.value_type, _AS_ARRAYS) and not is_ragged(leaf):
                raise TypeError(
                    "`tf.data.Dataset.as_numpy_iterator()` is not supported for datasets that produce values of type "
                    f"{leaf.value_type}"
                )
        self._iterator = OwnedIterator(dataset)

    def __repr__(self) -> str:
        return f"NumpyIterator(iterator={self._iterator!r})"

    def __iter__(self) -> NumpyIterator:
        return self

    def __next__(self) -> Any:
        iterator = self._iterator
        element = iterator._flat()
        if element is None:
            raise StopIteration
        if iterator._layout is None:
            iterator._layout = iterator._dataset._layout
        return iterator._layout.to_numpy(element)
