"""The values of features, read from the bytes of examples; faster than by way of messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.wire import BYTES, FIXED32, VARINT, DecodeError, fields, signed

KINDS = {1: dtypes.string, 2: dtypes.float32, 3: dtypes.int64}


class Values(NamedTuple):
    """The values of one feature, and their dtype."""

    dtype: dtypes.DType
    array: np.ndarray[Any, Any]


Features = dict[str, Values | None]


def example(data: bytes) -> Features:
    """The features of an Example.

    Raises:
      InvalidArgumentError: bytes that are none.
    """
    try:
        found: Features = {}
        for number, part in _blocks(data):
            if number == 1:
                found.update(_features(part))
        return found
    except (DecodeError, UnicodeDecodeError):
        raise invalid(f"Could not parse example input, value: '{data.decode('utf-8', 'replace')}'") from None


def sequence_example(data: bytes) -> tuple[Features, dict[str, list[Values | None]]]:
    """The features of the context of a SequenceExample, and those of each step. Errors: as `example`."""
    try:
        context: Features = {}
        steps: dict[str, list[Values | None]] = {}
        for number, part in _blocks(data):
            if number == 1:
                context.update(_features(part))
            elif number == 2:
                for key, listed in _entries(part):
                    steps[key] = [_feature(one) for which, one in _blocks(listed) if which == 1]
        return context, steps
    except (DecodeError, UnicodeDecodeError):
        raise invalid(f"Could not parse example input, value: '{data.decode('utf-8', 'replace')}'") from None


def _blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, kind, value, _ in fields(data):
        if kind == BYTES and isinstance(value, bytes):
            yield number, value


def _entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The entries of a map, which is field 1."""
    for number, entry in _blocks(data):
        if number == 1:
            parts = dict(_blocks(entry))
            yield parts.get(1, b"").decode("utf-8"), parts.get(2, b"")


def _features(data: bytes) -> Features:
    return {key: _feature(part) for key, part in _entries(data)}


def _feature(data: bytes) -> Values | None:
    """The values, or None where the feature is of no kind."""
    found = None
    for number, part in _blocks(data):
        if number in KINDS:
            found = Values(KINDS[number], _LISTS[number](part))
    return found


def _strings(data: bytes) -> np.ndarray[Any, Any]:
    texts = [value for number, value in _blocks(data) if number == 1]
    array = np.empty(len(texts), object)
    array[:] = texts
    return array


def _floats(data: bytes) -> np.ndarray[Any, Any]:
    parts = [
        value
        for number, kind, value, _ in fields(data)
        if number == 1 and kind in (BYTES, FIXED32) and isinstance(value, bytes)
    ]
    whole = b"".join(parts)
    if len(whole) % 4:
        raise DecodeError("Wire format was corrupt")
    return np.frombuffer(whole, "<f4").astype(np.float32)


def _integers(data: bytes) -> np.ndarray[Any, Any]:
    parts = []
    for number, kind, value, _ in fields(data):
        if number != 1:
            continue
        if isinstance(value, bytes):
            parts.append(_varints(value))
        elif kind == VARINT:
            parts.append(np.array([signed(value)], np.int64))
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _varints(data: bytes) -> np.ndarray[Any, Any]:
    """Packed integers, all at once."""
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets < 128)
    if not len(octets):
        return np.zeros(0, np.int64)
    if not len(ends) or ends[-1] != len(octets) - 1:
        raise DecodeError("Wire format was corrupt")
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > 10:
        raise DecodeError("Wire format was corrupt")
    places = np.arange(len(octets)) - np.repeat(starts, lengths)
    parts = (octets & 127).astype(np.uint64) << (7 * places).astype(np.uint64)
    return np.bitwise_or.reduceat(parts, starts).astype(np.int64)


_LISTS = {1: _strings, 2: _floats, 3: _integers}
