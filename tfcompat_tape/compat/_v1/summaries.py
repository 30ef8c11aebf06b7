"""`tf.compat.v1.summary`: summaries as the bytes of messages, which are written by whoever gets them."""

from __future__ import annotations

import contextlib
import re
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.audio.wav import encode_wav
from tfcompat_tape.control.graphs import get_default_graph
from tfcompat_tape.control.scopes import executing_eagerly
from tfcompat_tape.core import naming
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.image.files import encode_png
from tfcompat_tape.strings.texts import made
from tfcompat_tape.summary import plugins
from tfcompat_tape.summary.files import EventFile, events
from tfcompat_tape.summary.messages import (
    Event,
    HistogramProto,
    LogMessage,
    SessionLog,
    Summary,
    SummaryDescription,
    SummaryMetadata,
    TaggedRunMetadata,
)
from tfcompat_tape.summary.state import state
from tfcompat_tape.summary.writing import _proto

__all__ = [
    "Event",
    "FileWriter",
    "FileWriterCache",
    "HistogramProto",
    "LogMessage",
    "SessionLog",
    "Summary",
    "SummaryDescription",
    "SummaryMetadata",
    "TaggedRunMetadata",
    "all_v2_summary_ops",
    "audio",
    "get_summary_description",
    "histogram",
    "image",
    "initialize",
    "merge",
    "merge_all",
    "scalar",
    "summary_iterator",
    "tensor_summary",
    "text",
]

_MERGING = (
    "Merging tf.summary.* ops is not compatible with eager execution. Use tf.summary.create_file_writer and "
    "tf.summary.scalar, which write at once."
)


def _tag(name: str, family: str | None) -> str:
    """What a summary is called: in the scopes that it stands in, with its family twice."""
    name, outer = _clean(name), naming.current()
    if family is None:
        return f"{outer}{name}"
    family = _clean(family)
    return f"{family}/{outer}{family}/{name}"


def _clean(name: str) -> str:
    """A name of an op: other characters become underscores."""
    return re.sub(r"[^-\w/.]", "_", name).lstrip("/")


def _written(name: str, family: str | None, write: Callable[[str], Any]) -> bool:
    """Whether there is a writer of version 2 and a step: then the summary goes there, and nothing is returned."""
    if state.writer is None or not state.writer._records:
        warnings.warn(
            "Cannot activate TF2 compatibility support for TF1 summary ops: default summary writer not found.",
            stacklevel=4,
        )
        return False
    if state.step is None:
        warnings.warn(
            "Cannot activate TF2 compatibility support for TF1 summary ops: global step not set. To set step for "
            "summary writer, use `tf.summary.SummaryWriter.as_default(step=_)`, "
            "`tf.summary.experimental.set_step()` or `tf.compat.v1.train.create_global_step()`.",
            stacklevel=4,
        )
        return False
    tag = _tag(name, family)
    naming.enter("")  # the tag has the scopes
    try:
        write(tag)
    finally:
        naming.leave()
    return True


def _array(value: Any, op: str) -> Any:
    tensor = convert(value)
    array = to_numpy(tensor._t)
    if tensor.dtype.name == "string" or tensor.dtype.is_complex:
        raise invalid(f"{op}: real numbers are expected, got dtype {tensor.dtype.name}")
    return array


def _bytes(*values: Summary.Value) -> Tensor:
    return made([Summary(value=list(values)).SerializeToString()], ())


def scalar(name: str, tensor: Any, collections: Any = None, family: str | None = None) -> Tensor:
    """A summary of one number, as the bytes of a `Summary`.

    Errors: InvalidArgumentError for what is no scalar. Source: `tf.compat.v1.summary.scalar`.

    >>> import tfcompat_tape as tf
    >>> data = tf.compat.v1.summary.scalar("loss", 0.5).numpy()
    >>> tf.compat.v1.Summary.FromString(data).value[0].simple_value
    0.5
    """
    if _written(name, family, lambda tag: plugins.scalar(tag, tensor)):
        return made([b""], ())
    array = _array(tensor, "ScalarSummary")
    tag = _tag(name, family)
    if array.ndim:
        raise invalid(
            f"ScalarSummary: tags and values are not the same shape: [] != {list(array.shape)} (tag '{tag}')"
        )
    return _bytes(Summary.Value(tag=tag, simple_value=float(array)))


_LIMITS: list[float] = []


def _limits() -> list[float]:
    """The upper ends of the buckets: those of each sign grow by a tenth from 1e-12 on."""
    if not _LIMITS:
        positive = []
        limit = 1e-12
        while limit < 1e20:
            positive.append(limit)
            limit *= 1.1
        largest = sys.float_info.max
        _LIMITS.extend([-largest, *[-one for one in reversed(positive)], 0.0, *positive, largest])
    return _LIMITS


def histogram(name: str, values: Any, collections: Any = None, family: str | None = None) -> Tensor:
    """A summary of how values are spread, as the bytes of a `Summary`: in buckets that grow by a tenth.

    Errors: InvalidArgumentError for values that are not finite. Source: `tf.compat.v1.summary.histogram`.

    >>> import tfcompat_tape as tf
    >>> data = tf.compat.v1.summary.histogram("weights", [1.0, 2.0, 2.0]).numpy()
    >>> tf.compat.v1.Summary.FromString(data).value[0].histo.num
    3.0
    """
    if _written(name, family, lambda tag: plugins.histogram(tag, values)):
        return made([b""], ())
    array = _array(values, "HistogramSummary").astype(np.float64).reshape(-1)
    for bad, what in ((np.isnan(array), "Nan"), (np.isinf(array), "Infinity")):
        if bad.any():
            raise invalid(f"{what} in summary histogram for: {_tag(name, family)}")
    limits = _limits()
    counts = np.bincount(np.searchsorted(limits, array, side="right"), minlength=len(limits))
    largest = sys.float_info.max
    value = Summary.Value(tag=_tag(name, family))
    histo = value.histo
    histo.min, histo.max = (float(array.min()), float(array.max())) if len(array) else (largest, -largest)
    histo.num, histo.sum, histo.sum_squares = float(len(array)), 0.0, 0.0
    for one in array.tolist():  # in order, as a sum depends on it
        histo.sum += one
        histo.sum_squares += one * one
    shown: list[tuple[float, float]] = []
    at = 0
    while at < len(limits):
        end, count = limits[at], float(counts[at])
        at += 1
        if count <= 0.0:  # empty buckets are one, up to where the next values begin
            while at < len(limits) and counts[at] <= 0:
                end, count = limits[at], float(counts[at])
                at += 1
        shown.append((end, count))
    histo.bucket_limit.extend([end for end, _ in shown])
    histo.bucket.extend([count for _, count in shown])
    return _bytes(value)


def image(
    name: str, tensor: Any, max_outputs: int = 3, collections: Any = None, family: str | None = None
) -> Tensor:
    """A summary of images, as the bytes of a `Summary` with PNG files in it.

    tensor: (images, height, width, 1, 3 or 4), uint8, or floats, which are scaled for each image: to [0, 255] by their
    largest, or around 127 if some are negative; pixels that are not finite are red.
    Errors: InvalidArgumentError for another rank or number of channels. Source: `tf.compat.v1.summary.image`.

    >>> import tfcompat_tape as tf
    >>> data = tf.compat.v1.summary.image("faces", tf.zeros([2, 4, 4, 1])).numpy()
    >>> [value.tag for value in tf.compat.v1.Summary.FromString(data).value]
    ['faces/image/0', 'faces/image/1']
    """
    if _written(name, family, lambda tag: plugins.image(tag, tensor, max_outputs=max_outputs)):
        return made([b""], ())
    array = _array(tensor, "ImageSummary")
    if array.ndim != 4 or array.shape[3] not in (1, 3, 4):
        raise invalid(f"ImageSummary: Tensor must be 4-D with last dim 1, 3, or 4, not {list(array.shape)}")
    count, height, width, channels = array.shape
    count = min(count, int(max_outputs))
    values = []
    for place in range(count):
        pixels = array[place]
        data = encode_png(pixels if pixels.dtype == np.uint8 else _as_bytes(pixels)).numpy()
        tag = f"{_tag(name, family)}/image" + (f"/{place}" if max_outputs > 1 else "")
        values.append(
            Summary.Value(
                tag=tag,
                image=Summary.Image(
                    height=height, width=width, colorspace=channels, encoded_image_string=data
                ),
            )
        )
    return _bytes(*values)


def _as_bytes(pixels: Any) -> Any:
    pixels = pixels.astype(np.float32)
    finite = np.isfinite(pixels).all(-1)
    good = pixels[finite]
    least, most = (float(good.min()), float(good.max())) if good.size else (0.0, 0.0)
    if least < 0:
        largest = max(abs(least), abs(most))
        scale, offset = (0.0 if largest < 1e-6 else 127.0 / largest), 128.0
    else:
        scale, offset = (0.0 if most < 1e-6 else 255.0 / most), 0.0
    found = np.where(finite[..., None], pixels * np.float32(scale) + np.float32(offset), 0).astype(np.uint8)
    found[~finite] = np.array([255, 0, 0, 255], np.uint8)[: pixels.shape[-1]]
    return found


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Any = None,
    family: str | None = None,
) -> Tensor:
    """A summary of sound, as the bytes of a `Summary` with WAV files in it.

    tensor: float32 in [-1, 1], (clips, frames) or (clips, frames, channels). sample_rate: frames per second.
    Errors: InvalidArgumentError for another rank. Source: `tf.compat.v1.summary.audio`.

    >>> import tfcompat_tape as tf
    >>> data = tf.compat.v1.summary.audio("beep", tf.zeros([1, 80]), 8000).numpy()
    >>> tf.compat.v1.Summary.FromString(data).value[0].audio.length_frames
    80
    """
    if _written(
        name, family, lambda tag: plugins.audio(tag, _clips(tensor), sample_rate, max_outputs=max_outputs)
    ):
        return made([b""], ())
    array = _array(tensor, "AudioSummaryV2")
    if array.ndim not in (2, 3):
        raise invalid(f"AudioSummaryV2: Tensor must be 3-D or 2-D, got: {list(array.shape)}")
    array = array.reshape(*array.shape[:2], -1) if array.ndim == 3 else array[..., None]
    count = min(len(array), int(max_outputs))
    rate = float(_array(sample_rate, "AudioSummaryV2"))
    values = []
    for place in range(count):
        clip = array[place]
        values.append(
            Summary.Value(
                tag=f"{_tag(name, family)}/audio" + (f"/{place}" if max_outputs > 1 else ""),
                audio=Summary.Audio(
                    sample_rate=rate,
                    num_channels=clip.shape[1],
                    length_frames=clip.shape[0],
                    encoded_audio_string=encode_wav(clip, int(rate)).numpy(),
                    content_type="audio/wav",
                ),
            )
        )
    return _bytes(*values)


def _clips(tensor: Any) -> Any:
    """Sound with an axis of channels."""
    found = convert(tensor)
    return found[..., None] if len(found.shape) == 2 else found


def tensor_summary(
    name: str,
    tensor: Any,
    summary_description: Any = None,
    collections: Any = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> Tensor:
    """A summary of any tensor, as the bytes of a `Summary`. Source: `tf.compat.v1.summary.tensor_summary`.

    >>> import tfcompat_tape as tf
    >>> data = tf.compat.v1.summary.tensor_summary("x", [1, 2]).numpy()
    >>> tf.make_ndarray(tf.compat.v1.Summary.FromString(data).value[0].tensor).tolist()
    [1, 2]
    """
    value = Summary.Value(tag=_tag(name, family), tensor=_proto(_read(tensor)))
    if summary_metadata is not None:
        value.metadata.MergeFromString(summary_metadata.SerializeToString())
    if display_name is not None:
        value.metadata.display_name = display_name
    if summary_description is not None:
        value.metadata.summary_description = summary_description
    value.metadata.SetInParent()
    return _bytes(value)


def _read(tensor: Any) -> Tensor:
    found = convert(tensor)
    return found._read() if isinstance(found, Variable) else found


def text(name: str, tensor: Any, collections: Any = None) -> Tensor:
    """A summary of strings, as the bytes of a `Summary`.

    Errors: ValueError for what is no string Tensor. Source: `tf.compat.v1.summary.text`.

    >>> import tfcompat_tape as tf
    >>> data = tf.compat.v1.summary.text("notes", tf.constant("first")).numpy()
    >>> tf.compat.v1.Summary.FromString(data).value[0].tensor.string_val
    [b'first']
    """
    found = _read(tensor)
    if found.dtype.name != "string":
        raise ValueError(f"Expected tensor {name} to have dtype string, got {found.dtype}")
    if _written(name, None, lambda tag: plugins.text(tag, found)):
        return made([b""], ())
    about = SummaryMetadata()
    about.plugin_data.plugin_name = "text"
    return tensor_summary(name, found, summary_metadata=about)


def merge(inputs: Any, collections: Any = None, name: Any = None) -> Any:
    """RuntimeError: summaries are not merged where ops run at once. Source: `tf.compat.v1.summary.merge`."""
    raise RuntimeError(_MERGING)


def merge_all(key: Any = "summaries", scope: Any = None, name: Any = None) -> Any:
    """RuntimeError: summaries are not merged where ops run at once. Source: `tf.compat.v1.summary.merge_all`."""
    raise RuntimeError(_MERGING)


def initialize(graph: Any = None, session: Any = None) -> None:
    """Nothing: writers are ready once they are made. Source: `tf.compat.v1.summary.initialize`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.summary.initialize()
    """


def all_v2_summary_ops() -> None:
    """None: ops run at once, and are not kept. Source: `tf.compat.v1.summary.all_v2_summary_ops`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.summary.all_v2_summary_ops()
    """


def get_summary_description(node_def: Any) -> Any:
    """ValueError: there are no nodes of graphs. Source: `tf.compat.v1.summary.get_summary_description`."""
    raise ValueError("Can't get_summary_description on: there are no nodes of graphs here.")


class FileWriter:
    """Writes summaries that are there as messages into a file of events. Within a `tf.Graph` only, as in TensorFlow.

    Args:
      logdir: the folder.
      graph, graph_def, session: None: there are no graphs to be written.
      max_queue, flush_secs: have no effect, for nothing waits.
      filename_suffix: what the name of the file ends with.

    Raises:
      RuntimeError: no graph is the default one. Errors as of `tf.summary.create_file_writer`.

    Source: `tf.compat.v1.summary.FileWriter`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> with tf.Graph().as_default(), tf.compat.v1.summary.FileWriter(tempfile.mkdtemp()) as writer:
    ...     writer.add_summary(tf.compat.v1.summary.scalar("loss", 0.5).numpy(), global_step=3)
    """

    def __init__(
        self,
        logdir: Any,
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        if executing_eagerly() and get_default_graph() is _outermost:
            raise RuntimeError(
                "v1.summary.FileWriter is not compatible with eager execution. Use `tf.summary.create_file_writer`,"
                "or a `with v1.Graph().as_default():` context"
            )
        self._folder, self._suffix = logdir, filename_suffix or ""
        self._file = EventFile(logdir, self._suffix)

    def get_logdir(self) -> Any:
        """The folder."""
        return self._folder

    def add_event(self, event: Any) -> None:
        """Write an `Event`. A closed writer warns and writes nothing."""
        if self._file.closed:
            warnings.warn(
                "Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter is "
                "explicitly reopened.",
                stacklevel=3,
            )
            return
        self._file.add(event.SerializeToString())

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Write a `Summary`, or its bytes, of a step."""
        if isinstance(summary, Tensor):
            summary = summary.numpy()
        data = summary if isinstance(summary, bytes) else summary.SerializeToString()
        event = Event(summary=Summary.FromString(data))
        event.summary.SetInParent()
        self._add(event, global_step)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Write a `SessionLog`, which says that a run begins or ends."""
        self._add(Event(session_log=SessionLog.FromString(session_log.SerializeToString())), global_step)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Write what was measured of a run, under a tag."""
        about = TaggedRunMetadata(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add(Event(tagged_run_metadata=about), global_step)

    def _add(self, event: Event, step: Any) -> None:
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.add_event(event)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Write no more, until `reopen`."""
        self._file.close()

    def reopen(self) -> None:
        """Write again, into a new file; nothing if the writer is open."""
        if self._file.closed:
            self._file = EventFile(self._folder, self._suffix)

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *failure: Any) -> None:
        self.close()


_outermost = get_default_graph()


class FileWriterCache:
    """Writers by their folders. Source: `tf.compat.v1.summary.FileWriterCache`."""

    _writers: dict[Any, FileWriter] = {}  # noqa: RUF012  # one for all

    @staticmethod
    def get(logdir: Any) -> FileWriter:
        """The writer of a folder, which is made if there is none."""
        if logdir not in FileWriterCache._writers:
            FileWriterCache._writers[logdir] = FileWriter(logdir)
        return FileWriterCache._writers[logdir]

    @staticmethod
    def clear() -> None:
        """Forget all writers, which are closed."""
        for writer in FileWriterCache._writers.values():
            with contextlib.suppress(OSError):
                writer.close()
        FileWriterCache._writers.clear()


def summary_iterator(path: Any) -> Any:
    """The events of a file, as far as they are whole.

    Errors: NotFoundError for no file, DataLossError for one whose bytes are damaged.
    Source: `tf.compat.v1.train.summary_iterator`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> folder = tempfile.mkdtemp()
    >>> with tf.summary.create_file_writer(folder).as_default():
    ...     written = tf.summary.write("x", 1.0, step=7)
    >>> path = os.path.join(folder, os.listdir(folder)[0])
    >>> [event.step for event in tf.compat.v1.train.summary_iterator(path)]
    [0, 7]
    """
    return events(path)
