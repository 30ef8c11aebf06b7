"""The values of features, read from the bytes of examples; faster than by way of messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.wire import BYTES, FIXED32, VARINT, DecodeError, fields, read_varint, varint

KINDS = {1: dtypes.string, 2: dtypes.float32, 3: dtypes.int64}


class Values:
    """The values of one feature: as they stand in the message, strings in a list, numbers packed.

    Attributes:
      dtype: of the values.
      data: the strings; the bytes of floats; the bytes of integers of seven bits to a byte.
    """

    __slots__ = ("_array", "data", "dtype")

    def __init__(self, dtype: dtypes.DType, data: Any) -> None:
        self.dtype = dtype
        self.data = data
        self._array: np.ndarray[Any, Any] | None = None

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """The values."""
        if self._array is None:
            self._array = array_of(self.dtype, self.data)
        return self._array


def array_of(dtype: dtypes.DType, data: Any) -> np.ndarray[Any, Any]:
    """Data of `Values`, or of several on end, as an array."""
    if dtype is dtypes.float32:
        return np.frombuffer(data, "<f4").astype(np.float32)
    if dtype is dtypes.int64:
        return _varints(data)
    array = np.empty(len(data), object)
    array[:] = data
    return array


def on_end(dtype: dtypes.DType, several: Sequence[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The values of several `Values.data` of one dtype on end, and how many each has."""
    sizes = np.fromiter(map(len, several), np.int64, len(several))
    if dtype is dtypes.string:
        return array_of(dtype, [text for texts in several for text in texts]), sizes
    whole = b"".join(several)
    if dtype is dtypes.float32:
        return array_of(dtype, whole), sizes // 4
    until = np.concatenate([[0], np.cumsum(np.frombuffer(whole, np.uint8) < 0x80)])
    ends = np.cumsum(sizes)
    return array_of(dtype, whole), until[ends] - until[ends - sizes]


Features = dict[str, Values | None]


def example(data: bytes) -> Features:
    """The features of an Example.

    Raises:
      InvalidArgumentError: bytes that are none.
    """
    try:
        found: Features = {}
        for start, end in _parts(data, 0, len(data), 1):
            found.update(_features(data[start:end]))
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


def _parts(data: bytes, at: int, end: int, wanted: int) -> list[tuple[int, int]]:
    """Where those fields of bytes of a message begin and end that have this number, below 16."""
    found = []
    expected = wanted << 3 | BYTES
    try:
        while at < end:
            if data[at] == expected:
                size = data[at + 1]
                if size < 0x80:
                    start = at + 2
                else:
                    size, start = read_varint(data, at + 1)
                at = start + size
                if at > end:
                    raise DecodeError("Wire format was corrupt")
                found.append((start, at))
            else:
                number, kind, value, whole = next(fields(data[at:end]))
                at += len(whole)
                if number == wanted and kind == BYTES and isinstance(value, bytes):
                    found.append((at - len(value), at))
    except IndexError:
        raise DecodeError("Wire format was corrupt") from None
    return found


def _plain(data: bytes, at: int, end: int) -> tuple[str, Values] | None:
    """An entry as it usually is: a name, and one list with all the values in one piece. `None`: it is another one."""
    try:
        if data[at] != 0x0A or data[at + 1] >= 0x80:
            return None
        after = at + 2 + data[at + 1]
        if data[after] != 0x12:
            return None
        stop, start = after, after + 1
        name = data[at + 2 : after]
        kind = 0
        for level in range(3):  # of the feature, of the list, of the values
            if level:
                tag = data[start]
                if level == 1:
                    kind = tag
                elif tag != 0x0A:
                    return None
                start += 1
            size = data[start]
            if size < 0x80:
                start += 1
            else:
                second = data[start + 1]
                if second >= 0x80:
                    return None
                size, start = size & 0x7F | second << 7, start + 2
            stop = start + size
            if stop != end:
                return None
    except IndexError:
        return None
    part = data[start:stop]
    if kind == 0x1A:
        if size and (part[-1] >= 0x80 or (size > _MOST and _TOO_LONG.search(part))):
            return None
        return name.decode("utf-8"), Values(dtypes.int64, part)
    if kind == 0x12:
        return None if size % 4 else (name.decode("utf-8"), Values(dtypes.float32, part))
    return (name.decode("utf-8"), Values(dtypes.string, [part])) if kind == 0x0A else None


def _blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, kind, value, _ in fields(data):
        if kind == BYTES and isinstance(value, bytes):
            yield number, value


def _entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The entries of a map, which is field 1."""
    for number, entry in _blocks(data):
        if number == 1:
            yield _entry(entry)


def _entry(data: bytes) -> tuple[str, bytes]:
    parts = dict(_blocks(data))
    return parts.get(1, b"").decode("utf-8"), parts.get(2, b"")


def _features(data: bytes) -> Features:
    found: Features = {}
    for first, last in _parts(data, 0, len(data), 1):
        plain = _plain(data, first, last)
        if plain is None:
            key, part = _entry(data[first:last])
            found[key] = _feature(part)
        else:
            found[plain[0]] = plain[1]
    return found


def _feature(data: bytes) -> Values | None:
    """The values, or None where the feature is of no kind."""
    found = None
    for number, part in _blocks(data):
        if number in KINDS:
            found = Values(KINDS[number], _LISTS[number](part))
    return found


def _strings(data: bytes) -> list[bytes]:
    return [value for number, value in _blocks(data) if number == 1]


def _floats(data: bytes) -> bytes:
    parts = [
        value
        for number, kind, value, _ in fields(data)
        if number == 1 and kind in (BYTES, FIXED32) and isinstance(value, bytes)
    ]
    whole = b"".join(parts)
    if len(whole) % 4:
        raise DecodeError("Wire format was corrupt")
    return whole


def _integers(data: bytes) -> bytes:
    parts = []
    for number, kind, value, _ in fields(data):
        if number != 1:
            continue
        if isinstance(value, bytes):
            if value and (value[-1] >= 0x80 or _TOO_LONG.search(value)):
                raise DecodeError("Wire format was corrupt")
            parts.append(value)
        elif kind == VARINT:
            parts.append(varint(value))
    return b"".join(parts)


_MOST = 10  # bytes of an integer
_TOO_LONG = re.compile(rb"[\x80-\xff]{10}")


def _varints(data: bytes) -> np.ndarray[Any, Any]:
    """Packed integers, all at once."""
    if len(data) < _SHORT:
        return _few_varints(data)
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets < 128)
    if len(ends) == len(octets):
        return octets.astype(np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    places = np.arange(len(octets)) - np.repeat(starts, lengths)
    parts = (octets & 127).astype(np.uint64) << (7 * places).astype(np.uint64)
    return np.bitwise_or.reduceat(parts, starts).astype(np.int64)


_SHORT = 48  # bytes, up to which Python is the faster one


def _few_varints(data: bytes) -> np.ndarray[Any, Any]:
    values, value, shift = [], 0, 0
    for octet in data:
        value |= (octet & 127) << shift
        if octet < 128:
            values.append(value & 0xFFFFFFFFFFFFFFFF)
            value = shift = 0
        else:
            shift += 7
    return np.array(values, np.uint64).astype(np.int64)


_LISTS = {1: _strings, 2: _floats, 3: _integers}
