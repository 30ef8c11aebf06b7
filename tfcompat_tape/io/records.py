"""Files of records: the length of each, its bytes, and sums of both."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import IO, Any, ClassVar, Self

from tfcompat_tape.core.errors import DataLossError, FailedPreconditionError
from tfcompat_tape.io.checksums import masked
from tfcompat_tape.io.paths import local, told

_KINDS = ("", "ZLIB", "GZIP")
_HEADER, _FOOTER = 12, 4  # bytes before and after what a record holds


def _kind(name: Any) -> str:
    found = "" if name is None else name
    if found not in _KINDS:
        raise ValueError(f'Not a valid compression_type: "{name}"')
    return str(found)


class TFRecordOptions:
    """How a file of records is compressed.

    Args:
      compression_type: "GZIP", "ZLIB", or "" or None for not at all.
      window_bits, compression_level, compression_method, mem_level, compression_strategy: zlib's.
      flush_mode, input_buffer_size, output_buffer_size: have no effect.

    Raises:
      ValueError: another kind.

    Source: `tf.io.TFRecordOptions`.

    >>> import tfcompat_tape as tf
    >>> tf.io.TFRecordOptions("GZIP", compression_level=9).compression_type
    'GZIP'
    """

    compression_type_map: ClassVar[dict[Any, str]] = {1: "ZLIB", 2: "GZIP", 0: ""}

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: Any = None,
        input_buffer_size: Any = None,
        output_buffer_size: Any = None,
        window_bits: Any = None,
        compression_level: Any = None,
        compression_method: Any = None,
        mem_level: Any = None,
        compression_strategy: Any = None,
    ) -> None:
        _kind(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """The kind of options, of a name or of None; ValueError for another name."""
        if isinstance(options, TFRecordOptions):
            return _kind(options.compression_type)
        return _kind(options)

    def _compressor(self) -> Any:
        kind = _kind(self.compression_type)
        if not kind:
            return None
        bits = zlib.MAX_WBITS if self.window_bits is None else self.window_bits
        given = {
            "level": self.compression_level,
            "method": self.compression_method,
            "memLevel": self.mem_level,
            "strategy": self.compression_strategy,
        }
        options = {name: value for name, value in given.items() if value is not None}
        return zlib.compressobj(wbits=bits | 16 if kind == "GZIP" else bits, **options)


class TFRecordWriter:
    """Writes a file of records, which TensorFlow reads, too.

    Args:
      path: of the file, which is made anew.
      options: TFRecordOptions, or the kind of compression.

    Raises:
      NotFoundError: there is no such directory. ValueError: another kind of compression. TypeError: no path.

    Source: `tf.io.TFRecordWriter`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "data.tfrecord")
    >>> with tf.io.TFRecordWriter(path) as writer:
    ...     writer.write(b"hello")
    >>> tf.io.gfile.stat(path).length
    21
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        self._file: IO[bytes] | None = None
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(_kind(options))
        name = local(path)
        self._compressor = options._compressor()
        with told(name):
            self._file = open(name, "wb")  # noqa: SIM115  # `close` closes it

    def _put(self, data: bytes) -> None:
        if self._file is None:
            raise FailedPreconditionError(None, None, "Writer is closed.")
        self._file.write(self._compressor.compress(data) if self._compressor else data)

    def write(self, record: Any) -> None:
        """Add a record, bytes or text. FailedPreconditionError: the writer is closed. TypeError: something else."""
        if isinstance(record, str):
            record = record.encode("utf-8")
        if not isinstance(record, bytes):
            raise TypeError(
                f"write(): incompatible function arguments: a record must be bytes, not {record!r}"
            )
        length = len(record).to_bytes(8, "little")
        self._put(length + masked(length) + record + masked(record))

    def flush(self) -> None:
        """Let others see what was written."""
        self._put(b"")
        if self._file is not None:
            if self._compressor:
                self._file.write(self._compressor.flush(zlib.Z_SYNC_FLUSH))
            self._file.flush()

    def close(self) -> None:
        """Write what is left, and close the file."""
        if self._file is not None:
            if self._compressor:
                self._file.write(self._compressor.flush())
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self.close()


def records(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of a file, one after the other.

    Args:
      path: of the file. options: TFRecordOptions, or the kind of compression.

    Raises:
      NotFoundError, PermissionDeniedError: as the operating system says.
      DataLossError: once the records before it were given, at one that is cut off or whose bytes are not those of its
        sum.
    """
    name = local(path)
    kind = TFRecordOptions.get_compression_type_string(options)
    with told(name):
        file = open(name, "rb")  # noqa: SIM115  # the generator closes it
    return _records(name, file, kind)


def _records(name: str, file: IO[bytes], kind: str) -> Iterator[bytes]:
    with file:
        source: Any = gzip.GzipFile(fileobj=file) if kind == "GZIP" else _Inflated(file) if kind else file
        at = 0
        while header := source.read(_HEADER):
            if len(header) < _HEADER:
                raise _lost(f"truncated record at {at}", name)
            if masked(header[:8]) != header[8:]:
                raise _lost(f"corrupted record at {at}", name)
            size = int.from_bytes(header[:8], "little")
            data = source.read(size + _FOOTER)
            if len(data) < size + _FOOTER:
                raise _lost(f"truncated record at {at}", name)
            if masked(data[:size]) != data[size:]:
                raise _lost(f"corrupted record at {at + _HEADER}", name)
            yield data[:size]
            at += _HEADER + size + _FOOTER


def _lost(what: str, name: str) -> DataLossError:
    return DataLossError(None, None, f"{what} of {name}")


class _Inflated:
    """What a file that zlib has compressed holds, to be read in pieces."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._inflate, self._held = file, zlib.decompressobj(), b""

    def read(self, size: int) -> bytes:
        while len(self._held) < size and (piece := self._file.read(1 << 16)):
            self._held += self._inflate.decompress(piece)
        found, self._held = self._held[:size], self._held[size:]
        return found
