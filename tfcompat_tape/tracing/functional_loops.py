"""`tf.while_loop`, maps, scans and folds in a trace: each is a node, whose body is traced once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.core import wengert
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tracing import rows
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.loop_parts import Like
from tfcompat_tape.tracing.loops import Repeated, repeat
from tfcompat_tape.tracing.state import State
from tfcompat_tape.tracing.streams import Stream
from tfcompat_tape.tracing.texts import described


def while_loop(cond: Any, body: Any, loop_vars: Any, count: Any, loose: bool) -> Any:
    """`tf.while_loop`.

    Args:
      count: the largest number of rounds: an integer, a Tensor or `None`.
      loose: shapes may change from round to round.

    Raises:
      UntraceableError: no node can hold it.
    """
    cond, body = converted(cond), converted(body)
    names = [f"loop_vars[{i}]" for i in range(len(loop_vars))]
    state = State(dict(zip(names, loop_vars, strict=True)))
    if state.fixed and any(isinstance(x, CompositeTensor) for x in loop_vars):
        raise UntraceableError("a loop variable has parts that are no Tensors, as an Optional has")
    if state.fixed:
        raise ValueError(f"while_loop: None values not supported, and nothing but Tensors: {loop_vars!r}.")

    def arguments(values: Sequence[Tensor]) -> list[Any]:
        found = state.rebuilt(values)
        return [found[name] for name in names]

    def test(values: list[Tensor]) -> Tensor:
        found = convert(cond(*arguments(values)))
        if not found.dtype.is_bool:
            raise invalid(f"while_loop: 'cond' must give a bool, but it gave {found.dtype.name}.")
        if found._t.numel() != 1:
            raise ValueError(f"while_loop: 'cond' must give a scalar, but its shape is {found.shape}.")
        return found

    def once(values: list[Tensor]) -> list[Tensor]:
        found = body(*arguments(values))
        if not isinstance(found, (list, tuple)) or (len(names) == 1 and _is_namedtuple(found)):
            found = [found]
        if len(found) != len(names):
            raise ValueError(
                f"while_loop: the two structures don't have the same nested structure: 'body' must return {len(names)} "
                f"loop variables, got {found!r}."
            )
        return state.flat_after(dict(zip(names, found, strict=True)), ValueError)

    found = repeat(
        test,
        once,
        state.tensors,
        [],
        count._t if isinstance(count, Tensor) else count,
        lambda before, after, known: state.agree(before, after, known and not loose),
        "While",
        loose=loose,
    )
    result = state.rebuilt(found.state, found.outward)
    values = [result[name] for name in names]
    if _is_namedtuple(loop_vars):
        return type(loop_vars)(*values)
    return values if isinstance(loop_vars, list) else tuple(values)


def _is_namedtuple(x: Any) -> bool:
    return isinstance(x, tuple) and hasattr(x, "_fields")


class Elements:
    """Tensors that a loop goes through together, along their first axis; `part` puts the structure together."""

    def __init__(self, tensors: Sequence[Tensor], part: Callable[[list[Tensor]], Any]) -> None:
        self.part = part
        self.rows = []
        for x in tensors:
            shape, dtype, device = described(x._t)
            self.rows.append((rows.unstack(x), Like(shape[1:], dtype, device)))
        self.size = tensors[0]._t.shape[0]
        self.count = self.size if type(self.size) is int else rows.size(self.rows[0][0])._t


def mapped(fn: Any, elements: Elements, flat: Callable[[Any], list[Tensor]]) -> list[Tensor]:
    """What `fn` gives for each element, stacked.

    Args:
      flat: the Tensors in a result of `fn`, or an exception.
    """
    fn = converted(fn)
    shapes: list[Any] = []

    def once(values: list[Tensor]) -> list[Tensor]:
        found = [own(x) for x in flat(fn(elements.part(values)))]
        shapes.extend([described(x._t) for x in found])
        return found

    found = repeat(None, once, [], elements.rows, elements.count, _no_state, "Map")
    return _stacked(found, elements.size, shapes)


def each(function: Callable[..., Sequence[Tensor]], inputs: Sequence[Tensor]) -> list[Tensor]:
    """What `function` gives for each example of `inputs`, stacked: it takes and gives Tensors.

    It may walk along lists of the trace around: their values have their entries in the body of the loop, too.
    """
    around = wengert.state.tapes

    def one(parts: list[Tensor]) -> Sequence[Tensor]:
        here = wengert.state.tapes
        wengert.state.tapes = here | around
        try:
            return function(*parts)
        finally:
            wengert.state.tapes = here

    return mapped(one, Elements(inputs, list), list)


def _no_state(before: Any, after: Any, known: bool) -> None:
    """There is nothing to agree."""


def _stacked(found: Repeated, size: Any, shapes: Sequence[Any]) -> list[Tensor]:
    """What a loop collected; `shapes` describes one of each."""
    return [
        rows.stack(x, ((size, *map(found.outward, shape)), dtype, device))
        for x, (shape, dtype, device) in zip(found.collected, shapes, strict=False)
    ]


def reduced(fn: Any, stream: Stream, first: Any) -> Any:
    """The last of `a = fn(a, element)`, from `first` on."""
    fn = converted(fn)
    state = State({"a": first})

    def once(values: list[Tensor]) -> list[Tensor]:
        count = len(state.tensors)
        a = state.rebuilt(values[:count])["a"]
        return state.flat_after({"a": fn(a, stream.part(values[count:]))}, TypeError)

    found = repeat(None, once, state.tensors, stream.rows, None, state.agree, "Reduce", stream=stream)
    return state.rebuilt(found.state, found.outward)["a"]


def folded(
    what: str, fn: Any, elements: Elements, first: Any, collects: bool
) -> tuple[Any, list[Tensor] | None]:
    """The last of `a = fn(a, element)`, from `first` on; and all of them stacked, if it `collects`."""
    fn = converted(fn)
    state = State({"a": first})
    shapes: list[Any] = []

    def once(values: list[Tensor]) -> list[Tensor]:
        count = len(state.tensors)
        a = state.rebuilt(values[:count])["a"]
        found = state.flat_after({"a": fn(a, elements.part(values[count:]))}, ValueError)
        shapes.extend([described(x._t) for x in found])
        return [*found, *found] if collects else found

    found = repeat(None, once, state.tensors, elements.rows, elements.count, state.agree, what)
    last = state.rebuilt(found.state, found.outward)["a"]
    return last, _stacked(found, elements.size, shapes) if collects else None
