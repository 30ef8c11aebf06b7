"""What a thread is tracing, and how Tensors and Variables look from inside.

While some thread traces, reading the value of a Tensor or Variable goes through this module: inside the trace a
Variable has the value that it has at this point of the function, and a Tensor from outside is a constant, or an input
of its own if a tape traces it. Everywhere else, and as long as nobody traces, values are read as always.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch._subclasses.fake_tensor import FakeTensor

from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import Facts
from tfcompat_tape.core.overwriting import Awaited
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import only
from tfcompat_tape.tracing.texts import Texts

if TYPE_CHECKING:
    from tfcompat_tape.tracing.trace import Trace

_slot_t: Any = Tensor.__dict__["_t"]
_slot_node: Any = Tensor.__dict__["_node"]


FAKES = (FakeTensor, Texts)


class _Active(threading.local):
    """The trace that this thread is in, if any."""

    trace: Trace | None = None


active = _Active()


def _static() -> bool:
    """Whether this thread traces for known shapes, or nothing has asked for a size yet, nor for a value."""
    trace = active.trace
    if trace is None or trace.recorder.demanded:
        return False
    return trace.shapes_known or (not trace.unranked and trace.recorder.unasked())


def _narrowed() -> bool:
    """Whether this thread traces for the sizes of one call a function that is not for these alone."""
    trace = active.trace
    return trace is not None and not trace.shapes_known and trace.recorder.sizes is None


Facts.static = staticmethod(_static)
Facts.narrowed = staticmethod(_narrowed)


def _tensor_t(self: Tensor) -> Any:
    raw = _slot_t.__get__(self)
    trace = active.trace
    if trace is None or (type(raw) in FAKES and raw.fake_mode is trace.recorder.mode):
        return raw
    return trace.outer_value(self, raw)


def _set_tensor_t(self: Tensor, raw: Any) -> None:
    _slot_t.__set__(self, raw)
    trace = active.trace
    if trace is not None and type(raw) not in FAKES:
        trace.inside[id(self)] = self


def _tensor_node(self: Tensor) -> Any:
    trace = active.trace
    if trace is None:
        return _slot_node.__get__(self)
    raw = _slot_t.__get__(self)
    if type(raw) in FAKES and raw.fake_mode is trace.recorder.mode:
        return _slot_node.__get__(self)
    return trace.outer_node(self, raw)


def _set_tensor_node(self: Tensor, node: Any) -> None:
    trace = active.trace
    if trace is not None and node is not None:
        try:
            raw = _slot_t.__get__(self)
        except AttributeError:
            raw = None
        fake = type(raw) in FAKES
        if not (fake and raw.fake_mode is trace.recorder.mode):
            if fake and trace.record.id not in node.tapes:  # of a trace around, with its entry there
                _slot_node.__set__(self, node)
                return
            trace.set_outer_node(self, node)
            try:
                _slot_node.__get__(self)
            except AttributeError:
                _slot_node.__set__(self, None)
            return
    _slot_node.__set__(self, node)


def _variable_t(self: Variable) -> Any:
    trace = active.trace
    if trace is not None:
        return trace.variable(self).raw
    raw = self.__dict__.get("_t")
    return _waiting.__get__(self) if raw is None else raw


def _set_variable_t(self: Variable, raw: Any) -> None:
    trace = active.trace
    if trace is None:
        self.__dict__["_t"] = raw
    else:
        trace.assign(self, raw)


def _variable_node(self: Variable) -> Any:
    trace = active.trace
    return self.__dict__["_node"] if trace is None else trace.variable(self).node


def _set_variable_node(self: Variable, node: Any) -> None:
    trace = active.trace
    if trace is None:
        self.__dict__["_node"] = node
    else:
        trace.variable(self).node = node


# How the attributes of Tensors and Variables are defined while some thread traces.
inside: dict[Any, dict[str, Any]] = {
    Tensor: {
        "_t": property(_tensor_t, _set_tensor_t),
        "_node": property(_tensor_node, _set_tensor_node),
    },
    Variable: {
        "_t": property(_variable_t, _set_variable_t),
        "_node": property(_variable_node, _set_variable_node),
    },
}
# What begins when a thread traces, and ends when none does any more.
around: list[tuple[Callable[[], None], Callable[[], None]]] = []
_lock = threading.Lock()
_tracing = 0  # threads that trace
_plain: dict[Any, dict[str, Any]] = {}
_waiting = Awaited()


def let_wait() -> None:
    """From here on, who reads a Variable that is being overwritten waits: reading costs a little more for it."""
    with _lock:
        if _tracing:
            _plain[Variable]["_t"] = _waiting
        else:
            Variable._t = _waiting


def _count(change: int) -> None:
    global _tracing
    with _lock:
        before, _tracing = _tracing, _tracing + change
        if before == 0:
            for cls, names in inside.items():
                _plain[cls] = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
                for name, value in names.items():
                    setattr(cls, name, value)
            for begin, _ in around:
                begin()
        elif _tracing == 0:
            for cls, names in inside.items():
                for name in names:
                    if name in _plain[cls]:
                        setattr(cls, name, _plain[cls][name])
                    else:
                        delattr(cls, name)
            for _, end in around:
                end()


def _own(tensor: Tensor) -> Tensor:
    """What stands for `tensor` in the trace that this thread is in."""
    trace = active.trace
    return tensor if trace is None else trace.own(tensor)


def _begin_owning() -> None:
    reading.own = _own


def _end_owning() -> None:
    reading.own = None


around.append((_begin_owning, _end_owning))


@contextlib.contextmanager
def entered(trace: Trace) -> Iterator[None]:
    """Within this context, this thread traces."""
    outer = active.trace
    outer_tracer = reading.current.tracer
    _count(1)
    active.trace = trace
    reading.current.tracer = trace.recorder
    try:
        with torch.utils._python_dispatch._disable_current_modes(), trace.recorder:
            yield
    finally:
        active.trace = outer
        reading.current.tracer = outer_tracer
        trace.recorder.ops.namer.ended()
        _count(-1)


@contextlib.contextmanager
def left() -> Iterator[None]:
    """Within this context nothing is traced or recorded: ops run at once, on values that exist."""
    outer = active.trace
    if outer is None:
        yield
        return
    outer_tracer = reading.current.tracer
    active.trace = None
    reading.current.tracer = None
    try:
        with torch.utils._python_dispatch._disable_current_modes(), only([]):
            yield
    finally:
        active.trace = outer
        reading.current.tracer = outer_tracer
