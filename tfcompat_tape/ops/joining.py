"""Ops that put tensors together or take one apart: concat, stack, unstack, split, tile."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.ops.arguments import MOVED, STORED, VALUES
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.padding import pad, slice_
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.shapes import expand_dims, reshape
from tfcompat_tape.ops.tangents import linear


def _concat(*tensors: Any, axis: int) -> Any:
    rank = len(tensors[0].shape)
    for i, x in enumerate(tensors):
        if len(x.shape) != rank:  # torch passes over empty vectors
            shapes = f"shape[0] = {compact(tensors[0].shape)} vs. shape[{i}] = {compact(x.shape)}"
            raise invalid(f"ConcatOp : Ranks of all input tensors should match: {shapes}")
    if isinstance(tensors[0], torch.Tensor):
        return torch.cat(tensors, axis)
    return np.concatenate(tensors, axis)


def _pack(*tensors: Any, axis: int = 0) -> Any:
    if isinstance(tensors[0], torch.Tensor):
        return torch.stack(tensors, axis)
    return np.stack(tensors, axis)


def _unpack(x: Any, *, num: int | None = None, axis: int = 0) -> Any:
    rank = len(x.shape)
    if not -rank <= axis < rank:
        raise invalid(f"Unpack: axis = {axis} not in [{-rank}, {rank})")
    if num is not None and num != x.shape[axis]:
        raise invalid(f"Unpack: Input shape axis {axis} must equal {num}, got shape {compact(x.shape)}")
    if isinstance(x, torch.Tensor):
        return x.unbind(axis)
    rows = np.moveaxis(x, axis, 0)
    return tuple([rows[i, ...] for i in range(len(rows))])  # `...` keeps a string an array


def _split_v(x: Any, *, size_splits: tuple[int, ...], split_dim: int, num_split: int | None = None) -> Any:
    rank = len(x.shape)
    if not -rank <= split_dim < rank:
        raise invalid(f"SplitV: -input rank(-{rank}) <= split_dim < input rank ({rank}), but got {split_dim}")
    if num_split is not None and num_split != len(size_splits):
        raise invalid(f"SplitV: {len(size_splits)} sizes are given for {num_split} parts.")
    have = x.shape[split_dim]
    if -1 in size_splits:
        if size_splits.count(-1) > 1:
            raise invalid(f"SplitV: only one of the sizes {size_splits} may be -1.")
        rest = have - sum(size_splits) - 1
        size_splits = tuple([rest if n == -1 else n for n in size_splits])
    if sum(size_splits) != have or min(size_splits) < 0:
        raise invalid(
            "SplitV: Determined shape must either match input shape along split_dim exactly if fully specified, or be "
            f"less than the size of the input along split_dim if not fully specified.  Got: "
            f"{sum(size_splits)} of {have}."
        )
    if isinstance(x, torch.Tensor):
        return x.split(size_splits, split_dim)
    return tuple(np.split(x, np.cumsum(size_splits)[:-1], split_dim))


def _split(x: Any, *, num_split: int, split_dim: int) -> Any:
    rank = len(x.shape)
    if not -rank <= split_dim < rank:
        raise invalid(f"Split: -input rank(-{rank}) <= split_dim < input rank ({rank}), but got {split_dim}")
    have = x.shape[split_dim]
    if num_split < 1 or have % num_split:
        raise invalid(
            "Split: Number of ways to split should evenly divide the split dimension, but got split_dim "
            f"{split_dim} (size = {have}) and num_split {num_split}"
        )
    return _split_v(x, size_splits=(have // num_split,) * num_split, split_dim=split_dim)


def _tile(x: Any, *, multiples: tuple[int, ...]) -> Any:
    if len(multiples) != len(x.shape):
        raise invalid(
            f"Tile: Expected multiples argument to be a vector of length {len(x.shape)} but got length {len(multiples)}"
        )
    for i, n in enumerate(multiples):
        if n < 0:
            raise invalid(f"Tile: Expected multiples[{i}] >= 0, but got {n}")
    return x.repeat(multiples) if isinstance(x, torch.Tensor) else np.tile(x, multiples)


concat = primitive("ConcatV2", _concat, inputs="*values", dtypes=MOVED, same=None, keep=Keep.SHAPES)
pack = primitive(
    "Pack", _pack, inputs="*values", defaults={"axis": 0}, dtypes=MOVED, same=None, keep=Keep.NOTHING
)
unpack = primitive(
    "Unpack",
    _unpack,
    inputs="value",
    defaults={"axis": 0},
    outputs=0,
    dtypes=STORED,
    keep=Keep.NOTHING,
    none_ok=True,
)
_PARTS: dict[str, Any] = {
    "inputs": "value",
    "outputs": 0,
    "dtypes": STORED,
    "keep": Keep.NOTHING,
    "none_ok": True,
}
split_v = primitive("SplitV", _split_v, **_PARTS)
split = primitive("Split", _split, **_PARTS)
tile = primitive("Tile", _tile, inputs="input", dtypes=VALUES, keep=Keep.SHAPES)


@gradient("ConcatV2")
def _concat_rule(op: Any, dy: Any) -> Any:
    axis = op.attrs["axis"]
    shapes = op.shapes
    if len(shapes) == 1:
        return dy
    if all(op.needs):
        return split_v(dy, size_splits=tuple([shape[axis] for shape in shapes]), split_dim=axis)
    grads: list[Any] = []
    begin = [0] * len(shapes[0])
    for shape, needed in zip(shapes, op.needs, strict=True):
        grads.append(slice_(dy, begin=tuple(begin), size=tuple(shape)) if needed else None)
        begin[axis] += shape[axis]
    return grads


@gradient("Pack")
def _pack_rule(op: Any, dy: Any) -> Any:
    parts = unpack(dy, num=len(op.needs), axis=op.get_attr("axis"))
    return parts if len(parts) > 1 else parts[0]  # rules of one input return one gradient


@gradient("Unpack")
def _unpack_rule(op: Any, *dys: Any) -> Any:
    axis = op.get_attr("axis")
    if all(dy is not None for dy in dys):
        return pack(*dys, axis=axis)
    axis %= len(op.shapes[0])
    parts = [dy if dy is None else expand_dims(dy, dim=axis) for dy in dys]
    return _joined(parts, [1] * len(dys), axis, op.shapes[0])


@gradient("SplitV", "Split")
def _split_rule(op: Any, *dys: Any) -> Any:
    axis = op.attrs["split_dim"]
    if all(dy is not None for dy in dys):
        return concat(*dys, axis=axis)
    axis %= len(op.shapes[0])
    return _joined(dys, [shape[axis] for shape, _, _ in op.attrs["_outputs"]], axis, op.shapes[0])


def _joined(parts: Any, sizes: list[int], axis: int, shape: Any) -> Any:
    """The parts that there are, joined along `axis` with zeros in place of the others."""
    present = [i for i, part in enumerate(parts) if part is not None]
    first, last = present[0], present[-1]
    within = []
    for part, size in zip(parts[first : last + 1], sizes[first : last + 1], strict=True):
        gap = (*shape[:axis], size, *shape[axis + 1 :])
        within.append(raw_of(parts[first]).new_zeros(gap) if part is None else part)
    found = concat(*within, axis=axis) if len(within) > 1 else within[0]
    around = [(0, 0)] * len(shape)
    around[axis] = (sum(sizes[:first]), sum(sizes[last + 1 :]))
    return pad(found, paddings=tuple(around))


@gradient("Tile")
def _tile_rule(op: Any, dy: Any) -> Any:
    multiples = op.attrs["multiples"]
    shape = op.shapes[0]
    if not shape:
        return dy
    # Each axis of the result is (copies, size): the copies add up.
    both = tuple([n for pair in zip(multiples, shape, strict=True) for n in pair])
    copies = tuple(range(0, len(both), 2))
    return registry.OPS["Sum"].call(reshape(dy, shape=both), axis=copies, keep_dims=False)


linear("ConcatV2", "Pack", "Unpack", "SplitV", "Split", "Tile")
moves_elements(concat, pack, tile)
