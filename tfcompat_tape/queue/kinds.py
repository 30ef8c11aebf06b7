"""The kinds of queues: in which order elements leave, and what shapes they may have."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes as _dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.queue.base import Element, QueueBase, Store


def _listed_dtypes(given: Any) -> list[_dtypes.DType]:
    return [_dtypes.as_dtype(one) for one in (given if isinstance(given, (list, tuple)) else [given])]


def _listed_shapes(given: Any, kinds: list[Any], open_sizes: bool = False) -> list[TensorShape] | None:
    """A shape for each component.

    Raises:
      ValueError: a shape that is not known as far as it must be.
    """
    if given is None:
        return None
    shapes = [TensorShape(one) for one in (given if isinstance(given, (list, tuple)) else [given])]
    if open_sizes:
        if any(shape.rank is None for shape in shapes):
            raise ValueError(f"All shapes must have a defined rank: {shapes}")
    elif not all(shape.is_fully_defined() for shape in shapes):
        raise ValueError(f"All shapes must be fully defined: {shapes}")
    if len(shapes) != len(kinds):
        message = (
            f"Queue shapes must have the same length as dtypes: got {len(shapes)} shapes, {len(kinds)} dtypes"
        )
        raise ValueError(message) if open_sizes else invalid(message)
    return shapes


def _size(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"Expected int for argument '{what}' not {value!r}.")
    return int(value)


def _capacity(value: Any) -> int:
    """The most elements at a time; a negative number sets no bound."""
    found = _size(value, "capacity")
    return 2**31 - 1 if found < 0 else found


class FIFOQueue(QueueBase):
    """First in, first out.

    Args:
      capacity: the most elements at a time.
      dtypes: a dtype, or one for each component of an element.
      shapes: a fully known shape for each component, or None: then elements leave one by one.
      names: a name for each component, if elements are dictionaries.

    Raises:
      ValueError: a shape that is not fully known; another number of names.
      InvalidArgumentError: another number of shapes. TypeError: no dtype, or no whole number.

    Source: `tf.queue.FIFOQueue`.

    >>> import tfcompat_tape as tf
    >>> queue = tf.queue.FIFOQueue(10, tf.float32, shapes=[[]])
    >>> queue.enqueue_many([[1.0, 2.0, 3.0]])
    >>> queue.dequeue().numpy().item(), queue.dequeue_many(2).numpy().tolist()
    (1.0, [2.0, 3.0])
    """

    def __init__(
        self,
        capacity: Any,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "fifo_queue",
    ) -> None:
        kinds = _listed_dtypes(dtypes)
        store = Store("FIFOQueue", _capacity(capacity))
        super().__init__(kinds, _listed_shapes(shapes, kinds), names, store)


class _Shuffled(Store):
    def __init__(self, capacity: int, kept: int, seed: int | None) -> None:
        super().__init__("RandomShuffleQueue", capacity, kept)
        self.random = np.random.Generator(np.random.Philox(seed))

    def take(self) -> Element:
        last = len(self.elements) - 1
        chosen = int(self.random.integers(last + 1))
        self.elements[chosen], self.elements[last] = self.elements[last], self.elements[chosen]
        return self.elements.pop()


class RandomShuffleQueue(QueueBase):
    """Elements leave in random order, by numbers of this library, not TensorFlow's.

    Args:
      min_after_dequeue: how many elements stay behind, to choose from, until the queue is closed.
      seed: a whole number, for the same order each time.
      capacity, dtypes, shapes, names: as for `tf.queue.FIFOQueue`.

    Raises:
      InvalidArgumentError: `min_after_dequeue` is negative, or not less than the capacity. All else as for
        `tf.queue.FIFOQueue`.

    Source: `tf.queue.RandomShuffleQueue`.

    >>> import tfcompat_tape as tf
    >>> queue = tf.queue.RandomShuffleQueue(10, 0, tf.int32, shapes=[[]])
    >>> queue.enqueue_many([[1, 2, 3]])
    >>> sorted(queue.dequeue_many(3).numpy().tolist())
    [1, 2, 3]
    """

    def __init__(
        self,
        capacity: Any,
        min_after_dequeue: Any,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: Any = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        kinds = _listed_dtypes(dtypes)
        most, kept = _capacity(capacity), _size(min_after_dequeue, "min_after_dequeue")
        if kept < 0:
            raise invalid(f"RandomShuffleQueue: min_after_dequeue {kept} must be >= 0")
        if kept >= most:
            raise invalid(f"RandomShuffleQueue: min_after_dequeue {kept} must be < capacity {most}")
        store = _Shuffled(most, kept, None if seed is None else _size(seed, "seed") % 2**64)
        super().__init__(kinds, _listed_shapes(shapes, kinds), names, store)


class PaddingFIFOQueue(QueueBase):
    """First in, first out, with elements of different sizes: where several leave, the smaller are padded with zeros.

    Args:
      shapes: a shape for each component, in which None stands for sizes that differ.
      capacity, dtypes, names: as for `tf.queue.FIFOQueue`.

    Raises:
      ValueError: a shape of unknown rank; another number of shapes or names. TypeError: no dtype, no whole number.

    Source: `tf.queue.PaddingFIFOQueue`.

    >>> import tfcompat_tape as tf
    >>> queue = tf.queue.PaddingFIFOQueue(10, tf.int32, shapes=[[None]])
    >>> queue.enqueue([[1]])
    >>> queue.enqueue([[2, 3]])
    >>> queue.dequeue_many(2).numpy().tolist()
    [[1, 0], [2, 3]]
    """

    def __init__(
        self,
        capacity: Any,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        kinds = _listed_dtypes(dtypes)
        store = Store("PaddingFIFOQueue", _capacity(capacity))
        super().__init__(kinds, _listed_shapes([] if shapes is None else shapes, kinds, True), names, store)

    def _joined(self, elements: list[Element]) -> Any:
        if not elements:
            return super()._joined(elements)
        columns = zip(self._dtypes, zip(*elements, strict=True), strict=True)
        return self._given([_padded(dtype, column) for dtype, column in columns])


def _padded(dtype: Any, raws: Any) -> Tensor:
    """Values of one rank, stacked, each padded to the largest size along each axis."""
    arrays = [to_numpy(raw) for raw in raws]
    sizes = [max(along) for along in zip(*[array.shape for array in arrays], strict=True)]
    text = dtype == _dtypes.string
    whole = np.full((len(arrays), *sizes), b"" if text else 0, dtype=object if text else arrays[0].dtype)
    for i, array in enumerate(arrays):
        whole[(i, *[slice(size) for size in array.shape])] = array
    return convert(whole, dtype)


class _Ordered(Store):
    def __init__(self, capacity: int) -> None:
        super().__init__("PriorityQueue", capacity)
        self.count = 0
        self.elements: list[Any] = []

    def put(self, element: Element) -> None:
        self.count += 1
        heapq.heappush(self.elements, (int(element[0]), self.count, element))

    def take(self) -> Element:
        element: Element = heapq.heappop(self.elements)[2]
        return element


class PriorityQueue(QueueBase):
    """The element with the least priority leaves first.

    The first component of each element is its priority, an int64 scalar, before those that `types` lists.

    Args:
      types: a dtype, or one for each further component.
      capacity, shapes, names: as for `tf.queue.FIFOQueue`; shapes and names of the further components.

    Raises: as `tf.queue.FIFOQueue`.

    Source: `tf.queue.PriorityQueue`.

    >>> import tfcompat_tape as tf
    >>> queue = tf.queue.PriorityQueue(10, tf.string, shapes=[[]])
    >>> queue.enqueue_many(([7, 3], ["late", "early"]))
    >>> queue.dequeue()[1].numpy()
    b'early'
    """

    def __init__(
        self,
        capacity: Any,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ) -> None:
        kinds = _listed_dtypes(types)
        listed = _listed_shapes(shapes, kinds)
        whole = None if listed is None else [TensorShape([]), *listed]
        super().__init__([_dtypes.int64, *kinds], whole, names, _Ordered(_capacity(capacity)))
