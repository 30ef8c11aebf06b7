"""Functions that act on each value: on flat values, once the operands are of one ragged shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.arrays import gather, reshape
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts.partitions import offsets, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


def holds_ragged(values: Any) -> bool:
    """Whether there is a RaggedTensor among `values`, or in a list or dict among them."""
    return any(
        isinstance(value, RaggedTensor)
        or (isinstance(value, (list, tuple)) and holds_ragged(value))
        or (isinstance(value, dict) and holds_ragged(value.values()))
        for value in values
    )


def _replaced(value: Any, replace: Callable[[Any], Any]) -> Any:
    if isinstance(value, RaggedTensor):
        return replace(value)
    if isinstance(value, (list, tuple)) and holds_ragged(value):
        return type(value)([_replaced(item, replace) for item in value])
    if isinstance(value, dict) and holds_ragged(value.values()):
        return {key: _replaced(item, replace) for key, item in value.items()}
    return value


def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`op` on the flat values of the RaggedTensors among the arguments, cut as these are.

    Args:
      op: a function whose result has as many rows as the flat values.
      args, kwargs: its arguments; the RaggedTensors among them, in lists too, have the same row splits.

    Raises:
      InvalidArgumentError: row splits that differ.
      ValueError: row splits of other lengths, or a result with another number of rows.

    Source: `tf.ragged.map_flat_values`.

    >>> import tfcompat_tape as tf
    >>> tf.ragged.map_flat_values(tf.square, tf.ragged.constant([[1, 2], [], [3]]))
    <tf.RaggedTensor [[1, 4], [], [9]]>
    """
    found: list[RaggedTensor] = []

    def flat(value: RaggedTensor) -> Any:
        found.append(value)
        return value.flat_values

    inner = [_replaced(value, flat) for value in args]
    named = {key: _replaced(value, flat) for key, value in kwargs.items()}
    if not found:
        return op(*args, **kwargs)
    first = found[0]
    for other in found[1:]:
        if not same_splits(first, other):
            rows = [[len(s) for s in one.nested_row_splits] for one in (first, other)]
            error = ValueError if rows[0] != rows[1] else invalid  # TensorFlow sees sizes before values
            raise error("tf.ragged.map_flat_values: partitions have incompatible row_splits")
    result = op(*inner, **named)
    count = first.flat_values.shape[0]
    if not result.shape.rank or result.shape[0] != count:
        raise ValueError(
            "tf.ragged.map_flat_values requires that the output of `op` have the same outer-dimension size as "
            f"flat_values of any ragged inputs. (output shape: {result.shape}; expected outer dimension size: {count})"
        )
    return first.with_flat_values(result)


def same_splits(a: RaggedTensor, b: RaggedTensor) -> bool:
    """Whether both are cut alike."""
    one, two = a.nested_row_splits, b.nested_row_splits
    return len(one) == len(two) and all(
        x is y or (x._t.shape == y._t.shape and bool((x._t == y._t).all()))
        for x, y in zip(one, two, strict=True)
    )


class _Operand:
    """One operand on the way from its outer dimension to its values."""

    def __init__(self, value: Any, rank: int, depth: int) -> None:
        ragged = isinstance(value, RaggedTensor)
        flat = value.flat_values if ragged else value
        cuts = value._nested() if ragged else []
        shape = list(flat._t.shape)
        pad = rank - len(cuts) - len(shape)
        # The dimensions from the outer one: a number, or raw row splits.
        self.dims: list[Any] = [1] * pad
        if ragged:
            self.dims.append(len(value.row_splits._t) - 1)
            self.dims += [splits._t.long() if length is None else length for splits, length in cuts]
            self.dims += shape[1:]
        else:
            self.dims += shape
        # Of the dimensions up to the last ragged one the flat values make one.
        merged = 1 + depth - pad - len(cuts) if ragged else max(depth + 1 - pad, 0)
        if merged != 1:
            flat = reshape(flat, [math.prod(shape[:merged]), *shape[merged:]])
        self.flat = flat
        self.rows: Any = None

    def outer(self, count: int) -> None:
        """Begin with the outer dimension."""
        self.rows = torch.arange(count) if self.dims[0] == count else torch.zeros(count, dtype=torch.long)

    def lengths(self, at: int) -> Any:
        """The length of each row along the dimension `at`; None where it is 1 and repeats."""
        size = self.dims[at]
        if isinstance(size, int):
            return None if size == 1 else torch.full((len(self.rows),), size)
        return size.diff()[self.rows]

    def descend(self, at: int, lengths: torch.Tensor) -> None:
        """Go on to the values of the rows, which are of these lengths."""
        size = self.dims[at]
        starts = self.rows * size if isinstance(size, int) else size[:-1][self.rows]
        rows = torch.repeat_interleave(starts, lengths)
        self.rows = rows if isinstance(size, int) and size == 1 else rows + offsets(lengths)

    def values(self) -> Any:
        """The flat values, one for each place of the result."""
        count = self.flat._t.shape[0]
        if len(self.rows) == count and bool((self.rows == torch.arange(count)).all()):
            return self.flat
        return gather(self.flat, Tensor(self.rows, None))


def broadcast(operands: Sequence[Any]) -> tuple[list[Any], list[tuple[Tensor, int | None]]]:
    """Flat values of the operands in one ragged shape, and how this is cut.

    Raises:
      InvalidArgumentError: a dimension is neither the same in all operands nor 1.
    """
    ragged = [value for value in operands if isinstance(value, RaggedTensor)]
    ranks = [int(value.shape.rank) for value in operands]
    rank = max(ranks)
    depth = max(
        value.ragged_rank + rank - size
        for value, size in zip(operands, ranks, strict=True)
        if isinstance(value, RaggedTensor)
    )
    found = [_Operand(value, rank, depth) for value in operands]
    sizes = {operand.dims[0] for operand in found} - {1}
    if len(sizes) > 1:
        raise _mismatch(0, sizes)
    count = sizes.pop() if sizes else 1
    for operand in found:
        operand.outer(count)
    dtype = ragged[0].row_splits.dtype.torch
    cuts: list[tuple[Tensor, int | None]] = []
    for at in range(1, depth + 1):
        all_lengths = [lengths for operand in found if (lengths := operand.lengths(at)) is not None]
        lengths = all_lengths[0] if all_lengths else torch.ones(len(found[0].rows), dtype=torch.long)
        for other in all_lengths[1:]:
            if not torch.equal(lengths, other):
                raise _mismatch(at, (lengths.tolist(), other.tolist()))
        uniform = [operand.dims[at] for operand in found]
        length = max(uniform) if all(isinstance(size, int) for size in uniform) else None
        for operand in found:
            operand.descend(at, lengths)
        cuts.append((Tensor(splits_of_lengths(lengths).to(dtype), None), length))
    return [operand.values() for operand in found], cuts


def _mismatch(at: int, sizes: Any) -> Exception:
    return invalid(
        f"Unable to broadcast: dimension size mismatch in dimension {at}: {sizes}. "
        "Ragged dimensions must have the same row lengths; only uniform dimensions of size 1 are repeated."
    )


def elementwise(function: Callable[..., Any], operands: Sequence[Any], **kwargs: Any) -> Any:
    """`function` of operands that are broadcast together, at least one of them ragged."""
    flats, cut = aligned(operands)
    return cut(function(*flats, **kwargs))


def aligned(operands: Sequence[Any]) -> tuple[list[Any], Callable[[Any], Any]]:
    """Flat values of operands that are broadcast together, and what cuts such values as they are cut."""
    like = next(value.dtype for value in operands if isinstance(value, RaggedTensor))
    tensors = [
        value if isinstance(value, (RaggedTensor, Tensor)) else convert(value, preferred=like)
        for value in operands
    ]
    ragged = [value for value in tensors if isinstance(value, RaggedTensor)]
    if all(same_splits(ragged[0], other) for other in ragged[1:]) and all(
        isinstance(value, RaggedTensor) or value._t.ndim == 0 for value in tensors
    ):
        flats = [value.flat_values if isinstance(value, RaggedTensor) else value for value in tensors]
        return flats, ragged[0]._with_flat
    flats, cuts = broadcast([value if not _scalar(value) else reshape(value, [1]) for value in tensors])

    def cut(result: Any) -> Any:
        for splits, length in reversed(cuts):
            result = RaggedTensor._of(result, splits, length)
        return result

    return flats, cut


def _scalar(value: Any) -> bool:
    return isinstance(value, Tensor) and value._t.ndim == 0
