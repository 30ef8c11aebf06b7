"""`QueueBase`: what all queues do. Elements are lists of components, and threads wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.arrays.joining import stack
from tfcompat_tape.core import dtypes as _dtypes
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import CancelledError, invalid, out_of_range
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor

Element = list[Any]  # one raw value for each component


class Store:
    """The elements of a queue in the order in which they leave, and the lock that guards them."""

    dtype = _dtypes.resource

    def __init__(self, kind: str, capacity: int, kept: int = 0) -> None:
        self.kind = kind
        self.capacity = capacity
        self.kept = kept  # how many stay behind while the queue is open
        self.elements: list[Element] = []
        self.closed = False
        self.cancelled = False
        self.changed = threading.Condition()

    def put(self, element: Element) -> None:
        self.elements.append(element)

    def take(self) -> Element:
        return self.elements.pop(0)


class QueueBase:
    """The base of all queues: elements of one or more tensors each, which threads put in and take out.

    `enqueue` waits while the queue is full, `dequeue` while it is empty.

    Args:
      dtypes: a dtype for each component of an element.
      shapes: a shape for each, or None.
      names: a name for each, if elements are dictionaries, or None.
      queue_ref: what another queue has as its `queue_ref`.

    Source: `tf.queue.QueueBase`.

    >>> import tfcompat_tape as tf
    >>> queue = tf.queue.FIFOQueue(10, [tf.float32], shapes=[[]])
    >>> isinstance(queue, tf.queue.QueueBase), queue.size().numpy().item()
    (True, 0)
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Any) -> None:
        self._dtypes = list(dtypes)
        if shapes is None:
            self._shapes = [TensorShape(None) for _ in self._dtypes]
        else:
            self._shapes = [TensorShape(shape) for shape in shapes]
        if names is not None and len(names) != len(self._dtypes):
            raise ValueError(
                f"List of names must have the same length as the list of dtypes: names={names}, dtypes={self._dtypes}"
            )
        self._names = list(names) if names else None
        self._store: Store = queue_ref
        self._kind: str = queue_ref.kind

    @staticmethod
    def from_list(index: Any, queues: Any) -> QueueBase:
        """The queue number `index` of `queues`; TypeError unless these are queues of the same dtypes and names."""
        listed = list(queues) if isinstance(queues, Sequence) else []
        if not listed or not all(isinstance(queue, QueueBase) for queue in listed):
            raise TypeError("A list of queues expected")
        first = listed[0]
        for queue in listed[1:]:
            if queue.dtypes != first.dtypes:
                raise TypeError(
                    f"Queues do not have matching component dtypes: {queue.dtypes}, {first.dtypes}"
                )
            if queue.names != first.names:
                raise TypeError(f"Queues do not have matching component names: {queue.names}, {first.names}")
        position = int(convert(index, _dtypes.int32).numpy())
        if not 0 <= position < len(listed):
            raise invalid(f"QueueBase.from_list: index {position} is not in [0, {len(listed)})")
        chosen: QueueBase = listed[position]
        return chosen

    @property
    def queue_ref(self) -> Any:
        """What refers to the queue: of dtype resource."""
        return self._store

    @property
    def name(self) -> str:
        """TensorFlow calls every queue so that is not in a graph."""
        return "Empty"

    @property
    def dtypes(self) -> list[_dtypes.DType]:
        """The dtype of each component."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The shape of each component."""
        return self._shapes

    @property
    def names(self) -> list[str] | None:
        """The name of each component, or None."""
        return self._names

    # -- what goes in --------------------------------------------------------------------------------------------------

    def enqueue(self, vals: Any, name: str | None = None) -> None:
        """Put in one element; waits while the queue is full.

        Args:
          vals: a tensor, a list of one for each component, or a dictionary if there are names.

        Raises:
          ValueError: another shape, dtype of a tensor, or other names. TypeError: values of another dtype.
          InvalidArgumentError: another number of components. CancelledError: the queue is closed.
        """
        reading.at_each_call("a queue")
        self._put([self._components(vals, self._shapes)])

    def enqueue_many(self, vals: Any, name: str | None = None) -> None:
        """Put in several elements: slices along the first axis of each component. Otherwise as `enqueue`."""
        reading.at_each_call("a queue")
        shapes = [TensorShape([None]).concatenate(shape) for shape in self._shapes]
        raws = self._components(vals, shapes)
        if any(len(raw) != len(raws[0]) for raw in raws):
            sizes = ", ".join(str(len(raw)) for raw in raws)
            raise ValueError(f"{self._kind}: Dimensions are not compatible: components have {sizes} elements")
        self._put([[raw[i, ...] for raw in raws] for i in range(len(raws[0]))])

    def _components(self, vals: Any, shapes: list[TensorShape]) -> Element:
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError(
                    f"Keys in dictionary to enqueue do not match names of Queue.  Dictionary: {sorted(vals, key=str)},"
                    f"Queue: {sorted(self._names, key=str)}"
                )
            vals = [vals[one] for one in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        tensors = [convert(val, dtype) for val, dtype in zip(vals, self._dtypes, strict=False)]
        for tensor, shape in zip(tensors, shapes, strict=False):
            if not tensor.shape.is_compatible_with(shape):
                raise ValueError(f"{self._kind}: Shapes {tensor.shape} and {shape} are incompatible")
        if len(vals) != len(self._dtypes):
            raise invalid(
                f"{self._kind}: Wrong number of components in tuple. Expected {len(self._dtypes)}, got {len(vals)}."
            )
        return [_raw(tensor) for tensor in tensors]

    def _put(self, elements: list[Element]) -> None:
        store = self._store
        with store.changed:
            for element in elements:
                self._refuse_closed()
                while len(store.elements) >= store.capacity and not store.cancelled:
                    store.changed.wait()
                if store.cancelled:
                    raise CancelledError(None, None, f"{self._kind}: Enqueue operation was cancelled")
                store.put(element)
                store.changed.notify_all()

    def _refuse_closed(self) -> None:
        if self._store.closed:
            raise CancelledError(None, None, f"{self._kind} '{self.name}' is closed.")

    # -- what comes out ------------------------------------------------------------------------------------------------

    def dequeue(self, name: str | None = None) -> Any:
        """Take out one element; waits while there is none. OutOfRangeError: the queue is closed and empty."""
        reading.at_each_call("a queue")
        (element,) = self._take(1)
        return self._given([Tensor(raw, None) for raw in element])

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Take out `n` elements, stacked; waits until there are as many.

        Raises:
          OutOfRangeError: the queue is closed and has fewer.
          InvalidArgumentError: the queue has no shapes, or `n` is negative.
        """
        reading.at_each_call("a queue")
        return self._joined(self._take(self._count(n, "dequeue_many")))

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """Take out `n` elements, stacked, or as many as there are if the queue has fewer and is closed.

        Raises:
          OutOfRangeError: the queue is closed and empty.
          InvalidArgumentError: the queue has no shapes, or `n` is negative.
        """
        reading.at_each_call("a queue")
        return self._joined(self._take(self._count(n, "dequeue_up_to"), fewer=True))

    def _count(self, n: Any, what: str) -> int:
        if any(shape.rank is None for shape in self._shapes):
            raise invalid(
                f"{self._kind}'s DequeueMany and DequeueUpTo require the components to have specified shapes ({what})."
            )
        count = int(convert(n, _dtypes.int32).numpy())
        if count < 0:
            raise invalid(f"{self._kind}: {what} requested {count} < 0 elements")
        return count

    def _take(self, count: int, fewer: bool = False) -> list[Element]:
        store = self._store
        with store.changed:
            while len(store.elements) < count + (0 if store.closed or not count else store.kept):
                if store.closed:
                    if fewer and store.elements:
                        count = len(store.elements)
                        break
                    raise out_of_range(
                        f"{self._kind} '{self.name}' is closed and has insufficient elements (requested {count}, "
                        f"current size {len(store.elements)})"
                    )
                store.changed.wait()
            taken = [store.take() for _ in range(count)]
            store.changed.notify_all()
            return taken

    def _joined(self, elements: list[Element]) -> Any:
        if not elements:
            return self._given([_nothing(*pair) for pair in zip(self._dtypes, self._shapes, strict=True)])
        columns = zip(*elements, strict=True)
        return self._given([stack([Tensor(raw, None) for raw in column]) for column in columns])

    def _given(self, tensors: list[Tensor]) -> Any:
        if self._names:
            return dict(zip(self._names, tensors, strict=True))
        return tensors[0] if len(tensors) == 1 else tensors

    # -- the queue itself ----------------------------------------------------------------------------------------------

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> None:
        """Let nothing more in; what is there can be taken out. CancelledError: it is closed already.

        Args:
          cancel_pending_enqueues: whether threads that wait to put something in get CancelledError.
        """
        reading.at_each_call("a queue")
        with self._store.changed:
            self._refuse_closed()
            self._store.closed = True
            self._store.cancelled = cancel_pending_enqueues
            self._store.changed.notify_all()

    def is_closed(self, name: str | None = None) -> Tensor:
        """Whether the queue is closed, as a bool tensor."""
        reading.at_each_call("a queue")
        return convert(self._store.closed)

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are, as an int32 tensor."""
        reading.at_each_call("a queue")
        return convert(len(self._store.elements), _dtypes.int32)


def _raw(tensor: Any) -> Any:
    raw = tensor._read()._t if hasattr(tensor, "_read") else tensor._t
    return raw.detach() if isinstance(raw, torch.Tensor) else raw


def _nothing(dtype: Any, shape: TensorShape) -> Tensor:
    """No elements of a dtype and shape, stacked."""
    return (
        convert([], dtype)
        if not shape.rank
        else _reshaped(dtype, [0, *[size or 0 for size in shape.as_list()]])
    )


def _reshaped(dtype: Any, shape: list[int]) -> Tensor:
    raw: Any = convert([], dtype)._t
    return Tensor(raw.reshape(shape), None)
