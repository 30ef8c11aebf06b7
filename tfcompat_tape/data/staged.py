"""Datasets and iterators as a function sees them while it is traced: see `tracing/streams.py`.

A pipeline is put together while tracing, and its functions are traced then. What a call gives (a dataset that is an
argument, tensors) is a `Given` in it, which the call's own dataset takes the place of.
"""

from __future__ import annotations

import builtins
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensor

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.data.base import Run
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.iterators import Iterator as TensorIterator
from tfcompat_tape.data.specs import IteratorSpec
from tfcompat_tape.data.structure import Element, Layout, flatten, mapped, normalized
from tfcompat_tape.data.variables import read_by
from tfcompat_tape.tracing import scope, streams
from tfcompat_tape.tracing.beside import told
from tfcompat_tape.tracing.rows import note
from tfcompat_tape.tracing.texts import is_array


class Given(Dataset):
    """A dataset that each call has another one for."""

    _in_traces = True

    def __init__(self, spec: Any, token: Tensor, reads: Sequence[Variable] = ()) -> None:
        super().__init__()
        self._kept_layout = Layout(spec)
        self.token = token
        self.reads = reads  # the Variables that the functions of the call's dataset read

    def _count(self) -> int:
        raise UntraceableError("how many elements a dataset has is asked while tracing")

    def _open(self, run: Run) -> Iterator[Element]:
        raise invalid("A dataset of a tf.function is read outside of it.")


def token_of(dataset: Any) -> Tensor:
    """The token of a dataset in the trace that is under way."""
    givens = _givens(dataset)
    told([*read_by(dataset), *[v for given in givens for v in given.reads]])
    if isinstance(dataset, Given):
        return dataset.token
    if not givens:
        return streams.constant(dataset)
    args = [_Placed(dataset, givens), *[one.token._t for one in givens]]
    return Tensor(note(_placed, args, [streams.TOKEN])[0], None)


def _givens(dataset: Any) -> list[Given]:
    if isinstance(dataset, Given):
        return [dataset]
    found: list[Given] = []
    for one in dataset._from:
        found += [given for given in _givens(one) if not any(given is other for other in found)]
    return found


class _Placed:
    """A pipeline, and what stands in it for datasets of a call."""

    def __init__(self, dataset: Any, givens: Sequence[Given]) -> None:
        self.dataset = dataset
        self.givens = list(givens)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Placed) and other.dataset is self.dataset

    def __hash__(self) -> int:
        return id(self.dataset)


def _placed(placed: _Placed, *raws: Any) -> list[Any]:
    found = {id(given): raw.held for given, raw in zip(placed.givens, raws, strict=True)}
    return [streams.handle(_with(placed.dataset, found))]


def _with(dataset: Any, others: dict[int, Any]) -> Any:
    if id(dataset) in others:
        return others[id(dataset)]
    parts = tuple([_with(one, others) for one in dataset._from])
    if all(a is b for a, b in zip(parts, dataset._from, strict=True)):
        return dataset
    found = copy.copy(dataset)
    found._from = parts
    return found


class _Made:
    """How to make a dataset of tensors of a call."""

    def __init__(self, make: Callable[[Any], Any], like: Any, spec: Any) -> None:
        self.make = make
        self.like = like
        self.spec = spec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Made) and other.make is self.make and other.spec == self.spec

    def __hash__(self) -> int:
        return id(self.make)


def made(make: Callable[[Any], Any], value: Any, spec: Callable[[Any], Any]) -> Any:
    """`make(value)`, at each call anew if there are tensors of a trace in `value`, a structure.

    Args:
      spec: the spec of the elements, of the normalized value.
    """
    value = normalized(value)
    leaves = flatten(value)
    raws = [x._t if isinstance(x, Tensor) else x for x in leaves]
    if not any(isinstance(raw, FakeTensor) for raw in raws):
        return make(value)
    if not all(isinstance(raw, torch.Tensor) or is_array(raw) for raw in raws):
        raise UntraceableError("a dataset of tensors, and of other values")
    made = _Made(make, mapped(lambda _: None, value), spec(value))
    found = note(_make, [made, *raws], [streams.TOKEN])[0]
    return Given(made.spec, Tensor(found, None))


def _make(made: _Made, *raws: Any) -> list[Any]:
    given = builtins.iter(raws)
    return [streams.handle(made.make(mapped(lambda _: Tensor(builtins.next(given), None), made.like)))]


# -- what datasets and iterators do in a trace -------------------------------------------------------------------------


def layout_of(source: Any) -> Layout:
    found: Layout | None = source._known()
    if found is None:
        raise UntraceableError("the elements of a dataset are not known before there is one")
    if not found.plain:
        raise UntraceableError("elements of a dataset that are no tensors")
    return found


def part_of(layout: Layout) -> Callable[[list[Tensor]], Any]:
    """A function that puts an element together."""

    def part(tensors: list[Tensor]) -> Any:
        given = builtins.iter(tensors)
        return mapped(lambda _: builtins.next(given), layout.spec)

    return part


def stream_of(dataset: Any) -> streams.Stream:
    """See `Source._looped`: of a dataset; TensorFlow knows no derivatives of such loops."""
    layout = layout_of(dataset)
    return streams.Stream(token_of(dataset), streams.likes_of(layout.leaves), part_of(layout), False)


def opened(dataset: Any) -> StagedIterator:
    """`iter(dataset)`, at each call anew."""
    layout = layout_of(dataset)
    streams.likes_of(layout.leaves)
    trace = scope.active.trace
    assert trace is not None
    token = trace.recorder.stateful(_opened, [token_of(dataset)._t], [streams.TOKEN], effect=True)[0]
    return StagedIterator(layout, Tensor(token, None))


def _opened(raw: Any) -> list[Any]:
    return [streams.handle(builtins.iter(raw.held))]


class StagedIterator(TensorIterator):
    """An iterator of each call."""

    def __init__(self, layout: Layout, token: Tensor, reads: Sequence[Variable] = ()) -> None:
        self._layout = layout
        self.token = token
        self.reads = reads  # the Variables that the functions of its dataset read
        told(reads)

    @property
    def element_spec(self) -> Any:
        return self._layout.spec

    @property
    def _type_spec(self) -> IteratorSpec:
        return IteratorSpec(self.element_spec)

    def _kind(self) -> Any:
        return self._type_spec

    def _stand_in(self, token: Tensor) -> StagedIterator:
        return StagedIterator(self._layout, token, self.reads)

    def _token(self) -> Tensor:
        told(self.reads)
        return self.token

    def _looped(self) -> streams.Stream:
        layout = self._layout
        return streams.Stream(self.token, streams.likes_of(layout.leaves), part_of(layout), True)

    def _called(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        if function is builtins.iter:
            return self
        if function is builtins.next and len(args) == 1:
            return self.get_next()
        raise UntraceableError(f"{function.__name__} of an iterator")

    def get_next(self) -> Any:
        found = streams.Next(streams.likes_of(self._layout.leaves), False).note(self.token)
        return part_of(self._layout)(found)

    def get_next_as_optional(self) -> Any:
        from tfcompat_tape.experimental._optional import Perhaps

        there, *found = streams.Next(streams.likes_of(self._layout.leaves), True).note(self.token)
        return Perhaps(self.element_spec, part_of(self._layout)(found), there, streams.present)

    def __iter__(self) -> Any:
        raise UntraceableError("a tf.data iterator is gone through by Python")

    def __next__(self) -> Any:
        return self.get_next()
