"""Elements from files: lines of text, records, records of one length; the names of files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.base import UNKNOWN, Run, opening
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.ordering import integer
from tfcompat_tape.data.parallel import Ahead
from tfcompat_tape.data.records import Bytes, read_records
from tfcompat_tape.data.sources import TensorSliceDataset
from tfcompat_tape.data.structure import Element
from tfcompat_tape.io.paths import local

__all__ = ["FixedLengthRecordDataset", "TFRecordDataset", "TextLineDataset"]

_BUFFER = 256  # records that the thread of one file reads ahead


def text(value: bytes) -> np.ndarray[Any, Any]:
    """One string as a raw value."""
    found = np.empty((), object)
    found[()] = value
    return found


def file_names(filenames: Any) -> Dataset:
    """The names of files as a dataset. TypeError: they are no strings."""
    if isinstance(filenames, Dataset):
        spec = filenames.element_spec
        if not isinstance(spec, TensorSpec) or spec.dtype is not dtypes.string:
            raise TypeError(
                "The `filenames` argument must contain `tf.string` elements. Got a dataset of "
                f"`{getattr(spec, 'dtype', spec)!r}` elements."
            )
        if spec.shape.rank not in (None, 0):
            raise TypeError(
                "The `filenames` argument must contain `tf.string` elements of shape [] (i.e. scalars). Got a dataset "
                f"of element shape {spec.shape}."
            )
        return filenames
    if isinstance(filenames, os.PathLike):
        filenames = os.fspath(filenames)
    elif isinstance(filenames, (list, tuple)):
        filenames = [os.fspath(name) if isinstance(name, os.PathLike) else name for name in filenames]
    names = (
        convert(filenames)
        if not isinstance(filenames, (list, tuple)) or filenames
        else convert([], dtypes.string)
    )
    if names.dtype is not dtypes.string:
        raise TypeError(
            f"The `filenames` argument must contain `tf.string` elements. Got `{names.dtype!r}` elements."
        )
    return TensorSliceDataset(Tensor(names._t.reshape(-1), None))


def kind_of(compression: Any) -> str:
    """How files are compressed."""
    if hasattr(compression, "_t"):
        compression = convert(compression).numpy().decode()
    return compression if compression in ("GZIP", "ZLIB") else ""


class FilesDataset(Dataset):
    """The base of datasets of what files hold, one after another, or several by turns."""

    def __init__(self, filenames: Any, compression_type: Any, num_parallel_reads: Any) -> None:
        names = file_names(filenames)
        super().__init__(names)
        self._kind = kind_of(compression_type)
        self._parallel = (
            None if num_parallel_reads is None else integer(num_parallel_reads, "num_parallel_reads")
        )

    def _spec(self) -> Any:
        return TensorSpec([], dtypes.string)

    def _count(self) -> int:
        return UNKNOWN

    def _read(self, path: str) -> Iterator[Element]:
        raise NotImplementedError

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        opened = self._from[0]._open(run)
        yield ()
        names = (local(element[0][()]) for element in opened)
        if self._parallel is None or run.peek:
            for name in names:
                yield from self._read(name)
            return
        yield from self._by_turns(names)

    def _by_turns(self, names: Iterator[str]) -> Iterator[Element]:
        most = self._parallel if self._parallel and self._parallel > 0 else max(1, (os.cpu_count() or 1) // 2)
        slots: list[Any] = [None] * most
        ended, at = False, 0
        while True:
            if slots[at] is None and not ended:
                name = next(names, None)
                if name is None:
                    ended = True
                else:
                    slots[at] = Ahead(self._read(name), _BUFFER, at_once=True)
            if slots[at] is not None:
                element = next(slots[at], None)
                if element is None:
                    slots[at] = None
                else:
                    yield element
            elif ended and not any(slots):
                return
            at = (at + 1) % most


class TextLineDataset(FilesDataset):
    """The lines of text files, without what ends them.

    Args:
      filenames: a string, several, or a dataset of strings.
      compression_type: "", "ZLIB" or "GZIP".
      buffer_size: no effect.
      num_parallel_reads: how many files are read by turns, each by a thread; one after another if None.

    Source: `tf.data.TextLineDataset`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "lines.txt")
    >>> tf.io.write_file(path, "first\\nsecond")
    >>> list(tf.data.TextLineDataset(path).as_numpy_iterator())
    [b'first', b'second']
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(filenames, compression_type, num_parallel_reads)

    _shown = "TextLineDatasetV2"

    def _read(self, path: str) -> Iterator[Element]:
        source = Bytes(path, self._kind)
        try:
            while (line := source.line()) is not None:
                yield (text(line),)
        finally:
            source.close()


class TFRecordDataset(FilesDataset):
    """The records of TFRecord files, as strings.

    Args: as of `TextLineDataset`.

    Raises:
      TypeError: names that are no strings. When iterated over: NotFoundError; DataLossError for a file whose sums do
        not agree, or which ends within a record.

    Source: `tf.data.TFRecordDataset`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "data.tfrecord")
    >>> with tf.io.TFRecordWriter(path) as writer:
    ...     writer.write(b"hello")
    >>> list(tf.data.TFRecordDataset(path).as_numpy_iterator())
    [b'hello']
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(filenames, compression_type, num_parallel_reads)

    _shown = "TFRecordDatasetV2"

    def _read(self, path: str) -> Iterator[Element]:
        for record in read_records(path, self._kind):
            yield (text(record),)


class FixedLengthRecordDataset(FilesDataset):
    """Parts of one length of files, as strings.

    Args:
      filenames, compression_type, buffer_size, num_parallel_reads: as of `TextLineDataset`.
      record_bytes: the length.
      header_bytes, footer_bytes: what is left out at the start and the end of each file.

    Raises:
      InvalidArgumentError: when iterated over: a file whose length is no multiple.

    Source: `tf.data.FixedLengthRecordDataset`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "data.bin")
    >>> tf.io.write_file(path, "aabbcc")
    >>> list(tf.data.FixedLengthRecordDataset(path, 2).as_numpy_iterator())
    [b'aa', b'bb', b'cc']
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(filenames, compression_type, num_parallel_reads)
        self._length = integer(record_bytes, "record_bytes")
        self._header = 0 if header_bytes is None else integer(header_bytes, "header_bytes")
        self._footer = 0 if footer_bytes is None else integer(footer_bytes, "footer_bytes")

    _shown = "FixedLengthRecordDatasetV2"

    def _read(self, path: str) -> Iterator[Element]:
        length = self._length
        if length < 1:
            raise invalid(f"record_bytes must be greater than zero, but is {length}.")
        source = Bytes(path, self._kind)
        try:
            if self._kind:
                yield from self._of_whole(path, source)
                return
            body = os.path.getsize(path) - self._header - self._footer
            self._check(path, body)
            source.read(self._header)
            for _ in range(body // length):
                yield (text(source.read(length)),)
        finally:
            source.close()

    def _check(self, path: str, body: int) -> None:
        if body % self._length:
            raise invalid(
                f"Excluding the header ({self._header} bytes) and footer ({self._footer} bytes), input file "
                f'"{path}" has body length {body} bytes, which is not an exact multiple of the record length '
                f"({self._length} bytes)."
            )

    def _of_whole(self, path: str, source: Bytes) -> Iterator[Element]:
        parts = []
        while data := source.read(1 << 20):
            parts.append(data)
        whole = b"".join(parts)
        body = whole[self._header : len(whole) - self._footer]
        self._check(path, len(body))
        for start in range(0, len(body), self._length):
            yield (text(body[start : start + self._length]),)


def listed(pattern: Any, shuffle: Any, seed: Any) -> Dataset:
    """See `Dataset.list_files`."""
    from tfcompat_tape.data.shuffling import ShuffleDataset
    from tfcompat_tape.io.files import matching_files

    if shuffle is None:
        shuffle = True
    names = matching_files(convert(pattern, dtypes.string))
    count = names.shape[0]
    if not count:
        shown = pattern if not isinstance(pattern, (list, tuple)) else ", ".join(map(str, pattern))
        raise invalid(f"No files matched pattern: {shown}")
    found: Dataset = TensorSliceDataset(names)
    return ShuffleDataset(found, count, seed, True) if shuffle else found
