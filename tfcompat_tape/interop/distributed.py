"""`DistributedGradientTape`: the gradients of all ranks, averaged while the walk still goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording, state
from tfcompat_tape.tape.announced import backward_announced

__all__ = ["DistributedGradientTape"]

_WHAT = "DistributedGradientTape.gradient"


class DistributedGradientTape:
    """A tape whose `gradient` gives the average over all ranks, in the form that Horovod's users write.

    Args:
      tape: a `tf.GradientTape`. The other methods are its own.
      group: a process group of torch.distributed; all ranks by default.
      compression: "fp16" sends float32 and float64 gradients as float16; None sends them as they are.
      bucket_bytes: gradients are sent together until they have so many bytes, as the walk makes them.
      average: False gives sums.

    Raises:
      InvalidArgumentError: the ranks ask for gradients of other dtypes or shapes.
      AbortedError: another rank has failed.
      ValueError: `compression` is something else.

    IndexedSlices are gathered: the rows of all ranks, divided by their number. With one process it is the tape itself.

    >>> import tfcompat_tape as tf
    >>> w = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     loss = w * w
    >>> tape = tf.interop.DistributedGradientTape(tape)
    >>> print(tape.gradient(loss, w).numpy())
    6.0
    """

    def __init__(
        self,
        tape: Any,
        group: Any = None,
        compression: str | None = None,
        bucket_bytes: int = 4 << 20,
        average: bool = True,
    ) -> None:
        if compression not in (None, "none", "fp16"):
            raise ValueError(f"compression has to be None or 'fp16', not {compression!r}.")
        if bucket_bytes < 1:
            raise ValueError(f"bucket_bytes has to be positive, not {bucket_bytes}.")
        self._tape = tape
        self._group = group
        self._half = compression == "fp16"
        self._bucket_bytes = bucket_bytes
        self._average = average

    def __enter__(self) -> DistributedGradientTape:
        self._tape.__enter__()
        return self

    def __exit__(self, *error: Any) -> Any:
        return self._tape.__exit__(*error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tape, name)

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None, **options: Any) -> Any:
        """The average over all ranks of what `tf.GradientTape.gradient` gives; all of them have to call it."""
        from tfcompat_tape.distribute import ranks

        group: Any = self._group
        if not isinstance(group, ranks.Ranks):
            if group is None:
                group = ranks.world()
                if group is None:
                    return self._tape.gradient(target, sources, output_gradients, **options)
            else:
                group = ranks.of(group)
        tape = self._tape
        if tape._tracer is not None or state.differentiating or reading.current.tracer is not None:
            return self._afterwards(group, tape.gradient(target, sources, output_gradients, **options))
        raws = [x._t for x in nest.flatten(sources) if isinstance(getattr(x, "_t", None), torch.Tensor)]
        tape._tracer = _Overlapped(self, group, raws)
        try:
            return tape.gradient(target, sources, output_gradients, **options)
        finally:
            tape._tracer = None

    def _afterwards(self, group: Any, grads: Any) -> Any:
        """Averages of gradients that are there: recorded, and part of a function that is traced."""
        from tfcompat_tape.distribute import collectives, ranks

        if group is not ranks.world():
            raise NotImplementedError(
                "DistributedGradientTape: within a tf.function, or where another tape listens, the group is all ranks."
            )
        leaves = nest.flatten(grads)
        places = [i for i, x in enumerate(leaves) if x is not None]
        found = collectives.all_reduce([leaves[i] for i in places], self._average)
        for i, one in zip(places, found, strict=True):
            leaves[i] = one
        return nest.pack_sequence_as(grads, leaves)


class _Overlapped:
    """The walk of one call: what is final goes into a bucket, and a full bucket is sent while the walk goes on."""

    def __init__(self, tape: DistributedGradientTape, ranks: Any, sources: list[torch.Tensor]) -> None:
        self._tape = tape
        self._asked = sources
        self._ranks = ranks
        self._bucket: list[tuple[Entry, torch.Tensor]] = []
        self._bytes = 0
        self._sent: list[tuple[list[tuple[Entry, torch.Tensor]], torch.Tensor, Any]] = []
        self._slices: dict[Entry, IndexedSlices] = {}
        self._done: dict[Entry, Any] = {}

    def explain_none(self, *args: Any) -> None:
        """Nothing is explained here."""

    def finish(self) -> None:
        """Nothing is held."""

    def backward(
        self,
        record: Recording,
        nodes: Sequence[Entry],
        cotangents: Sequence[Any],
        source_nodes: Sequence[Entry | None],
        *,
        recorded: bool,
        release: bool,
    ) -> list[Any]:
        """The averaged gradients, as `backward` gives those of this rank."""
        grads = backward_announced(
            record, nodes, cotangents, source_nodes, self._planned, self._final, release=release
        )
        self._flush()
        for entry, slices in self._slices.items():
            self._done[entry] = self._gathered(slices)
        for bucket, flat, work in self._sent:
            self._ranks.finish(work, _WHAT)
            if self._tape._average:
                flat /= self._ranks.size
            parts = torch.split(flat, [one.numel() for _, one in bucket])
            for (entry, like), part in zip(bucket, parts, strict=True):
                self._done[entry] = part.to(like.dtype).reshape(like.shape)
        return [
            grad if node is None else self._done.get(node)
            for node, grad in zip(source_nodes, grads, strict=True)
        ]

    def _planned(self, order: list[Entry]) -> None:
        """See that all ranks ask for the same gradients, as many of which the targets may depend on."""
        self._ranks.agree(_WHAT, [*self._asked, torch.empty((len(order),), device="meta")])

    def _final(self, entry: Entry, grad: Any) -> None:
        if grad is None:
            return
        if isinstance(grad, IndexedSlices):
            self._slices[entry] = grad
            return
        size = grad.numel() * grad.element_size()
        kind = self._bucket[0][1] if self._bucket else grad
        if grad.dtype is not kind.dtype or grad.device != kind.device:
            self._flush()
        self._bucket.append((entry, grad))
        self._bytes += size
        if self._bytes >= self._tape._bucket_bytes:
            self._flush()

    def _flush(self) -> None:
        import torch.distributed as dist

        bucket, self._bucket, self._bytes = self._bucket, [], 0
        if not bucket:
            return
        flat = torch.cat([grad.reshape(-1) for _, grad in bucket])
        if flat.dtype.is_complex:
            raise NotImplementedError("DistributedGradientTape: complex gradients are not averaged.")
        if self._tape._half and flat.dtype in (torch.float32, torch.float64):
            flat = flat.half()
        self._ranks.moved += flat.numel() * flat.element_size()
        work = self._ranks.begin(lambda: dist.all_reduce(flat, group=self._ranks.group, async_op=True), _WHAT)
        self._sent.append((bucket, flat, work))

    def _gathered(self, slices: IndexedSlices) -> IndexedSlices:
        rows, indices = convert(slices.values)._t, convert(slices.indices)._t
        if self._tape._average:
            rows = rows / self._ranks.size
        return IndexedSlices(
            Tensor(torch.cat(self._ranks.gathered(rows, 0, _WHAT)), None),
            Tensor(torch.cat(self._ranks.gathered(indices, 0, _WHAT)), None),
            slices.dense_shape,
        )
