"""Many runs of one walk: the rows of a basis, as many at once as memory allows, with progress if it takes long."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tfcompat_tape.core.errors import ResourceExhaustedError
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tape.memory import budget
from tfcompat_tape.tape.paths import Cost
from tfcompat_tape.tape.progress import Progress
from tfcompat_tape.tape.vectorize import vectorize

logger = logging.getLogger("tensorflow")

# A walk for one row: raw tensor -> the raw results that exist.
Walk = Callable[[torch.Tensor], tuple[torch.Tensor, ...]]

# So much work is done between two updates of the progress: a second or a few.
STRIDE = 1 << 35
ALWAYS_THERE = 1 << 27  # bytes that need no asking whether they are free
LEAST = 64  # rows at once, however much work they are: fewer would be slow

_warned: set[str] = set()


class Options:
    """How rows are computed.

    Attributes:
      what: the name of the call, for messages.
      chunk: how many rows at once; chosen by memory and work if `None`.
      loop: one row at a time, without vectorization.
      progress: whether to tell the progress; `None`: as the environment says.
      cost: what one row takes.
    """

    __slots__ = ("chunk", "cost", "loop", "progress", "what")

    def __init__(
        self, what: str, chunk: int | None = None, loop: bool = False, progress: bool | None = None
    ) -> None:
        self.what = what
        self.chunk = chunk
        self.loop = loop
        self.progress = progress
        self.cost: Cost | None = None

    def size(self, basis: Basis) -> int:
        """How many rows of `basis` to compute at once."""
        count = basis.count
        cost = self.cost
        if self.chunk is not None or cost is None or not count:
            return min(self.chunk or count, count)
        most = count
        if (cost.at_most + basis.row_bytes) * count > ALWAYS_THERE:
            most = max(1, min(most, budget(basis.device) // (cost.bytes + basis.row_bytes)))
        if most > LEAST:
            most = min(most, max(LEAST, STRIDE // max(1, cost.work)))
        return -(-count // -(-count // most))  # no chunk of a few rows at the end


class Basis:
    """The unit vectors of a space, a row each; made when they are used, for all of them are a square matrix.

    Args:
      count: how many there are.
      shape: shape of a row.
      like: a tensor of the dtype and device of the rows.
      repeat: size of an axis before those of `shape` along which a row is repeated.
    """

    def __init__(
        self, count: int, shape: tuple[int, ...], like: torch.Tensor, repeat: int | None = None
    ) -> None:
        self.count = count
        self.shape = shape
        self.like = like
        self.repeat = repeat

    @classmethod
    def of(cls, raw: torch.Tensor) -> Basis:
        """Of all elements of `raw`."""
        return cls(raw.numel(), tuple(raw.shape), raw)

    @classmethod
    def of_each(cls, raw: torch.Tensor) -> Basis:
        """Of the elements of one example, the same for every example along the first axis of `raw`."""
        shape = tuple(raw.shape[1:])
        return cls(torch.Size(shape).numel(), shape, raw, repeat=raw.shape[0])

    @property
    def device(self) -> torch.device:
        """Where the rows are."""
        return self.like.device

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.count * self.like.element_size()

    def rows(self, start: int, stop: int) -> torch.Tensor:
        """The rows from `start` to `stop`."""
        like = self.like
        size = stop - start
        if size == self.count:
            flat = torch.eye(size, dtype=like.dtype, device=like.device)
        else:
            flat = torch.zeros((size, self.count), dtype=like.dtype, device=like.device)
            flat.diagonal(start).fill_(1)
        if self.repeat is None:
            return flat.reshape(size, *self.shape)
        return flat.reshape(size, 1, *self.shape).expand(size, self.repeat, *self.shape)

    def nothing(self) -> torch.Tensor:
        """A row of zeros."""
        shape = self.shape if self.repeat is None else (self.repeat, *self.shape)
        return torch.zeros(shape, dtype=self.like.dtype, device=self.like.device)


def recorded(walk: Any, basis: Basis, options: Options) -> list[Tensor]:
    """`walk` for every row of `basis`, recorded: vectorized, or row by row if it must."""
    count = basis.count
    size = options.size(basis)
    loop = options.loop
    while not loop and count:
        try:
            return vectorize(walk, [Tensor(basis.rows(0, count), None)], size)
        except (RuntimeError, MemoryError, ResourceExhaustedError) as error:
            size = _smaller(error, size, basis)
            loop = not size
    if not count:
        return [_none_of(x) for x in walk(Tensor(basis.nothing(), None))]
    found = [walk(Tensor(row, None)) for row in _one_by_one(basis)]
    return [OPS["Pack"].call(*column, axis=0) for column in zip(*found, strict=True)]


def _none_of(row: Tensor) -> Tensor:
    """No rows like this one, recorded: what is empty hangs together, too."""
    rows = OPS["ExpandDims"].call(row, dim=0)
    none: Tensor = OPS["Slice"].call(rows, begin=[0] * rows._t.ndim, size=[0, *row._t.shape])
    return none


def plain(walk: Walk, basis: Basis, options: Options) -> list[torch.Tensor]:
    """`walk` for every row of `basis`: vectorized, in smaller chunks if memory runs out, or in a loop if it must."""
    count = basis.count
    if count == 0:
        return [row.new_zeros((0, *row.shape)) for row in walk(basis.nothing())]
    size = options.size(basis)
    loop = options.loop
    if not loop and size == count:  # what is quick
        try:
            return list(_vmapped(walk)(basis.rows(0, count)))
        except (RuntimeError, MemoryError) as error:
            size = _smaller(error, size, basis)
            loop = not size
    progress = Progress(options.what, count, "rows", options.progress)
    try:
        return _in_turn(walk, basis, size, loop, progress)
    finally:
        progress.close()


def _in_turn(walk: Walk, basis: Basis, size: int, loop: bool, progress: Progress) -> list[torch.Tensor]:
    """The results chunk by chunk, each put in its place as soon as it is there."""
    count = basis.count
    results: list[torch.Tensor] = []
    done = 0
    while done < count:
        stop = done + 1 if loop else min(done + size, count)
        block = basis.rows(done, stop)
        try:
            part = [x[None] for x in walk(block[0])] if loop else _vmapped(walk)(block)
            if not results:
                results = [x.new_empty((count, *x.shape[1:])) for x in part]
            for result, x in zip(results, part, strict=True):
                result[done:stop] = x
        except (RuntimeError, MemoryError) as error:
            if loop:
                if _out_of_memory(error):
                    raise _too_large(basis, error) from error
                raise
            size = _smaller(error, stop - done, basis)
            loop = not size
            continue
        done = stop
        progress.update(done)
    return results


def _one_by_one(basis: Basis) -> Iterator[torch.Tensor]:
    for i in range(basis.count):
        yield basis.rows(i, i + 1)[0]


def _smaller(error: Exception, size: int, basis: Basis) -> int:
    """How many rows to try next, after `size` of them failed; 0 for a loop without vectorization."""
    if _out_of_memory(error):
        if size == 1:
            raise _too_large(basis, error) from error
        return max(1, size // 2)
    if not _cannot_vectorize(error):
        raise error
    _warn_once(error)
    return 0


def _vmapped(walk: Walk) -> Walk:
    """`walk` for many rows at once."""

    def mapped(rows: torch.Tensor) -> tuple[torch.Tensor, ...]:
        result: tuple[torch.Tensor, ...] = torch.func.vmap(walk, randomness="same")(rows)
        return result

    return mapped


def _out_of_memory(error: BaseException) -> bool:
    text = str(error)
    return (
        isinstance(error, (MemoryError, torch.OutOfMemoryError, ResourceExhaustedError))
        or "can't allocate memory" in text
        or "not enough memory" in text
    )


def _too_large(basis: Basis, error: BaseException) -> ResourceExhaustedError:
    size = basis.row_bytes * basis.count
    return ResourceExhaustedError(
        None,
        None,
        f"Jacobian of {basis.count} elements ({size / 2**30:.2f} GiB of unit vectors alone) does not "
        f"fit in memory even one row at a time: {str(error).splitlines()[0]}",
    )


def _cannot_vectorize(error: BaseException) -> bool:
    text = str(error)
    return "vmap" in text or "functorch" in text or "Batching rule" in text or "batching rule" in text


def _warn_once(error: BaseException) -> None:
    text = str(error).splitlines()[0]
    if text not in _warned:
        _warned.add(text)
        logger.warning(
            "An op on the way has no batching rule, so the Jacobian is computed row by row: %s", text
        )
