"""Jacobians start from the rows of a unit matrix; the first product with a matrix needs no product.

What is computed of these rows element by element is one value where the first index equals the last one, and another
value, a zero or not a number, elsewhere. Their product with a matrix is a row of the matrix times a number. Where a
zero meets infinity or NaN in the product, the sum is NaN, and so it is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch

from tfcompat_tape.tracing.nodes import Node, Ref
from tfcompat_tape.tracing.products import dense

Raw = torch.Tensor
aten = torch.ops.aten

# Functions of rows and of values that are the same for all rows, linear in the rows: the places where these may stand.
_LINEAR: dict[Any, tuple[int, ...]] = {
    aten.mul.Tensor: (0, 1),
    aten.mul.Scalar: (0,),
    aten.div.Tensor: (0,),
    aten.neg.default: (0,),
    aten.tanh_backward.default: (0,),
    aten.sigmoid_backward.default: (0,),
}
_VIEWS = (aten.view.default, aten._unsafe_view.default, aten.unsqueeze.default, aten.squeeze.dim)


def is_unit(raw: Raw) -> bool:
    """Whether a constant is a unit matrix, `(n, n)`, or one whose rows are repeated, `(n, r, n)`."""
    if raw.dtype not in (torch.float32, torch.float64) or raw.dim() not in (2, 3):
        return False
    count = raw.shape[0]
    if count < 2 or raw.shape[-1] != count or (raw.dim() == 3 and (raw.shape[1] == 0 or raw.stride(1) != 0)):
        return False
    flat = raw if raw.dim() == 2 else raw[:, 0]
    return bool(flat.diagonal().eq(1).all()) and int(torch.count_nonzero(flat)) == count


class _Rows(NamedTuple):
    """Rows of shape `(n, *on.shape)`: `on` where the first index equals the last one, `off` elsewhere."""

    on: Raw
    off: Raw


class UnitRows:
    """The values of a trace that are such rows, by number, as its kernels run one after another.

    Args:
      units: unit matrices, by number.
    """

    def __init__(self, units: Mapping[int, Raw]) -> None:
        self._found = {
            n: _Rows(torch.ones(raw.shape[1:], dtype=raw.dtype), torch.zeros(raw.shape[1:], dtype=raw.dtype))
            for n, raw in units.items()
        }

    def product(self, node: Node, values: dict[int, Any]) -> Any:
        """The result of a node that multiplies rows by a matrix; `None` for all others, which are followed."""
        places = [i for i, x in enumerate(node.args) if type(x) is Ref and int(x) in self._found]
        if len(places) != 1:
            return None
        function, (place,) = node.function, places
        rows = self._found[int(node.args[place])]
        args = [values[x] if type(x) is Ref else x for x in node.args]
        if function is aten.mm.default or (function is dense and args[2:] == [None, "none"]):
            count = rows.on.shape[-1]
            if place == 0 and args[0].shape == (rows.on.numel(), count):
                return _product(rows, args[1])
        elif function in _VIEWS:
            self._found[node.outs[0]] = rows
        elif place in _LINEAR.get(function, ()) and not node.kwargs:
            shape = rows.on.shape
            if args[place].shape == (shape[-1], *shape):
                on, off = (function(*args[:place], x, *args[place + 1 :]) for x in rows)
                if on.shape == shape and on.dtype is rows.on.dtype:
                    self._found[node.outs[0]] = _Rows(on, off)
        return None


def _product(rows: _Rows, matrix: Raw) -> Raw:
    """All rows, `(n * r, n)`, times a matrix `(n, columns)`."""
    count, columns = matrix.shape
    on, off = rows.on.reshape(-1, count).t(), rows.off.reshape(-1, count).t()
    number = _in_memory(on.masked_fill(_others(off), torch.nan))
    matrix = _in_memory(matrix.masked_fill(_others(matrix), torch.nan))
    found = number[:, :, None] * matrix[:, None, :] + 0.0  # a sum that starts from 0 is not -0
    return found.reshape(-1, columns)


def _others(x: Raw) -> Raw:
    """Whether another element of the same column is infinite or NaN."""
    not_finite = (x * 0.0 != 0.0).to(x.dtype)
    return not_finite.sum(0, keepdim=True) > not_finite


def _in_memory(x: Raw) -> Raw:
    """A matrix that lies by rows. The compiler would work it out for each use, in an order that suits its sources."""
    found: Raw = torch.ops.prims.inductor_force_stride_order(x, (x.shape[1], 1))
    return found
