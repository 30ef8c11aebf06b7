"""Parts of partitioned tensors: where a part lies, and the key under which the index has it.

Such keys sort as what they are made of does: the name, and for each dimension where the part begins and how long it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_WHOLE = -1  # the length of a dimension that is not cut


def of_message(message: Any) -> list[tuple[int, int]]:
    """Where a part begins in each dimension, and how long it is; -1 is as long as the dimension."""
    return [
        (extent.start, extent.length if extent.WhichOneof("has_length") else _WHOLE)
        for extent in message.extent
    ]


def places(part: Sequence[tuple[int, int]]) -> tuple[slice, ...]:
    """The part as an index of an array."""
    return tuple(slice(start, None if length == _WHOLE else start + length) for start, length in part)


def key(name: str, part: Sequence[tuple[int, int]]) -> bytes:
    """The key of a part of the tensor `name`."""
    found = _number(0) + _text(name.encode()) + _number(len(part))
    return found + b"".join(_signed(start) + _signed(length) for start, length in part)


def _number(number: int) -> bytes:
    """As many bytes as it takes, and before them how many those are."""
    size = (number.bit_length() + 7) // 8
    return bytes([size]) + number.to_bytes(size, "big")


def _text(text: bytes) -> bytes:
    return text.replace(b"\xff", b"\xff\x00").replace(b"\0", b"\0\xff") + b"\0\x01"


def _signed(number: int) -> bytes:
    """As few bytes as it takes; how many those are is said by the first bits, turned over for negative numbers."""
    size = 1
    while not -(1 << 7 * size - 1) <= number < 1 << 7 * size - 1:
        size += 1
    bits = 8 * size
    header = ((1 << size) - 1) << (bits - size)
    return ((number & (1 << bits) - 1) ^ header).to_bytes(size, "big")
