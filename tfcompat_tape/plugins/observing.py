"""Observers, hung into the list and the tapes. While there is none, neither does anything for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from tfcompat_tape.core import hooks, wengert
from tfcompat_tape.core.wengert import Entry, Output
from tfcompat_tape.plugins.definitions import GradientComputed, Observer, OpRecorded
from tfcompat_tape.plugins.faults import Origin

Undo = Callable[[], None]


class _Busy(threading.local):
    """Whether an observer is at work on this thread: what it computes is nobody's business."""

    now = False


_busy = _Busy()


@contextmanager
def _at_work(origin: Origin, observer: Any) -> Iterator[None]:
    _busy.now = True
    try:
        yield
    except Exception as error:
        error.add_note(f"raised by the observer {type(observer).__name__} of the {origin}")
        raise
    finally:
        _busy.now = False


def hang_in(origin: Origin, observer: Observer) -> Undo:
    """Let `observer` see what happens from now on; returns how to end that.

    Tapes that record on other threads notice it when they start or stop next.
    """
    undo: list[Undo] = []
    if _implements(observer, "op_recorded"):
        see = _recorded(origin, observer)
        hooks.recorded.append(see)
        wengert.refresh()
        undo.append(lambda: _remove(hooks.recorded, see))
    if _implements(observer, "gradient_computed"):
        hear = _computed(origin, observer)
        hooks.computed.append(hear)
        undo.append(lambda: _remove(hooks.computed, hear))

    def end() -> None:
        for step in undo:
            step()
        wengert.refresh()

    return end


def implements_anything(observer: Any) -> bool:
    """Whether an observer has a method to call at all."""
    return any(_implements(observer, name) for name in ("op_recorded", "gradient_computed"))


def _implements(observer: Any, name: str) -> bool:
    method = getattr(observer, name, None)
    inherited = getattr(Observer, name)
    return callable(method) and getattr(type(observer), name, None) is not inherited


def _remove(hung: list[Any], one: Any) -> None:
    hung[:] = [other for other in hung if other is not one]


def _recorded(origin: Origin, observer: Observer) -> Callable[[Entry, Any], None]:
    def see(entry: Entry, result: Any) -> None:
        if _busy.now or isinstance(entry.op, Output):
            return
        if entry.tapes.isdisjoint(wengert.state.tapes):  # a tape that explains itself looks at everything
            return
        attrs = entry.attrs
        if "_outputs" in attrs:
            attrs = {name: value for name, value in attrs.items() if name != "_outputs"}
        event = OpRecorded(
            entry.type,
            entry.number,
            tuple([None if parent is None else _source(parent) for parent in entry.parents]),
            result if isinstance(result, tuple) else (result,),
            MappingProxyType(attrs),
        )
        with _at_work(origin, observer):
            observer.op_recorded(event)

    return see


def _source(entry: Entry) -> int:
    """The number of the op that computed a value; one output of several has no number of its own."""
    return entry.parents[0].number if isinstance(entry.op, Output) and entry.parents else entry.number


def _computed(origin: Origin, observer: Observer) -> Callable[[str, Any, Any, Any], None]:
    def hear(kind: str, targets: Any, sources: Any, results: Any) -> None:
        if not _busy.now:
            with _at_work(origin, observer):
                observer.gradient_computed(
                    GradientComputed(kind, tuple(targets), tuple(sources), tuple(results))
                )

    return hear
