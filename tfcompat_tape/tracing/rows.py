"""Lists of tensors as values of a trace: the rows that a loop goes through or collects, the elements of a TensorArray.

A trace has a token for each: a fake tensor without axes, of the dtype of the elements, on the device `meta`. At a call
its value is a `Rows`, which is not changed once it is made. As a Tensor of zeros that nobody looks into, a zero on the
device `meta` stands for rows of zeros. What is done with tokens is recorded on the list of the trace like any op, with
gradients that are made of the same few functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.registry import INEXACT, Keep, Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import Entry, append, state, tapes_of
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.call import contiguous, refuse, result_node
from tfcompat_tape.tracing.texts import OBJECT, cotangent_like, described, is_array, zeros

Raw = torch.Tensor
META = torch.device("meta")


class Rows:
    """A list of raw tensors; `None` stands for zeros."""

    __slots__ = ("items",)

    def __init__(self, items: list[Raw | None]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def is_contiguous(self) -> bool:
        """As of a tensor: there is nothing to lay out."""
        return True

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in _ADDS and not kwargs and len(args) == 2:
            return _sum(*args)
        raise TypeError(f"{function} of rows")


_ADDS = (torch.add, torch.Tensor.add, torch.ops.aten.add.Tensor)


def _sum(a: Any, b: Any) -> Any:
    if not isinstance(a, Rows) or not isinstance(b, Rows):
        return a if isinstance(a, Rows) else b
    if len(a.items) < len(b.items):
        a, b = b, a
    items = list(a.items)
    for i, x in enumerate(b.items):
        if x is not None:
            y = items[i]
            items[i] = x if y is None else y + x
    return Rows(items)


def _flatten(rows: Rows) -> tuple[list[Raw], tuple[bool, ...]]:
    return [x for x in rows.items if x is not None], tuple([x is None for x in rows.items])


def _unflatten(raws: Any, missing: tuple[bool, ...]) -> Rows:
    given = iter(raws)
    return Rows([None if none else next(given) for none in missing])


_pytree.register_pytree_node(Rows, _flatten, _unflatten)


# -- recording ---------------------------------------------------------------------------------------------------------


def recorded(
    name: str,
    tensors: Sequence[Tensor],
    results: Sequence[Raw],
    rule: Callable[..., Any],
) -> list[Tensor]:
    """`results` as Tensors, recorded as one entry by the tapes that trace one of `tensors`.

    Args:
      rule: `rule(op, *cotangents)`, with `None` for the cotangents of results that do not matter.
    """
    parents = tuple(
        [x._node if x._node is not None and x._node.tapes & state.recording else None for x in tensors]
    )
    tapes = tapes_of(parents, state.recording)
    if not tapes:
        return [Tensor(raw, None) for raw in results]
    raws = tuple([x._t for x in tensors])
    op = Op(name, refuse, inputs=("*inputs",), outputs=0, keep=Keep.BOTH, none_ok=True)
    op.rule = rule
    entry = Entry(
        op,
        parents,
        raws,
        tuple(results),
        tuple([raw.shape for raw in raws]),
        {"_outputs": tuple(map(cotangent_like, results))},
        tuple([parent is not None for parent in parents]),
        tapes,
    )
    append(entry, tuple(results))
    return [Tensor(raw, result_node(entry, i, raw)) for i, raw in enumerate(results)]


def as_tensor(x: Any) -> Tensor:
    """What a rule gets, as a Tensor."""
    return x if type(x) is Tensor else Tensor(x, None)


def token(x: Tensor) -> bool:
    """Whether a Tensor is the token of rows."""
    return bool(x._t.device == META)


def note(function: Callable[..., Any], args: Sequence[Any], results: Sequence[Any]) -> list[Raw]:
    trace = scope.active.trace
    assert trace is not None
    found: list[Raw] = trace.recorder.stateful(function, args, results, effect=False)
    return found


def token_of(dtype: Any) -> tuple[Any, torch.dtype, torch.device]:
    """What the token of rows of this dtype is like."""
    return (), torch.uint8 if dtype is OBJECT else dtype, META


# -- functions, with their gradients -----------------------------------------------------------------------------------


def pack(tensors: Sequence[Tensor], dtype: torch.dtype, missing: Sequence[bool] = ()) -> Tensor:
    """The rows that `tensors` are; `missing` says where zeros stand instead."""
    pattern = tuple(missing) or (False,) * len(tensors)
    raws = [contiguous(x._t) for x in tensors]
    places = [i for i, none in enumerate(pattern) if not none]

    def rule(op: Any, dy: Any) -> Any:
        dy = as_tensor(dy)
        found = [
            read(dy, i, described(raw)) if need else None
            for i, raw, need in zip(places, raws, op.needs, strict=True)
        ]
        return found[0] if len(found) == 1 else found

    return recorded("RowsPack", tensors, note(_pack, [pattern, *raws], [token_of(dtype)]), rule)[0]


def _pack(pattern: tuple[bool, ...], *raws: Raw) -> list[Rows]:
    return [_unflatten(raws, pattern)]


def unstack(x: Tensor) -> Tensor:
    """The rows of a Tensor along its first axis."""
    raw = contiguous(x._t)
    like = described(raw)
    results = note(_unstack, [raw], [token_of(raw.dtype)])
    return recorded("RowsUnstack", [x], results, lambda op, dy: stack(as_tensor(dy), like))[0]


def _unstack(raw: Raw) -> list[Rows]:
    if is_array(raw):
        return [Rows([np.asarray(one, dtype=object) for one in raw])]  # type: ignore[misc]
    return [Rows(list(raw.unbind(0)))]


def stack(x: Tensor, like: tuple[Any, torch.dtype, torch.device]) -> Tensor:
    """Rows of one shape along a new first axis; `like` is shape, dtype and device of the result."""
    results = note(_stack, [x._t, *like], [like])
    return recorded("RowsStack", [x], results, lambda op, dy: unstack(as_tensor(dy)))[0]


def _stack(rows: Any, shape: Any, dtype: Any, device: torch.device) -> list[Raw]:
    if not isinstance(rows, Rows) or not rows.items:
        return [zeros(shape, dtype, device)]
    items = rows.items
    if len(items) != shape[0]:
        items = [*items, *[None] * (shape[0] - len(items))]
    filled = _filled(items, (tuple(shape[1:]), dtype, device))
    return [np.stack(filled) if dtype is OBJECT else torch.stack(filled)]  # type: ignore[list-item]


def _filled(items: Sequence[Raw | None], like: tuple[Any, torch.dtype, torch.device]) -> list[Raw]:
    found: list[Any] = list(items)
    zero = None
    for i, x in enumerate(found):
        if x is None:
            if zero is None:
                zero = zeros(*like)
            found[i] = zero
    return found


def read(x: Tensor, index: Any, like: tuple[Any, torch.dtype, torch.device]) -> Tensor:
    """One row; `like` is its shape, dtype and device, `index` an integer or a raw tensor."""
    results = note(_read, [x._t, index, *like], [like])
    return recorded("RowsRead", [x], results, lambda op, dy: single(as_tensor(dy), index))[0]


def _read(rows: Any, index: Any, shape: Any, dtype: torch.dtype, device: torch.device) -> list[Raw]:
    i = index if type(index) is int else int(index)
    if isinstance(rows, Rows) and i < len(rows.items):
        item = rows.items[i]
        if item is not None:
            return [item]
    return [zeros(shape, dtype, device)]


def single(x: Tensor, index: Any) -> Tensor:
    """Rows of zeros but for number `index`, which is `x`."""
    raw = contiguous(x._t)
    like = described(raw)
    results = note(_single, [raw, index], [token_of(raw.dtype)])
    return recorded("RowsSingle", [x], results, lambda op, dy: read(as_tensor(dy), index, like))[0]


def _single(raw: Raw, index: Any) -> list[Rows]:
    return [Rows([*[None] * int(index), raw])]


def write(x: Tensor, index: Any, value: Tensor, dynamic: bool) -> Tensor:
    """The rows with `value` as number `index`; if they are `dynamic` there may be more of them then."""
    raw = contiguous(value._t)
    like = described(raw)
    results = note(_write, [x._t, index, raw, dynamic], [token_of(raw.dtype)])

    def rule(op: Any, dy: Any) -> Any:
        dy = as_tensor(dy)
        first, second = op.needs
        return [clear(dy, index) if first else None, read(dy, index, like) if second else None]

    return recorded("RowsWrite", [x, value], results, rule)[0]


def _write(rows: Rows, index: Any, raw: Raw, dynamic: bool) -> list[Rows]:
    i = index if type(index) is int else int(index)
    items = rows.items.copy()
    if i >= len(items) and dynamic:
        items += [None] * (i + 1 - len(items))
    check_index("write to", i, len(items))
    items[i] = raw
    return [Rows(items)]


def clear(x: Tensor, index: Any) -> Tensor:
    """The rows with zeros in place of number `index`."""
    results = note(_clear, [x._t, index], [token_of(x._t.dtype)])
    return recorded("RowsClear", [x], results, lambda op, dy: clear(as_tensor(dy), index))[0]


def _clear(rows: Any, index: Any) -> list[Any]:
    i = int(index)
    if not isinstance(rows, Rows) or i >= len(rows.items):
        return [rows]
    items = rows.items.copy()
    items[i] = None
    return [Rows(items)]


def checked(x: Tensor, index: Any) -> Raw:
    """`index`, which must be that of a row: whether it is shows at each call."""
    found: Raw = note(_checked, [x._t, index], [((), torch.int64, torch.device("cpu"))])[0]
    return found


def _checked(rows: Rows, index: Any) -> list[Raw]:
    i = int(index)
    check_index("read from", i, len(rows.items))
    return [torch.tensor(i)]


def check_index(what: str, index: int, size: int) -> None:
    """Raise for an index out of range."""
    if not 0 <= index < size:
        from tfcompat_tape.core.errors import invalid

        raise invalid(f"TensorArray: trying to {what} index {index} of a list with {size} elements.")


def size(x: Tensor) -> Tensor:
    """How many rows there are, int32."""
    return Tensor(note(_size, [x._t], [((), torch.int32, torch.device("cpu"))])[0], None)


def _size(rows: Rows) -> list[Raw]:
    return [torch.tensor(len(rows.items), dtype=torch.int32)]


def fewest(a: Any, b: Any) -> Raw:
    """The smaller of two numbers, integers or raw tensors."""
    return note(_fewest, [a, b], [((), torch.int32, torch.device("cpu"))])[0]


def _fewest(a: Any, b: Any) -> list[Raw]:
    return [torch.tensor(min(int(a), int(b)), dtype=torch.int32)]


def empty(count: Any, dtype: torch.dtype) -> Tensor:
    """So many rows of zeros: an integer, or a raw tensor."""
    return Tensor(note(_empty, [count], [token_of(dtype)])[0], None)


def _empty(count: Any) -> list[Rows]:
    return [Rows([None] * int(count))]


def stacked_at_call(x: Tensor, like: tuple[Any, torch.dtype, torch.device]) -> Tensor:
    """Rows along a new first axis, where their number shows at the call; `like` describes one of them."""
    trace = scope.active.trace
    assert trace is not None
    if like[1] not in INEXACT and not trace.recorder.concrete:
        raise UntraceableError("the number of elements of a TensorArray is not known")
    result = trace.recorder.call(_all, [x._t, *like], {})
    return recorded("RowsStack", [x], [result], lambda op, dy: unstack(as_tensor(dy)))[0]


def _all(rows: Any, shape: Any, dtype: torch.dtype, device: torch.device) -> Raw:
    if not isinstance(rows, Rows):
        raise UntraceableError("the number of elements of a TensorArray is not known")
    return _stack(rows, (len(rows.items), *shape), dtype, device)[0]
