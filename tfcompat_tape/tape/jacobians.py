"""Jacobians: one walk down the list for many cotangents at once, by `torch.func.vmap`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core.errors import ResourceExhaustedError
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording, state
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.vectorize import vectorize

logger = logging.getLogger("tfcompat_tape")

# A walk for one cotangent: raw tensor -> the raw gradients that exist.
Walk = Callable[[torch.Tensor], tuple[torch.Tensor, ...]]

_warned: set[str] = set()


def jacobian(
    record: Recording,
    target: Tensor,
    node: Entry | None,
    sources: Sequence[Entry | None],
    *,
    chunk: int | None = None,
    loop: bool = False,
) -> list[Tensor | None]:
    """Jacobians of `target`, each of shape `target.shape + source.shape`; `None` where not connected."""
    if node is None:
        return [None] * len(sources)
    raw = target._t
    shape = tuple(raw.shape)
    count = raw.numel()
    basis = torch.eye(count, dtype=raw.dtype, device=raw.device).reshape(count, *shape)
    rows = _walk_all(record, [node], basis, sources, chunk, loop)
    return [None if row is None else _reshape(row, (*shape, *row._t.shape[1:])) for row in rows]


def batch_jacobian(
    record: Recording,
    target: Tensor,
    node: Entry | None,
    source: Entry | None,
    *,
    chunk: int | None = None,
    loop: bool = False,
) -> Tensor | None:
    """Jacobians of each example, of shape `(b,) + target.shape[1:] + source.shape[1:]`; `None` if not connected."""
    if node is None:
        return None
    raw = target._t
    batch, tail = raw.shape[0], tuple(raw.shape[1:])
    count = int(torch.Size(tail).numel())
    # Each cotangent asks every example for the same element of its target.
    basis = (
        torch.eye(count, dtype=raw.dtype, device=raw.device)
        .reshape(count, 1, *tail)
        .expand(count, batch, *tail)
    )
    (rows,) = _walk_all(record, [node], basis, [source], chunk, loop)
    if rows is None:
        return None
    inner = tuple(rows._t.shape[2:])
    moved = _transpose(rows, (1, 0, *range(2, 2 + len(inner))))
    return _reshape(moved, (batch, *tail, *inner))


def _walk_all(
    record: Recording,
    targets: list[Entry],
    basis: torch.Tensor,
    sources: Sequence[Entry | None],
    chunk: int | None,
    loop: bool,
) -> list[Tensor | None]:
    """For each source the gradients for every cotangent of `basis`, stacked along a first axis."""
    present: list[bool] = [False] * len(sources)

    if state.differentiating:
        # Another tape listens: the whole Jacobian becomes one entry of the list. The walk may run again in its
        # gradient, so it holds on to the recording.
        def differentiable(cotangent: Tensor) -> list[Tensor]:
            recorded = state.differentiating
            seed = cotangent if recorded else cotangent._t
            grads = backward(record, targets, [seed], sources, recorded=recorded, release=False)
            present[:] = [grad is not None for grad in grads]
            return [_tensor(grad) for grad in grads if grad is not None]

        found = iter(_recorded(differentiable, Tensor(basis, None), chunk, loop))
        return [next(found) if there else None for there in present]

    def walk(cotangent: torch.Tensor) -> tuple[torch.Tensor, ...]:
        grads = backward(record, targets, [cotangent], sources, recorded=False, release=False)
        present[:] = [grad is not None for grad in grads]
        return tuple(
            [grad.dense() if type(grad) is IndexedSlices else grad for grad in grads if grad is not None]
        )

    stacked = iter(_in_chunks(walk, basis, chunk, loop))
    return [Tensor(next(stacked), None) if there else None for there in present]


def _recorded(walk: Any, basis: Tensor, chunk: int | None, loop: bool) -> list[Tensor]:
    """`walk` for every row of `basis`, recorded: vectorized, or row by row if it must."""
    count = basis._t.shape[0]
    size = min(chunk or count, count)
    while not loop and count:
        try:
            return vectorize(walk, [basis], size)
        except (RuntimeError, MemoryError, ResourceExhaustedError) as error:
            if _out_of_memory(error):
                if size == 1:
                    raise _too_large(basis._t, error) from error
                size = max(1, size // 2)
                continue
            if not _cannot_vectorize(error):
                raise
            _warn_once(error)
            loop = True
    if not count:
        return [
            Tensor(x._t.new_zeros((0, *x._t.shape)), None)
            for x in walk(Tensor(basis._t.new_zeros(basis._t.shape[1:]), None))
        ]
    rows = [walk(Tensor(basis._t[i], None)) for i in range(count)]
    return [OPS["Pack"].call(*column, axis=0) for column in zip(*rows, strict=True)]


def _in_chunks(walk: Walk, basis: torch.Tensor, chunk: int | None, loop: bool) -> tuple[torch.Tensor, ...]:
    """`walk` for every row of `basis`: vectorized, in smaller chunks if memory runs out, or in a loop if it must."""
    count = basis.shape[0]
    if count == 0:
        found = walk(basis.new_zeros(basis.shape[1:]))
        return tuple([row.new_zeros((0, *row.shape)) for row in found])
    size = min(chunk or count, count)
    while not loop:
        try:
            if size == count:
                return _vmapped(walk)(basis)
            parts = [_vmapped(walk)(basis[i : i + size]) for i in range(0, count, size)]
            return tuple([torch.cat(column) for column in zip(*parts, strict=True)])
        except (RuntimeError, MemoryError) as error:
            if _out_of_memory(error):
                if size == 1:
                    raise _too_large(basis, error) from error
                size = max(1, size // 2)
                continue
            if not _cannot_vectorize(error):
                raise
            _warn_once(error)
            loop = True
    try:
        rows = [walk(basis[i]) for i in range(count)]
        return tuple([torch.stack(column) for column in zip(*rows, strict=True)])
    except (RuntimeError, MemoryError) as error:
        if _out_of_memory(error):
            raise _too_large(basis, error) from error
        raise


def _vmapped(walk: Walk) -> Walk:
    """`walk` for many cotangents at once."""

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


def _too_large(basis: torch.Tensor, error: BaseException) -> ResourceExhaustedError:
    size = basis.element_size() * basis.numel()
    return ResourceExhaustedError(
        None,
        None,
        f"Jacobian of a target with {basis.shape[0]} elements ({size / 2**30:.2f} GiB of cotangents alone) does not "
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


def _tensor(grad: Any) -> Tensor:
    if type(grad) is IndexedSlices:
        grad = grad.dense()
    return grad if type(grad) is Tensor else Tensor(grad, None)


def _reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    result: Tensor = OPS["Reshape"].call(x, shape=shape)
    return result


def _transpose(x: Tensor, perm: tuple[int, ...]) -> Tensor:
    result: Tensor = OPS["Transpose"].call(x, perm=perm)
    return result
