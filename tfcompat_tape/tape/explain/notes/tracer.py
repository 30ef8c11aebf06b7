"""What a traced tape keeps beside its recording: when it recorded, what it watched, its last walk."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.core import wengert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wengert import NOBODY, Entry, Recording, next_number
from tfcompat_tape.tape.explain.names import keys
from tfcompat_tape.tape.explain.notes.observer import Observer, end, observe
from tfcompat_tape.tape.explain.notes.trace import Trace
from tfcompat_tape.tape.explain.notes.walk import Walk
from tfcompat_tape.tape.places import Place, caller, user_frames


class Session:
    """A stretch of time in which a tape recorded.

    Attributes:
      id: of the recording.
      start, end: numbers between which entries are recorded; `end` is 0 while it goes on.
      opened, closed: places.
      cause: what ended it: "exit", "stop_recording", "reset" or "gradient".
    """

    __slots__ = ("cause", "closed", "end", "id", "opened", "start")

    def __init__(self, number: int, opened: Place | None) -> None:
        self.id = number
        self.start = next_number()
        self.end = 0
        self.opened = opened
        self.closed: Place | None = None
        self.cause = ""

    def covers(self, number: int) -> bool:
        """Whether the tape recorded when the entry `number` was made."""
        return self.start < number and (not self.end or number < self.end)


class Watched:
    """A value that a tape was told to watch, or a Variable that it watched by itself when it was read.

    Attributes:
      node: number of its entry; `value`: a weak reference to it; `handle`: of a Variable.
      id: of the recording; `number`: from when on; `place`: where.
      effective: False if no tape was recording, so that nothing came of it.
    """

    __slots__ = ("effective", "handle", "id", "node", "number", "place", "value")

    def __init__(self, value: Any, node: int, tape_id: int, place: Place | None, effective: bool) -> None:
        self.value: weakref.ref[Any] = weakref.ref(value)
        self.node = node
        self.handle: int | None = value._handle if isinstance(value, Variable) else None
        self.id = tape_id
        self.number = next_number()
        self.place = place
        self.effective = effective


class Tracer:
    """Belongs to one tape. While it is not over, its thread is observed.

    Attributes:
      trace: what the observer wrote down.
      sessions, watched: in order of time.
      walk: notes of the last gradient.
      instead: the Tensors that were given as sources where the same code had given Variables before.
      announce: explains what comes back as None; `None` if the environment does not ask for that.
      over: the tape has been used, and records nothing any more.
    """

    def __init__(self, announce: Callable[..., None] | None, accesses: bool) -> None:
        self.announce = announce
        self.accesses = accesses
        self.sessions: list[Session] = []
        self.watched: list[Watched] = []
        self.traces: list[Trace] = []
        self.walk: Walk | None = None
        self.thread = ""
        self.instead: list[weakref.ref[Any]] = []
        self._observer: Observer | None = None
        self.over = False

    @property
    def trace(self) -> Trace | None:
        """What the observer wrote down since the tape was first entered."""
        return self.traces[-1] if self.traces else None

    @property
    def id(self) -> int:
        """Of the present recording."""
        return self.sessions[-1].id if self.sessions else 0

    @property
    def closed(self) -> int:
        """When the tape last stopped recording; 0 while it records."""
        return self.sessions[-1].end if self.sessions else 0

    # -- what the tape tells ------------------------------------------------------------------------------------------

    def start(self, record: Recording) -> None:
        """The tape begins to record."""
        observer = observe()
        if observer is not self._observer:
            self._leave()
            self._observer = observer
            observer.tracers.add(self)
            observer.wanted += 1
            self.traces.append(observer.trace)
        observer.contexts += 1
        self.thread = threading.current_thread().name
        self.sessions.append(Session(record.id, _place()))

    def stop(self, cause: str) -> None:
        """The tape stops recording, because of `cause`."""
        session = self.sessions[-1]
        session.end = next_number()
        session.closed = _place()
        session.cause = cause
        if self._observer is not None:
            self._observer.contexts -= 1

    def watch(self, value: Tensor | Variable, effective: bool) -> None:
        """The tape was told to watch `value`."""
        if value._node is not None:
            place = _place()
            self.watched.append(Watched(value, value._node.number, self.id, place, effective))

    def finish(self) -> None:
        """The tape has been used, and records nothing any more."""
        self.over = True
        self._leave()

    def _leave(self) -> None:
        observer, self._observer = self._observer, None
        if observer is None:
            return
        if self.sessions and not self.sessions[-1].end:
            observer.contexts -= 1
        observer.wanted -= 1
        if not observer.wanted:
            end(observer)

    def __del__(self) -> None:
        observer = getattr(self, "_observer", None)
        if observer is not None:
            self._leave()
        if observer is not None and observer.wanted:
            others = [tracer.sessions[0].start for tracer in observer.tracers if tracer is not self]
            observer.trace.forget(min(others, default=0))

    # -- gradients ----------------------------------------------------------------------------------------------------

    def backward(
        self,
        record: Recording,
        targets: Sequence[Entry],
        cotangents: Sequence[Any],
        sources: Sequence[Entry | None],
        *,
        recorded: bool,
        release: bool,
    ) -> list[Any]:
        """`tape.backward.backward`, with notes."""
        self.walk = walk = Walk()
        observer = NOBODY if self._observer is None else self._observer.ids
        with contextlib.nullcontext() if recorded else wengert.only([]):
            return walk.run(
                record,
                targets,
                cotangents,
                sources,
                recorded=recorded,
                release=release,
                observer=observer,
            )

    def explain_none(
        self,
        tape: Any,
        targets: Sequence[Any],
        sources: Sequence[Any],
        results: Sequence[Any],
        structure: Any,
    ) -> None:
        """Print why some of `results` are None, if the environment asks; `structure`: of the sources, unflattened."""
        self._compare(sources)
        if self.announce is not None and any(result is None for result in results):
            where = keys(structure, len(sources))
            self.announce(tape, targets, sources, results, where, sys._getframe(2))

    def _compare(self, sources: Sequence[Any]) -> None:
        """Note which Tensors are given as sources where the same code has given Variables before."""
        callers = itertools.islice(user_frames(sys._getframe(2)), _CALLERS)
        place = tuple([(frame.f_code.co_filename, frame.f_lineno, frame.f_lasti) for frame in callers])
        for position, source in enumerate(sources):
            key = (place, position)
            if isinstance(source, Variable):
                _variables_at.add(key)
            elif key in _variables_at:
                self.instead.append(weakref.ref(source))


_CALLERS = 3  # one function may be called to take gradients of this and that
# Where the user's code asked for the gradient with respect to a Variable: the innermost places, and its position.
_variables_at: set[tuple[Any, int]] = set()


def _place(depth: int = 2) -> Place | None:
    user, _ = caller(sys._getframe(depth))
    return None if user is None else Place.of(user)
