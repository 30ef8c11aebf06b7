"""Lines of tables as tensors: comma-separated values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, shape_of
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import InvalidArgumentError, invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.strings.numbers import to_number
from tfcompat_tape.strings.texts import made, numbers, strings

_COLUMNS = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)


def _as_columns(records: Any, record_defaults: Any, *args: Any, **kwargs: Any) -> Any:
    shape = shape_of(records)
    return [(shape, convert(default).dtype) for default in record_defaults]


@at_call(_as_columns)
def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Any = None,
    name: str | None = None,
) -> list[Tensor]:
    """A tensor for each column of lines of comma-separated values, of the shape of `records`.

    Args:
      records: strings, a line each.
      record_defaults: for each column what stands where a field is empty, which also gives the dtype: a scalar, a
        vector of one, or an empty one if the field is required. float32, float64, int32, int64 or string.
      field_delim: the character between fields.
      use_quote_delim: whether fields may stand in double quotes.
      na_value: a further text that counts as empty.
      select_cols: the columns to take, ascending.

    Raises:
      InvalidArgumentError: a line with more or fewer fields, quotes out of place, what is no number, a required field
        that is empty, another dtype.
      ValueError: columns that do not ascend, or are not as many as the defaults.

    Source: `tf.io.decode_csv`.

    >>> import tfcompat_tape as tf
    >>> number, text = tf.io.decode_csv(["1,a", ",b"], [[0], [""]])
    >>> number.numpy().tolist(), text.numpy().tolist()
    ([1, 0], [b'a', b'b'])
    """
    defaults = [convert(value) for value in record_defaults]
    columns = None if select_cols is None else [int(column) for column in select_cols]
    if columns is not None:
        if any(a >= b for a, b in pairwise(columns)):
            raise ValueError("select_cols is not strictly increasing.")
        if columns and columns[0] < 0:
            raise ValueError(f"select_cols contains negative values: {columns}")
        if len(columns) != len(defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    array = strings(records, "DecodeCSV")
    for i, default in enumerate(defaults):
        if default.dtype not in _COLUMNS:
            raise invalid(
                f"DecodeCSV: Value for attr 'OUT_TYPE' of {type_name(default.dtype)} is not in the list of allowed "
                "values: float, double, int32, int64, string"
            )
        if default.shape.rank > 1:
            raise invalid("DecodeCSV: Each record default should be at most rank 1")
        if default.shape.rank == 1 and default.shape[0] > 1:
            raise invalid(
                f"DecodeCSV: There should only be 1 default per field but field {i} has {default.shape[0]}"
            )
    if len(field_delim.encode()) != 1:
        raise invalid("DecodeCSV: field_delim should be only 1 char")
    lines = []
    for i, line in enumerate(array.ravel().tolist()):
        found = _fields(line, field_delim.encode(), use_quote_delim)
        if columns is not None:
            found = [found[column] for column in columns if column < len(found)]
        if len(found) != len(defaults):
            raise invalid(f"DecodeCSV: Expect {len(defaults)} fields but have {len(found)} in record {i}")
        lines.append(found)
    missing = {b"", na_value.encode()}
    return [
        _column([line[i] for line in lines], default, i, missing, array.shape)
        for i, default in enumerate(defaults)
    ]


def _column(texts: list[bytes], default: Tensor, place: int, missing: set[bytes], shape: Any) -> Tensor:
    filler = to_numpy(default._t).ravel().tolist()
    values: list[Any] = []
    for i, text in enumerate(texts):
        if text in missing:
            if not filler:
                raise invalid(f"DecodeCSV: Field {place} is required but missing in record {i}!")
            values.append(filler[0])
        elif default.dtype == dtypes.string:
            values.append(text)
        else:
            try:
                values.append(to_number([text], default.dtype).numpy()[0])
            except InvalidArgumentError:
                raise invalid(
                    f"DecodeCSV: Field {place} in record {i} is not a valid {type_name(default.dtype)}: "
                    f"{text.decode('utf-8', 'replace')}"
                ) from None
    if default.dtype == dtypes.string:
        return made(values, shape)
    return numbers(values, shape, np.dtype(default.dtype.as_numpy_dtype))


def _fields(line: bytes, delimiter: bytes, quotes: bool) -> list[bytes]:
    """The fields of a line; none of an empty one."""
    if not line:
        return []
    if not quotes:
        return line.split(delimiter)
    found, at = [], 0
    while True:
        if line[at : at + 1] == b'"':
            field, at = _quoted(line, at + 1, delimiter)
        else:
            end = line.find(delimiter, at)
            end = len(line) if end < 0 else end
            field = line[at:end]
            if any(mark in field for mark in (b'"', b"\n", b"\r")):
                raise invalid("DecodeCSV: Unquoted fields cannot have quotes/CRLFs inside")
            at = end
        found.append(field)
        if at >= len(line):
            return found
        at += 1


def _quoted(line: bytes, at: int, delimiter: bytes) -> tuple[bytes, int]:
    """The field that a quote opened, and where it ends."""
    field = b""
    while True:
        end = line.find(b'"', at)
        if end < 0:
            raise invalid("DecodeCSV: Quoted field has to end with quote followed by delim or end")
        field += line[at:end]
        follows = line[end + 1 : end + 2]
        if follows == b'"':
            field += b'"'
            at = end + 2
        elif follows in (b"", delimiter):
            return field, end + 1
        else:
            raise invalid("DecodeCSV: Quote inside a string has to be escaped by another quote")
