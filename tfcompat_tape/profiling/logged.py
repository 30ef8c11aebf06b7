"""`tf.profiler.experimental`: profiles that are written into the folder of a log."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Any, NamedTuple

from tfcompat_tape.core.errors import AlreadyExistsError, UnavailableError
from tfcompat_tape.profiling import places, sources
from tfcompat_tape.profiling.measuring import Profile as _Measured

__all__ = ["Profile", "ProfilerOptions", "Trace", "start", "stop"]

_lock = threading.Lock()
_running: list[tuple[_Measured, str]] = []


class ProfilerOptions(NamedTuple):
    """How much TensorFlow's profiler looks at; here all of it is looked at, whatever these say.

    Source: `tf.profiler.experimental.ProfilerOptions`.

    >>> import tfcompat_tape as tf
    >>> tf.profiler.experimental.ProfilerOptions(host_tracer_level=3)
    ProfilerOptions(host_tracer_level=3, python_tracer_level=0, device_tracer_level=1, delay_ms=None)
    """

    host_tracer_level: int = 2
    python_tracer_level: int = 0
    device_tracer_level: int = 1
    delay_ms: int | None = None


def start(logdir: str, options: ProfilerOptions | None = None) -> None:
    """Measure every op from here on, for a file under `logdir` that `stop` writes.

    Errors: AlreadyExistsError if a profile is running, TypeError for a `logdir` that is no string, AttributeError for
    options of another class.
    Source: `tf.profiler.experimental.start`; a running `tf.profile` of ours is not in the way.

    >>> import tfcompat_tape as tf
    >>> tf.profiler.experimental.start("")
    >>> tf.profiler.experimental.stop(save=False)
    """
    if not isinstance(logdir, (str, bytes)):
        raise TypeError(f"start(): logdir must be a string, not {logdir!r}; incompatible function arguments.")
    if options is not None:
        options._asdict()  # a dict is refused
    with _lock:
        if _running:
            raise AlreadyExistsError(None, None, "Another profiler is running.")
        found = _Measured()
        _running.append((found, os.fsdecode(logdir)))
        found.start()


def stop(save: bool = True) -> None:
    """Measure no more, and write `plugins/profile/TIME/HOST.trace.json.gz` under the folder of the log.

    The file is a trace in the format of Chrome and Perfetto, where TensorFlow's is one of TensorBoard's.

    Errors: UnavailableError if no profile is running. Source: `tf.profiler.experimental.stop`.

    >>> import tfcompat_tape as tf
    >>> import tempfile
    >>> tf.profiler.experimental.start(tempfile.mkdtemp())
    >>> _ = tf.tanh([1.0, 2.0])
    >>> tf.profiler.experimental.stop()
    """
    with _lock:
        if not _running:
            raise UnavailableError(None, None, "Cannot export profiling results. No profiler is running.")
        found, logdir = _running.pop()
        found.stop()
    if save and logdir:
        folder = os.path.join(logdir, "plugins", "profile", time.strftime("%Y_%m_%d_%H_%M_%S"))
        os.makedirs(folder, exist_ok=True)
        found.chrome_trace(os.path.join(folder, f"{socket.gethostname()}.trace.json.gz"))


class Profile:
    """A context from `start` to `stop`. Source: `tf.profiler.experimental.Profile`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tempfile.TemporaryDirectory() as folder, tf.profiler.experimental.Profile(folder):
    ...     y = tf.tanh(1.0)
    """

    def __init__(self, logdir: str, options: ProfilerOptions | None = None) -> None:
        self._logdir = logdir
        self._options = options

    def __enter__(self) -> None:
        start(self._logdir, self._options)

    def __exit__(self, *failure: Any) -> None:
        stop()


class Trace:
    """A context that profiles show as one span, with the keyword arguments beside it.

    Source: `tf.profiler.experimental.Trace`.

    >>> import tfcompat_tape as tf
    >>> with tf.profile() as p:
    ...     with tf.profiler.experimental.Trace("step", step_num=3, _r=1):
    ...         y = tf.tanh(1.0)
    >>> [(span.name, span.notes) for span in p.spans]
    [('Tanh', None), ('step', {'step_num': 3, '_r': 1})]
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        self._name = name
        self._notes = kwargs
        self._end: Any = None

    def __enter__(self) -> Trace:
        self._end = sources.begin_all(self._name, "step", places.here())
        return self

    def set_metadata(self, **kwargs: Any) -> None:
        """Add to what is shown beside the span."""
        self._notes.update(kwargs)

    def __exit__(self, *failure: Any) -> None:
        if self._end is not None:
            self._end(True, self._notes)
            self._end = None
