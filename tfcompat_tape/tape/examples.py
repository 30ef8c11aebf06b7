"""Whether the examples of a batch do not depend on each other, as the list proves.

`batch_jacobian` asks the same of all examples at once. Where one depends on another (a normalization over the batch),
rows add up what the targets of all examples say of one source, and columns what the sources of all examples do to one
target; only for independent examples is that the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.wengert import Entry, Output
from tfcompat_tape.tape.probe import Probe

Shape = tuple[int, ...]


def apart(probe: Probe, source: Entry, target: Entry, batch: int) -> bool:
    """Whether example `i` of `target` depends on example `i` of `source` alone, by ops that are known to keep to it.

    The examples lie along the first axis, which has `batch` elements.
    """
    if batch == 1:
        return True
    shapes = probe.shapes
    batched = {source}
    for entry, parents in probe.steps:
        op: Any = entry.op
        if type(op) is not Output:
            moving = [(i, tuple(shapes[p])) for i, p in enumerate(parents) if p is not None]
            into = tuple(shapes[entry]) if entry in shapes else None
            if any(p is not None and p not in batched for p in parents):
                return False
            if not _keeps_examples(entry, moving, into, batch):
                return False
        batched.add(entry)
    return target in batched


def _keeps_examples(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None, batch: int) -> bool:
    op: Any = entry.op
    if into is not None and into[:1] != (batch,):
        return False
    if any(shape[:1] != (batch,) for _, shape in moving):
        return False
    if op.keeps_order:  # in row-major order, what has the same first axis has the same examples
        return True
    if op.elementwise:  # an input of lower rank is broadcast, and its first axis is another one
        return into is not None and all(len(shape) == len(into) for _, shape in moving)
    rule = _RULES.get(op.name)
    return rule is not None and rule(entry, moving, into)


def _first_operand(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    """Products, convolutions, pools, lookups: only the input moves, whose first axis is that of the result."""
    return [i for i, _ in moving] == [0]


def _rows_of_matrix(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return _first_operand(entry, moving, into) and not entry.get_attr("transpose_a")


def _stacked_matrices(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return into is not None and all(len(shape) == len(into) > 2 for _, shape in moving)


def _along(*names: str) -> Callable[..., bool]:
    """An op along axes, none of which is the first."""

    def rule(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
        rank = len(moving[0][1])
        for name in names:
            given: Any = entry.get_attr(name)
            if given is None:
                return False
            axes = given if isinstance(given, (tuple, list)) else (given,)
            if any(axis % rank == 0 for axis in axes):
                return False
        return rank > 1

    return rule


def _pack(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return into is not None and entry.get_attr("axis") % len(into) != 0


def _transpose(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return bool(entry.get_attr("perm")[0] == 0)


def _last_axis(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return len(moving[0][1]) > 1


def _strided_slice(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    """All of the first axis, in order."""
    get = entry.get_attr
    if "strides" not in entry.attrs:  # x[i]
        return False
    if not get("strides"):  # x[()]
        return True
    if (get("ellipsis_mask") | get("new_axis_mask") | get("shrink_axis_mask")) & 1 or get("strides")[0] != 1:
        return False
    return bool(get("begin_mask") & get("end_mask") & 1)


def _whole_slice(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return bool(entry.get_attr("begin")[0] == 0)  # and of the same length


def _gather(entry: Entry, moving: list[tuple[int, Shape]], into: Shape | None) -> bool:
    return _first_operand(entry, moving, into) and _along("axis")(entry, moving, into)


_RULES: dict[str, Callable[..., bool]] = {
    "MatMul": _rows_of_matrix,
    "BatchMatMulV2": _stacked_matrices,
    **dict.fromkeys(("Conv2D", "Conv3D", "DepthwiseConv2dNative"), _first_operand),
    **dict.fromkeys(("AvgPool", "MaxPool", "AvgPool3D", "MaxPool3D"), _last_axis),
    **dict.fromkeys(("Sum", "Mean", "Max", "Min", "Prod", "EuclideanNorm"), _along("axis")),
    **dict.fromkeys(("Cumsum", "Cumprod", "ConcatV2", "ReverseV2"), _along("axis")),
    **dict.fromkeys(("Split", "SplitV"), _along("split_dim")),
    **dict.fromkeys(("Softmax", "LogSoftmax"), _along("axis")),
    "Unpack": _along("axis"),
    "Pack": _pack,
    "Transpose": _transpose,
    "StridedSlice": _strided_slice,
    "Slice": _whole_slice,
    "GatherV2": _gather,
}

__all__ = ["apart"]
