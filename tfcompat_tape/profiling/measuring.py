"""A profile: spans of time, added up by op and by line of the user's code."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.profiling import places, sources

MOST_SPANS = 1_000_000  # kept for the trace; what comes after is in the sums alone


class OpTime(NamedTuple):
    """How long the executions of one op took, without what ran inside of them.

    >>> import tfcompat_tape as tf
    >>> with tf.profile() as p:
    ...     _ = tf.tanh([1.0, 2.0])
    >>> [(op.name, op.calls) for op in p.by_op()]
    [('Tanh', 1)]
    """

    name: str
    calls: int
    seconds: float


class LineTime(NamedTuple):
    """How long a line of the user's code took in ops, and in the gradients of its ops.

    >>> import tfcompat_tape as tf
    >>> with tf.profile() as p:
    ...     _ = tf.tanh([1.0, 2.0])
    >>> [(line.ops, line.calls) for line in p.by_line()]
    [(('Tanh',), 1)]
    """

    file: str
    line: int
    calls: int
    forward: float
    backward: float
    ops: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Forward and backward together."""
        return self.forward + self.backward


class Span(NamedTuple):
    """One execution, in nanoseconds of `time.perf_counter_ns`."""

    name: str
    kind: str
    place: places.Where
    thread: int
    start: int
    end: int
    notes: dict[str, Any] | None


class _Open:
    """A span that has not ended; called with the result, it ends."""

    __slots__ = ("inner", "kind", "name", "outer", "place", "profile", "start")

    def __init__(self, profile: Profile, name: str, kind: str, place: places.Where) -> None:
        self.profile = profile
        self.name = name
        self.kind = kind
        self.place = place
        self.inner = 0
        self.outer = places.within.place
        if kind == sources.BACKWARD:
            places.within.place = place
        profile._stack.append(self)
        _wait()
        self.start = time.perf_counter_ns()

    def __call__(self, result: Any, notes: dict[str, Any] | None = None) -> None:
        if result is not None and result is not NotImplemented:
            _wait()
        end = time.perf_counter_ns()
        places.within.place = self.outer
        stack = self.profile._stack
        while stack and stack.pop() is not self:
            pass
        took = end - self.start
        if stack:
            stack[-1].inner += took
        if result is not None and result is not NotImplemented:
            self.profile._add(self, end, took - self.inner, notes)


class Profile:
    """What was measured between `start` and `stop`, on all threads; see `profile`.

    Attributes:
      spans: every execution, in the order in which they ended; those after the first million are left out.
      left_out: how many that are.

    >>> import tfcompat_tape as tf
    >>> with tf.profile() as p:
    ...     _ = tf.tanh([1.0, 2.0])
    >>> [span.name for span in p.spans], p.left_out
    (['Tanh'], 0)
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.left_out = 0
        self.began = self.ended = 0
        self.threads: dict[int, str] = {}
        self._sums: dict[tuple[str, str, places.Where], list[int]] = {}
        self._local = threading.local()
        self._lock = threading.Lock()

    # -- measuring -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Measure from here on."""
        self.began = self.ended = time.perf_counter_ns()
        sources.add(self)

    def stop(self) -> None:
        """Measure no more."""
        if sources.remove(self):
            self.ended = time.perf_counter_ns()

    @property
    def running(self) -> bool:
        """Whether it is measuring."""
        return sources.has(self)

    @property
    def seconds(self) -> float:
        """From start to stop, or to now."""
        end = time.perf_counter_ns() if self.running else self.ended
        return (end - self.began) / 1e9

    def begin(self, name: str, kind: str, place: places.Where) -> Any:
        """Begin a span; what this returns is called with the result, or `None`, at its end."""
        return _Open(self, name, kind, place)

    def around(self, name: str, entry: Any) -> Any:
        """Begin the span of an op, or of its gradient rule for `entry`. While a function is traced, nothing runs."""
        if reading.current.tracer is not None:
            return _ignored
        if entry is None:
            return _Open(self, name, "op", places.here())
        return _Open(self, name, sources.BACKWARD, places.of_entry(entry) or places.here())

    @property
    def _stack(self) -> list[_Open]:
        try:
            found: list[_Open] = self._local.stack
        except AttributeError:
            found = self._local.stack = []
            self.threads[threading.get_native_id()] = threading.current_thread().name
        return found

    def _add(self, span: _Open, end: int, own: int, notes: dict[str, Any] | None) -> None:
        key = (span.name, span.kind, span.place)
        with self._lock:
            sums = self._sums.get(key)
            if sums is None:
                sums = self._sums[key] = [0, 0]
            sums[0] += 1
            sums[1] += own
            if len(self.spans) < MOST_SPANS:
                thread = threading.get_native_id()
                self.spans.append(Span(span.name, span.kind, span.place, thread, span.start, end, notes))
            else:
                self.left_out += 1

    # -- what came out ---------------------------------------------------------------------------------------------

    def by_op(self) -> list[OpTime]:
        """The time by op, the longest first."""
        found: dict[str, list[int]] = {}
        with self._lock:
            for (name, _, _), (calls, own) in self._sums.items():
                sums = found.setdefault(name, [0, 0])
                sums[0] += calls
                sums[1] += own
        times = [OpTime(name, calls, own / 1e9) for name, (calls, own) in found.items()]
        return sorted(times, key=lambda one: -one.seconds)

    def by_line(self) -> list[LineTime]:
        """The time by line of the user's code, the longest first."""
        found: dict[places.Where, dict[str, Any]] = {}
        with self._lock:
            for (name, kind, place), (calls, own) in self._sums.items():
                sums = found.setdefault(place, {"calls": 0, "forward": 0, "backward": 0, "ops": {}})
                sums["calls"] += calls
                sums["backward" if kind == sources.BACKWARD else "forward"] += own
                sums["ops"][name] = sums["ops"].get(name, 0) + own
        times = [
            LineTime(
                file,
                line,
                sums["calls"],
                sums["forward"] / 1e9,
                sums["backward"] / 1e9,
                tuple(sorted(sums["ops"], key=lambda name: -sums["ops"][name])),
            )
            for (file, line), sums in found.items()
        ]
        return sorted(times, key=lambda one: -one.seconds)

    def table(self, rows: int = 20) -> str:
        """The time by op and by line as text, the `rows` longest of each."""
        from tfcompat_tape.profiling import tables

        return tables.plain(self, rows)

    def chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write the spans to `path`, for chrome://tracing and https://ui.perfetto.dev; gzipped if it ends in `.gz`.

        Errors: OSError where the file cannot be written.
        """
        from tfcompat_tape.profiling import chrome

        chrome.write(self, path)


def _ignored(result: Any) -> None:
    pass


def _wait() -> None:
    """On a CUDA device kernels run later than they are called."""
    if torch.cuda.is_initialized() and not torch.cuda.is_current_stream_capturing():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()


@contextmanager
def profile() -> Iterator[Profile]:
    """Within this context the time of every op is measured, on all threads.

    Ops, gradient rules, kernels of a `tf.function` and what tracing it takes are measured one by one, each for the line
    of the program that it is there for: a gradient for the line of its op, a kernel of a traced function for the line
    that led to it. A compiled function is one block. On a CUDA device each op is waited for.

    Yields a `Profile`: `table()` is text, `by_op()` and `by_line()` are lists, `chrome_trace(path)` writes a file.
    There is no such function in TensorFlow.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable([1.0, 2.0])
    >>> with tf.profile() as p, tf.GradientTape() as tape:
    ...     y = tf.tanh(x)
    ...     _ = tape.gradient(y, x)
    >>> sorted((op.name, op.calls) for op in p.by_op())
    [('GradientTape.gradient', 1), ('Tanh', 1), ('TanhGrad', 1)]
    """
    found = Profile()
    found.start()
    try:
        yield found
    finally:
        found.stop()
