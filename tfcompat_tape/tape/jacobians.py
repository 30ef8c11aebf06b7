"""Jacobians: one walk along the list for many cotangents or tangents at once, by `torch.func.vmap`.

Reverse mode gives a row for each element of the target, forward mode a column for each element of the sources;
whichever are fewer. So many rows are computed at once as memory allows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import torch

from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import FLOATS, OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Output, Recording, state
from tfcompat_tape.tape import rows
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.forward import walk_forward
from tfcompat_tape.tape.paths import Cost, between
from tfcompat_tape.tape.rows import Basis, Options

logger = logging.getLogger("tfcompat_tape")


def jacobian(
    record: Recording,
    target: Tensor,
    node: Entry | None,
    sources: Sequence[Any],
    nodes: Sequence[Entry | None],
    options: Options,
) -> list[Tensor | None]:
    """Jacobians of `target`, each of shape `target.shape + source.shape`; `None` where not connected."""
    if node is None:
        return [None] * len(sources)
    raw = target._t
    shape = tuple(raw.shape)
    path = between(record.id, [node], {one for one in nodes if one is not None})
    options.cost = Cost(path, node, raw)
    distinct = {one: source for one, source in zip(nodes, sources, strict=True) if one is not None}
    columns = sum([source._t.numel() for source in distinct.values()])
    if not options.loop and columns < raw.numel() and _can_push([target, *distinct.values()], path, node):
        return [
            None if one is None else _columns(record, node, one, path, source, shape, options)
            for one, source in zip(nodes, sources, strict=True)
        ]
    found = _rows(record, node, Basis.of(raw), nodes, options)
    return [None if row is None else _reshape(row, (*shape, *row._t.shape[1:])) for row in found]


def batch_jacobian(
    record: Recording,
    target: Tensor,
    node: Entry | None,
    source: Any,
    source_node: Entry | None,
    options: Options,
) -> Tensor | None:
    """Jacobians of each example, of shape `(b,) + target.shape[1:] + source.shape[1:]`; `None` if not connected."""
    if node is None or source_node is None:
        return None
    raw = target._t
    batch, tail = raw.shape[0], tuple(raw.shape[1:])
    inner = tuple(source._t.shape[1:])
    path = between(record.id, [node], {source_node})
    options.cost = Cost(path, node, raw)
    count, columns = torch.Size(tail).numel(), torch.Size(inner).numel()
    if not options.loop and columns < count and _can_push([target, source], path, node):
        pushed = _pushed(record, node, source_node, path, Basis.of_each(source._t), options)
        if pushed is None:
            return None
        # (columns, b, *tail) -> (b, *tail, *inner)
        moved = _transpose(pushed, (*range(1, 2 + len(tail)), 0))
        return _reshape(moved, (batch, *tail, *inner))
    # Each cotangent asks every example for the same element of its target.
    (found,) = _rows(record, node, Basis.of_each(raw), [source_node], options)
    if found is None:
        return None
    moved = _transpose(found, (1, 0, *range(2, 2 + len(inner))))
    return _reshape(moved, (batch, *tail, *inner))


# -- forward mode ------------------------------------------------------------------------------------------------------


def _can_push(values: Sequence[Any], path: Sequence[Entry], node: Entry) -> bool:
    """Whether forward mode gives what reverse mode gives, as cheaply: by ops that say their JVP.

    A gradient function of a user need not be linear, and TensorFlow's gradients of complex values are conjugated.
    """
    if any(value._t.is_complex() for value in values):
        return False
    for entry in path:
        op: Any = entry.op
        if type(op) is not Output and (op.jvp is None or type(op.rule) is not FunctionType):
            return False
    return bool(path)


def _columns(
    record: Recording,
    node: Entry,
    source_node: Entry,
    path: Sequence[Entry],
    source: Any,
    shape: tuple[int, ...],
    options: Options,
) -> Tensor | None:
    """The Jacobian with respect to one source, column by column."""
    raw = source._t
    pushed = _pushed(record, node, source_node, path, Basis.of(raw), options)
    if pushed is None:
        return None
    moved = _transpose(pushed, (*range(1, 1 + len(shape)), 0)) if shape else pushed
    result = _reshape(moved, (*shape, *raw.shape))
    if result._t.dtype is not raw.dtype and {result._t.dtype, raw.dtype} <= FLOATS:  # a cast on the way
        return OPS["Cast"].call(result, FROM_TORCH[raw.dtype])  # type: ignore[no-any-return]
    return result


def _pushed(
    record: Recording, node: Entry, source: Entry, path: Sequence[Entry], basis: Basis, options: Options
) -> Tensor | None:
    """The tangents of the target for every tangent of `basis`, stacked along a first axis."""
    there: list[bool] = []

    def walk(tangent: Any, recorded: bool) -> list[Any]:
        pushed = walk_forward(path, {source: tangent}, recorded).get(node)
        there[:] = [pushed is not None]
        return [] if pushed is None else [pushed]

    found = _all(walk, basis, options)
    return found[0] if there and there[0] else None


# -- reverse mode ------------------------------------------------------------------------------------------------------


def _rows(
    record: Recording, node: Entry, basis: Basis, sources: Sequence[Entry | None], options: Options
) -> list[Tensor | None]:
    """For each source the gradients for every cotangent of `basis`, stacked along a first axis."""
    present: list[bool] = [False] * len(sources)

    def walk(cotangent: Any, recorded: bool) -> list[Any]:
        grads = backward(record, [node], [cotangent], sources, recorded=recorded, release=False)
        present[:] = [grad is not None for grad in grads]
        return [grad.dense() if type(grad) is IndexedSlices else grad for grad in grads if grad is not None]

    found = iter(_all(walk, basis, options))
    return [next(found) if there else None for there in present]


# -- both --------------------------------------------------------------------------------------------------------------


def _all(walk: Callable[[Any, bool], list[Any]], basis: Basis, options: Options) -> list[Tensor]:
    """`walk(row, recorded)` for all rows of `basis`."""
    if state.differentiating:
        # Another tape listens: the whole Jacobian becomes one entry of the list. The walk may run again in its
        # gradient, so it holds on to the recording.
        def differentiable(row: Tensor) -> list[Tensor]:
            recorded = state.differentiating
            results = walk(row if recorded else row._t, recorded)
            return [x if type(x) is Tensor else Tensor(x, None) for x in results]

        return rows.recorded(differentiable, basis, options)
    return [Tensor(x, None) for x in rows.plain(lambda row: tuple(walk(row, False)), basis, options)]


def _reshape(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    result: Tensor = OPS["Reshape"].call(x, shape=shape)
    return result


def _transpose(x: Tensor, perm: tuple[int, ...]) -> Tensor:
    result: Tensor = OPS["Transpose"].call(x, perm=perm)
    return result
