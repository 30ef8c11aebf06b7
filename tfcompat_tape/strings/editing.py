"""Strings one by one: their lengths, cases and parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, broadcast, same
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32, int64, string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops.text import allowed
from tfcompat_tape.strings.texts import UNITS, characters, each, made, numbers, strings

__all__ = ["length", "lower", "strip", "substr", "upper"]

_SPACE = b" \t\n\v\f\r"


@at_call(same(int32))
def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Tensor:
    """The length of each string, int32, in bytes or UTF-8 characters.

    Args:
      unit: "BYTE" or "UTF8_CHAR".

    Raises:
      InvalidArgumentError: another unit.

    Source: `tf.strings.length`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.length(["a", "é"], unit="BYTE").numpy().tolist()
    [1, 2]
    """
    unit = "BYTE" if unit is None else unit
    allowed("StringLength", "unit", unit, UNITS)
    array = strings(input, "StringLength")
    if unit == "BYTE":
        lengths = [len(text) for text in array.ravel().tolist()]
    else:
        lengths = [sum(byte & 0xC0 != 0x80 for byte in text) for text in array.ravel().tolist()]
    return numbers(lengths, array.shape, np.int32)


@at_call(same(string))
def lower(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Each string in lower case: the letters of ASCII, or with the encoding "utf-8" all letters.

    Raises:
      InvalidArgumentError: another encoding.

    Source: `tf.strings.lower`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.lower("AbC").numpy()
    b'abc'
    """
    return _cased("StringLower", input, encoding, bytes.lower, str.lower)


@at_call(same(string))
def upper(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Each string in upper case: the letters of ASCII, or with the encoding "utf-8" all letters.

    Raises:
      InvalidArgumentError: another encoding.

    Source: `tf.strings.upper`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.upper("aé", encoding="utf-8").numpy().decode()
    'AÉ'
    """
    return _cased("StringUpper", input, encoding, bytes.upper, str.upper)


def _cased(op: str, input: Any, encoding: str, of_bytes: Any, of_text: Any) -> Tensor:
    if encoding == "":
        return each(of_bytes, strings(input, op))
    if str(encoding).lower() not in ("utf-8", "utf8"):
        raise invalid(f"{op}: only utf-8 or '' (no encoding) is supported, received {encoding}")
    return each(lambda text: of_text(text.decode("utf-8", "replace")).encode("utf-8"), strings(input, op))


@at_call(same(string))
def strip(input: Any, name: str | None = None) -> Tensor:
    """Each string without the white space of ASCII at its ends.

    Source: `tf.strings.strip`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.strip([" a b "]).numpy().tolist()
    [b'a b']
    """
    return each(lambda text: text.strip(_SPACE), strings(input, "StringStrip"))


def _as_substr(input: Any, pos: Any, len: Any, unit: Any = None, name: Any = None) -> Any:
    return broadcast(string, input, pos)


@at_call(_as_substr)
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> Tensor:
    """`len` bytes or UTF-8 characters of each string from position `pos` on, or as many as there are.

    Args:
      input: strings, of a shape that broadcasts with that of `pos` and `len`.
      pos: int32 or int64; counted from the end if negative.
      len: of the shape and dtype of `pos`; negative for all that there are.
      unit: "BYTE" or "UTF8_CHAR".

    Raises:
      InvalidArgumentError: a position outside a string, shapes or dtypes that do not fit, another unit.

    Source: `tf.strings.substr`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.substr(["hello", "world"], 1, 3).numpy().tolist()
    [b'ell', b'orl']
    """
    unit = "BYTE" if unit is None else unit
    allowed("Substr", "unit", unit, UNITS)
    array = strings(input, "Substr")
    start = convert(pos)
    count = convert(len, start.dtype if not isinstance(len, Tensor) else None)
    if start.dtype != count.dtype:
        raise invalid(
            "Substr: cannot compute Substr as input #2(zero-based) was expected to be a "
            f"{type_name(start.dtype)} tensor but is a {type_name(count.dtype)} tensor"
        )
    if start.dtype not in (int32, int64):
        raise invalid(
            f"Substr: Value for attr 'T' of {type_name(start.dtype)} is not in the list of allowed values: "
            "int32, int64"
        )
    starts, counts = to_numpy(start._t), to_numpy(count._t)
    if starts.shape != counts.shape:
        raise invalid(
            f"Substr: pos and len should have the same shape, got: {list(starts.shape)} vs. {list(counts.shape)}"
        )
    try:
        texts, starts, counts = np.broadcast_arrays(array, starts, counts)
    except ValueError:
        raise invalid(f"Substr: incompatible shapes: {list(array.shape)} vs. {list(starts.shape)}") from None
    triples = zip(texts.ravel().tolist(), starts.ravel().tolist(), counts.ravel().tolist(), strict=True)
    found = [_part(*triple, i, unit) for i, triple in enumerate(triples)]
    return made(found, texts.shape)


def _part(text: bytes, start: int, count: int, index: int, unit: str) -> bytes:
    parts: Any = text if unit == "BYTE" else characters(text)
    size = parts.__len__()
    if not -size <= start <= size:
        which = f" {text!r}" if unit == "BYTE" else ""
        raise invalid(f"Substr: pos {start} out of range for string{which} at index {index}")
    start += size if start < 0 else 0
    taken = parts[start:] if count < 0 else parts[start : start + count]
    return taken if unit == "BYTE" else b"".join(taken)
