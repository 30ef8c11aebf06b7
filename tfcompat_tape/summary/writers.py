"""Writers of summaries: `tf.summary.create_file_writer` and what it gives."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import NotFoundError
from tfcompat_tape.io.paths import local
from tfcompat_tape.strings.texts import strings
from tfcompat_tape.summary.files import EventFile
from tfcompat_tape.summary.state import state


class SummaryWriter:
    """The base of writers of summaries; `tf.summary.create_file_writer` makes one that writes.

    Source: `tf.summary.SummaryWriter`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.summary.create_noop_writer(), tf.summary.SummaryWriter)
    True
    """

    _records = True

    def set_as_default(self, step: Any = None) -> None:
        """Let the summaries of this thread go to this writer from here on; `step`, if there is one, is their step."""
        self._open()
        state.writer = self
        if step is not None:
            state.step = step

    def as_default(self, step: Any = None) -> Any:
        """A context within which the summaries of this thread go to this writer, which is flushed at its end.

        Args:
          step: the step of summaries within that say none themselves.
        """
        self._open()
        return _Default(self, step)

    def init(self) -> Any:
        """Nothing: what there is to be made is made by then."""
        self._open()

    def flush(self) -> Any:
        """Let others see what was written."""
        raise NotImplementedError

    def close(self) -> Any:
        """Write no more."""
        raise NotImplementedError

    def _open(self) -> None:
        """RuntimeError: the writer is closed."""


class _Default:
    """The context of `as_default`."""

    def __init__(self, writer: SummaryWriter, step: Any) -> None:
        self._writer, self._step = writer, step
        self._before: list[tuple[Any, Any]] = []

    def __enter__(self) -> SummaryWriter:
        self._before.append((state.writer, state.step))
        state.writer = self._writer
        if self._step is not None:
            state.step = self._step
        return self._writer

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.flush()
        writer, step = self._before.pop()
        state.writer = writer
        if self._step is not None:
            state.step = step


class FileWriter(SummaryWriter):
    """Writes summaries into a file of events. In a `tf.function` it does so at each call."""

    def __init__(self, folder: str, suffix: str) -> None:
        self._file = EventFile(folder, suffix)

    def _add(self, data: bytes) -> None:
        if self._file.closed:
            raise NotFoundError(
                None, None, f"WriteSummary: {self!r} is closed: its file does not exist any more."
            )
        self._file.add(data)

    def _open(self) -> None:
        if self._file.closed:
            raise RuntimeError(f"SummaryWriter {self!r} is already closed")

    def flush(self) -> None:
        """Nothing is held back: each summary is in the file once it was recorded."""

    def close(self) -> None:
        """Write no more; further summaries are a NotFoundError."""

        def closed() -> list[Any]:
            self._file.close()
            return []

        reading.run_each_call(closed, [], [])


class NoopWriter(SummaryWriter):
    """Takes summaries and writes nothing."""

    _records = False

    def flush(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def create_file_writer(
    logdir: Any,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: Any = None,
    experimental_trackable: Any = False,
    experimental_mesh: Any = None,
) -> SummaryWriter:
    """A writer of summaries into a new file of a folder, which TensorBoard reads.

    Each summary is in the file at once, whole: a process that is killed leaves what it recorded.

    Args:
      logdir: the folder, a string; it is made if need be.
      max_queue, flush_millis: have no effect, for nothing waits.
      filename_suffix: what the name of the file ends with, ".v2" by default.
      name, experimental_trackable: have no effect.
      experimental_mesh: None; a mesh of devices is an UnimplementedError.

    Raises:
      ValueError: no folder. TypeError: what is no string, or no integer. FailedPreconditionError: the folder is a file.
      NotFoundError, PermissionDeniedError: the operating system does not let it be made.

    Source: `tf.summary.create_file_writer`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> folder = tempfile.mkdtemp()
    >>> with tf.summary.create_file_writer(folder).as_default():
    ...     for step in range(3):
    ...         written = tf.summary.write("loss", 1.0 / (step + 1), step=step)
    >>> [name.startswith("events.out.tfevents.") for name in os.listdir(folder)]
    [True]
    """
    if logdir is None:
        raise ValueError("Argument `logdir` cannot be None")
    if experimental_mesh is not None:
        from tfcompat_tape.core.errors import unimplemented

        raise unimplemented(
            "create_file_writer: there are no meshes of devices here: leave out experimental_mesh."
        )
    for number in (max_queue, flush_millis):
        if number is not None:
            convert(number, int32)
    suffix = ".v2" if filename_suffix is None else _text(filename_suffix)
    return FileWriter(local(_text(logdir)), suffix)


def _text(value: Any) -> str:
    array = strings(value, "CreateSummaryFileWriter")
    data: bytes = array.reshape(-1)[0] if array.size == 1 else _no_scalar(array)
    return data.decode("utf-8", errors="surrogateescape")


def _no_scalar(array: Any) -> bytes:
    from tfcompat_tape.core.errors import invalid

    raise invalid(f"CreateSummaryFileWriter: one string is expected, got shape {list(array.shape)}")


def create_noop_writer() -> SummaryWriter:
    """A writer that takes summaries and writes nothing. Source: `tf.summary.create_noop_writer`.

    >>> import tfcompat_tape as tf
    >>> with tf.summary.create_noop_writer().as_default():
    ...     print(tf.summary.write("x", 1.0, step=0).numpy())
    False
    """
    return NoopWriter()


def flush(writer: Any = None, name: Any = None) -> None:
    """Let others see what a writer wrote, or the default one if there is one.

    Errors: ValueError for what is no writer. Source: `tf.summary.flush`.

    >>> import tfcompat_tape as tf
    >>> tf.summary.flush()
    """
    if writer is None:
        writer = state.writer
        if writer is None:
            return
    if not isinstance(writer, SummaryWriter):
        raise ValueError(f"Invalid argument to flush(): {writer!r}")
    writer.flush()
