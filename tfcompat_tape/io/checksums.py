"""CRC-32C, as TensorFlow writes it beside the bytes of a record.

Long data are cut into lanes of one length, which NumPy takes two bytes at a time, some thousand lanes at once, which
the cache holds. As the sum is linear, those of the lanes are put together by what a lane of zeros makes of each. Of
shorter data the sum is that of what each byte makes of it where it stands.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

_POLYNOMIAL = 0x82F63B78
_LANE = 256
_AT_ONCE = 4096
_PIECE = 1024
_FEW = 24  # bytes that are taken one by one
_MASK = 0xFFFFFFFF


@cache
def _table() -> np.ndarray[Any, Any]:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ np.uint32(_POLYNOMIAL), values >> 1)
    return values


@cache
def _pairs() -> np.ndarray[Any, Any]:
    """What each two bytes make of a sum."""
    values = np.arange(1 << 16, dtype=np.uint32)
    for _ in range(16):
        values = np.where(values & 1, values >> 1 ^ np.uint32(_POLYNOMIAL), values >> 1)
    return values


def _sums(data: Any, lanes: int) -> np.ndarray[Any, Any]:
    """The sum of each lane, which begins at 0."""
    pairs = np.frombuffer(data, "<u2", lanes * _LANE // 2).reshape(lanes, _LANE // 2)
    table, found = _pairs(), np.empty(lanes, np.uint32)
    for start in range(0, lanes, _AT_ONCE):
        columns = np.ascontiguousarray(pairs[start : start + _AT_ONCE].T)
        sums = np.zeros(columns.shape[1], np.uint32)
        for column in columns:
            sums = table[(sums ^ column) & 0xFFFF] ^ sums >> np.uint32(16)
        found[start : start + _AT_ONCE] = sums
    return found


@cache
def _listed() -> list[int]:
    found: list[int] = _table().tolist()
    return found


@cache
def _by_place() -> np.ndarray[Any, Any]:
    """What each byte makes of a sum that begins at 0, by how many bytes stand behind it."""
    found = np.empty((_PIECE, 256), np.uint32)
    sums = found[0] = _table()
    for place in range(1, _PIECE):
        sums = found[place] = _table()[sums & 0xFF] ^ sums >> np.uint32(8)
    return found


def _of_piece(data: Any, found: int) -> int:
    """The sum that goes on from `found`, of at least four bytes and no more than a piece."""
    values = np.frombuffer(data, np.uint8).copy()
    values[:4] ^= np.frombuffer(found.to_bytes(4, "little"), np.uint8)
    places = np.arange(len(values) - 1, -1, -1)
    return int(np.bitwise_xor.reduce(_by_place()[places, values]))


@cache
def _past_a_lane() -> list[list[int]]:
    """For each byte of a sum, what a lane of zeros makes of it."""
    tables = []
    for place in range(4):
        sums = np.arange(256, dtype=np.uint32) << np.uint32(8 * place)
        for _ in range(_LANE):
            sums = _table()[sums & 0xFF] ^ sums >> np.uint32(8)
        tables.append(sums.tolist())
    return tables


def crc32c(data: Any) -> int:
    """The sum of `data`: bytes, or a memoryview of them."""
    lanes = len(data) // _LANE if len(data) >= 16 * _LANE else 0
    whole = lanes * _LANE
    found = _MASK
    if lanes:
        first, second, third, fourth = _past_a_lane()
        for each in _sums(data, lanes).tolist():
            found = (
                first[found & 0xFF]
                ^ second[found >> 8 & 0xFF]
                ^ third[found >> 16 & 0xFF]
                ^ fourth[found >> 24]
                ^ each
            )
    at = whole
    while len(data) - at > _FEW:
        found = _of_piece(data[at : at + _PIECE], found)
        at += min(_PIECE, len(data) - at)
    steps = _listed()
    for byte in data[at:]:
        found = steps[(found ^ byte) & 0xFF] ^ found >> 8
    return found ^ _MASK


def crc32c_of_each(
    data: bytes, starts: np.ndarray[Any, Any], lengths: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """The sums of many parts of `data`, which are computed side by side, two bytes at a time."""
    octets = np.frombuffer(data, np.uint8)
    order = np.argsort(-lengths, kind="stable")
    at, left = starts[order], lengths[order]
    sums = np.full(len(at), _MASK, np.uint32)
    pairs, table = _pairs(), _table()
    for length in range(0, int(left[0]) - 1 if len(left) else 0, 2):
        count = int(np.searchsorted(-left, -(length + 2), side="right"))  # as many are long enough
        places, found = at[:count] + length, sums[:count]
        two = octets[places] | octets[places + 1].astype(np.uint32) << np.uint32(8)
        sums[:count] = pairs[(found ^ two) & 0xFFFF] ^ found >> np.uint32(16)
    odd = np.flatnonzero(left & 1)
    sums[odd] = table[(sums[odd] ^ octets[at[odd] + left[odd] - 1]) & 0xFF] ^ sums[odd] >> np.uint32(8)
    found = np.empty_like(sums)
    found[order] = sums ^ np.uint32(_MASK)
    return found


def masked_of_each(sums: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Sums as they are written, as numbers."""
    return (sums >> np.uint32(15) | sums << np.uint32(17)) + np.uint32(0xA282EAD8)


def masked(data: bytes) -> bytes:
    """The sum as it is written: turned, and with a constant added, so that a sum of sums is not special."""
    found = crc32c(data)
    return ((found >> 15 | found << 17) + 0xA282EAD8 & _MASK).to_bytes(4, "little")
