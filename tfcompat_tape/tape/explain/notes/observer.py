"""The observer: a recording that sees everything a thread computes, so that each value can be traced to its origins.

While a thread is traced, its observer stands among the recordings, before the tapes: it gets an entry for each op on a
value that it traces. That it traces every value, watched or not, is brought about by a few methods of Tensor and
Variable that are replaced for as long as any thread is traced. When none is, they are the plain ones again: a program
that is not traced runs nothing of this module.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

from tfcompat_tape.core import wengert
from tfcompat_tape.core.registry import Keep
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import Entry, Recording, leaf, next_number, state
from tfcompat_tape.tape.explain.notes.trace import LATE, Trace, traces
from tfcompat_tape.tape.places import arguments, caller

# No recording has this id: an entry that carries it is traced by nobody, and yet can be found by its number.
_ELSEWHERE = frozenset((-1,))


class Observer(Recording):
    """Sees all that one thread computes, and writes it down in `trace`.

    Attributes:
      tracers: of the tapes that are traced by it.
      wanted: how many of them are still to be asked for a gradient.
      contexts: how many are recording; what comes after the last is written down only for a while.
      over: no tape wants to know any more.
    """

    __slots__ = ("contexts", "over", "trace", "tracers", "wanted", "written")

    differentiates = False

    def __init__(self) -> None:
        super().__init__(persistent=False, watches_variables=False)
        self.trace = Trace()
        self.tracers: weakref.WeakSet[Any] = weakref.WeakSet()
        self.wanted = 0
        self.contexts = 0
        self.over = False
        self.written = 0

    def append(self, entry: Entry, result: Any) -> None:
        """Write down `entry`, and leave it as it would be if nobody had observed it."""
        if self.seeing():
            super().append(entry, result)
            self.trace.enter(entry, result, sys._getframe(1))
            _without_observer(entry, len(entry.tapes) == 1)

    def forgotten(self) -> bool:
        """Whether all that is left are tapes that stopped recording long ago, and were never dropped."""
        if self.contexts:
            return False
        closed = [tracer.closed for tracer in self.tracers if not tracer.over]
        return next_number() - max(closed, default=0) > LATE

    def seeing(self) -> bool:
        """Count one more thing to write down; False, and the end, when there is nothing left to see."""
        if not self.contexts:
            self.written += 1
        if self.over or self.written > LATE:
            end(self)
            return False
        return self.id in state.recording


def _without_observer(entry: Entry, alone: bool) -> None:
    """Let `entry` know only what tapes trace; `alone`: no tape traces it itself."""
    op: Any = entry.op
    tapes = state.tapes
    parents = tuple([p if p is not None and not p.tapes.isdisjoint(tapes) else None for p in entry.parents])
    if alone:
        entry.inputs = entry.outputs = ()
        # Without the observer it would be as `wengert.unlisted` makes it, or not at all.
        entry.parents = parents if op.rule is None and getattr(op, "differentiable", True) else ()
    elif None in parents:
        entry.parents = parents
        entry.needs = tuple([p is not None for p in parents])
        keep = getattr(op, "keep", None)
        if keep is Keep.CROSS and len(entry.inputs) == 2:
            (a, b), (p, q) = entry.inputs, parents
            entry.inputs = (a if q is not None else None, b if p is not None else None)
        elif keep is Keep.QUOTIENT and parents[1] is None:
            entry.outputs = ()


_lock = threading.Lock()
_observers: set[int] = set()  # ids of those that are active, on any thread


def observe() -> Observer:
    """The observer of this thread, which is there from now on if it was not."""
    observer = state.observer
    if isinstance(observer, Observer):
        if not observer.over and not observer.forgotten():
            return observer
        end(observer)
    observer = Observer()
    with _lock:
        if not _observers:
            _install()
        _observers.add(observer.id)
    # Before all tapes: it observes what they all see, and is not in the way of their derivatives.
    state.recordings = [observer, *state.recordings]
    state.observer = observer
    wengert.listening.add(observer.id)
    wengert.refresh()
    return observer


def end(observer: Observer) -> None:
    """`observer` sees nothing further. On another thread than its own it goes as soon as that thread notices."""
    observer.over = True
    with _lock:
        _observers.discard(observer.id)
        if not _observers:
            _uninstall()
    if state.observer is observer:
        state.observer = None
        wengert.stop(observer)


def _present() -> Observer | None:
    """The observer of this thread, if it sees what is going on."""
    observer = state.observer
    if isinstance(observer, Observer) and observer.seeing():
        return observer
    return None


# -- methods of Tensor and Variable while some thread is traced --------------------------------------------------------

_assign_code = Variable.assign.__code__
_slot: Any = Tensor.__dict__["_node"]
_get, _set = _slot.__get__, _slot.__set__


def _init(self: Tensor, raw: Any = None, node: Entry | None = None) -> None:
    """A value without an entry gets one that only the observer traces."""
    self._t = raw
    if node is None and raw is not None:
        observer = _present()
        if observer is not None:
            node = leaf(observer.ids)
            _set(self, node)
            observer.trace.born(node.number, raw, sys._getframe(1))
            return
        if state.observer is None:
            node = _born_elsewhere(raw)
    _set(self, node)


def _born_elsewhere(raw: Any) -> Entry | None:
    """On a thread that is not traced: a value that was computed from values of a traced one can be found again."""
    frame = sys._getframe(2)
    _, inner = caller(frame)
    values = [] if inner is None else arguments(inner)
    node = None
    for trace in list(traces):
        if trace.elsewhere < LATE and any(_known(value, trace) for value in values):
            node = node or leaf(_ELSEWHERE)
            trace.born(node.number, raw, frame)
            trace.lines[node.number].thread = threading.current_thread().name
            trace.elsewhere += 1
    return node


def _known(value: Any, trace: Trace) -> bool:
    if isinstance(value, Variable):
        return True
    return type(value) is Tensor and value._node is not None and value._node.number in trace.lines


def _node(self: Tensor) -> Entry | None:
    """The entry of a value; on a traced thread every value has one."""
    node: Entry | None = _get(self)
    observer = state.observer
    if type(observer) is not Observer:
        return node
    known = node is not None and node.number in observer.trace.lines
    if known and observer.ids <= node.tapes:  # type: ignore[union-attr]
        return node
    if not observer.seeing():
        return node
    computed = node is not None and node.op is not None
    node = wengert.watch(node, observer.ids)
    _set(self, node)
    if not known:
        observer.trace.earlier(node, self._t, computed, sys._getframe(1))
    return node


def _read(self: Variable) -> Tensor:
    tensor: Tensor = plain[Variable, "_read"](self)
    observer = _present()
    if observer is not None:
        node = _get(tensor)
        if node is not None:
            wengert.watch(node, observer.ids)
            observer.trace.read(self, tensor, node, sys._getframe(1))
    return tensor


def _replace(self: Variable, raw: Any) -> None:
    observer = _present()
    if observer is not None:
        method = sys._getframe(1)
        while method.f_code.co_name.startswith("_") and method.f_back is not None:
            method = method.f_back
        observer.trace.assigned(self, _name_of(method), method)
    plain[Variable, "_replace"](self, raw)


def _made(self: Variable, *args: Any, **kwargs: Any) -> None:
    plain[Variable, "__init__"](self, *args, **kwargs)
    observer = _present()
    if observer is not None:
        observer.trace.assigned(self, "tf.Variable", sys._getframe(0))


def _name_of(method: FrameType) -> str:
    """The name of the method that assigns; part of a Variable can be assigned to, too."""
    name = method.f_code.co_name
    return "assign to a slice" if name == "assign" and method.f_code is not _assign_code else name


def _leaving(how: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """`plain`, a method that gives the value to Python or NumPy."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = plain(self, *args, **kwargs)
        frame = sys._getframe(1)
        observer = state.observer
        if type(observer) is Observer and not _ours(frame) and observer.seeing():
            observer.trace.left(self, how, result, frame)
        return result

    return method


def _ours(frame: FrameType) -> bool:
    """Whether the library itself asked for the value: for a size, an axis, a branch."""
    name: str = frame.f_globals.get("__name__") or ""
    if frame.f_code.co_name in _EXITS:
        return False  # the user asked, and gets it
    return name.partition(".")[0] == __name__.partition(".")[0]


# Functions of ours that give a value to Python.
_EXITS = ("get_static_value", "to_dlpack")
_LEAVING = {
    "numpy": "numpy()",
    "__array__": "NumPy",
    "__float__": "float()",
    "__int__": "int()",
    "__complex__": "complex()",
    "__index__": "as an index",
    "__bool__": "as a condition",
    "__dlpack__": "DLPack",
    "__buffer__": "as a buffer",
    "__bytes__": "as bytes",
}

_replaced: dict[tuple[Any, str], Any] = {
    (Tensor, "__init__"): _init,
    (Tensor, "_node"): property(_node, _set),
    (Variable, "__init__"): _made,
    (Variable, "_read"): _read,
    (Variable, "_replace"): _replace,
}
plain: dict[tuple[Any, str], Any] = {key: key[0].__dict__[key[1]] for key in _replaced}
for _cls in (Tensor, Variable):
    for _name, _how in _LEAVING.items():
        if _name in _cls.__dict__:
            plain[_cls, _name] = _cls.__dict__[_name]
            _replaced[_cls, _name] = _leaving(_how, plain[_cls, _name])


def _install() -> None:
    for (cls, name), method in _replaced.items():
        setattr(cls, name, method)


def _uninstall() -> None:
    for (cls, name), method in plain.items():
        setattr(cls, name, method)
