"""What rewritten code calls in place of `for` and `while`: loops over Tensors become one node of the trace.

The variables that a loop carries from round to round are Tensors in it, as AutoGraph has it: numbers become Tensors. A
variable that the loop is the first to bind can be read after it if there was a round. Other loops, and those that no
node can hold, run as they are written.
"""

from __future__ import annotations

import builtins
import functools
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.errors import OperatorNotAllowedInGraphError, invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import rows, scope, streams
from tfcompat_tape.tracing.cells import UNBOUND, cells_of, contents, put, restore
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.loop_parts import Like
from tfcompat_tape.tracing.loops import repeat
from tfcompat_tape.tracing.python_functions import python_function
from tfcompat_tape.tracing.state import State
from tfcompat_tape.tracing.texts import described

logger = logging.getLogger("tfcompat_tape")
CPU = torch.device("cpu")


class Range:
    """`tf.range`, or `range` of a Tensor, that a loop goes through: its length need not be known."""

    def __init__(self, function: Any, args: Any, kwargs: Any) -> None:
        self._function = function
        self._args = args
        self._kwargs = kwargs

    def __iter__(self) -> Iterator[Any]:
        return iter(self._function(*self._args, **self._kwargs))

    def rows(self) -> tuple[Tensor, Like]:
        """The token of its rows."""
        start, limit, delta, dtype = self._bound(*self._args, **self._kwargs)
        given = [
            convert(x, dtype) if not isinstance(x, (Tensor, Variable)) else own(x)
            for x in (start, limit, delta)
        ]
        if any(x._t.numel() != 1 for x in given):
            raise invalid("Range: start, limit and delta must be scalars.")
        kind: Any = dtype or max([x.dtype for x in given], key=lambda one: _HIERARCHY.index(one.name))
        raws = [x._t.reshape(()) for x in given]
        found = rows.note(_range, [*raws, kind.torch], [rows.token_of(kind.torch)])
        return Tensor(found[0], None), Like((), kind.torch, CPU)

    def _bound(
        self, start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: Any = None
    ) -> Any:
        from tfcompat_tape.core.dtypes import as_dtype

        start, limit = (0, start) if limit is None else (start, limit)
        return start, limit, delta, None if dtype is None else as_dtype(dtype)


_HIERARCHY = ("int32", "int64", "float16", "bfloat16", "float32", "float64")


def _range(start: Any, limit: Any, delta: Any, dtype: torch.dtype) -> list[rows.Rows]:
    if dtype.is_floating_point:
        # As TensorFlow does it: one step after the other, in the dtype.
        start, limit, delta = [x.to(dtype) for x in (start, limit, delta)]
        found = []
        while (start < limit) if delta > 0 else (start > limit):
            found.append(start)
            start = start + delta
        return [rows.Rows(found)]
    return [rows.Rows(_integers(int(start), int(limit), int(delta), dtype))]


@functools.lru_cache(maxsize=64)
def _integers(start: int, limit: int, delta: int, dtype: torch.dtype) -> list[Any]:
    if delta == 0:
        raise invalid("Range: Requires delta != 0: 0")
    count = len(builtins.range(start, limit, delta))
    return list((torch.arange(count) * delta + start).to(dtype).unbind(0))


def iterating(function: Any) -> Any:
    """`function`, whose result a loop goes through."""
    trace = scope.active.trace
    if trace is None or not trace.autograph:
        return function
    from tfcompat_tape.arrays.creation import range as tf_range

    if function is tf_range or function is builtins.range:

        def lazy(*args: Any, **kwargs: Any) -> Any:
            if function is builtins.range and not any(isinstance(x, (Tensor, Variable)) for x in args):
                return builtins.range(*args)
            return Range(tf_range, args, kwargs)

        return lazy
    return python_function(function) or converted(function)


def for_(
    iterated: Any,
    body: Callable[[Any], Any],
    more: Callable[[], Any] | None,
    names: Sequence[str],
    carried: Sequence[str],
    returns: bool,
) -> bool:
    """`for row in iterated: body(row)`, while `more()` holds, as a node; False if it is to run as it is written.

    Args:
      names: what `body` binds; `carried`: what of that another round, or what follows, may read.
      returns: the loop returns out of the function.
    """
    trace = scope.active.trace
    if trace is None or not trace.autograph:
        return False
    if isinstance(iterated, streams.Source):
        _over(iterated, body, more, names, carried, returns)
        return True
    if isinstance(iterated, Variable):
        iterated = iterated._read()
    if isinstance(iterated, Tensor):
        if not iterated._t.shape:
            raise ValueError("A loop goes through the rows of a Tensor, and a scalar has none.")
        if not isinstance(iterated._t, torch.Tensor):
            return False
    elif type(iterated) is not Range:
        return False
    if returns:
        raise _no_return()

    def run(loop: Looping) -> None:
        if type(iterated) is Range:
            token, like = iterated.rows()
        else:
            shape, dtype, device = described(iterated._t)
            token, like = rows.unstack(iterated), Like(shape[1:], dtype, device)
        loop.run(more, body, [(token, like)], rows.size(token)._t, "While")

    return _staged((body, more), names, carried, run)


def rounds(iterated: Any) -> Any:
    """What a loop goes through that is run as it is written; where it is a Tensor, as if it were one of the graph's."""
    trace = scope.active.trace
    if trace is None or not (type(iterated) is Range or isinstance(iterated, (Tensor, Variable))):
        return iterated
    return _begun(iterated)


def _begun(iterated: Any) -> Iterator[Any]:
    with reading.within() as begin:
        for row in iterated:
            begin()
            yield row


def _over(
    source: streams.Source, body: Any, more: Any, names: Sequence[str], carried: Sequence[str], returns: bool
) -> None:
    """Stage a loop over a dataset or an iterator; Python cannot go through one in a trace."""
    stream = source._looped()
    if returns:
        raise _no_return()

    def run(loop: Looping) -> None:
        for one in [] if stream.connected else loop.late:
            if loop.before[one] is UNBOUND:
                raise ValueError(f"'{one}' must be defined before the loop")
        loop.run(more, body, stream.rows, None, "While", stream)

    if not _staged((body, more), names, carried, run):
        raise reading.UntraceableError("a loop over a dataset that no node can hold")


def _no_return() -> Exception:
    return NotImplementedError(
        "In a tf.function, a return statement cannot be placed inside this TensorFlow loop, one over Tensors. "
        "Set a variable, `break`, and return after the loop."
    )


class While:
    """`while test(): body()`: a node if the test is a Tensor; otherwise called for each test of the loop as written."""

    def __init__(
        self,
        test: Callable[[], Any],
        body: Callable[[Any], Any],
        more: Callable[[], Any] | None,
        names: Sequence[str],
        carried: Sequence[str],
        returns: bool,
    ) -> None:
        self._first: list[Any] = []
        self._done = False
        self._within: Any = None  # while Python goes through a loop whose test is a Tensor
        self._begin: Any = None
        trace = scope.active.trace
        if trace is None or not trace.autograph:
            return
        first = test()
        self._first.append(first)
        if not isinstance(first, (Tensor, Variable)) or not trace.recorder.mine(first._t):
            return
        from tfcompat_tape.tracing.statements import and_, checked

        if checked(first) is None:
            return
        if returns:
            raise _no_return()

        def goes_on() -> Any:
            return test() if more is None else and_(more(), test)

        def run(loop: Looping) -> None:
            loop.run(goes_on, body, [], None, "While")

        self._done = _staged((body, more, test), names, carried, run)
        if not self._done:
            self._within = reading.within()
            self._begin = self._within.__enter__()

    def __call__(self, test: Callable[[], Any]) -> Any:
        """Whether the loop as written goes on."""
        if self._done:
            return False
        if self._begin is None:
            return self._first.pop() if self._first else test()
        self._begin()
        return self._first.pop() if self._first else test()

    def end(self) -> None:
        """The loop as written has ended."""
        if self._within is not None:
            self._within.__exit__(None, None, None)


def _staged(
    functions: Sequence[Any], names: Sequence[str], carried: Sequence[str], run: Callable[[Looping], None]
) -> bool:
    cells = cells_of([f for f in functions if f is not None], [*names, *carried])
    before = {name: contents(cell) for name, cell in cells.items()}
    loop = Looping(cells, before, [name for name in carried if name in cells])
    try:
        run(loop)
    except reading.UntraceableError as error:
        logger.debug("A loop is gone through by Python: %s.", error)
        restore(cells, before)
        return False
    except BaseException:
        restore(cells, before)
        raise
    return True


class Looping:
    """One loop, whose variables are in `cells`."""

    def __init__(self, cells: Any, before: dict[str, Any], carried: Sequence[str]) -> None:
        self.cells = cells
        self.before = before
        self.late = [name for name in carried if before[name] is UNBOUND or before[name] is None]
        self.carried = [name for name in carried if name not in self.late]

    def run(
        self,
        more: Callable[[], Any] | None,
        body: Callable[[Any], Any],
        each: Sequence[tuple[Tensor, Any]],
        count: Any,
        name: str,
        stream: streams.Stream | None = None,
    ) -> None:
        """Stage the loop, and set the variables to what they are after it."""
        state = State({one: self.before[one] for one in self.carried})
        late: list[State] = []
        arrays: list[Any] = []  # what they are after a round

        def enter(values: Sequence[Tensor]) -> None:
            restore(self.cells, {one: x for one, x in self.before.items() if one not in self.carried})
            for one, x in state.rebuilt(values).items():
                put(self.cells[one], x)

        def test(values: list[Tensor]) -> Tensor:
            enter(values)
            assert more is not None
            found = more()
            return found if type(found) is Tensor else convert(found)

        def once(values: list[Tensor]) -> list[Tensor]:
            enter(values)
            given = values[len(state.tensors) :]
            body(stream.part(given) if stream is not None else given[0] if given else None)
            after = {one: contents(self.cells[one]) for one in self.carried}
            found = state.flat_after(after)
            arrays.append(dict(state.after))
            new = {}
            for one in self.late:
                new[one] = contents(self.cells[one])
                if new[one] is UNBOUND:
                    raise ValueError(f"'{one}' must be defined before the loop, or in each of its rounds.")
            late.append(State(new))
            return [*found, *late[0].tensors]

        def again() -> None:
            arrays.clear()
            late.clear()

        found = repeat(
            None if more is None else test,
            once,
            state.tensors,
            each,
            count,
            state.agree,
            name,
            lambda: len(late[0].tensors),
            stream,
            again=again,
        )
        state.after = arrays[0]
        after = state.rebuilt(found.state[: len(state.tensors)], found.outward)
        if self.late:
            after.update(late[0].rebuilt(found.state[len(state.tensors) :], found.outward))
        for one, cell in self.cells.items():
            put(cell, after.get(one, UNBOUND))


def refused_else() -> Exception:
    """The error for a loop over a Tensor with an `else`."""
    return OperatorNotAllowedInGraphError(
        "Iterating over a symbolic `tf.Tensor` is not allowed: AutoGraph does not convert loops with `else`."
    )
