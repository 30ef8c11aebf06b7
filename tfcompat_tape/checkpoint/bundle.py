"""Tensors by name in files: an index, which is a sorted table, and shards of data, each tensor with a checksum.

`PREFIX.index` says for each name the dtype, shape, shard, offset, size and CRC-32C; `PREFIX.data-00000-of-00001` has
the bytes. TensorFlow reads what is written here, and the other way round.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tfcompat_tape.checkpoint import files, slices, table
from tfcompat_tape.checkpoint.messages import (
    BundleEntryProto,
    BundleHeaderProto,
    VersionDef,
    dtype_text,
)
from tfcompat_tape.core import dtypes, errors
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.wire import DecodeError, read_varint, varint
from tfcompat_tape.io.checksums import crc32c
from tfcompat_tape.io.paths import local, told

_VERSION = 1
_PART = b"\0"  # how keys of parts of tensors begin


class TruncatedError(errors.DataLossError, IndexError):
    """A file of data ends before the bytes that the index promises. TensorFlow raises IndexError then."""


def data_path(prefix: str, shard: int, count: int) -> str:
    """The name of a shard."""
    return f"{prefix}.data-{shard:05d}-of-{count:05d}"


def index_path(prefix: str) -> str:
    """The name of the index."""
    return f"{prefix}.index"


def mask(value: int) -> int:
    """A checksum as it is written: turned, and with a constant added."""
    return (value >> 15 | value << 17) + 0xA282EAD8 & 0xFFFFFFFF


# -- strings --------------------------------------------------------------------------------------


def encoded_strings(array: np.ndarray[Any, Any]) -> tuple[bytes, int]:
    """The lengths, their checksum, and the bytes; and the checksum of all, which takes lengths as numbers."""
    texts: list[bytes] = array.ravel().tolist()
    numbers = b"".join(_length(len(text)) for text in texts)
    checked = mask(crc32c(numbers)).to_bytes(4, "little")
    whole = b"".join(texts)
    return b"".join(varint(len(text)) for text in texts) + checked + whole, crc32c(numbers + checked + whole)


def _length(size: int) -> bytes:
    """A length as the checksum takes it."""
    return size.to_bytes(4 if size < 1 << 32 else 8, "little")


def decoded_strings(data: bytes, count: int, where: str) -> tuple[np.ndarray[Any, Any], int]:
    sizes, at = [], 0
    try:
        for _ in range(count):
            size, at = read_varint(data, at)
            sizes.append(size)
    except DecodeError:
        raise _damaged(where, "lengths of strings are cut off") from None
    numbers = b"".join(map(_length, sizes))
    stored = data[at : at + 4]
    if stored != mask(crc32c(numbers)).to_bytes(4, "little"):
        raise _damaged(
            where,
            f"The length checksum does not match: expected {int.from_bytes(stored, 'little')} but actual is "
            f"{mask(crc32c(numbers))}",
        )
    whole = data[at + 4 :]
    if sum(sizes) != len(whole):
        raise _damaged(where, f"strings take {len(whole)} bytes, and their lengths say {sum(sizes)}")
    found = np.empty(count, object)
    at = 0
    for i, size in enumerate(sizes):
        found[i] = whole[at : at + size]
        at += size
    return found, crc32c(numbers + stored + whole)


def _damaged(where: str, why: str) -> errors.DataLossError:
    return errors.DataLossError(None, None, f"{where}: {why}")


# -- writing --------------------------------------------------------------------------------------


def write(prefix: str, tensors: Iterable[tuple[str, DType, Any]]) -> None:
    """Write tensors under `prefix`: at each moment there is either what was there before, or all of the new.

    Args:
      tensors: name, dtype, and a NumPy array (or a function without arguments that returns it, which is called when it
        is its turn).

    Raises:
      ResourceExhaustedError: the disk is full. NotFoundError, PermissionDeniedError, FailedPreconditionError: the
      place cannot be written to. What was there before is still there.
    """
    files.make_place(prefix)
    files.sweep(os.path.dirname(prefix))
    before = _shards(prefix)
    # Two files cannot be replaced at once. So new data go where the old index does not look, and the index is what
    # makes them count; then they get their usual name, and an index that says so.
    count = 2 if 1 in before else 1
    entries: dict[bytes, Any] = {}
    with files.replacing(data_path(prefix, 0, count)) as file:
        at = 0
        for name, dtype, value in tensors:
            array = value() if callable(value) else value
            if dtype is dtypes.string:
                data, checksum = encoded_strings(array)
            else:
                data = bytes_of(array)
                checksum = crc32c(data)
            file.write(data)
            entries[name.encode()] = BundleEntryProto(
                dtype=dtype.as_datatype_enum,
                shape=TensorShapeProto.of(array.shape),
                offset=at,
                size=len(data),
                crc32c=mask(checksum),
            )
            at += len(data)
    _write_index(prefix, entries, count)
    if count == 2 and files.same_file(data_path(prefix, 0, 2), data_path(prefix, 0, 1)):
        _write_index(prefix, entries, 1)
        before.add(2)
        count = 1
    for other in before - {count}:
        for shard in range(other):
            files.remove(data_path(prefix, shard, other))


def bytes_of(array: np.ndarray[Any, Any]) -> Any:
    """The elements in order, without a copy where they lie so."""
    array = np.ascontiguousarray(array)
    return memoryview(array.reshape(-1).view(np.uint8)) if array.size else b""


def _write_index(prefix: str, entries: Mapping[bytes, Any], shards: int) -> None:
    header = BundleHeaderProto(num_shards=shards, version=VersionDef(producer=_VERSION))
    items = [(key, entries[key].SerializeToString()) for key in sorted(entries)]
    files.write_whole(index_path(prefix), table.write([(b"", header.SerializeToString()), *items]))


def _shards(prefix: str) -> set[int]:
    """Into how many shards what is there under `prefix` is cut."""
    directory, name = os.path.split(prefix)
    found = set()
    if os.path.isdir(directory or "."):
        start = f"{name}.data-"
        for entry in os.listdir(directory or "."):
            if entry.startswith(start) and entry[len(start) + 5 : len(start) + 9] == "-of-":
                found.add(int(entry[len(start) + 9 :]) if entry[len(start) + 9 :].isdigit() else 0)
    return found - {0}


# -- reading --------------------------------------------------------------------------------------


class Bundle:
    """What lies under a prefix.

    Raises:
      NotFoundError: nothing does. DataLossError: the index is damaged. ValueError: a newer version wrote it.
    """

    def __init__(self, prefix: Any) -> None:
        self.prefix = local(prefix)
        path = index_path(self.prefix)
        if not os.path.lexists(path):
            raise _nothing_at(self.prefix)
        with told(path):
            if os.path.isdir(path):
                raise errors.FailedPreconditionError(None, None, f"{path}; Is a directory")
            with open(path, "rb") as file:
                data = file.read()
        self._entries: dict[bytes, Any] = {}
        try:
            for key, value in table.read(data):
                self._entries[key] = value
        except table.TableError as error:
            raise errors.DataLossError(
                None,
                None,
                f"Unable to read file ({path}). Perhaps the file is corrupt or was produced by a newer version of "
                f"TensorFlow with format changes: {error}",
            ) from None
        self._shards = self._header(path)
        self._read: dict[bytes, Any] = {}

    def _header(self, path: str) -> int:
        """How many shards there are, from the header."""
        try:
            header: Any = BundleHeaderProto.FromString(self._entries.pop(b"", b"\xff"))
        except DecodeError:
            raise errors.DataLossError(
                None,
                None,
                f"Unable to read file ({path}). Perhaps the file is corrupt or was produced by a newer version of "
                "TensorFlow with format changes (unable to parse header)",
            ) from None
        if header.version.min_consumer > _VERSION:
            raise ValueError(
                f"Checkpoint min consumer version {header.version.min_consumer} above current version {_VERSION}: "
                f"{path} was written by a newer version. Please upgrade."
            )
        if header.endianness:
            raise errors.unimplemented(f"{path}: numbers are written with the most significant byte first")
        return int(header.num_shards)

    def _entry(self, key: bytes) -> Any:
        found = self._read.get(key)
        if found is None:
            try:
                found = self._read[key] = BundleEntryProto.FromString(self._entries[key])
            except DecodeError:
                raise _damaged(index_path(self.prefix), f"Entry for key {key!r} not parseable.") from None
        return found

    def names(self) -> list[str]:
        """The names of the tensors, sorted."""
        return [key.decode("utf-8", "surrogateescape") for key in self._entries if not key.startswith(_PART)]

    def __contains__(self, name: str) -> bool:
        return bool(name) and name.encode("utf-8", "surrogateescape") in self._entries

    def dtype(self, name: str) -> DType:
        """The dtype of a tensor."""
        return dtypes.as_dtype(self._named(name).dtype)

    def shape(self, name: str) -> list[int]:
        """The shape of a tensor."""
        return [dim.size for dim in self._named(name).shape.dim]

    def _named(self, name: str) -> Any:
        if name not in self:
            raise errors.not_found(f"Key {name} not found in checkpoint")
        return self._entry(name.encode("utf-8", "surrogateescape"))

    def get(self, name: str) -> np.ndarray[Any, Any]:
        """A tensor, checked against its checksum.

        Raises:
          NotFoundError: no such name, or no file of data. DataLossError: damaged, or cut off (also IndexError).
        """
        entry = self._named(name)
        if not len(entry.slices):
            return self._whole(entry)
        shape = self.shape(name)
        kind = self.dtype(name)
        found = np.empty(shape, object if kind is dtypes.string else stored(kind))
        for message in entry.slices:
            part = slices.of_message(message)
            key = slices.key(name, part)
            if key not in self._entries:
                raise errors.not_found(f"Key {name}: its part {part} is not in checkpoint {self.prefix}")
            found[slices.places(part)] = self._whole(self._entry(key))
        return found

    def _whole(self, entry: Any) -> np.ndarray[Any, Any]:
        kind = dtypes.as_dtype(entry.dtype)
        shape = [dim.size for dim in entry.shape.dim]
        count = int(np.prod(shape, dtype=np.int64))
        path = data_path(self.prefix, entry.shard_id, self._shards)
        where = f"TensorBundle at {self.prefix} shard {entry.shard_id} ({entry.size} bytes)"
        if kind is dtypes.string:
            data = bytearray(entry.size)
            self._fill(path, entry, memoryview(data))
            array, found = decoded_strings(bytes(data), count, where)
        else:
            array = np.empty(count, stored(kind))
            if array.nbytes != entry.size:
                raise _damaged(where, f"{kind.name}{shape} takes {array.nbytes} bytes")
            view = memoryview(array.view(np.uint8)) if count else memoryview(b"")
            self._fill(path, entry, view)
            found = crc32c(view)
        if mask(found) != entry.crc32c:
            raise _damaged(
                where,
                f"Checksum does not match: stored {entry.crc32c:08x} vs. calculated on the restored bytes "
                f"{mask(found):08x}",
            )
        return array.reshape(shape)

    def _fill(self, path: str, entry: Any, view: memoryview) -> None:
        with told(path):
            if os.path.isdir(path):
                raise errors.FailedPreconditionError(None, None, f"{path}; Is a directory")
            with open(path, "rb", buffering=0) as file:
                file.seek(entry.offset)
                at = 0
                while at < len(view):
                    got = file.readinto(view[at:])
                    if not got:
                        raise TruncatedError(
                            None,
                            None,
                            f"Read less bytes than requested: {path} ends {len(view) - at} bytes before the end of "
                            "a tensor: it is cut off",
                        )
                    at += got

    def debug_string(self) -> bytes:
        """A line for each entry: name, dtype, shape."""
        lines = []
        for key in self._entries:
            entry = self._entry(key)
            sizes = ",".join(str(dim.size) for dim in entry.shape.dim)
            lines.append(key + f" ({dtype_text(entry.dtype)}) [{sizes}]\n".encode())
        return b"".join(lines)


def stored(kind: DType) -> Any:
    """The NumPy dtype of the elements as they are written."""
    if not kind.is_numpy_compatible:
        raise errors.unimplemented(f"dtype {kind.name} cannot be read from a checkpoint")
    found = np.dtype(kind.as_numpy_dtype)
    return found if found.names is None else found[0]


def _nothing_at(prefix: str) -> errors.NotFoundError:
    return errors.not_found(
        f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {prefix}"
    )
