"""Examples that are written as JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, same
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.message_values import KINDS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wire import block, tag
from tfcompat_tape.strings.texts import each, strings

_KINDS = {"bytesList": (1, "bytes"), "floatList": (2, "float"), "int64List": (3, "int64")}
_SPELLED = {"bytes_list": "bytesList", "float_list": "floatList", "int64_list": "int64List"}


@at_call(same(string))
def decode_json_example(json_examples: Any, name: str | None = None) -> Tensor:
    """Examples in JSON as the bytes of `tf.train.Example`, which `tf.io.parse_example` reads.

    Errors: InvalidArgumentError for what is no JSON or no Example, TypeError for what is no string.
    Source: `tf.io.decode_json_example`.

    >>> import tfcompat_tape as tf
    >>> data = tf.io.decode_json_example('{"features": {"feature": {"age": {"int64List": {"value": [29]}}}}}')
    >>> tf.train.Example.FromString(data.numpy()).features.feature["age"].int64_list.value
    [29]
    """
    return each(_example, strings(json_examples, "DecodeJSONExample"))


def _wrong(what: str) -> Exception:
    return invalid(f"DecodeJSONExample: Error while parsing JSON: {what}")


def _example(text: bytes) -> bytes:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _wrong(f"invalid JSON in type.googleapis.com/tensorflow.Example: {error}") from None
    features = _only(found, "Example", "features").get("features")
    if features is None:
        return b""
    return block(1, _features(_only(features, "Features", "feature").get("feature")))


def _only(value: Any, message: str, *names: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(f"message tensorflow.{message}: unexpected {value!r}; expected '{{'")
    for name in value:
        if name not in names:
            raise _wrong(f"message tensorflow.{message}: no such field: '{name}'")
    return value


def _features(entries: Any) -> bytes:
    if entries is None:
        return b""
    if not isinstance(entries, dict):
        raise _wrong(f"message tensorflow.Features: unexpected {entries!r}; expected '{{'")
    return b"".join(
        block(1, block(1, name.encode()) + block(2, _feature(one))) for name, one in entries.items()
    )


def _feature(value: Any) -> bytes:
    found = _only(value, "Feature", *_KINDS, *_SPELLED)
    if len(found) > 1:
        raise _wrong("message tensorflow.Feature: more than one of a kind")
    for name, part in found.items():
        number, kind = _KINDS[_SPELLED.get(name, name)]
        listed = _only(part, f"{name[0].upper()}{name[1:]}", "value").get("value", [])
        listed = listed if isinstance(listed, list) else [listed]
        form = KINDS[kind]
        return block(number, b"".join(tag(1, form.wire) + form.write(_one(item, kind)) for item in listed))
    return b""


def _one(value: Any, kind: str) -> Any:
    try:
        if kind == "bytes":
            return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if "-" in value else None)
        if kind == "float":
            return np.float32(value)
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError(value)
        return KINDS[kind].check(int(value), "value")
    except (TypeError, ValueError):
        raise _wrong(f"invalid value {value!r} of kind {kind}") from None
