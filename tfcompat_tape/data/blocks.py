"""Functions of elements on many elements at once, where the results are sure to be the same.

A line of kernels runs under `vmap` if each of its kernels computes an element of its result from one element of each
input by an operation that IEEE 754 or integer arithmetic determines, or only moves elements. What a kernel may round
in another way on longer tensors (exponentials, sums, products of matrices) runs for each element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from tfcompat_tape.data.structure import Element
from tfcompat_tape.tracing.concrete import Path
from tfcompat_tape.tracing.nodes import NOTHING

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
_EXACT_OF_INTEGERS = {aten.relu.default, aten.minimum.default, aten.maximum.default}
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


def is_exact(path: Path) -> bool:
    """Whether the line of a trace gives the same bits for many elements at once."""
    recorder = path.trace.recorder
    for _, node in path.plain.nodes:
        if not node.sources():  # constants
            continue
        if node.function in _EXACT_OF_INTEGERS:
            if recorder.values[node.outs[0]].dtype.is_floating_point:
                return False
        elif node.function not in _MOVING and node.function not in _EXACT:
            return False
        if node.kwargs.get("alpha", 1) != 1 or "rounding_mode" in node.kwargs:
            return False
        for number in [*node.sources(), *node.outs]:
            if number != NOTHING and recorder.values[number].dtype not in _DTYPES:
                return False
    return True


class BlockFunction:
    """A line of kernels on blocks of elements.

    The first block is computed for single elements as well, to see that the results are the same. A block that fails is
    computed element by element, so that the failure is that of its element.
    """

    def __init__(self, path: Path, order: list[int], each: Callable[[Element], Element], count: int) -> None:
        self._variables = path.variables
        self._order = order
        self._each = each
        given = (0,) * count + (None,) * len(path.variables)
        self._run = torch.func.vmap(path.plain.function, in_dims=given)
        self._seen = False
        self._works = True

    def __call__(self, block: Element) -> Element:
        if self._works:
            try:
                found = self._run(*[raw.contiguous() for raw in block], *[v._t for v in self._variables])
            except Exception:
                self._works = self._seen
                return self._one_by_one(block)
            result = tuple([found[i].contiguous() for i in self._order])
            if not self._seen:
                self._works = self._agrees(block, result)
                self._seen = True
            if self._works:
                return result
        return self._one_by_one(block)

    def _one_by_one(self, block: Element) -> Element:
        elements = [self._each(element) for element in zip(*[raw.unbind(0) for raw in block], strict=True)]
        return tuple([torch.stack(column) for column in zip(*elements, strict=True)])

    def _agrees(self, block: Element, result: Element) -> bool:
        for at in (0, -1):
            one = self._each(tuple([raw[at] for raw in block]))
            for a, b in zip(one, [raw[at] for raw in result], strict=True):
                if a.dtype != b.dtype or a.shape != b.shape or not torch.equal(a, b):
                    if not torch.equal(a.isnan(), b.isnan()) or not torch.equal(
                        a.nan_to_num(), b.nan_to_num()
                    ):
                        return False
        return True


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
