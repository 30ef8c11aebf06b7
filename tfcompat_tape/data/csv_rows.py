"""The rows of files of comma-separated values, many at once where they are plain, and one by one otherwise."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import InvalidArgumentError, OpError, invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.data.base import Failed
from tfcompat_tape.data.files import text
from tfcompat_tape.data.records import Bytes
from tfcompat_tape.data.structure import Element
from tfcompat_tape.strings.numbers import read_number

_AT_ONCE = 256  # rows
_OF_FLOATS, _OF_INTS = b"0123456789+-.eE", b"0123456789+-"


class Table(NamedTuple):
    """How rows are read.

    Attributes:
      types: the dtype of each column.
      fillers: for each column what stands for a missing value, in a list; none if it is required.
      missing: the texts that are no values.
      taken, left_out: numbers of columns; of both, one at most is given.
    """

    types: list[Any]
    fillers: list[list[Any]]
    delimiter: bytes
    quotes: bool
    missing: set[bytes]
    taken: list[int] | None
    left_out: set[int] | None
    header: bool


class Rows:
    """The rows of one file, in parts: rows in a row as columns, or what is `Failed` in the place of one.

    Raises:
      NotFoundError and its like: what the operating system says.
    """

    def __init__(self, path: str, kind: str, table: Table) -> None:
        self._source = Bytes(path, kind)
        self._table = table
        self._lines: deque[bytes] = deque()
        self._begun = not table.header

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if not self._begun:
            self._begun = True
            if not self._filled():
                return Failed(invalid("Can't read header of an empty file."))
            self._fields()
        if not self._filled():
            self._source.close()
            raise StopIteration
        found = self._at_once()
        if found is not None:
            self._lines.clear()
            return found
        try:
            fields = self._fields()
            return tuple([leaf[None] for leaf in self._element(fields)])
        except OpError as error:
            return Failed(error)

    def _filled(self) -> bool:
        if not self._lines:
            self._lines.extend(self._source.lines(_AT_ONCE))
        return bool(self._lines)

    # -- many rows -----------------------------------------------------------------------------------------------------

    def _at_once(self) -> Element | None:
        """The rows of all lines that are there; `None` if they are to be read one by one."""
        table, lines = self._table, self._lines
        if any(b"\r" in line or (table.quotes and b'"' in line) for line in lines):
            return None
        rows = [line.split(table.delimiter) for line in lines]
        if any(len(row) != len(rows[0]) for row in rows):
            return None
        columns = self._chosen([*zip(*rows, strict=True)])
        if columns is None or len(columns) != len(table.types):
            return None
        try:
            return tuple(
                [
                    _column(column, dtype, filler, table.missing)
                    for column, dtype, filler in zip(columns, table.types, table.fillers, strict=True)
                ]
            )
        except (ValueError, IndexError, OverflowError, InvalidArgumentError):
            return None

    def _chosen(self, found: list[Any]) -> list[Any] | None:
        """The columns to take, of all; `None` if some are not there."""
        table = self._table
        if table.taken is not None:
            return (
                [found[i] for i in table.taken] if not table.taken or table.taken[-1] < len(found) else None
            )
        if table.left_out is not None:
            return [one for i, one in enumerate(found) if i not in table.left_out]
        return found

    # -- one row -------------------------------------------------------------------------------------------------------

    def _fields(self) -> list[bytes]:
        """The fields of the next row. After an error the row after it is the next one."""
        delimiter, quotes = self._table.delimiter, self._table.quotes
        line, at = self._lines.popleft(), 0
        found: list[bytes] = []
        while True:
            if quotes and line[at : at + 1] == b'"':
                field, line, at = self._quoted(line, at + 1)
            else:
                ends = [line.find(mark, at) for mark in (delimiter, b"\r")]
                end = min([end for end in ends if end >= 0], default=len(line))
                field, at = line[at:end], end
                if quotes and b'"' in field:
                    raise invalid("Unquoted fields cannot have quotes inside")
            found.append(field)
            if line[at : at + 1] != delimiter:
                break
            at += 1
        if at + 1 < len(line):  # after a carriage return
            self._lines.appendleft(line[at + 1 :])
        return found

    def _quoted(self, line: bytes, at: int) -> tuple[bytes, bytes, int]:
        """A field that a quote opened, the line with those that it goes on in, and where in it the field ends."""
        field, wrong = b"", False
        while True:
            end = line.find(b'"', at)
            if end < 0:
                if not self._filled():
                    raise invalid("Quoted field has to end with quote followed by delim, CRLF, or EOF")
                line = line + b"\n" + self._lines.popleft()
                continue
            field += line[at:end]
            follows = line[end + 1 : end + 2]
            if follows in (b"", b"\r", self._table.delimiter):
                if wrong:
                    raise invalid("Quote inside a string has to be escaped by another quote")
                return field, line, end + 1
            field += b'"'
            wrong = wrong or follows != b'"'
            at = end + (2 if follows == b'"' else 1)

    def _element(self, fields: list[bytes]) -> Element:
        table = self._table
        found = self._chosen(fields)
        if found is None:
            raise invalid(f"Expect {len(table.types)} fields but have fewer in record")
        if len(found) != len(table.types):
            few = f"only {len(found)}" if len(found) < len(table.types) else "more"
            raise invalid(f"Expect {len(table.types)} fields but have {few} in record")
        columns = zip(found, table.types, table.fillers, strict=True)
        return tuple([self._value(i, *column) for i, column in enumerate(columns)])

    def _value(self, place: int, field: bytes, dtype: Any, filler: list[Any]) -> Any:
        if field in self._table.missing:
            if not filler:
                raise invalid(f"Field {place} is required but missing in record!")
            value = filler[0]
        elif dtype is dtypes.string:
            value = field
        else:
            try:
                value = read_number(field, dtype)
            except InvalidArgumentError:
                shown = field.decode("utf-8", "replace")
                raise invalid(f"Field {place} in record is not a valid {type_name(dtype)}: {shown}") from None
        return text(value) if dtype is dtypes.string else torch.tensor(value, dtype=dtype.torch)


def _column(texts: tuple[bytes, ...], dtype: Any, filler: list[Any], missing: set[bytes]) -> Any:
    """A column of many rows. Raises what shows that a row is to be looked at by itself."""
    gaps = not missing.isdisjoint(texts)
    if dtype is dtypes.string:
        found = np.empty(len(texts), object)
        found[:] = [filler[0] if one in missing else one for one in texts] if gaps else texts
        return found
    plain = not b"".join(texts).translate(None, _OF_FLOATS if dtype.is_floating else _OF_INTS)
    kind: Any = float if dtype.is_floating else int
    if gaps or not plain:
        values = [filler[0] if one in missing else read_number(one, dtype) for one in texts]
        return torch.from_numpy(np.array(values, dtype.as_numpy_dtype))
    array = np.array(list(map(kind, texts)), np.float64 if dtype.is_floating else np.int64)
    if dtype is dtypes.int32:
        if array.min() < dtype.min or array.max() > dtype.max:
            raise OverflowError
    elif dtype is dtypes.float32:
        # Between two numbers of 32 bits, and below the normal ones, all digits decide how it is rounded.
        between = (array.view(np.int64) & 0x1FFFFFFF) == 0x10000000
        if bool((between | ((np.abs(array) < 2.0**-126) & (array != 0))).any()):
            array = np.array([read_number(one, dtype) for one in texts])
    with np.errstate(over="ignore"):
        return torch.from_numpy(array.astype(dtype.as_numpy_dtype))


def single_rows(parts: Iterator[Any]) -> Iterator[Any]:
    """Row by row, and what is `Failed`."""
    for part in parts:
        if type(part) is Failed:
            yield part
        else:
            yield from zip(*[_rows(leaf) for leaf in part], strict=True)


def _rows(leaf: Any) -> Any:
    # Copies: a row that is kept must not keep all.
    return torch.unbind_copy(leaf) if isinstance(leaf, torch.Tensor) else [text(one) for one in leaf.tolist()]


def in_batches(parts: Iterator[Any], size: int, drop: bool) -> Iterator[Any]:
    """Batches of rows; those that a row which fails comes after, in a batch, are lost with it."""
    held: list[Element] = []
    have = 0
    for part in parts:
        if type(part) is Failed:
            held, have = [], 0
            yield part
            continue
        held.append(part)
        have += len(part[0])
        if have < size:
            continue
        whole = _joined(held)
        for start in range(0, have - size + 1, size):
            yield tuple([leaf[start : start + size] for leaf in whole])
        left = have % size
        held = [tuple([leaf[have - left :] for leaf in whole])] if left else []
        have = left
    if have and not drop:
        yield _joined(held)


def _joined(blocks: list[Element]) -> Element:
    if len(blocks) == 1:
        return blocks[0]
    columns = zip(*blocks, strict=True)
    return tuple([torch.cat(x) if isinstance(x[0], torch.Tensor) else np.concatenate(x) for x in columns])
