"""`tf.summary.trace_on`, `trace_off`, `trace_export`: what ran between two points of a program."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from tfcompat_tape.control.scopes import inside_function
from tfcompat_tape.core.errors import UnavailableError
from tfcompat_tape.profiling import logged
from tfcompat_tape.summary.state import state
from tfcompat_tape.summary.writing import _NO_STEP

_log = logging.getLogger("tensorflow")


class _Trace:
    """What is being traced."""

    def __init__(self, graph: bool, profiler: bool, folder: Any) -> None:
        self.graph, self.profiler, self.folder = graph, profiler, folder


_running: list[_Trace] = []


def trace_on(graph: bool = True, profiler: bool = False, profiler_outdir: Any = None) -> None:
    """Begin to trace what runs, for `trace_export`.

    Args:
      graph: has no effect but a line in the log when it is exported: which functions run is not followed.
        `tf.summary.graph` writes the graph of one.
      profiler: whether to measure each op, as `tf.profiler.experimental.start` does.
      profiler_outdir: the folder for what is measured; without it nothing is.

    Source: `tf.summary.trace_on`.

    >>> import tfcompat_tape as tf
    >>> tf.summary.trace_on()
    >>> tf.summary.trace_off()
    """
    if inside_function():
        _log.warning("Cannot enable trace inside a tf.function.")
        return
    if _running:
        _log.warning("Trace already enabled")
        return
    if profiler and profiler_outdir is None:
        _log.warning("No `profiler_outdir` passed to trace_on(). Profiler won't be enabled.")
    elif profiler:
        logged.start(profiler_outdir)
    _running.append(_Trace(bool(graph), bool(profiler), profiler_outdir))


def trace_off() -> None:
    """Trace no more, and let go of what was traced. Source: `tf.summary.trace_off`.

    >>> import tfcompat_tape as tf
    >>> tf.summary.trace_off()
    """
    if inside_function():
        _log.warning("Cannot stop trace inside a tf.function.")
        return
    if _running:
        found = _running.pop()
        if found.profiler and found.folder is not None:
            with contextlib.suppress(UnavailableError):  # somebody else has stopped it
                logged.stop(save=False)


def trace_export(name: str, step: Any = None, profiler_outdir: Any = None) -> None:
    """Write what was traced, and trace no more. A profile goes into the folder that `trace_on` was told.

    Args:
      name: of the summary. step: as of `tf.summary.write`.
      profiler_outdir: has no effect, as in TensorFlow 2.21.

    Raises:
      ValueError: nothing is traced, or there is no step.
      UnavailableError: it should be measured, and `trace_on` was told no folder.

    Source: `tf.summary.trace_export`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     tf.summary.trace_on(graph=False, profiler=True, profiler_outdir=tempfile.mkdtemp())
    ...     y = tf.tanh(1.0)
    ...     tf.summary.trace_export("step", step=0)
    """
    if inside_function():
        _log.warning("Cannot export trace inside a tf.function.")
        return
    if state.writer is None:
        return
    if not _running:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    if step is None and state.step is None:
        raise ValueError(_NO_STEP)
    found = _running[-1]
    if found.graph:
        _log.warning(
            "tf.summary.trace_export writes no graph: tf.summary.graph(f.get_concrete_function(...).graph) does."
        )
    if found.profiler:
        logged.stop()
    _running.clear()
