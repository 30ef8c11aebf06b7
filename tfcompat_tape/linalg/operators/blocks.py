"""Arguments that come a block each: lists of tensors, one for each operator along a side of a block matrix."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.arrays.joining import concat, split
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.linalg.operators import support


def is_blockwise(x: Any, sizes: list[int], axis: int) -> bool:
    """Whether `x` is a list with a block for each operator, and not one matrix or vector as nested lists.

    Raises:
      ValueError: a list of tensors of other sizes along `axis`.
    """
    if not isinstance(x, (list, tuple)) or not x:
        return False
    blocks = [convert(block) for block in x]
    if any(len(block._t.shape) < -axis for block in blocks):
        return False
    found = [int(block._t.shape[axis]) for block in blocks]
    if not any(isinstance(block, Tensor) or hasattr(block, "_read") for block in x) and found != sizes:
        return False
    if len(found) != len(sizes):
        return _refuse(sum(sizes), found[0] if len(found) == 1 else sum(found))
    for size, have in zip(sizes, found, strict=True):
        if size != have:
            return _refuse(size, have)
    return True


def _refuse(size: int, found: int) -> bool:
    raise ValueError(f"Dimensions {size} and {found} are not compatible")


def cut(x: Any, sizes: list[int], axis: int) -> list[Any]:
    """A Tensor in blocks of these sizes."""
    return list(split(x, sizes, axis=axis))


def joined(parts: list[Any], axis: int) -> Any:
    """Blocks put together along an axis; their batches broadcast."""
    rank = -axis
    batch = support.batch_of(
        *(support.shape_of(part)[: len(support.shape_of(part)) - rank] for part in parts)
    )
    return concat([support.with_batch(part, batch, rank) for part in parts], axis=axis)
