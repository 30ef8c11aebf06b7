"""What rewritten code calls in place of Python's statements and operators.

Where the test is a Tensor of the trace that is under way, both ways are traced and the value decides at each call;
otherwise, and where that cannot be, each does what Python does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.control.branches import run
from tfcompat_tape.core import reading
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.asking import no_bool
from tfcompat_tape.tracing.cells import UNBOUND, cells_of, contents, put, restore
from tfcompat_tape.tracing.conversion import converted
from tfcompat_tape.tracing.loop_statements import While, for_, iterating, rounds
from tfcompat_tape.tracing.merging import FELL_OFF, Merged, merged_returns
from tfcompat_tape.tracing.python_functions import python_function

__all__ = [
    "FELL_OFF",
    "While",
    "and_",
    "assert_",
    "fn",
    "for_",
    "if_",
    "if_exp",
    "if_return",
    "iterating",
    "not_",
    "or_",
    "rounds",
]


def fn(function: Any) -> Any:
    """What is called, as the trace wants it."""
    return python_function(function) or converted(function)


def checked(test: Any) -> Any:
    """`test` as a Tensor of the trace under way; `None` if Python decides."""
    if not isinstance(test, (Tensor, Variable)):
        return None
    trace = scope.active.trace
    if trace is None or not trace.autograph:
        return None
    test = test._read() if isinstance(test, Variable) else test
    if not test.dtype.is_bool:
        if trace.recorder.mine(test._t) or test.dtype.name == "string":
            raise ValueError(
                f"The test of a branch must be a boolean, but it is a Tensor of dtype {test.dtype.name}. Compare it, "
                "as in `if x != 0`."
            )
        return None
    if test._t.numel() != 1:
        raise ValueError(f"The test of a branch must be a scalar, but it has shape {tuple(test._t.shape)}.")
    return test


def _which(index: Any) -> int:
    return 0 if index.item() else 1


def if_(
    test: Any, body: Callable[[], Any], orelse: Callable[[], Any], names: Sequence[str], live: Sequence[str]
) -> None:
    """`if test: body() else: orelse()`, which bind `names`, of which `live` are read later."""
    pred = checked(test)
    if pred is None:
        if test:
            body()
        else:
            orelse()
        return
    cells = cells_of((body, orelse), names)
    before = {name: contents(cell) for name, cell in cells.items()}
    merged = Merged()

    def branch(which: int, run: Callable[[], Any]) -> Callable[[], Any]:
        def call() -> Any:
            restore(cells, before)
            run()
            values = {name: value for name in live if (value := contents(cells[name])) is not UNBOUND}
            return merged.given(which, values)

        return call

    trace: Any = scope.active.trace
    try:
        found = trace.recorder.choose(pred, _which, [branch(0, body), branch(1, orelse)], merged.check, "If")
    except reading.UntraceableError:
        restore(cells, before)
        run((body, orelse), 0 if pred else 1)
        return
    except BaseException:
        restore(cells, before)
        raise
    values = merged.values(found)
    for name, cell in cells.items():
        put(cell, values.get(name, UNBOUND))


def if_return(test: Any, body: Callable[[], Any], orelse: Callable[[], Any], names: Sequence[str]) -> Any:
    """`if test: return body() else: return orelse()`."""
    pred = checked(test)
    if pred is None:
        return _returned(body() if test else orelse())
    cells = cells_of((body, orelse), names)
    before = {name: contents(cell) for name, cell in cells.items()}

    def branch(run: Callable[[], Any]) -> Callable[[], Any]:
        def call() -> Any:
            restore(cells, before)
            found = run()
            if found is FELL_OFF:
                raise ValueError(
                    "A branch on a Tensor returns in one way and not in the other: return a value in both."
                )
            return found

        return call

    trace: Any = scope.active.trace
    try:
        return trace.recorder.choose(pred, _which, [branch(body), branch(orelse)], merged_returns, "If")
    except reading.UntraceableError:
        restore(cells, before)
        return _returned(run((body, orelse), 0 if pred else 1))


def _returned(value: Any) -> Any:
    return None if value is FELL_OFF else value


def if_exp(test: Any, body: Callable[[], Any], orelse: Callable[[], Any]) -> Any:
    """`body() if test else orelse()`."""
    pred = checked(test)
    if pred is None:
        return body() if test else orelse()
    trace: Any = scope.active.trace
    try:
        return trace.recorder.choose(pred, _which, [body, orelse], merged_returns, "If")
    except reading.UntraceableError:
        return run((body, orelse), 0 if pred else 1)


def and_(first: Any, *others: Callable[[], Any]) -> Any:
    """`first and other() and ...`."""
    if not others:
        return first
    if _is_test(first):
        return _logical(first, lambda: and_(others[0](), *others[1:]), stop=False)
    return and_(others[0](), *others[1:]) if first else first


def or_(first: Any, *others: Callable[[], Any]) -> Any:
    """`first or other() or ...`."""
    if not others:
        return first
    if _is_test(first):
        return _logical(first, lambda: or_(others[0](), *others[1:]), stop=True)
    return first if first else or_(others[0](), *others[1:])


def _is_test(value: Any) -> bool:
    trace = scope.active.trace
    return (
        isinstance(value, Tensor)
        and trace is not None
        and trace.autograph is not None
        and value.dtype.is_bool
        and value._t.numel() == 1
    )


def _logical(first: Any, other: Callable[[], Any], *, stop: bool) -> Any:
    """`first`, if that is `stop`, and `other()` otherwise."""
    trace: Any = scope.active.trace
    ways = [lambda: first, other] if stop else [other, lambda: first]
    try:
        return trace.recorder.choose(first, _which, ways, merged_returns, "If")
    except reading.UntraceableError:
        return first if bool(first) is stop else other()


def not_(value: Any) -> Any:
    """`not value`."""
    if _is_test(value):
        from tfcompat_tape.math import logical_not

        return logical_not(value)
    return not value


def assert_(test: Any, message: Callable[[], Any]) -> None:
    """`assert test, message()`; a Tensor is asked at each call, if that is wanted, and otherwise refused."""
    trace = scope.active.trace
    if isinstance(test, Variable):
        test = test._read()
    if isinstance(test, Tensor) and trace is not None and trace.autograph and trace.recorder.mine(test._t):
        if not trace.autograph.asserts:
            raise no_bool()
        from tfcompat_tape.control.flow import Assert

        said = message()
        Assert(test, [] if said is None else [said])
    elif not test:
        said = message()
        raise AssertionError() if said is None else AssertionError(said)
