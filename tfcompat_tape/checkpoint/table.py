"""A sorted table of strings in LevelDB's format, in which the index of a checkpoint is written.

A table is blocks, a block of the last key and place of each of them, and a footer. In a block a key is written as how
many bytes it shares with the one before, and the rest; every 16th is written whole. Each block has a checksum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfcompat_tape.core.wire import DecodeError, read_varint, varint
from tfcompat_tape.io.checksums import masked

_MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
_FOOTER = 48
_TRAILER = 5  # how the block is compressed, and its checksum
_PLAIN, _SNAPPY = 0, 1
_BLOCK = 256 * 1024
_WHOLE_KEYS = 16


class TableError(Exception):
    """Bytes that are no whole table."""


class _Block:
    """A block that is being written."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._data = bytearray()
        self._whole = [0]
        self._count = 0
        self._last = b""

    def __len__(self) -> int:
        return len(self._data)

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self._count == self._every:
            self._whole.append(len(self._data))
            self._count = 0
        else:
            most = min(len(key), len(self._last))
            while shared < most and key[shared] == self._last[shared]:
                shared += 1
        self._data += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        self._last = key
        self._count += 1

    def done(self) -> bytes:
        """The block, with where its whole keys begin, its kind and its checksum."""
        places = b"".join(at.to_bytes(4, "little") for at in (*self._whole, len(self._whole)))
        content = bytes(self._data) + places + bytes([_PLAIN])
        return content + masked(content)


def write(items: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The table of keys and values, which come in the order of the keys."""
    found = bytearray()
    index, block = _Block(1), _Block(_WHOLE_KEYS)

    def finish(after: bytes | None) -> None:
        place = _handle(found, block.done())
        index.add(_between(block._last, after), place)

    for key, value in items:
        if len(block) >= _BLOCK:
            finish(key)
            block = _Block(_WHOLE_KEYS)
        block.add(key, value)
    if len(block):
        finish(None)
    others = _handle(found, _Block(_WHOLE_KEYS).done())
    footer = others + _handle(found, index.done())
    return bytes(found) + footer.ljust(_FOOTER - len(_MAGIC), b"\0") + _MAGIC


def _handle(found: bytearray, block: bytes) -> bytes:
    """Write a block; returns where it is."""
    at = len(found)
    found += block
    return varint(at) + varint(len(block) - _TRAILER)


def _between(key: bytes, after: bytes | None) -> bytes:
    """A short key that is no less than `key`, and less than the one after it."""
    for i, byte in enumerate(key):
        if after is not None and i < len(after) and byte == after[i]:
            continue
        limit = 0x100 if after is None else (after[i] if i < len(after) else 0)
        if byte < 0xFF and byte + 1 < limit:
            return key[:i] + bytes([byte + 1])
        if after is not None:
            break
    return key


def read(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a table, in order.

    Raises:
      TableError: no table, or one that is cut off or damaged.
    """
    if len(data) < _FOOTER:
        raise TableError("file is too short to be an sstable")
    if data[-len(_MAGIC) :] != _MAGIC:
        raise TableError("not an sstable (bad magic number)")
    try:
        footer = data[-_FOOTER : -len(_MAGIC)]
        at = 0
        for _ in range(2):
            at = read_varint(footer, at)[1]
        for _, place in _entries(_block(data, footer, at)):
            yield from _entries(_block(data, place, 0))
    except (DecodeError, IndexError) as error:
        raise TableError(f"corrupted block: {error}") from None


def _block(data: bytes, handle: bytes, at: int) -> bytes:
    start, at = read_varint(handle, at)
    size, _ = read_varint(handle, at)
    end = start + size
    if end + _TRAILER > len(data):
        raise TableError("truncated block read")
    if masked(data[start : end + 1]) != data[end + 1 : end + _TRAILER]:
        raise TableError("block checksum mismatch")
    if data[end] == _SNAPPY:
        raise TableError("a block is compressed by Snappy, which is not read here")
    if data[end] != _PLAIN:
        raise TableError("bad block type")
    return data[start:end]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    count = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 * (count + 1)
    if end < 0:
        raise TableError("bad entry in block")
    at, key = 0, b""
    while at < end:
        shared, at = read_varint(block, at)
        more, at = read_varint(block, at)
        size, at = read_varint(block, at)
        if shared > len(key) or at + more + size > end:
            raise TableError("bad entry in block")
        key = key[:shared] + block[at : at + more]
        yield key, block[at + more : at + more + size]
        at += more + size
