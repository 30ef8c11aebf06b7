"""The ops that are called while a function is traced, and what they are called in TensorFlow's graph of it.

While some thread traces, the variable `kernel` of each function that calls an op is one that tells the trace of its
thread; afterwards it is what it was.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from tfcompat_tape.control.graphs import is_final
from tfcompat_tape.core import hooks, naming
from tfcompat_tape.core.dispatch import CALLS
from tfcompat_tape.core.registry import Op
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.implicit import SMALL, before
from tfcompat_tape.tracing.op_names import Namer


class Result(NamedTuple):
    """A result of an op, or a constant.

    Attributes:
      raw: it. name, type: of the op. place: which of its results it is. inputs: raw tensors. results: all of them.
    """

    raw: Any
    name: str
    type: str
    place: int
    inputs: Sequence[Any]
    results: Sequence[Any]


class Constant:
    """`tf.constant` has made a raw tensor."""

    def __init__(self, raw: Any, name: str) -> None:
        self.raw, self.name = raw, name


class Ops:
    """The ops of one trace."""

    def __init__(self, recorder: Any) -> None:
        self._recorder = recorder
        self.namer = Namer()
        self.running = False
        self.final = False
        self._name = ""
        self._results: dict[int, list[Result]] = {}  # by id; an op may give what it was given
        self._computed: dict[int, Any] = {}  # what ops have given that is the same at each call, by id
        self._listed: dict[str, Any] = {}  # by name: the type of an op, or the op and what it was called with

    @property
    def quiet(self) -> bool:
        """Whether what is called is a part of an op, or only tried."""
        return self.running or bool(self._recorder.blind)

    def called(self, op: Op, kernel: Any, raws: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """What the kernel of an op gives; what it raises is for who recovers from it, and says `made` then."""
        if self.quiet:
            return kernel(*raws, **attrs)
        self.check()
        self._name = self.namer.of(op.name, sys._getframe(2))
        self.running = True
        try:
            result = kernel(*raws, **attrs)
        finally:
            self.running = False
        return self.made(op, raws, attrs, result)

    def made(self, op: Op, raws: Sequence[Any], attrs: dict[str, Any], result: Any) -> Any:
        """An op has given `result`; it as it is from now on."""
        if result is NotImplemented or self.quiet:
            return result
        self._listed[self._name] = op, raws, attrs
        notes = self._recorder.notes
        if notes is not None:
            result = notes.made(op, self._name, raws, attrs, result)
        results = result if isinstance(result, (tuple, list)) else [result]
        for place, raw in enumerate(results):
            if not self._recorder.mine(raw):
                self._computed[id(raw)] = raw
            else:
                found = Result(raw, self._name, op.name, place, raws, results)
                self._results.setdefault(id(raw), []).append(found)
        return result

    def check(self) -> None:
        """Raise RuntimeError if the graph is finalized."""
        if self.final:
            raise is_final()

    def constant(self, raw: Any, name: str) -> None:
        """`tf.constant` has made `raw`."""
        self.check()
        named = self.namer.unique(naming.current(), name or "Const")
        self._listed[named] = "Const"
        self._results.setdefault(id(raw), []).append(Result(raw, named, "Const", 0, [], [raw]))
        if self._recorder.notes is not None:
            self._recorder.notes.steps.append(Constant(raw, named))

    def argument(self, name: str) -> None:
        """The function has an argument of this name."""
        self._listed[self.namer.unique("", name)] = "Placeholder"

    def listed(self) -> list[tuple[str, str]]:
        """Name and type of the arguments, of the ops that were called and of constants, in order."""
        found: dict[str, str] = {}
        captured: set[int] = set()
        trace: Any = scope.active.trace
        held = [] if trace is None else [ref() for ref in trace.constants.values()]
        outside = {id(scope._slot_t.__get__(x)) for x in held if x is not None}

        def kind(raw: Any) -> str | None:
            if self._recorder.mine(raw) or id(raw) in captured or self.of(raw) is not None:
                return None
            if id(raw) in outside:
                captured.add(id(raw))
                return "Const" if math.prod(raw.shape) <= SMALL else "Placeholder"
            return "Const" if id(raw) not in self._computed else None

        for name, one in self._listed.items():
            if isinstance(one, str):
                found[name] = one
                continue
            op, raws, attrs = one
            found.update(before(op, name, raws, attrs, kind))
            found[name] = op.name
        return list(found.items())

    def left(self) -> None:
        """The function is traced: nobody lists its ops any more."""
        self.namer.left()
        self._computed.clear()
        self._listed.clear()

    def scope(self, name: str) -> str:
        """The scope of this name in full, once more if there is one."""
        return self.namer.unique(naming.current(), name) + "/"

    def of(self, raw: Any, kind: str | None = None) -> Result | None:
        """What made a raw tensor, if it is a result of an op (of this type, if there are several) or a constant."""
        found = self._results.get(id(raw))
        if found is None:
            return None
        return next((one for one in reversed(found) if one.type == kind), found[-1])


class _Told:
    """The variable `kernel` of a function that calls an op."""

    __slots__ = ("cell", "kernel", "op", "telling")

    def __init__(self, op: Op, call: Any) -> None:
        cells = dict(zip(call.__code__.co_freevars, call.__closure__ or (), strict=True))
        self.op, self.cell = op, cells["kernel"]
        self.kernel: Any = None
        self.telling: Any = None

    def install(self) -> None:
        """Let it tell; profiles may have put something else there."""
        found = self.cell.cell_contents
        if found is self.telling:
            return
        if found is not self.kernel:
            self.kernel, self.telling = found, _telling(self.op, found)
        self.cell.cell_contents = self.telling

    def remove(self) -> None:
        """It is what it was, unless somebody else has put something there."""
        if self.cell.cell_contents is self.telling:
            self.cell.cell_contents = self.kernel


def _telling(op: Op, kernel: Any) -> Any:
    def telling(*raws: Any, **attrs: Any) -> Any:
        trace = scope.active.trace
        return kernel(*raws, **attrs) if trace is None else trace.recorder.ops.called(op, kernel, raws, attrs)

    return telling


_told: list[_Told] = []


def install() -> None:
    """Some thread traces from now on."""
    for one in _told:
        one.install()
    _defined()
    hooks.defined.append(_defined)


def remove() -> None:
    """No thread does."""
    hooks.defined.remove(_defined)
    for one in _told:
        one.remove()


def _defined(*_: Any) -> None:
    """Ops have been defined."""
    for op, call in CALLS[len(_told) :]:
        _told.append(_Told(op, call))
        _told[-1].install()


scope.around.append((install, remove))
