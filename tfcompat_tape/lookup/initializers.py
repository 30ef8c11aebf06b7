"""What a static table is filled with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid, not_found, out_of_range
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.lookup.keys import array_of, of_one_shape

__all__ = ["KeyValueTensorInitializer", "TextFileIndex", "TextFileInitializer"]


class KeyValueTensorInitializer:
    """Keys and their values, as vectors of one length.

    Args:
      keys: strings, int32 or int64.
      values: as many values.
      key_dtype, value_dtype: in place of their own dtypes.

    Source: `tf.lookup.KeyValueTensorInitializer`.

    >>> import tfcompat_tape as tf
    >>> tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]).key_dtype.name
    'string'
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self._keys = convert(keys, None if key_dtype is None else dtypes.as_dtype(key_dtype))
        self._values = convert(values, None if value_dtype is None else dtypes.as_dtype(value_dtype))

    @property
    def key_dtype(self) -> DType:
        return self._keys.dtype

    @property
    def value_dtype(self) -> DType:
        return self._values.dtype

    def initialize(self, table: Any) -> None:
        """Fill a table; a subclass may do so otherwise."""
        table._fill(self._pairs())

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        keys, values = array_of(self._keys), array_of(self._values)
        of_one_shape(keys.shape, values, ())
        if not keys.size:
            raise invalid("LookupTableImportV2: keys and values cannot be empty tensors.")
        return zip(keys.ravel().tolist(), values.ravel().tolist(), strict=True)


class TextFileIndex:
    """Which part of a line is the key or the value: all of it, or its number. Source: `tf.lookup.TextFileIndex`."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TextFileInitializer:
    """Keys and values from the lines of a file.

    Args:
      filename: the file, of text in UTF-8 or any bytes.
      key_dtype, value_dtype: dtypes of tables.
      key_index, value_index: the number of a column, or one of `tf.lookup.TextFileIndex`.
      vocab_size: how many lines to read (all).
      delimiter: between columns.
      value_index_offset: added to line numbers that are values.

    Raises:
      ValueError: dtypes that do not go with what is asked of a line.

    Source: `tf.lookup.TextFileInitializer`.

    >>> import tfcompat_tape as tf
    >>> import tempfile
    >>> path = tempfile.mkstemp()[1]
    >>> tf.io.write_file(path, "cat\\ndog\\n")
    >>> whole, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
    >>> lines = tf.lookup.TextFileInitializer(path, tf.string, whole, tf.int64, number)
    >>> print(tf.lookup.StaticHashTable(lines, default_value=-1).lookup(tf.constant(["dog", "cow"])).numpy())
    [ 1 -1]
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
        value_index_offset: int = 0,
    ) -> None:
        self._key_dtype, self._value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        for what, dtype, index in (
            ("key", self._key_dtype, key_index),
            ("value", self._value_dtype, value_index),
        ):
            if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
                raise ValueError(f"`{what}_dtype` must be int64 if `{what}_index` is -1, received: {dtype!r}")
            if index == TextFileIndex.WHOLE_LINE and dtype not in (dtypes.string, dtypes.int64):
                raise ValueError(
                    f"`{what}_dtype` should be either integer or string for `{what}_index` -2, received: {dtype!r}"
                )
            if index < TextFileIndex.WHOLE_LINE:
                raise ValueError(f"`{what}_index` should be >= -2, received: {index}")
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"`vocab_size` should be > 0, received: {vocab_size}")
        if isinstance(filename, Tensor):
            filename = filename.numpy()
        self._filename = os.fsdecode(filename)
        self._indices = key_index, value_index
        self._size, self._offset = vocab_size, value_index_offset
        self._delimiter = delimiter.encode() if len(delimiter) == 1 else None

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return self._value_dtype

    def initialize(self, table: Any) -> None:
        """Fill a table; a subclass may do so otherwise."""
        table._fill(self._pairs())

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        try:
            text = Path(self._filename).read_bytes()
        except FileNotFoundError:
            raise not_found(f"{self._filename}; No such file or directory") from None
        if self._delimiter is None:
            raise invalid("delimiter should be only 1 char")
        if not text:
            raise out_of_range(f"{self._filename}: Read less bytes than requested: the file is empty.")
        lines = text.split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        if self._size is not None and len(lines) < self._size:
            raise invalid(
                f"Invalid vocab_size in {self._filename}: expected {self._size} but got {len(lines)}"
            )
        for number, line in enumerate(lines[: self._size]):
            bare = line.removesuffix(b"\r")
            if not bare:
                raise invalid(f"Invalid content in {self._filename}: empty line found at line {number}.")
            key, value = [
                self._field(bare, number, index, dtype)
                for index, dtype in zip(self._indices, (self._key_dtype, self._value_dtype), strict=True)
            ]
            yield key, value + self._offset if self._indices[1] == TextFileIndex.LINE_NUMBER else value

    def _field(self, line: bytes, number: int, index: int, dtype: DType) -> Any:
        if index == TextFileIndex.LINE_NUMBER:
            return number
        text = line
        if index >= 0:
            columns = line.split(self._delimiter)
            if index >= len(columns):
                shown = line.decode("utf-8", "replace")
                raise invalid(
                    f"Invalid number of columns in {self._filename} line {number} ({shown}) : "
                    f"expected at least {index + 1} got {len(columns)}"
                )
            text = columns[index]
        if dtype == dtypes.string:
            return text
        try:
            return float(text) if dtype.is_floating else int(text)
        except ValueError:
            raise invalid(
                f"Field {text.decode('utf-8', 'replace')} in line {number} is not a valid {dtype.name}."
            ) from None
