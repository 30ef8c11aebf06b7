"""`tf.summary.write`, and what stands on the same ground: raw summaries and events, scopes of tags."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from tfcompat_tape.control.flow import cond
from tfcompat_tape.core import naming, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int64, string
from tfcompat_tape.core.errors import DataLossError, invalid
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.io.tensor_protos import TensorProto
from tfcompat_tape.summary.messages import Event, Summary, SummaryMetadata
from tfcompat_tape.summary.state import should_record_summaries, state

_NO_STEP = (
    "No step set. Please specify one either through the `step` argument or through "
    "tf.summary.experimental.set_step()"
)


def write(tag: Any, tensor: Any, step: Any = None, metadata: Any = None, name: Any = None) -> Tensor:
    """Write a tensor to the default writer, if there is one and it records.

    Args:
      tag: a string, under which the value is found again.
      tensor: a Tensor or what converts to one, or a function without arguments that gives one, called only if need be.
      step: an integer, or an int64 Tensor or Variable; that of `set_step` if None.
      metadata: a `SummaryMetadata` (of this library or of TensorBoard's), or its bytes: which plugin shows the value.

    Returns: a boolean Tensor, whether it was written.

    Raises:
      ValueError: there is a writer and no step, or a value that is no tensor.
      TypeError: a step that is no integer, a tag that is no string.
      InvalidArgumentError: several tags or steps. NotFoundError: the writer is closed.

    Source: `tf.summary.write`. In a `tf.function` it writes at each call, to the writer that was the default one when
    the function was traced.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> tf.summary.write("x", 1.0, step=0).numpy()
    np.False_
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     tf.summary.write("x", [1.0, 2.0], step=0).numpy()
    np.True_
    """
    about = _bytes_of(metadata)

    def summary(value: Tensor, label: Tensor) -> bytes:
        found = Summary.Value(tag=_one(label, "WriteSummary", "tag").decode("utf-8"), tensor=_proto(value))
        if about is not None:
            found.metadata.MergeFromString(about)
        return Summary(value=[found]).SerializeToString()

    def inputs() -> list[Tensor]:
        value = convert(tensor() if callable(tensor) else tensor)
        return [value, convert(tag, string)]

    return _recorded(inputs, summary, step)


def write_raw_pb(tensor: Any, step: Any = None, name: Any = None) -> Tensor:
    """Write a `Summary` message that is given as its bytes.

    Args:
      tensor: a string Tensor, each element the bytes of a message.
      step: as of `tf.summary.write`.

    Returns: a boolean Tensor, whether it was written.
    Errors: DataLossError for bytes that are no `Summary`; else as of `tf.summary.write`.
    Source: `tf.summary.experimental.write_raw_pb`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> Summary = tf.compat.v1.Summary
    >>> message = Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])
    >>> with tf.summary.create_file_writer(tempfile.mkdtemp()).as_default():
    ...     tf.summary.experimental.write_raw_pb(message.SerializeToString(), step=0).numpy()
    np.True_
    """

    def summary(value: Tensor) -> bytes:
        merged = Summary()
        for place, data in enumerate(to_numpy(value._t).reshape(-1).tolist()):
            try:
                merged.MergeFromString(data)
            except DecodeError:
                raise DataLossError(
                    None,
                    None,
                    "WriteRawProtoSummary: Bad tf.compat.v1.Summary binary proto tensor string at index "
                    f"{place}",
                ) from None
        return merged.SerializeToString()

    def inputs() -> list[Tensor]:
        value = convert(tensor() if callable(tensor) else tensor)
        if value.dtype != string:
            raise invalid(
                "cannot compute WriteRawProtoSummary as input #2(zero-based) was expected to be a string tensor but "
                f"is a {value.dtype.name} tensor"
            )
        return [value]

    return _recorded(inputs, summary, step)


def import_event(tensor: Any, name: Any = None) -> None:
    """Write an `Event` message that is given as its bytes, with its own step and time.

    Errors: DataLossError for bytes that are none.
    """

    def event(value: Tensor) -> bytes:
        data = _one(value, "ImportEvent", "event")
        try:
            return Event.FromString(data).SerializeToString()
        except DecodeError:
            raise DataLossError(None, None, "ImportEvent: Bad tf.Event binary proto tensor string") from None

    if state.writer is not None:
        _add(state.writer, event, [convert(tensor, string)])


def _recorded(inputs: Callable[[], list[Tensor]], summary: Callable[..., bytes], step: Any) -> Tensor:
    """Write what `summary` makes of the values of `inputs`, if summaries are recorded."""
    writer = state.writer
    if writer is None:
        return convert(False)

    def record() -> Tensor:
        when = state.step if step is None else step
        if when is None:
            raise ValueError(_NO_STEP)
        when = convert(when, int64)

        def event(number: Tensor, *values: Tensor) -> bytes:
            at = _one(number, "WriteSummary", "step")
            found = Event(wall_time=time.time(), step=int(at))
            found.summary.MergeFromString(summary(*values))
            found.summary.SetInParent()
            return found.SerializeToString()

        _add(writer, event, [when, *inputs()])
        return convert(True)

    condition = should_record_summaries()
    known = reading.known(condition._t)
    if known is None:
        return cond(condition, record, lambda: convert(False))
    return record() if to_numpy(known).all() else convert(False)


def _add(writer: Any, event: Callable[..., bytes], values: Sequence[Any]) -> None:
    """Write the event that `event` makes of Tensors; while a function is traced, at each of its calls."""
    if not writer._records:
        return
    values = [value._read() if isinstance(value, Variable) else value for value in values]
    tracer = reading.current.tracer
    if tracer is None:
        if reading.happened("_add.<locals>.write_event") is None:
            writer._add(event(*values))
        return
    # Strings have no fake tensors: what is known of them is known while the function is traced.
    places = [i for i, value in enumerate(values) if isinstance(value._t, torch.Tensor)]

    def write_event(*raws: Any) -> list[Any]:
        given = list(values)
        for place, raw in zip(places, raws, strict=True):
            given[place] = Tensor(raw, None)
        writer._add(event(*given))
        return []

    tracer.each_call(write_event, [values[place]._t for place in places], [])


def _one(value: Tensor, op: str, name: str) -> Any:
    array = to_numpy(value._t)
    if array.size != 1:
        raise invalid(f"{op}: the {name} must be one element, got shape {list(array.shape)}")
    return array.reshape(-1)[0]


def _proto(value: Tensor) -> TensorProto:
    """The tensor as a message, all of its elements as bytes."""
    array = to_numpy(value._t)
    proto = TensorProto(dtype=value.dtype.as_datatype_enum, tensor_shape=value.shape.as_proto())
    if value.dtype == string:
        proto.string_val.extend(array.reshape(-1).tolist())
    else:
        proto.tensor_content = array.tobytes()
    return proto


def _bytes_of(metadata: Any) -> bytes | None:
    if metadata is None:
        return None
    if hasattr(metadata, "SerializeToString"):
        metadata = metadata.SerializeToString()
    if isinstance(metadata, str):
        metadata = metadata.encode("utf-8")
    try:
        SummaryMetadata.FromString(metadata)
    except DecodeError as error:
        raise invalid(f"WriteSummary: metadata that are no SummaryMetadata: {error}") from None
    data: bytes = metadata
    return data


@contextlib.contextmanager
def summary_scope(name: Any, default_name: str = "summary", values: Any = None) -> Iterator[tuple[str, str]]:
    """A context that gives a tag: the name of a summary, after those of the scopes that it stands in.

    Args:
      name: of the summary; `default_name` if it is empty or None.
      values: has no effect.

    Returns: `(tag, scope)`; the scope is a name scope, which the context enters.
    Source: `tf.summary.experimental.summary_scope`.

    >>> import tfcompat_tape as tf
    >>> with tf.name_scope("train"), tf.summary.experimental.summary_scope("my loss") as (tag, scope):
    ...     print(tag, scope)
    train/my loss train/myloss/
    """
    name = name or default_name
    outer = naming.current()
    tag = f"{outer}{name}"
    scope = re.sub(r"[^A-Za-z0-9_.\-/]", "", name) or default_name
    entered = naming.enter(scope)
    try:
        yield tag, entered
    finally:
        naming.leave()
