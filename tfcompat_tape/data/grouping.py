"""Groups of elements by length or key: bucket_by_sequence_length, group_by_reducer."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import InternalError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.data.base import UNKNOWN, Failed, NotKnownError, Passing, Run, lasting, opening
from tfcompat_tape.data.batching import BatchDataset
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.mapping import arguments
from tfcompat_tape.data.padding import PaddedBatchDataset
from tfcompat_tape.data.scanning import StateFunction
from tfcompat_tape.data.structure import Element, flatten, mapped, normalized, raw_of, spec_of
from tfcompat_tape.data.windows import WindowOfElements


def integers(value: Any) -> list[int]:
    """A size, or a vector of sizes."""
    found = convert(value, dtypes.int64) if not hasattr(value, "_t") else convert(value)
    listed = found.numpy().tolist()
    return listed if isinstance(listed, list) else [listed]


class BucketDataset(Dataset):
    """Batches of elements of similar length."""

    _shown = "_GroupByWindowDataset"

    def __init__(
        self,
        input_dataset: Dataset,
        length: Any,
        boundaries: Any,
        sizes: Any,
        shapes: Any,
        values: Any,
        to_boundary: bool,
        no_padding: bool,
        drop: bool,
    ) -> None:
        super().__init__(input_dataset)
        if len(sizes) != len(boundaries) + 1:
            raise ValueError(
                "`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1` but `len(bucket_batch_sizes)="
                f"{len(sizes)}` and `len(bucket_boundaries)={len(boundaries)}`."
            )
        self._boundaries = [int(x) for x in boundaries]
        self._sizes = [int(x) for x in sizes]
        self._shapes, self._values = shapes, values
        self._to_boundary, self._no_padding, self._drop = to_boundary, no_padding, drop
        known = input_dataset._known()
        given = None if known is None else arguments(known.spec)
        self._length = ElementFunction(length, given, "Dataset.bucket_by_sequence_length()")

    def _batches(self, source: Dataset, bucket: int) -> Dataset:
        size = self._sizes[bucket]
        if self._no_padding:
            return BatchDataset(source, size, self._drop)
        shapes = self._shapes
        if self._to_boundary:
            most = self._boundaries[bucket] - 1 if bucket < len(self._boundaries) else None
            like = shapes if shapes is not None else mapped(lambda leaf: leaf.shape, source.element_spec)
            shapes = _filled(like, most)
        return PaddedBatchDataset(source, size, shapes, self._values, self._drop)

    def _spec(self) -> Any:
        source = self._from[0]
        spec = source._layout_now().spec
        if self._no_padding:
            shapes = [leaf.shape for leaf in flatten(spec)]
        else:
            shapes = PaddedBatchDataset(source, 1, self._shapes, self._values, False)._shapes
        found = iter(shapes)
        return mapped(lambda leaf: TensorSpec(TensorShape([None]).concatenate(next(found)), leaf.dtype), spec)

    def _count(self) -> int:
        return UNKNOWN

    @lasting
    def _open(self, run: Run) -> Iterator[Any]:
        source = self._from[0]
        length_of, elements = self._length.on(source, run), source._open(run)
        yield ()
        groups: dict[int, list[Element]] = {}
        for element in Passing(elements):
            if type(element) is Failed:
                yield element
                continue
            try:
                length = int(length_of(element)[0])
            except Exception as error:
                yield Failed(error)
                continue
            bucket = bisect.bisect_right(self._boundaries, length)
            if self._to_boundary and bucket == len(self._boundaries):
                raise InternalError(
                    None,
                    None,
                    "assertion failed: [When pad_to_bucket_boundary=True, elements must have length < "
                    f"max(bucket_boundaries).] length {length}, max(bucket_boundaries) {max(self._boundaries)}",
                )
            group = groups.setdefault(bucket, [])
            group.append(element)
            if len(group) == self._sizes[bucket]:
                del groups[bucket]
                yield from Passing(self._batches(WindowOfElements(source._layout, group), bucket)._open(run))
        for bucket in sorted(groups):
            group = groups[bucket]
            yield from Passing(self._batches(WindowOfElements(source._layout, group), bucket)._open(run))


def _filled(shapes: Any, most: int | None) -> Any:
    """Shapes with `most` for sizes that are open."""

    def one(shape: Any) -> Any:
        sizes = shape.as_list() if isinstance(shape, TensorShape) else list(shape)
        return TensorShape([most if n is None or n == -1 else n for n in sizes])

    if isinstance(shapes, (TensorShape, list)):
        return one(shapes)
    if isinstance(shapes, tuple) and all(n is None or isinstance(n, int) for n in shapes):
        return one(shapes)
    if isinstance(shapes, dict):
        return {key: _filled(x, most) for key, x in shapes.items()}
    parts = [_filled(x, most) for x in shapes]
    return type(shapes)(*parts) if hasattr(shapes, "_fields") else tuple(parts)


class Reducer:
    """How elements of one key are reduced: a first state of a key, the next state, and what comes of the last one.

    Source: `tf.data.experimental.Reducer`.

    >>> import tfcompat_tape as tf
    >>> count = tf.data.experimental.Reducer(lambda key: 0, lambda state, x: state + 1, lambda state: state)
    >>> by_parity = tf.data.experimental.group_by_reducer(lambda x: x % 2, count)
    >>> [int(n) for n in tf.data.Dataset.range(5).apply(by_parity)]
    [3, 2]
    """

    def __init__(self, init_func: Any, reduce_func: Any, finalize_func: Any) -> None:
        self.init_func = init_func
        self.reduce_func = reduce_func
        self.finalize_func = finalize_func


class GroupByReducerDataset(Dataset):
    """For each key, in order, what a reducer makes of the elements that have it."""

    def __init__(self, input_dataset: Dataset, key: Any, reducer: Reducer) -> None:
        super().__init__(input_dataset)
        known = input_dataset._known()
        given = None if known is None else arguments(known.spec)
        name = "tf.data.experimental.group_by_reducer()"
        self._key = ElementFunction(key, given, name)
        number = TensorSpec([], dtypes.int64)
        self._first = ElementFunction(reducer.init_func, (number,), name)
        self._reducer = reducer
        state = None if self._first.layout is None else self._first.layout.spec
        self._last = ElementFunction(reducer.finalize_func, None if state is None else arguments(state), name)

    def _spec(self) -> Any:
        if self._last.layout is None:
            raise NotKnownError
        return self._last.layout.spec

    def _count(self) -> int:
        return UNKNOWN

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        source = self._from[0]
        key_of, elements = self._key.on(source, run), source._open(run)
        yield ()
        states: dict[int, Any] = {}
        step: StateFunction | None = None
        for element in elements:
            key = int(key_of(element)[0])
            state = states.get(key)
            if state is None:
                state = normalized(self._first(convert(key, dtypes.int64)))
            if step is None:
                step = StateFunction(self._reducer.reduce_func, spec_of(state), source, "group_by_reducer()")
            found, _ = step.next(tuple([raw_of(leaf) for leaf in flatten(state)]), element)
            states[key] = step.state_of(found)
        for key in sorted(states):
            state = states[key]
            yield self._last.flat(*(state if isinstance(state, tuple) else (state,)))
