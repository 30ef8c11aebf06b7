"""Jacobians and Hessians whose rows are computed by several ranks, or block by block.

Every rank has recorded the same target on a tape of its own. Each computes the rows of its part of the target, as
torch's `Shard` cuts it, and keeps them; who asks for the whole gets it gathered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.handles import variable_of
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording, state
from tfcompat_tape.tape import jacobians
from tfcompat_tape.tape.curvature import _gradients, _resumed
from tfcompat_tape.tape.ends import source_node, target_node
from tfcompat_tape.tape.paths import Cost, between
from tfcompat_tape.tape.progress import Progress
from tfcompat_tape.tape.rows import Basis, Options

__all__ = ["batch_jacobian", "hessian", "jacobian", "jacobian_chunks", "jacobian_to_file"]


class Span(Basis):
    """Some rows of a basis, `first` to `last`."""

    def __init__(self, whole: Basis, first: int, last: int) -> None:
        super().__init__(last - first, whole.shape, whole.like, whole.repeat)
        self._whole, self._first = whole, first

    def rows(self, start: int, stop: int) -> torch.Tensor:
        """The rows from `start` to `stop` of these."""
        like, shape = self.like, self.shape
        flat = torch.zeros((stop - start, self._whole.count), dtype=like.dtype, device=like.device)
        if flat.numel():
            flat.diagonal(self._first + start).fill_(1)
        if self.repeat is None:
            return flat.reshape(stop - start, *shape)
        return flat.reshape(stop - start, 1, *shape).expand(stop - start, self.repeat, *shape)


def _part(size: int, ranks: Any) -> tuple[int, int]:
    """Where the part of this rank begins and ends along an axis, as `torch.chunk` cuts it; it may be empty."""
    each = -(-size // ranks.size)
    return min(size, each * ranks.rank), min(size, each * (ranks.rank + 1))


@contextlib.contextmanager
def _together(over: Any, what: str) -> Iterator[Any]:
    """The ranks of `over`; all of them have to come to the end. A rank that fails tells the others."""
    from tfcompat_tape.distribute import ranks as of

    ranks = of.of(over)
    ranks.calls += 1
    try:
        with of.watch.doing(what):
            yield ranks
    except Exception as error:
        of.watch.failed(error)
        raise
    ranks.barrier(what)


def refuse_to_record(
    tape: Any,
    target: Any,
    what: str,
    why: str = "what several ranks compute is not recorded",
    instead: str = "leave out `over`",
) -> None:
    """Raise if another tape or accumulator than `tape` would differentiate what ranks compute together.

    Args:
      why: says why that cannot be differentiated; `instead`: what to do.

    Raises:
      NotImplementedError: it listens, and traces the target.
    """
    node = getattr(convert(target), "_node", None)
    if node is None or not state.differentiating:
        return
    own = getattr(getattr(tape, "_record", None), "id", None)
    if any(one.id != own and one.id in node.tapes for one in state.recordings):
        raise NotImplementedError(
            f"{what}: {why}, so that the outer tape could not differentiate it. Call it outside of that tape's "
            f"context (or within `tape.stop_recording()`), or {instead}."
        )


def _sharded(local: torch.Tensor, axis: int | None, size: int, ranks: Any, gather: bool, what: str) -> Any:
    """The parts of all ranks along `axis`, of `size` in all: as DTensor, or gathered; no axis: all have the whole."""
    if gather and axis is not None:
        return Tensor(torch.cat(ranks.gathered(local, axis, what), axis), None)
    from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
    from torch.distributed.tensor import DTensor, Replicate, Shard

    kind = local.device.type
    mesh = (
        init_device_mesh(kind, (ranks.size,))
        if ranks.group is None
        else DeviceMesh.from_group(ranks.group, kind)
    )
    shape = torch.Size([size if i == axis else n for i, n in enumerate(local.shape)])
    stride = torch.empty(shape, device="meta").stride()
    return DTensor.from_local(
        local.contiguous(),
        mesh,
        [Replicate() if axis is None else Shard(axis)],
        run_check=False,
        shape=shape,
        stride=stride,
    )


def _rows(
    record: Recording,
    node: Entry,
    raw: torch.Tensor,
    nodes: Sequence[Entry | None],
    span: Basis,
    options: Options,
) -> list[Tensor | None]:
    path = between(record.id, [node], {one for one in nodes if one is not None})
    options.cost = Cost(path, node, raw)
    return jacobians._rows(record, node, span, nodes, options)


def _of_part(
    record: Recording,
    node: Entry | None,
    raw: torch.Tensor,
    nodes: Sequence[Entry | None],
    ranks: Any,
    gather: bool,
    options: Options,
) -> list[Any]:
    """The Jacobians with respect to `nodes`, split along the first axis of the target."""
    if not raw.ndim:
        raise ValueError(f"{options.what}: a scalar has no rows to split over ranks; leave out `over`.")
    what = options.what
    ranks.agree(what, [raw])
    if node is None:
        return [None] * len(nodes)
    size, tail = raw.shape[0], tuple(raw.shape[1:])
    inner = torch.Size(tail).numel()
    first, last = _part(size, ranks)
    found = _rows(record, node, raw, nodes, Span(Basis.of(raw), first * inner, last * inner), options)
    return [
        None
        if x is None
        else _sharded(x._t.reshape(last - first, *tail, *x._t.shape[1:]), 0, size, ranks, gather, what)
        for x in found
    ]


def jacobian(
    tape: Any,
    target: Any,
    sources: Any,
    *,
    over: Any = None,
    gather: bool = False,
    rows: int | None = None,
    progress: bool | None = None,
) -> Any:
    """The Jacobian of `target`, whose rows are split over ranks along the first axis of the target.

    Args:
      tape: the tape that recorded `target`; each rank has recorded the same.
      target: a Tensor with at least one axis.
      sources: nested structure of Tensors or Variables.
      over: a process group or device mesh of torch.distributed; `None`: all ranks.
      gather: give the whole Jacobian to each rank.
      rows: how many rows to compute at once.
      progress: tell the progress of this rank; see `tf.GradientTape.jacobian`.

    Returns:
      The structure of `sources`, holding for each a DTensor of shape `target.shape + source.shape`, placed by
      `Shard(0)`, or a Tensor if it is gathered; `None` where not connected.

    Raises:
      RuntimeError: there are no other processes.
      AbortedError: another rank failed.
      InvalidArgumentError: the targets have other dtypes or shapes.
    """
    target = convert(target)
    flat = [variable_of(x) for x in nest.flatten(sources)]
    refuse_to_record(tape, target, "jacobian(over=...)")
    record = tape._prepare("jacobian")
    nodes = [source_node(x, record.id) for x in flat]
    options = Options("jacobian", rows, progress=progress)
    try:
        with _together(over, "jacobian") as ranks:
            node = target_node(target, record.id)
            found = _of_part(record, node, target._t, nodes, ranks, gather, options)
    finally:
        tape._finish()
    return nest.pack_sequence_as(sources, found)


def batch_jacobian(
    tape: Any,
    target: Any,
    source: Any,
    *,
    over: Any = None,
    gather: bool = False,
    progress: bool | None = None,
) -> Any:
    """The Jacobians of the examples of a batch; the rows of each are split over ranks.

    Args:
      target: Tensor of shape `(b, m, ...)`; `target[i]` depends on `source[i]` alone.
      source: Tensor or Variable of shape `(b, ...)`.
      tape, over, gather, progress: see `jacobian`.

    Returns:
      A DTensor of shape `(b, m, ...) + source.shape[1:]`, placed by `Shard(1)`, or a Tensor if it is gathered.

    Raises:
      ValueError: a rank below 2, or other numbers of examples.
    """
    target, source = convert(target), variable_of(source)
    raw, of = target._t, source._t
    if raw.ndim < 2 or of.ndim < 2 or raw.shape[0] != of.shape[0]:
        raise ValueError(
            "batch_jacobian: target and source need an axis of examples, of one size, and one more, got "
            f"target {target.shape} and source {source.shape}."
        )
    refuse_to_record(tape, target, "batch_jacobian(over=...)")
    record = tape._prepare("batch_jacobian")
    nodes = [source_node(source, record.id)]
    options = Options("batch_jacobian", progress=progress)
    try:
        with _together(over, "batch_jacobian") as ranks:
            node = target_node(target, record.id)
            ranks.agree("batch_jacobian", [raw])
            size, tail = raw.shape[1], tuple(raw.shape[2:])
            inner = torch.Size(tail).numel()
            first, last = _part(size, ranks)
            found = None
            if node is not None:
                span = Span(Basis.of_each(raw), first * inner, last * inner)
                (found,) = _rows(record, node, raw, nodes, span, options)
            if found is None:
                local = of.new_zeros((raw.shape[0], last - first, *tail, *of.shape[1:]))
            else:
                local = found._t.movedim(0, 1).reshape(raw.shape[0], last - first, *tail, *of.shape[1:])
            result = _sharded(local, 1, size, ranks, gather, "batch_jacobian")
    finally:
        tape._finish()
    return result


def hessian(
    tape: Any,
    target: Any,
    sources: Any,
    *,
    over: Any,
    gather: bool = False,
    progress: bool | None = None,
) -> Any:
    """The Hessian of the sum of `target`, whose rows are split over ranks; see `derivatives.hessian` and `jacobian`."""
    several = isinstance(sources, (list, tuple))
    flat = list(sources) if several else [sources]
    refuse_to_record(tape, target, "hessian(over=...)")
    record = tape._prepare("hessian")
    nodes = [source_node(x, record.id) for x in flat]
    blocks: list[list[Any]] = []
    try:
        with _together(over, "hessian") as ranks, _resumed(record):
            for grad in _gradients(record, target_node(target, record.id), target, nodes):
                if grad is None:
                    blocks.append([None] * len(flat))
                    continue
                node = grad._node
                if node is not None and record.id not in node.tapes:
                    node = None
                options = Options("hessian", progress=progress)
                row = _of_part(record, node, grad._t, nodes, ranks, gather, options)
                blocks.append(
                    [_or_zeros(x, grad, source, ranks, gather) for x, source in zip(row, flat, strict=True)]
                )
    finally:
        tape._finish()
    return blocks if several else blocks[0][0]


def _or_zeros(block: Any, grad: Tensor, source: Any, ranks: Any, gather: bool) -> Any:
    """A block of a gradient that does not depend on a source: zeros, as `derivatives.hessian` has it."""
    if block is not None:
        return block
    shape = tuple(grad._t.shape)
    first, last = _part(shape[0], ranks)
    local = grad._t.new_zeros((last - first, *shape[1:], *source._t.shape))
    return _sharded(local, 0, shape[0], ranks, gather, "hessian")


def jacobian_chunks(
    tape: Any,
    target: Any,
    sources: Any,
    *,
    rows: int | None = None,
    over: Any = None,
    progress: bool | None = None,
) -> Iterator[tuple[range, Any]]:
    """The Jacobian block by block: only one block is held at a time.

    Args:
      tape: the tape that recorded `target`; it is spent when the last block is there, unless it is persistent.
      target: a Tensor. Its elements, in order, are the rows.
      sources: nested structure of Tensors or Variables.
      rows: how many rows a block has; by default as many as are quick and fit in memory.
      over: a process group: each rank gets blocks of its part of the rows. `None`: all rows.
      progress: tell the progress, with an estimate of the time.

    Yields:
      `(rows, block)`: which rows, and the structure of `sources` with a Tensor of shape `(len(rows),) + source.shape`
      for each, `None` where not connected. An outer tape records the blocks, and so holds what made them.

    >>> import tfcompat_tape as tf
    >>> x = tf.constant([1.0, 2.0, 3.0])
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> for rows, block in tf.derivatives.jacobian_chunks(tape, y, x, rows=2):
    ...     print(rows, block.numpy().tolist())
    range(0, 2) [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0]]
    range(2, 3) [[0.0, 0.0, 6.0]]
    """
    target = convert(target)
    if rows is not None and rows < 1:
        raise ValueError(f"jacobian_chunks: rows has to be positive, not {rows}.")
    flat = [variable_of(x) for x in nest.flatten(sources)]
    record = tape._prepare("jacobian_chunks")
    nodes = [source_node(x, record.id) for x in flat]
    node = target_node(target, record.id)
    raw = target._t
    first, last = 0, raw.numel()
    if over is not None:
        from tfcompat_tape.distribute import ranks as of

        ranks = of.of(over)
        ranks.agree("jacobian_chunks", [raw])
        first, last = _part(last, ranks)
    return _chunks(tape, record, node, raw, nodes, sources, (first, last), rows, progress)


def _chunks(
    tape: Any,
    record: Recording,
    node: Entry | None,
    raw: torch.Tensor,
    nodes: Sequence[Entry | None],
    sources: Any,
    span: tuple[int, int],
    rows: int | None,
    progress: bool | None,
) -> Iterator[tuple[range, Any]]:
    first, last = span
    whole = Basis.of(raw)
    options = Options("jacobian_chunks", progress=False)
    if node is not None:
        options.cost = Cost(between(record.id, [node], {one for one in nodes if one is not None}), node, raw)
    size = rows or max(1, options.size(Span(whole, first, last)))
    told = Progress("jacobian_chunks", last - first, "rows", progress)
    try:
        for start in range(first, last, size):
            stop = min(last, start + size)
            found: list[Any] = [None] * len(nodes)
            if node is not None:
                found = list(jacobians._rows(record, node, Span(whole, start, stop), nodes, options))
            yield range(start, stop), nest.pack_sequence_as(sources, found)
            del found
            told.update(stop - first)
    finally:
        told.close()
        tape._finish()


def jacobian_to_file(
    tape: Any,
    target: Any,
    source: Any,
    path: Any,
    *,
    rows: int | None = None,
    over: Any = None,
    progress: bool | None = None,
) -> Any:
    """Write the Jacobian to a NumPy file (.npy), block by block; returns it as a memory-mapped array.

    Args:
      source: a Tensor or Variable.
      path: where to write; with `over`, a file that all ranks see, of which each writes its rows.
      tape, target, rows, over, progress: see `jacobian_chunks`.

    Raises:
      ValueError: the target does not depend on the source.
      NotImplementedError: within an outer tape, or accumulator, that traces the target.

    >>> import tfcompat_tape as tf
    >>> import os
    >>> import tempfile
    >>> x = tf.Variable([1.0, 2.0, 3.0])
    >>> with tf.GradientTape() as tape:
    ...     y = x * x
    >>> path = os.path.join(tempfile.mkdtemp(), "jacobian.npy")
    >>> tf.derivatives.jacobian_to_file(tape, y, x, path, rows=2).tolist()
    [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 6.0]]
    """
    import numpy as np

    open_memmap: Any = np.lib.format.open_memmap  # which some versions of NumPy give no types
    target, of = convert(target), variable_of(source)
    blocks = "take the blocks of `jacobian_chunks`, which are recorded"
    refuse_to_record(tape, target, "jacobian_to_file", "numbers in a file are not recorded", blocks)
    shape = (*target._t.shape, *of._t.shape)
    if target_node(target, tape._prepare("jacobian_to_file").id) is None:
        raise ValueError("jacobian_to_file: the target does not depend on the source.")
    dtype = torch.empty(0, dtype=of._t.dtype).numpy().dtype

    def write(into: Any) -> None:
        flat = into.reshape(target._t.numel(), *of._t.shape)
        for some, block in jacobian_chunks(tape, target, source, rows=rows, over=over, progress=progress):
            if block is None:
                raise ValueError("jacobian_to_file: the target does not depend on the source.")
            flat[some.start : some.stop] = block.numpy()
        into.flush()

    if over is None:
        whole = open_memmap(path, "w+", dtype, shape)
        write(whole)
        return whole
    with _together(over, "jacobian_to_file") as ranks:
        if ranks.rank == 0:
            open_memmap(path, "w+", dtype, shape).flush()
        ranks.barrier("jacobian_to_file")
        whole = open_memmap(path, "r+")
        write(whole)
    return whole
