"""The namespace `tf.strings`. Strings are arrays of bytes; nothing of this is differentiable."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.ops import code_points as code_points  # its ops are in tf.raw_ops
from tfcompat_tape.strings.editing import length, lower, strip, substr, upper
from tfcompat_tape.strings.formatting import as_string, format
from tfcompat_tape.strings.hashing import to_hash_bucket, to_hash_bucket_fast, to_hash_bucket_strong
from tfcompat_tape.strings.joining import join, reduce_join, unsorted_segment_join
from tfcompat_tape.strings.matching import regex_full_match, regex_replace
from tfcompat_tape.strings.numbers import to_number

_PARTS = {
    "bytes_split": "tfcompat_tape.strings.splitting",
    "ngrams": "tfcompat_tape.strings.splitting",
    "split": "tfcompat_tape.strings.splitting",
    "unicode_decode": "tfcompat_tape.strings.unicode",
    "unicode_decode_with_offsets": "tfcompat_tape.strings.unicode",
    "unicode_encode": "tfcompat_tape.strings.unicode",
    "unicode_script": "tfcompat_tape.strings.unicode",
    "unicode_split": "tfcompat_tape.strings.unicode",
    "unicode_split_with_offsets": "tfcompat_tape.strings.unicode",
    "unicode_transcode": "tfcompat_tape.strings.unicode",
}
__all__ = [
    "as_string",
    "format",
    "join",
    "length",
    "lower",
    "reduce_join",
    "regex_full_match",
    "regex_replace",
    "strip",
    "substr",
    "to_hash_bucket",
    "to_hash_bucket_fast",
    "to_hash_bucket_strong",
    "to_number",
    "unsorted_segment_join",
    "upper",
    *_PARTS,
]

__getattr__ = namespace(globals(), "tf.strings", later=_PARTS)
