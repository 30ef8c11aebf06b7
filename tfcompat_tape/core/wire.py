"""Protocol buffers' wire format: numbers of seven bits to a byte, and fields with a number and a kind."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_GROUP, _GROUP_END = 3, 4  # an old way to write a message within another, which is read past


class DecodeError(Exception):
    """Bytes that are no message of the wanted kind."""


def varint(number: int) -> bytes:
    """A 64-bit integer, seven bits to a byte, the last byte without the high bit; negative ones by two's complement."""
    number &= (1 << 64) - 1
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends."""
    number = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & (1 << 64) - 1, at
    raise DecodeError("Wire format was corrupt")


def signed(number: int) -> int:
    """What an unsigned number of 64 bits is by two's complement."""
    return number - (1 << 64) if number >> 63 else number


def tag(number: int, kind: int) -> bytes:
    """What stands before a field."""
    return varint(number << 3 | kind)


def block(number: int, data: bytes) -> bytes:
    """A field of bytes: a string, a message, packed numbers."""
    return varint(number << 3 | BYTES) + varint(len(data)) + data


def fields(data: bytes) -> Iterator[tuple[int, int, int | bytes, bytes]]:
    """The fields of a message in order: number, kind, value, and the bytes that the field takes.

    Values are the number of a varint, or bytes.

    Raises:
      DecodeError: bytes that are no message.
    """
    at, end = 0, len(data)
    while at < end:
        start = at
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        value: int | bytes
        if not number or number >> 29:
            raise DecodeError("Wire format was corrupt")
        if kind == VARINT:
            value, at = read_varint(data, at)
        elif kind in (FIXED64, FIXED32, BYTES):
            size, at = read_varint(data, at) if kind == BYTES else (8 if kind == FIXED64 else 4, at)
            value = data[at : at + size]
            at += size
            if at > end:
                raise DecodeError("Wire format was corrupt")
        elif kind == _GROUP:
            at = _past_group(data, at, number)
            value = data[start:at]
        else:
            raise DecodeError("Wire format was corrupt")
        yield number, kind, value, data[start:at]


def _past_group(data: bytes, at: int, number: int) -> int:
    """Where the group `number` ends whose fields begin at `at`."""
    while True:
        key, after = read_varint(data, at)
        if key & 7 == _GROUP_END:
            if key >> 3 != number:
                raise DecodeError("Wire format was corrupt")
            return after
        field = next(fields(data[at:]), None)
        if field is None:
            raise DecodeError("Wire format was corrupt")
        at += len(field[3])
