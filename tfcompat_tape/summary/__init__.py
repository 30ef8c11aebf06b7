"""The namespace `tf.summary`: values over the steps of a program, in files that TensorBoard reads."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.summary import experimental
from tfcompat_tape.summary.graphs import graph
from tfcompat_tape.summary.plugins import audio, histogram, image, scalar, text
from tfcompat_tape.summary.state import record_if, should_record_summaries
from tfcompat_tape.summary.tracing import trace_export, trace_off, trace_on
from tfcompat_tape.summary.writers import SummaryWriter, create_file_writer, create_noop_writer, flush
from tfcompat_tape.summary.writing import write

__all__ = [
    "SummaryWriter",
    "audio",
    "create_file_writer",
    "create_noop_writer",
    "experimental",
    "flush",
    "graph",
    "histogram",
    "image",
    "record_if",
    "scalar",
    "should_record_summaries",
    "text",
    "trace_export",
    "trace_off",
    "trace_on",
    "write",
]

__getattr__ = namespace(globals(), "tf.summary")
