"""Sizes of the elements that a loop goes through: its body is traced for any size, and again for the exceptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.loop_parts import Part
from tfcompat_tape.tracing.sizes import LIKELY
from tfcompat_tape.tracing.streams import Stream
from tfcompat_tape.tracing.trace import Trace

Raw = torch.Tensor

_SAMPLES = (2, 3, 5, 7, 16, 33, 96, 841, 1_000_003)  # sizes of elements that one trace has to hold for


def _excepted(part: Part, begin: int, likes: Sequence[Any]) -> list[set[int]]:
    """The sizes of elements that the body of a loop does not hold for: of first axes, and of others.

    Two sizes may have to be equal. UntraceableError if it asks for more.
    """
    recorder = part.trace.recorder
    sizes = recorder.sizes
    found: list[set[int]] = [set(), set()]
    if sizes is None:
        return found
    numbers = {
        recorder.number(scope._slot_t.__get__(x)): like
        for x, like in zip(part.trace.arguments[begin:], likes, strict=False)
    }
    for guard in sizes.guards():
        places = {symbol: sizes.places[symbol] for symbol in guard.free_symbols}
        if not any(number in numbers for number, _ in places.values()):
            continue
        sides = sorted(guard.args, key=lambda x: bool(x.is_Symbol))
        if guard.func.__name__ == "Equality" and all(x.is_Symbol for x in sides):
            continue
        if not all(number in numbers for number, _ in places.values()):
            raise UntraceableError(f"a loop asks for sizes of the elements of a dataset: {guard}")
        known = {x: numbers[n].shape[axis] for x, (n, axis) in places.items()}
        free = [x for x, size in known.items() if size == LIKELY]
        known = {x: size for x, size in known.items() if size != LIKELY}
        if (
            len(free) == 1
            and guard.func.__name__ == "Unequality"
            and sides[0].is_Integer
            and sides[1] == free[0]
        ):
            found[places[free[0]][1] > 0].add(int(sides[0]))
            continue
        for size in _SAMPLES if free else (1,):
            if not guard.subs({**dict.fromkeys(free, size), **known}):
                raise UntraceableError(f"a loop asks for sizes of the elements of a dataset: {guard}")
        if free and not guard.subs({**dict.fromkeys(free, 1), **known}):
            for _, axis in [places[x] for x in free]:
                found[axis > 0].add(1)
    return found


_MOST_OTHERS = 8


def for_other_sizes(
    outer: Trace,
    body: Callable[[list[Tensor]], list[Tensor]],
    bodied: Part,
    raws: Sequence[Raw],
    stream: Stream,
    agree: Callable[..., None],
    late: bool,
) -> list[tuple[Part, list[Any]]]:
    """The body of a loop traced again for sizes of elements that it does not hold for; with what these are like."""
    begin = len(raws)
    excepted = _excepted(bodied, begin, stream.likes)
    if not any(excepted):
        return []
    if stream.connected or late:
        raise UntraceableError("sizes of elements decide in a loop")
    first, rest = [sorted(one - {0}) for one in excepted]
    cases = [(a, b) for a in [LIKELY, *first] for b in [LIKELY, *rest]][1:]
    if len(cases) > _MOST_OTHERS:
        raise UntraceableError(f"{len(cases)} sizes of elements decide in a loop")
    written = bodied.written()
    found = []
    for case in cases:
        likes = [_with_sizes(like, *case) for like in stream.likes]
        part = Part(outer, body, [*raws, *likes], bodied)
        agree(raws, part.raws, False)
        same = [id(v) for v in part.written()] == [id(v) for v in written]
        for variable in written if same else []:
            part.raws.append(part.trace.held[id(variable)].raw)
            part.nodes.append(None)
        for x, y in zip(part.raws, bodied.raws, strict=False):
            same = same and x.dtype == y.dtype and x.shape == y.shape
        if not same or len(part.raws) != len(bodied.raws):
            raise UntraceableError("a loop does something else for elements of other sizes")
        more = _excepted(part, begin, likes)
        if not all(one - {0} <= known for one, known in zip(more, excepted, strict=True)):
            raise UntraceableError("sizes of elements decide in a loop")
        found.append((part, likes))
    return found


def _with_sizes(like: Any, first: int, rest: int) -> Any:
    """With these in place of open sizes, of the first axis and of the others."""
    shape = [
        (rest if axis else first) if dim is None else n
        for axis, (n, dim) in enumerate(zip(like.shape, like.dims, strict=True))
    ]
    return like._replace(shape=tuple(shape))
