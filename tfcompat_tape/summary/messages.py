"""What stands in a file of events: the messages `Event` and `Summary`, and their parts."""

from __future__ import annotations

from tfcompat_tape.core.messages import Descriptor, Field, Message
from tfcompat_tape.io.tensor_protos import TensorProto

__all__ = [
    "Audio",
    "Event",
    "HistogramProto",
    "Image",
    "LogMessage",
    "PluginData",
    "SessionLog",
    "SourceMetadata",
    "Summary",
    "SummaryDescription",
    "SummaryMetadata",
    "TaggedRunMetadata",
    "Value",
]

_CLASSES = ("UNKNOWN", "SCALAR", "TENSOR", "BLOB_SEQUENCE")
_LEVELS = {0: "UNKNOWN", 10: "DEBUGGING", 20: "INFO", 30: "WARN", 40: "ERROR", 50: "FATAL"}


class PluginData(Message):
    """The plugin that shows a summary, and what it wants to know. Source: `SummaryMetadata.PluginData`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.SummaryMetadata.PluginData",
        (Field("plugin_name", 1, "string"), Field("content", 2, "bytes")),
    )


class SummaryMetadata(Message):
    """How a summary is shown. Source: `tf.compat.v1.SummaryMetadata`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.SummaryMetadata(display_name="loss").display_name
    'loss'
    """

    __slots__ = ()
    PluginData = PluginData
    DESCRIPTOR = Descriptor(
        "tensorflow.SummaryMetadata",
        (
            Field("plugin_data", 1, "message", False, PluginData),
            Field("display_name", 2, "string"),
            Field("summary_description", 3, "string"),
            Field(
                "data_class",
                4,
                "int32",
                names={i: f"DATA_CLASS_{name}" for i, name in enumerate(_CLASSES)},
            ),
        ),
    )


class SummaryDescription(Message):
    """What kind of values a summary has. Source: `tf.compat.v1.summary.SummaryDescription`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.SummaryDescription", (Field("type_hint", 1, "string"),))


class HistogramProto(Message):
    """How many values lie in each of some buckets. Source: `tf.compat.v1.HistogramProto`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.HistogramProto(bucket_limit=[1.0, 2.0], bucket=[3, 4]).bucket
    [3.0, 4.0]
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.HistogramProto",
        (
            *[
                Field(name, number, "double")
                for number, name in enumerate(("min", "max", "num", "sum", "sum_squares"), 1)
            ],
            Field("bucket_limit", 6, "double", True),
            Field("bucket", 7, "double", True),
        ),
    )


class Image(Message):
    """An image as a file. Source: `tf.compat.v1.Summary.Image`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.Summary.Image",
        (
            Field("height", 1, "int32"),
            Field("width", 2, "int32"),
            Field("colorspace", 3, "int32"),
            Field("encoded_image_string", 4, "bytes"),
        ),
    )


class Audio(Message):
    """Sound as a file. Source: `tf.compat.v1.Summary.Audio`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.Summary.Audio",
        (
            Field("sample_rate", 1, "float"),
            Field("num_channels", 2, "int64"),
            Field("length_frames", 3, "int64"),
            Field("encoded_audio_string", 4, "bytes"),
            Field("content_type", 5, "string"),
        ),
    )


class Value(Message):
    """One value, under its tag. Source: `tf.compat.v1.Summary.Value`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.Summary.Value",
        (
            Field("tag", 1, "string"),
            Field("simple_value", 2, "float", oneof="value"),
            Field("obsolete_old_style_histogram", 3, "bytes", oneof="value"),
            Field("image", 4, "message", False, Image, "value"),
            Field("histo", 5, "message", False, HistogramProto, "value"),
            Field("audio", 6, "message", False, Audio, "value"),
            Field("node_name", 7, "string"),
            Field("tensor", 8, "message", False, TensorProto, "value"),
            Field("metadata", 9, "message", False, SummaryMetadata),
        ),
    )


class Summary(Message):
    """Values of one step. Source: `tf.compat.v1.Summary`.

    >>> import tfcompat_tape as tf
    >>> Summary = tf.compat.v1.Summary
    >>> Summary(value=[Summary.Value(tag="loss", simple_value=0.5)]).value[0].WhichOneof("value")
    'simple_value'
    """

    __slots__ = ()
    Audio = Audio
    Image = Image
    Value = Value
    DESCRIPTOR = Descriptor("tensorflow.Summary", (Field("value", 1, "message", True, Value),))


class LogMessage(Message):
    """A line of a log. Source: `tf.compat.v1.LogMessage`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.LogMessage(level=tf.compat.v1.LogMessage.WARN, message="slow").level
    30
    """

    __slots__ = ()
    UNKNOWN, DEBUGGING, INFO, WARN, ERROR, FATAL = _LEVELS
    DESCRIPTOR = Descriptor(
        "tensorflow.LogMessage", (Field("level", 1, "int32", names=_LEVELS), Field("message", 2, "string"))
    )


class SessionLog(Message):
    """That a run began or ended. Source: `tf.compat.v1.SessionLog`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.SessionLog(status=tf.compat.v1.SessionLog.START).status
    1
    """

    __slots__ = ()
    STATUS_UNSPECIFIED, START, STOP, CHECKPOINT = range(4)
    DESCRIPTOR = Descriptor(
        "tensorflow.SessionLog",
        (
            Field(
                "status",
                1,
                "int32",
                names=dict(enumerate(("STATUS_UNSPECIFIED", "START", "STOP", "CHECKPOINT"))),
            ),
            Field("checkpoint_path", 2, "string"),
            Field("msg", 3, "string"),
        ),
    )


class TaggedRunMetadata(Message):
    """What was measured of one run. Source: `tf.compat.v1.summary.TaggedRunMetadata`."""

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.TaggedRunMetadata", (Field("tag", 1, "string"), Field("run_metadata", 2, "bytes"))
    )


class SourceMetadata(Message):
    """Who wrote a file of events."""

    __slots__ = ()
    DESCRIPTOR = Descriptor("tensorflow.SourceMetadata", (Field("writer", 1, "string"),))


class Event(Message):
    """One record of a file of events. Source: `tf.compat.v1.Event`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.Event(step=3, file_version="brain.Event:2").WhichOneof("what")
    'file_version'
    """

    __slots__ = ()
    DESCRIPTOR = Descriptor(
        "tensorflow.Event",
        (
            Field("wall_time", 1, "double"),
            Field("step", 2, "int64"),
            Field("file_version", 3, "string", oneof="what"),
            Field("graph_def", 4, "bytes", oneof="what"),
            Field("summary", 5, "message", False, Summary, "what"),
            Field("log_message", 6, "message", False, LogMessage, "what"),
            Field("session_log", 7, "message", False, SessionLog, "what"),
            Field("tagged_run_metadata", 8, "message", False, TaggedRunMetadata, "what"),
            Field("meta_graph_def", 9, "bytes", oneof="what"),
            Field("source_metadata", 10, "message", False, SourceMetadata),
        ),
    )
