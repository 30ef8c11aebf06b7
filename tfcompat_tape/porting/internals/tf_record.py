"""`tensorflow.python.lib.io.tf_record`: files of records."""

from __future__ import annotations

from tfcompat_tape.compat._v1.files import TFRecordCompressionType, tf_record_iterator
from tfcompat_tape.io import TFRecordOptions, TFRecordWriter

__all__ = ["TFRecordCompressionType", "TFRecordOptions", "TFRecordWriter", "tf_record_iterator"]
