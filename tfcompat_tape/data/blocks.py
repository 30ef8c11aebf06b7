"""Functions of elements on many elements at once, where the results are sure to be the same.

A line of kernels runs under `vmap` if each of its kernels computes an element of its result from one element of
each input by an operation that IEEE 754 or integer arithmetic determines, or only moves elements. Sums and their kin
add up in an order that goes by the sizes and strides alone, and it is the same for the rows of a block as for a single
row unless a kernel chooses another way for longer tensors: so a block of each size is computed element by element as
well, of its own values and of random ones, before blocks of that size are trusted. What a kernel may round in
another way for values further along (exponentials, products of matrices) runs for each element.
"""

from __future__ import annotations

import enum
import numbers
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tfcompat_tape.data.structure import Element
from tfcompat_tape.tracing.nodes import NOTHING, Node, Ref
from tfcompat_tape.tracing.path import Path

aten = torch.ops.aten

_MOVING = {
    aten.view.default,
    aten._unsafe_view.default,
    aten.reshape.default,
    aten.unsqueeze.default,
    aten.squeeze.dim,
    aten.squeeze.dims,
    aten.expand.default,
    aten.permute.default,
    aten.transpose.int,
    aten.t.default,
    aten.select.int,
    aten.slice.Tensor,
    aten.flip.default,
    aten.repeat.default,
    aten.constant_pad_nd.default,
    aten.index_select.default,
    aten.split_with_sizes.default,
    aten.cat.default,
    aten.stack.default,
    aten.detach.default,
    aten.alias.default,
    aten.clone.default,
    aten._to_copy.default,
    aten.zeros_like.default,
    aten.ones_like.default,
    aten.full_like.default,
}
_EXACT = {
    aten.add.Tensor,
    aten.sub.Tensor,
    aten.mul.Tensor,
    aten.div.Tensor,
    aten.neg.default,
    aten.abs.default,
    aten.sign.default,
    aten.sqrt.default,
    aten.rsqrt.default,
    aten.reciprocal.default,
    aten.floor.default,
    aten.ceil.default,
    aten.round.default,
    aten.trunc.default,
    aten.where.self,
    aten.isnan.default,
    aten.isinf.default,
    aten.logical_and.default,
    aten.logical_or.default,
    aten.logical_not.default,
    aten.logical_xor.default,
    aten.bitwise_and.Tensor,
    aten.bitwise_or.Tensor,
    aten.bitwise_xor.Tensor,
    aten.bitwise_not.default,
    *[
        getattr(getattr(aten, name), kind)
        for name in ("eq", "ne", "lt", "le", "gt", "ge")
        for kind in ("Tensor", "Scalar")
    ],
}
# Of a positive and a negative zero, either may be the greater one.
_EXACT_BUT_FOR_ZEROS = {aten.relu.default, aten.minimum.default, aten.maximum.default}
_ADDING = {
    aten.sum.default,
    aten.sum.dim_IntList,
    aten.mean.default,
    aten.mean.dim,
    aten.amax.default,
    aten.amin.default,
    aten.any.dims,
    aten.all.dims,
    aten.argmax.default,
    aten.argmin.default,
}
_DTYPES = {
    torch.float32,
    torch.float64,
    torch.bool,
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
}
# Elements: a single tensor that is larger is added up by several threads.
_ADDED_AT_ONCE = 16384


class Sameness(enum.Enum):
    """Whether a line gives the same bits for many elements at once."""

    NOT_SURE = 0
    SURE = 1
    IF_SEEN = 2  # for blocks of a size for which it was seen to


def sameness(path: Path) -> Sameness:
    """Whether the line of a trace gives the same bits for many elements at once."""
    recorder = path.trace.recorder
    found = Sameness.SURE
    for _, node in path.plain.nodes:
        if not node.sources():  # constants
            continue
        values = [recorder.values[n] for n in (*node.sources(), *node.outs) if n != NOTHING]
        if any(value.dtype not in _DTYPES for value in values):
            return Sameness.NOT_SURE
        if node.function in _ADDING:
            if any(value.numel() > _ADDED_AT_ONCE for value in values):
                return Sameness.NOT_SURE
            found = Sameness.IF_SEEN
        elif node.function in _EXACT_BUT_FOR_ZEROS:
            if values[-1].dtype.is_floating_point and not _limited(node, path.plain.folded):
                return Sameness.NOT_SURE
        elif node.function is aten.pow.Tensor_Scalar:
            if node.args[1] != 2:  # any other power is a logarithm and an exponential
                return Sameness.NOT_SURE
        elif node.function not in _MOVING and node.function not in _EXACT:
            return Sameness.NOT_SURE
        if node.kwargs.get("alpha", 1) != 1 or "rounding_mode" in node.kwargs:
            return Sameness.NOT_SURE
    return found


def _limited(node: Node, constants: dict[int, Any]) -> bool:
    """Whether one of the arguments is a constant without a zero in it."""
    given = [constants.get(int(x)) if type(x) is Ref else x for x in node.args]
    return len(given) > 1 and any(
        bool((x != 0).all()) if isinstance(x, torch.Tensor) else isinstance(x, numbers.Real) and x != 0
        for x in given
    )


class BlockFunction:
    """A line of kernels on blocks of elements.

    The first block is computed for single elements as well, to see that the results are the same: its first and last
    element or, where `seen` is asked for, all of them and those of a random block, and again for each other size of
    blocks. A block that fails is computed element by element, so that the failure is that of its element.
    """

    def __init__(
        self, path: Path, order: list[int], each: Callable[[Element], Element], count: int, seen: bool = False
    ) -> None:
        self._variables = path.variables
        self._order = order
        self._each = each
        given = (0,) * count + (None,) * len(path.variables)
        self._run = torch.func.vmap(path.plain.function, in_dims=given)
        self._of_all = seen
        self._same: dict[int, bool] = {}

    def __call__(self, block: Element) -> Element:
        found = self.at_once(block)
        return self._one_by_one(block) if found is None else found

    def at_once(self, block: Element) -> Element | None:
        """The results for a block; `None` if they are to be computed element by element."""
        size = len(block[0]) if self._of_all else 0
        same = self._same.get(size)
        if same is False:
            return None
        try:
            found = self._computed(block)
        except Exception:
            if same is None:
                self._same[size] = False
            return None
        if same is None:
            same = self._same[size] = self._agrees(block, found)
        return found if same else None

    def _computed(self, block: Element) -> Element:
        found = self._run(*[raw.contiguous() for raw in block], *[v._t for v in self._variables])
        return tuple([found[i].contiguous() for i in self._order])

    def _one_by_one(self, block: Element) -> Element:
        elements = [self._each(element) for element in zip(*[raw.unbind(0) for raw in block], strict=True)]
        return tuple([torch.stack(column) for column in zip(*elements, strict=True)])

    def _agrees(self, block: Element, result: Element) -> bool:
        if not self._of_all:
            return all(
                self._equal(self._each(tuple([raw[at] for raw in block])), [raw[at] for raw in result])
                for at in (0, -1)
            )
        other = _random(block)
        try:
            return self._equal(self._one_by_one(block), result) and self._equal(
                self._one_by_one(other), self._computed(other)
            )
        except Exception:
            return False

    @staticmethod
    def _equal(one: Element, other: Element | list[Any]) -> bool:
        return all(
            a.dtype == b.dtype and a.shape == b.shape and torch.equal(_bits(a), _bits(b))
            for a, b in zip(one, other, strict=True)
        )


def _bits(raw: torch.Tensor) -> torch.Tensor:
    """Numbers that are equal where the bits are; all NaNs are the same."""
    if not raw.dtype.is_floating_point:
        return raw
    plain = torch.where(raw.isnan(), torch.zeros_like(raw), raw)
    return plain.view(torch.int32 if raw.dtype is torch.float32 else torch.int64)


def _random(block: Element) -> Element:
    """Elements of the same kind with other values; the streams of random numbers stay where they are."""
    generator = torch.Generator().manual_seed(0)
    found = []
    for raw in block:
        if raw.dtype.is_floating_point:
            found.append(torch.randn(raw.shape, generator=generator, dtype=raw.dtype))
        else:
            most = 2 if raw.dtype is torch.bool else 100
            found.append(torch.randint(most, raw.shape, generator=generator).to(raw.dtype))
    return tuple(found)


def recut(blocks: Iterator[Element], size: int) -> Iterator[Element]:
    """Blocks of any sizes as blocks of one size; fewer in the last."""
    held: list[Element] = []
    have = 0
    for block in blocks:
        count = len(block[0])
        if not have and count == size:
            yield block
            continue
        held.append(block)
        have += count
        while have >= size:
            whole = joined(held)
            yield tuple([raw[:size] for raw in whole])
            held = [tuple([raw[size:] for raw in whole])]
            have -= size
    if have:
        yield joined(held)


def joined(blocks: list[Element]) -> Element:
    """Blocks one after another as one."""
    if len(blocks) == 1:
        return blocks[0]
    return tuple([torch.cat(parts) for parts in zip(*blocks, strict=True)])


_CHUNK, _CHUNK_BYTES = 64, 1 << 16


def chunk_size(path: Path) -> int:
    """How many elements are worth computing at once where they are read one by one."""
    recorder = path.trace.recorder
    values = [recorder.values[n] for n in path.plain.inputs]
    values += [recorder.values[n] for _, node in path.plain.nodes for n in node.outs if n != NOTHING]
    most = max([value.numel() * value.element_size() for value in values], default=1)
    return min(_CHUNK, _CHUNK_BYTES // max(most, 1))


class ByChunks:
    """The results of a function of blocks, one by one. An element that fails does so when it is its turn."""

    def __init__(
        self, blocks: Iterator[Element], function: BlockFunction, each: Callable[[Element], Element]
    ) -> None:
        self._blocks = blocks
        self._function = function
        self._each = each
        self._ready: Iterator[Element] = iter(())

    def __iter__(self) -> Iterator[Element]:
        return self

    def __next__(self) -> Element:
        while True:
            found = next(self._ready, None)
            if found is not None:
                return found
            block = next(self._blocks)
            made = self._function.at_once(block)
            if made is None:
                self._ready = map(self._each, zip(*[raw.unbind(0) for raw in block], strict=True))
            else:
                # Copies: an element that is kept must not keep its whole block.
                self._ready = zip(*[torch.unbind_copy(raw) for raw in made], strict=True)
