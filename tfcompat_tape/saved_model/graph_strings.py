"""Ops on strings in TensorFlow's graphs, by the functions that `tf.strings` and `tf.io` have for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Outputs = dict[str, list[Any]]


def _of(
    place: str, name: str, output: str = "output", many: bool = False, **attributes: str
) -> Callable[..., Outputs]:
    """An op that a public function computes.

    Args:
      place: the namespace; `name`: the function.
      output: what TensorFlow calls the result.
      many: the inputs are one list.
      attributes: the function's names of the op's attributes.
    """

    def run(attrs: Mapping[str, Any], *inputs: Any) -> Outputs:
        import tfcompat_tape

        function = getattr(getattr(tfcompat_tape, place), name)
        named = {ours: attrs[theirs] for theirs, ours in attributes.items() if theirs in attrs}
        return {output: [function(list(inputs), **named) if many else function(*inputs, **named)]}

    return run


def _split(attrs: Mapping[str, Any], text: Any, sep: Any) -> Outputs:
    from tfcompat_tape import strings

    separator = sep.numpy().decode()
    found = strings.split(text, separator or None, attrs.get("maxsplit", -1)).to_sparse()
    return {"indices": [found.indices], "values": [found.values], "shape": [found.dense_shape]}


def _replace(attrs: Mapping[str, Any], text: Any) -> Outputs:
    from tfcompat_tape import strings

    every = attrs.get("replace_global", True)
    return {"output": [strings.regex_replace(text, attrs["pattern"], attrs["rewrite"], every)]}


def _matches(attrs: Mapping[str, Any], text: Any) -> Outputs:
    from tfcompat_tape import strings

    return {"output": [strings.regex_full_match(text, attrs["pattern"])]}


def _reduced(attrs: Mapping[str, Any], text: Any, axes: Any) -> Outputs:
    from tfcompat_tape import strings

    axis = axes.numpy().ravel().tolist()
    keep, between = attrs.get("keep_dims", False), attrs.get("separator", "")
    return {"output": [strings.reduce_join(text, axis, keep, between)]}


def _bytes(attrs: Mapping[str, Any], text: Any, delimiter: Any) -> Outputs:
    """StringSplit: at any of these bytes, or into all bytes where there are none."""
    from tfcompat_tape import strings
    from tfcompat_tape.core.errors import unimplemented

    if delimiter.numpy() or (attrs.get("skip_empty", True) is False and delimiter.numpy()):
        raise unimplemented("StringSplit with delimiters is not run from graphs here.")
    found = strings.bytes_split(text).to_sparse()
    return {"indices": [found.indices], "values": [found.values], "shape": [found.dense_shape]}


def _padded(attrs: Mapping[str, Any], shape: Any, values: Any, default: Any, *partitions: Any) -> Outputs:
    """RaggedTensorToTensor: values in rows, as partitions of several kinds say."""
    from tfcompat_tape import RaggedTensor
    from tfcompat_tape.core.errors import unimplemented

    kinds = list(attrs["row_partition_types"])
    left = list(partitions)
    for kind in reversed(kinds):
        if kind == "ROW_SPLITS":
            values = RaggedTensor.from_row_splits(values, left.pop())
        elif kind == "VALUE_ROWIDS":
            rows = left[0] if len(left) == 2 and kinds[0] == "FIRST_DIM_SIZE" else None
            values = RaggedTensor.from_value_rowids(values, left.pop(), rows)
        elif kind != "FIRST_DIM_SIZE":
            raise unimplemented(f"RaggedTensorToTensor with {kind} is not run from graphs here.")
    wanted = None if not shape.shape.rank else [None if n < 0 else n for n in shape.numpy().tolist()]
    return {"result": [values.to_tensor(default, shape=wanted)]}


STRINGS: dict[str, Callable[..., Outputs]] = {
    "AsString": _of(
        "strings",
        "as_string",
        precision="precision",
        scientific="scientific",
        shortest="shortest",
        width="width",
        fill="fill",
    ),
    "DecodeBase64": _of("io", "decode_base64"),
    "EncodeBase64": _of("io", "encode_base64", pad="pad"),
    "RaggedTensorToTensor": _padded,
    "ReduceJoin": _reduced,
    "RegexFullMatch": _of("strings", "regex_full_match"),
    "RegexReplace": _of("strings", "regex_replace", replace_global="replace_global"),
    "StaticRegexFullMatch": _matches,
    "StaticRegexReplace": _replace,
    "StringJoin": _of("strings", "join", many=True, separator="separator"),
    "StringLength": _of("strings", "length", unit="unit"),
    "StringLower": _of("strings", "lower", encoding="encoding"),
    "StringSplit": _bytes,
    "StringSplitV2": _split,
    "StringStrip": _of("strings", "strip"),
    "StringToHashBucket": _of("strings", "to_hash_bucket", num_buckets="num_buckets"),
    "StringToHashBucketFast": _of("strings", "to_hash_bucket_fast", num_buckets="num_buckets"),
    "StringToHashBucketStrong": _of("strings", "to_hash_bucket_strong", num_buckets="num_buckets", key="key"),
    "StringToNumber": _of("strings", "to_number", out_type="out_type"),
    "StringUpper": _of("strings", "upper", encoding="encoding"),
    "Substr": _of("strings", "substr", unit="unit"),
    "UnicodeTranscode": _of(
        "strings",
        "unicode_transcode",
        input_encoding="input_encoding",
        output_encoding="output_encoding",
        errors="errors",
        replacement_char="replacement_char",
        replace_control_characters="replace_control_characters",
    ),
    "UnsortedSegmentJoin": _of("strings", "unsorted_segment_join", separator="separator"),
}
