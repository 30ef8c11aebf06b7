"""Strings in other encodings."""

from __future__ import annotations

import codecs
from typing import Any

import numpy as np

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.strings.texts import allowed, each, made, strings

__all__ = ["unicode_encode", "unicode_transcode"]

_ENCODINGS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
_ERRORS = ("strict", "replace", "ignore")


def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Tensor:
    """Each string of one encoding in another.

    Args:
      input_encoding: any that Python knows.
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: "replace" what is no text by `replacement_char`, "ignore" it, or "strict".
      replace_control_characters: replace the control characters of ASCII and Latin-1, too.

    Raises:
      InvalidArgumentError: text that is none, if strict; another encoding.

    Source: `tf.strings.unicode_transcode`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_transcode(["é"], "UTF-8", "UTF-16-BE").numpy().tolist()
    [b'\\x00\\xe9']
    """
    allowed("UnicodeTranscode", "output_encoding", output_encoding, tuple(_ENCODINGS))
    allowed("UnicodeTranscode", "errors", errors, _ERRORS)
    source = decoder(input_encoding, "UnicodeTranscode")
    array = strings(input, "UnicodeTranscode")

    def transcoded(text: bytes) -> bytes:
        points = decoded(text, source, errors, replacement_char, replace_control_characters)
        return "".join(map(chr, points)).encode(_ENCODINGS[output_encoding], "surrogatepass")

    return each(transcoded, array)


def decoder(encoding: str, op: str) -> str:
    """Python's name of an encoding; InvalidArgumentError if there is none."""
    try:
        return codecs.lookup(_ENCODINGS.get(encoding.upper(), encoding)).name
    except LookupError:
        raise invalid(f"{op}: Could not create converter for input encoding: {encoding}") from None


def decoded(text: bytes, encoding: str, errors: str, replacement: int, controls: bool) -> list[int]:
    """The code points of a string."""
    how = _replacing(replacement) if errors == "replace" else errors
    try:
        found = text.decode(encoding, how)
    except UnicodeDecodeError:
        raise invalid("Invalid formatting on input string") from None
    points = [ord(char) for char in found]
    if controls:
        points = [replacement if point < 32 or 127 <= point < 160 else point for point in points]
    return points


def _replacing(replacement: int) -> str:
    """The name of an error handler that puts this character."""
    if replacement == 0xFFFD:
        return "replace"
    name = f"tfcompat_tape.replace.{replacement}"
    codecs.register_error(name, lambda error: (chr(replacement), error.end))  # type: ignore[attr-defined]
    return name


def unicode_encode(
    input: Any,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Tensor:
    """Strings of code points, which lie along the last axis.

    Args:
      input: int32 of shape `[..., characters]`.
      output_encoding, errors, replacement_char: as in `unicode_transcode`.

    Raises:
      ValueError: a scalar.
      InvalidArgumentError: a number that is no code point, if strict; another encoding.

    Source: `tf.strings.unicode_encode`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_encode([104, 233], "UTF-8").numpy().decode()
    'hé'
    """
    allowed("UnicodeEncode", "output_encoding", output_encoding, tuple(_ENCODINGS))
    allowed("UnicodeEncode", "errors", errors, _ERRORS)
    points = to_numpy(convert(input)._t)
    if points.ndim == 0:
        raise ValueError("input_tensor's rank must be at least 1.")
    shape = points.shape[:-1]
    rows = points.reshape(int(np.prod(shape, dtype=np.int64)), points.shape[-1]).tolist()
    return made([_encoded(row, output_encoding, errors, replacement_char) for row in rows], shape)


def _encoded(points: list[int], encoding: str, errors: str, replacement: int) -> bytes:
    found = []
    for point in points:
        if 0 <= point < 0x110000 and not 0xD800 <= point < 0xE000:
            found.append(point)
        elif errors == "strict":
            raise invalid("UnicodeEncode: Code point is out of range for Unicode, or is a surrogate.")
        elif errors == "replace":
            found.append(replacement)
    return "".join(map(chr, found)).encode(_ENCODINGS[encoding])
