"""The namespace `tf.io`: tensors as bytes and text, files, records. Nothing of this is differentiable."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.io import gfile
from tfcompat_tape.io.compression import decode_compressed
from tfcompat_tape.io.encoding import decode_base64, decode_raw, encode_base64
from tfcompat_tape.io.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    VarLenFeature,
)
from tfcompat_tape.io.files import match_filenames_once, matching_files, read_file, write_file
from tfcompat_tape.io.graph_files import write_graph
from tfcompat_tape.io.parsing import parse_example, parse_single_example
from tfcompat_tape.io.records import TFRecordOptions, TFRecordWriter
from tfcompat_tape.io.sequences import parse_sequence_example, parse_single_sequence_example
from tfcompat_tape.io.serialized import (
    deserialize_many_sparse,
    parse_tensor,
    serialize_many_sparse,
    serialize_sparse,
    serialize_tensor,
)
from tfcompat_tape.io.tables import decode_csv
from tfcompat_tape.io.text import decode_json_example

_IMAGES = (
    "decode_and_crop_jpeg",
    "decode_bmp",
    "decode_gif",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "decode_webp",
    "encode_jpeg",
    "encode_png",
    "extract_jpeg_shape",
    "is_jpeg",
)

__all__ = [
    "FixedLenFeature",
    "FixedLenSequenceFeature",
    "RaggedFeature",
    "SparseFeature",
    "TFRecordOptions",
    "TFRecordWriter",
    "VarLenFeature",
    "decode_base64",
    "decode_compressed",
    "decode_csv",
    "decode_json_example",
    "decode_raw",
    "deserialize_many_sparse",
    "encode_base64",
    "gfile",
    "match_filenames_once",
    "matching_files",
    "parse_example",
    "parse_sequence_example",
    "parse_single_example",
    "parse_single_sequence_example",
    "parse_tensor",
    "read_file",
    "serialize_many_sparse",
    "serialize_sparse",
    "serialize_tensor",
    "write_file",
]

__getattr__ = namespace(globals(), "tf.io", later=dict.fromkeys(_IMAGES, "tfcompat_tape.image.files"))
