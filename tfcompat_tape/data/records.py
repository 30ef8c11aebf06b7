"""Files of records, read and written; elements as records: each leaf as the message of a tensor."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import torch

from tfcompat_tape.core.errors import DataLossError, UnimplementedError, invalid
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor, from_numpy
from tfcompat_tape.core.wire import varint
from tfcompat_tape.data.structure import Element, Layout
from tfcompat_tape.data.variants import as_proto, cut, of_proto
from tfcompat_tape.io.checksums import crc32c_of_each, masked, masked_of_each
from tfcompat_tape.io.paths import told
from tfcompat_tape.io.records import TFRecordWriter
from tfcompat_tape.io.tensor_protos import TensorProto, make_ndarray

_CHUNK = 1 << 18


class Bytes:
    """The bytes of a file, inflated where it is compressed, in order.

    Args:
      kind: "GZIP", "ZLIB" or "".
    """

    def __init__(self, path: str, kind: str) -> None:
        self.path = path
        with told(path):
            self._file: IO[bytes] = open(path, "rb")  # noqa: SIM115  # `close` closes it
        self._kind = kind
        self._inflater = self._fresh() if kind else None
        self._held = b""
        self._at = 0
        self.offset = 0

    def _fresh(self) -> Any:
        return zlib.decompressobj(zlib.MAX_WBITS | (16 if self._kind == "GZIP" else 0))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _more(self) -> bytes:
        with told(self.path):
            data = self._file.read(_CHUNK)
        if self._inflater is None or not data:
            return data
        found = b""
        while data:
            try:
                found += self._inflater.decompress(data)
            except zlib.error as error:
                raise DataLossError(
                    None,
                    None,
                    f"{self.path}: inflate() failed with error {error}: the file is no {self._kind} file.",
                ) from None
            data = self._inflater.unused_data
            if self._inflater.eof and data:
                self._inflater = self._fresh()
        return found or self._more()

    def read(self, count: int) -> bytes:
        """The next `count` bytes; fewer at the end."""
        have = len(self._held) - self._at
        if have < count:
            parts = [self._held[self._at :]]
            while have < count:
                data = self._more()
                if not data:
                    break
                parts.append(data)
                have += len(data)
            self._held, self._at = b"".join(parts), 0
        found = self._held[self._at : self._at + count]
        self._at += len(found)
        self.offset += len(found)
        return found

    def held(self) -> tuple[bytes, int]:
        """What has been read from the file, and where in it the next byte is."""
        return self._held, self._at

    def skip(self, count: int) -> None:
        """Leave out bytes that are held."""
        self._at += count
        self.offset += count

    def lines(self, most: int) -> list[bytes]:
        """Up to `most` of the next lines, without the line feed that ends them; none at the end."""
        while True:
            found = self._held[self._at :].split(b"\n", most)
            if len(found) > 1:
                rest = found.pop()
                self._held, self._at = rest, 0
                return found
            data = self._more()
            if not data:
                self._held, self._at = b"", 0
                return found if found[0] else []
            self._held, self._at = found[0] + data, 0

    def line(self) -> bytes | None:
        """The next line, without what ends it; `None` at the end."""
        while True:
            end = self._held.find(b"\n", self._at)
            if end >= 0:
                found = self._held[self._at : end]
                self._at = end + 1
                return found[:-1] if found.endswith(b"\r") else found
            data = self._more()
            if not data:
                found = self._held[self._at :]
                self._held, self._at = b"", 0
                return found or None
            self._held, self._at = self._held[self._at :] + data, 0


def read_records(path: str, kind: str) -> Iterator[bytes]:
    """The records of a file.

    Raises:
      DataLossError: sums that do not agree, or a file that ends within a record.
      NotFoundError and its like: what the operating system says.
    """
    source = Bytes(path, kind)
    try:
        while True:
            yield from _held_records(source)
            start = source.offset
            head = source.read(12)
            if len(head) < 12:  # a file may end within the head of a record, to TensorFlow
                return
            if masked(head[:8]) != head[8:]:
                hint = " (Is this even a TFRecord file?)" if start == 0 else ""
                raise DataLossError(None, None, f"{path}: corrupted record at {start}{hint}")
            length = int.from_bytes(head[:8], "little")
            data = source.read(length + 4)
            if len(data) < length + 4:
                raise DataLossError(
                    None,
                    None,
                    f"{path}: truncated record at {start}' failed with Read less bytes than requested",
                )
            record = data[:length]
            if masked(record) != data[length:]:
                raise DataLossError(None, None, f"{path}: corrupted record at {start + 12}")
            yield record
    finally:
        source.close()


def _held_records(source: Bytes) -> Iterator[bytes]:
    """The next records, as far as they have been read and are right: their sums are computed side by side."""
    held, at = source.held()
    starts, most = [], len(held)
    while at + 12 <= most:
        end = at + int.from_bytes(held[at : at + 8], "little") + 16
        if end > most:
            break
        starts.append(at)
        at = end
    if len(starts) < _SIDE_BY_SIDE:
        return
    heads = np.array(starts)
    ends = np.append(heads[1:], at)
    sizes = ends - heads - 16
    right = _agree(held, heads, np.full(len(heads), 8))
    short = sizes <= _SHORT
    right[short] &= _agree(held, heads[short] + 12, sizes[short])
    wrong = np.flatnonzero(~right)
    for i, end in enumerate(ends[: wrong[0] if len(wrong) else None].tolist()):
        record = held[starts[i] + 12 : end - 4]
        if not short[i] and masked(record) != held[end - 4 : end]:
            return
        source.skip(end - starts[i])
        yield record


def _agree(held: bytes, starts: np.ndarray[Any, Any], lengths: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whether the sum of each part is the one that stands behind it."""
    octets, ends = np.frombuffer(held, np.uint8), starts + lengths
    stored = sum(octets[ends + i].astype(np.uint32) << np.uint32(8 * i) for i in range(4))
    agree: np.ndarray[Any, Any] = masked_of_each(crc32c_of_each(held, starts, lengths)) == stored
    return agree


_SIDE_BY_SIDE = 16  # records, below which it takes longer
_SHORT = 2048  # bytes


# -- elements ----------------------------------------------------------------------------------------------------------


def as_record(leaf: Any) -> bytes:
    """A raw value as the bytes of a TensorProto."""
    if not isinstance(leaf, (torch.Tensor, np.ndarray)):
        made = as_proto(leaf)
        if made is not None:
            return bytes(made.SerializeToString())
        raise UnimplementedError(
            None, None, f"Only tensors are written to files, not {type(leaf).__name__}: take it apart before."
        )
    tensor = Tensor(leaf, None)
    proto = TensorProto(dtype=tensor.dtype.as_datatype_enum, tensor_shape=tensor.shape.as_proto())
    if isinstance(leaf, np.ndarray) and leaf.dtype == object:
        texts = leaf.ravel().tolist()
        proto.tensor_content = b"".join(varint(len(text)) for text in texts) + b"".join(texts)
    else:
        proto.tensor_content = np.ascontiguousarray(tensor.numpy()).tobytes()
    data: bytes = proto.SerializeToString()
    return data


def of_record(data: bytes, spec: Any, component: int) -> Any:
    """The raw value of a TensorProto's bytes."""
    proto = TensorProto()
    proto.ParseFromString(data)
    if not isinstance(spec, TensorSpec):
        if not isinstance(spec, SparseTensorSpec) and not hasattr(spec, "_ragged_rank"):
            raise UnimplementedError(None, None, f"{spec} cannot be read from files.")
        return of_proto(proto, spec)
    if proto.dtype != spec.dtype.as_datatype_enum:
        from tfcompat_tape.core import dtypes
        from tfcompat_tape.core.failures import type_name

        raise invalid(
            f"Data type mismatch at component {component}: expected {type_name(spec.dtype)} but got "
            f"{type_name(dtypes.as_dtype(proto.dtype))}."
        )
    if spec.dtype.torch is None:
        shape = [dim.size for dim in proto.tensor_shape.dim]
        texts = list(proto.string_val) if proto.string_val else cut(proto.tensor_content, int(np.prod(shape)))
        found = np.empty(len(texts), object)
        found[:] = texts
        return found.reshape(shape)
    return from_numpy(
        np.ascontiguousarray(make_ndarray(proto)).reshape([d.size for d in proto.tensor_shape.dim])
    )


def write_elements(path: str, elements: Iterator[Element], kind: str = "") -> Iterator[Element]:
    """The elements, while they are written to a file."""
    with TFRecordWriter(path, kind) as writer:
        for element in elements:
            for leaf in element:
                if leaf is not None:
                    writer.write(as_record(leaf))
            yield element


def read_elements(path: str, layout: Layout, kind: str) -> Iterator[Element]:
    """The elements that a file holds."""
    records = read_records(path, kind)
    specs = layout.leaves
    places = [i for i, spec in enumerate(specs) if type(spec) is TensorSpec or hasattr(spec, "shape")]
    while True:
        leaves: list[Any] = [None] * len(specs)
        for i in places:
            data = next(records, None)
            if data is None:
                if i == places[0]:
                    return
                raise DataLossError(None, None, f"{path}: the file ends within an element.")
            leaves[i] = of_record(data, specs[i], i)
        yield tuple(leaves)
