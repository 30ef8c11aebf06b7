"""Files, records and parsing as version 1 spells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.io import encoding, parsing, serialized, tables
from tfcompat_tape.io.gfile import directories
from tfcompat_tape.io.gfile.handles import GFile
from tfcompat_tape.io.records import records

__all__ = [
    "Copy",
    "DeleteRecursively",
    "Exists",
    "FastGFile",
    "Glob",
    "IsDirectory",
    "ListDirectory",
    "MakeDirs",
    "MkDir",
    "Remove",
    "Rename",
    "Stat",
    "TFRecordCompressionType",
    "Walk",
    "decode_csv",
    "decode_raw",
    "parse_example",
    "parse_single_example",
    "serialize_many_sparse",
    "serialize_sparse",
    "tf_record_iterator",
]


def Copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """See `tf.io.gfile.copy`. Source: `tf.compat.v1.gfile.Copy`."""
    directories.copy(oldpath, newpath, overwrite)


def DeleteRecursively(dirname: Any) -> None:
    """See `tf.io.gfile.rmtree`. Source: `tf.compat.v1.gfile.DeleteRecursively`."""
    directories.rmtree(dirname)


def Exists(filename: Any) -> bool:
    """See `tf.io.gfile.exists`. Source: `tf.compat.v1.gfile.Exists`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.gfile.Exists("/nowhere")
    False
    """
    return directories.exists(filename)


def Glob(filename: Any) -> list[str]:
    """See `tf.io.gfile.glob`. Source: `tf.compat.v1.gfile.Glob`."""
    return directories.glob(filename)


def IsDirectory(dirname: Any) -> bool:
    """See `tf.io.gfile.isdir`. Source: `tf.compat.v1.gfile.IsDirectory`."""
    return directories.isdir(dirname)


def ListDirectory(dirname: Any) -> list[str]:
    """See `tf.io.gfile.listdir`. Source: `tf.compat.v1.gfile.ListDirectory`."""
    return directories.listdir(dirname)


def MakeDirs(dirname: Any) -> None:
    """See `tf.io.gfile.makedirs`. Source: `tf.compat.v1.gfile.MakeDirs`."""
    directories.makedirs(dirname)


def MkDir(dirname: Any) -> None:
    """See `tf.io.gfile.mkdir`. Source: `tf.compat.v1.gfile.MkDir`."""
    directories.mkdir(dirname)


def Remove(filename: Any) -> None:
    """See `tf.io.gfile.remove`. Source: `tf.compat.v1.gfile.Remove`."""
    directories.remove(filename)


def Rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """See `tf.io.gfile.rename`. Source: `tf.compat.v1.gfile.Rename`."""
    directories.rename(oldname, newname, overwrite)


def Stat(filename: Any) -> Any:
    """See `tf.io.gfile.stat`. Source: `tf.compat.v1.gfile.Stat`."""
    return directories.stat(filename)


def Walk(top: Any, in_order: bool = True) -> Any:
    """See `tf.io.gfile.walk`. Source: `tf.compat.v1.gfile.Walk`."""
    return directories.walk(top, in_order)


class FastGFile(GFile):
    """See `tf.io.gfile.GFile`. Source: `tf.compat.v1.gfile.FastGFile`."""


class TFRecordCompressionType:
    """Kinds of compression by number. Source: `tf.compat.v1.io.TFRecordCompressionType`."""

    NONE: ClassVar[int] = 0
    ZLIB: ClassVar[int] = 1
    GZIP: ClassVar[int] = 2


def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of a file, as bytes.

    Errors: NotFoundError for no file, DataLossError where it is cut off or damaged.
    Source: `tf.compat.v1.io.tf_record_iterator`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "data.tfrecord")
    >>> with tf.io.TFRecordWriter(path) as writer:
    ...     writer.write(b"one")
    >>> list(tf.compat.v1.io.tf_record_iterator(path))
    [b'one']
    """
    return records(path, options)


def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: Any = None,
    na_value: str = "",
    select_cols: Any = None,
) -> list[Tensor]:
    """See `tf.io.decode_csv`. Source: `tf.compat.v1.io.decode_csv`."""
    return tables.decode_csv(records, record_defaults, field_delim, use_quote_delim, na_value, select_cols)


def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: Any = True,
    name: Any = None,
    bytes: Any = None,
) -> Tensor:
    """See `tf.io.decode_raw`; `bytes` is an older name of `input_bytes`. Source: `tf.compat.v1.io.decode_raw`."""
    if bytes is not None:
        if input_bytes is not None:
            raise ValueError("Cannot specify both 'bytes' and 'input_bytes'.")
        input_bytes = bytes
    if out_type is None:
        raise ValueError("decode_raw() missing 1 positional argument: 'out_type'")
    return encoding.decode_raw(input_bytes, out_type, little_endian)


def parse_example(
    serialized: Any, features: Any, name: Any = None, example_names: Any = None
) -> dict[str, Any]:
    """See `tf.io.parse_example`. Source: `tf.compat.v1.io.parse_example`."""
    return parsing.parse_example(serialized, features, example_names)


def parse_single_example(
    serialized: Any, features: Any, name: Any = None, example_names: Any = None
) -> dict[str, Any]:
    """See `tf.io.parse_single_example`. Source: `tf.compat.v1.io.parse_single_example`."""
    return parsing.parse_single_example(serialized, features, example_names)


def serialize_many_sparse(sp_input: Any, name: Any = None, out_type: Any = string) -> Tensor:
    """See `tf.io.serialize_many_sparse`. Source: `tf.compat.v1.io.serialize_many_sparse`."""
    return serialized.serialize_many_sparse(sp_input, out_type)


def serialize_sparse(sp_input: Any, name: Any = None, out_type: Any = string) -> Tensor:
    """See `tf.io.serialize_sparse`. Source: `tf.compat.v1.io.serialize_sparse`."""
    return serialized.serialize_sparse(sp_input, out_type)
