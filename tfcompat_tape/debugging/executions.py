"""Every op that is executed, told to listeners: kernels and gradient rules, with what they were given and gave.

Who wants to know how long it takes is called before and after. While somebody listens, the variable `kernel` of each
function that calls an op is another function, which computes the same and tells; so are the gradient rules and JVPs.
When nobody does, all of it is as it was, and costs nothing. What a rule computes on the way is not told, just what it
gives: TensorFlow's rules take other ways.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from tfcompat_tape.core import hooks, registry
from tfcompat_tape.core.dispatch import CALLS
from tfcompat_tape.core.registry import Op

# A listener is called with the name of the op, its inputs and its outputs, as raw tensors.
Listener = Callable[[str, Sequence[Any], Sequence[Any]], None]

# Called before an execution, with the name of the op and, where its gradient rule or JVP runs, the entry that this is
# for. What it returns is called afterwards with the result, or with `None` if there is none.
Surrounder = Callable[[str, Any], Callable[[Any], None]]

_listeners: list[Listener] = []
_surrounders: list[Surrounder] = []
_lock = threading.Lock()
_local = threading.local()
_undo: list[Callable[[], None]] = []
_fresh: list[Op] = []  # defined since; their rules come a little later


def listen(listener: Listener) -> None:
    """Call `listener` with every execution, on any thread, from here on."""
    _enter(_listeners, listener)


def unlisten(listener: Listener) -> None:
    """Call `listener` no more."""
    _leave(_listeners, listener)


def surround(surrounder: Surrounder) -> None:
    """Call `surrounder` before every execution, on any thread, from here on."""
    _enter(_surrounders, surrounder)


def unsurround(surrounder: Surrounder) -> None:
    """Call `surrounder` no more."""
    _leave(_surrounders, surrounder)


def _enter(among: list[Any], one: Any) -> None:
    with _lock:
        if not _listeners and not _surrounders:
            hooks.defined.append(_defined)
            for op, call in CALLS:
                _listen_to_call(op, call)
            for op in list(registry.OPS.values()):
                _listen_to_rules(op)
        if one not in among:
            among.append(one)


def _leave(among: list[Any], one: Any) -> None:
    with _lock:
        if one in among:
            among.remove(one)
            if not _listeners and not _surrounders:
                hooks.defined.remove(_defined)
                while _undo:
                    _undo.pop()()
                _fresh.clear()


def _defined(op: Op, call: Any) -> None:
    _listen_to_call(op, call)
    _fresh.append(op)


def _listen_to_call(op: Op, call: Any) -> None:
    cells = dict(zip(call.__code__.co_freevars, call.__closure__ or (), strict=True))
    cell = cells["kernel"]
    kernel = cell.cell_contents

    @functools.wraps(kernel)
    def telling(*raws: Any, **attrs: Any) -> Any:
        while _fresh:
            _listen_to_rules(_fresh.pop())
        return _executed(op.name, kernel, raws, attrs)

    cell.cell_contents = telling
    _undo.append(lambda: setattr(cell, "cell_contents", kernel))


def _listen_to_rules(op: Op) -> None:
    if op.fallback is not None:
        _listen_to_fallback(op, op.fallback)
    for which in ("rule", "jvp"):
        rule = getattr(op, which)
        if type(rule) is FunctionType:
            setattr(op, which, _telling_rule(op, which, rule))


def _listen_to_fallback(op: Op, fallback: Any) -> None:
    @functools.wraps(fallback)
    def telling(*raws: Any, **attrs: Any) -> Any:
        return _executed(op.name, fallback, raws, attrs)

    op.fallback = telling
    _undo.append(lambda: setattr(op, "fallback", fallback))


def _telling_rule(op: Op, which: str, rule: Any) -> Any:
    name = f"{op.name}{'JVP' if which == 'jvp' else 'Grad'}"

    @functools.wraps(rule)
    def telling(view: Any, *grads: Any) -> Any:
        if getattr(_local, "busy", False):
            return rule(view, *grads)
        ends = [begin(name, getattr(view, "entry", view)) for begin in list(_surrounders)]
        found = None
        _local.busy = True
        try:
            found = rule(view, *grads)
        finally:
            _local.busy = False
            for end in reversed(ends):
                end(found)
        if _listeners:
            _tell(f"{op.name}Grad", [*view.inputs, *view.outputs, *grads], found)
        return found

    def undo() -> None:
        if getattr(op, which) is telling:
            setattr(op, which, rule)

    _undo.append(undo)
    return telling


def _executed(name: str, function: Callable[..., Any], raws: Any, attrs: dict[str, Any]) -> Any:
    """What `function(*raws, **attrs)` gives, told if no rule is running."""
    if getattr(_local, "busy", False):
        return function(*raws, **attrs)
    ends = [begin(name, None) for begin in list(_surrounders)]
    result = None
    try:
        result = function(*raws, **attrs)
    finally:
        for end in reversed(ends):
            end(result)
    if _listeners and result is not NotImplemented:
        _tell(name, raws, result)
    return result


def _tell(name: str, given: Sequence[Any], result: Any) -> None:
    outputs = result if isinstance(result, (tuple, list)) else (result,)
    raws = [getattr(output, "_t", output) for output in outputs]
    _local.busy = True
    try:
        for listener in list(_listeners):
            listener(name, [getattr(one, "_t", one) for one in given], raws)
    finally:
        _local.busy = False
