"""Jacobians: one walk along the list for many cotangents or tangents at once, by `torch.func.vmap`.

Reverse mode gives a row for each element of the target, forward mode a column for each element of the sources;
whichever are fewer, if columns are sure to give what rows give (`tape/probe.py`). So many rows are computed at once as
memory allows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch

from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, Recording, state
from tfcompat_tape.tape import rows
from tfcompat_tape.tape.backward import backward
from tfcompat_tape.tape.examples import apart
from tfcompat_tape.tape.paths import Cost, between
from tfcompat_tape.tape.probe import Probe, can_push, finite, hidden
from tfcompat_tape.tape.rows import Basis, Options

logger = logging.getLogger("tensorflow")


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
    distinct = {one: source for one, source in zip(nodes, sources, strict=True) if one is not None}
    path = between(record.id, [node], distinct)
    options.cost = Cost(path, node, raw)
    columns = sum([source._t.numel() for source in distinct.values()])
    if _fewer(columns, raw.numel(), options.cost) and _may_push(
        options, [target, *distinct.values()], path, distinct
    ):
        found = _by_columns(Probe(record, node, raw, nodes), node, sources, nodes, shape, options)
        if found is not None:
            return found
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
    if _fewer(columns, count, options.cost) and _may_push(options, [target, source], path, ()):
        probe = Probe(record, node, raw, [source_node])
        if apart(probe, source_node, node, batch):
            found = _by_examples(probe, node, source, source_node, options)
            if found is not None:
                return found
    # Each cotangent asks every example for the same element of its target.
    (found,) = _rows(record, node, Basis.of_each(raw), [source_node], options)
    if found is None:
        return None
    moved = _transpose(found, (1, 0, *range(2, 2 + len(inner))))
    return _reshape(moved, (batch, *tail, *inner))


# -- forward mode ------------------------------------------------------------------------------------------------------


def _fewer(columns: int, count: int, cost: Cost) -> bool:
    """Whether there are so many fewer columns than rows that it pays for the probe."""
    return columns < count and (count - columns) * cost.work > _WORTH_A_PROBE


# Elements that all rows together read and write. Below, a vmapped walk back takes no longer than a probe does.
_WORTH_A_PROBE = 1_000_000


def _may_push(
    options: Options, values: Sequence[Any], path: Sequence[Entry], sources: Collection[Entry]
) -> bool:
    """Whether columns are worth a probe. What is differentiated again goes by rows: so do all its derivatives."""
    if options.loop or state.differentiating or not path or hidden():
        return False
    computed = [source for source in sources if source.op is not None]
    return can_push(values, [*path, *computed])


def _by_columns(
    probe: Probe,
    node: Entry,
    sources: Sequence[Any],
    nodes: Sequence[Entry | None],
    shape: tuple[int, ...],
    options: Options,
) -> list[Tensor | None] | None:
    """The Jacobians column by column; `None` where rows may give something else."""
    if not _serves(probe, sources):
        return None
    found: list[Tensor | None] = []
    for one, source, row in zip(nodes, sources, probe.rows, strict=True):
        if one is None or row is None:
            found.append(None)
            continue
        basis = Basis.of(source._t)
        pushed = _pushed(probe, node, one, basis, shape, row.dtype, options)
        if pushed is None:
            return None
        moved = _transpose(pushed, (*range(1, 1 + len(shape)), 0)) if shape else pushed
        found.append(_reshape(moved, (*shape, *source._t.shape)))
    return found


def _by_examples(
    probe: Probe, node: Entry, source: Any, source_node: Entry, options: Options
) -> Tensor | None:
    """The Jacobians of each example column by column; `None` where rows may give something else."""
    (row,) = probe.rows
    if row is None or not _serves(probe, [source]):
        return None
    shape = tuple(probe.shapes[node])
    pushed = _pushed(probe, node, source_node, Basis.of_each(source._t), shape, row.dtype, options)
    if pushed is None:
        return None
    moved = _transpose(pushed, (*range(1, 1 + len(shape)), 0))  # (columns, b, *tail) -> (b, *tail, columns)
    return _reshape(moved, (*shape, *source._t.shape[1:]))


def _serves(probe: Probe, sources: Sequence[Any]) -> bool:
    """Whether columns can be like rows, as far as the probe shows."""
    if not probe.finite:
        return False
    return all(
        row is None or row.shape == source._t.shape for row, source in zip(probe.rows, sources, strict=True)
    )


def _pushed(
    probe: Probe,
    node: Entry,
    source: Entry,
    basis: Basis,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    options: Options,
) -> Tensor | None:
    """The tangents of the target for every tangent of `basis`, stacked along a first axis; `None` if not finite."""
    there: list[bool] = [True]

    def walk(tangent: Any, recorded: bool) -> list[Any]:
        pushed = probe.push(source, tangent, node, recorded)
        there[0] = pushed is not None
        return [] if pushed is None else [pushed]

    found = _all(walk, basis, options)
    if not there[0]:  # every derivative on the way is 0
        return Tensor(basis.like.new_zeros((basis.count, *shape), dtype=dtype), None)
    (pushed,) = found
    if not finite([pushed._t]):
        return None
    if pushed._t.dtype is not dtype:  # a cast on the way
        return OPS["Cast"].call(pushed, FROM_TORCH[dtype])  # type: ignore[no-any-return]
    return pushed


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
