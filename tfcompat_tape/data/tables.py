"""Rows of tables as elements: CSV files, databases; Examples of batches of strings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.data.base import UNKNOWN, Run, lasting, opening
from tfcompat_tape.data.csv_rows import Rows, Table, in_batches, single_rows
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.files import file_names, kind_of, text
from tfcompat_tape.data.structure import Element, Layout, flatten, mapped, raw_of, spec_of
from tfcompat_tape.io.paths import local

_COLUMNS = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)


class CsvDataset(Dataset):
    """The rows of files of comma-separated values, as tuples of a scalar for each column.

    Args:
      filenames: a string, several, or a dataset of strings.
      record_defaults: for each column its dtype, if a value is required, or what stands where it is missing.
      compression_type: "", "ZLIB" or "GZIP".
      header: whether the first line of each file is left out.
      field_delim, use_quote_delim, na_value: as of `tf.io.decode_csv`.
      select_cols, exclude_cols: numbers of the columns to take, or to leave out.

    Raises:
      InvalidArgumentError: when iterated over: a row that does not fit.

    Source: `tf.data.experimental.CsvDataset`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "table.csv")
    >>> tf.io.write_file(path, "1,a\\n2,b\\n")
    >>> d = tf.data.experimental.CsvDataset(path, [tf.int32, tf.string])
    >>> [(int(number), letter) for number, letter in d.as_numpy_iterator()]
    [(1, b'a'), (2, b'b')]
    """

    _shown = "CsvDatasetV2"

    def __init__(
        self,
        filenames: Any,
        record_defaults: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
        exclude_cols: Any = None,
    ) -> None:
        super().__init__(file_names(filenames))
        self._types: list[Any] = []
        self._fillers: list[
            Any
        ] = []  # for each column what stands for a missing value, in a list; none if required
        for default in record_defaults:
            try:
                self._types.append(dtypes.as_dtype(default))
                self._fillers.append([])
                continue
            except TypeError:
                found = convert(default)
            self._types.append(found.dtype)
            self._fillers.append(to_numpy(found._t).ravel().tolist())
        for dtype in self._types:
            if dtype not in _COLUMNS:
                raise TypeError(
                    f"CsvDataset: a column of {dtype!r} is not there, only of numbers and strings."
                )
        if select_cols is not None and exclude_cols is not None:
            raise invalid("CsvDataset: either select_cols or exclude_cols may be given.")
        self._kind = kind_of(compression_type)
        self._header = bool(header)
        self._delimiter = field_delim.encode()
        if len(self._delimiter) != 1:
            raise invalid("field_delim should be only 1 char")
        self._quotes = bool(use_quote_delim)
        self._missing = {b"", na_value.encode()}
        self._taken = None if select_cols is None else [int(i) for i in select_cols]
        self._left_out = None if exclude_cols is None else {int(i) for i in exclude_cols}
        if self._taken is not None:
            if any(a >= b for a, b in zip(self._taken, self._taken[1:], strict=False)):
                raise invalid("select_cols should be strictly increasing indices")
            if len(self._taken) != len(self._types):
                raise invalid("select_cols should match output size")

    def _spec(self) -> Any:
        return tuple([TensorSpec([], dtype) for dtype in self._types])

    def _count(self) -> int:
        return UNKNOWN

    def _open(self, run: Run) -> Iterator[Element]:
        return self._lasting(run, single_rows)

    def _batches(self, run: Run, size: int, drop: bool) -> Iterator[Element]:
        return self._lasting(run, lambda parts: in_batches(parts, size, drop))

    @lasting
    def _lasting(self, run: Run, made: Callable[[Iterator[Any]], Iterator[Any]]) -> Iterator[Any]:
        names = self._from[0]._open(run)
        yield ()
        table = Table(
            self._types,
            self._fillers,
            self._delimiter,
            self._quotes,
            self._missing,
            self._taken,
            self._left_out,
            self._header,
        )
        files = (Rows(local(element[0][()]), self._kind, table) for element in names)
        yield from made(itertools.chain.from_iterable(files))


def _scalar(value: Any, dtype: Any) -> Any:
    import torch

    return torch.tensor(value, dtype=dtype.torch)


class SqlDataset(Dataset):
    """The rows that a query finds in a database, as tuples of scalars.

    Args:
      driver_name: "sqlite".
      data_source_name: the file of the database.
      query: in SQL.
      output_types: the dtypes of the columns, a tuple.

    Source: `tf.data.experimental.SqlDataset`.
    """

    _shown = "SqlDatasetV2"

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> None:
        super().__init__()
        self._driver = _as_text(driver_name)
        self._source = _as_text(data_source_name)
        self._query = _as_text(query)
        self._kept_layout = Layout(mapped(lambda x: TensorSpec([], dtypes.as_dtype(x)), output_types))

    def _count(self) -> int:
        return UNKNOWN

    def _open(self, run: Run) -> Iterator[Element]:
        import sqlite3
        from pathlib import Path

        if self._driver != "sqlite":
            raise invalid(f"tensorflow: The database type, {self._driver}, is not supported by SqlDataset.")
        types = [leaf.dtype for leaf in self._layout.leaves]
        try:
            connection = sqlite3.connect(f"{Path(self._source).resolve().as_uri()}?mode=rwc", uri=True)
        except sqlite3.Error as error:
            raise invalid(f"Sqlite3 open of {self._source} failed: {error}") from None
        try:
            try:
                cursor = connection.execute(self._query)
            except sqlite3.Error as error:
                raise invalid(f"Failed to prepare query '{self._query}': {error}") from None
            for row in cursor:
                if len(row) != len(types):
                    raise invalid(
                        f"The number of columns in query ({len(row)}) must match the number of elements in "
                        f"output_types ({len(types)})."
                    )
                yield tuple([_cell(value, dtype) for value, dtype in zip(row, types, strict=True)])
        finally:
            connection.close()


def _as_text(value: Any) -> str:
    if hasattr(value, "_t"):
        value = value.numpy()
    return value.decode() if isinstance(value, bytes) else str(value)


def _cell(value: Any, dtype: Any) -> Any:
    if dtype is dtypes.string:
        if value is None:
            return text(b"")
        return text(value if isinstance(value, bytes) else str(value).encode())
    number = 0 if value is None else float(value) if dtype.is_floating else int(value)
    if dtype is dtypes.bool_:
        return _scalar(bool(number), dtype)
    return Tensor(convert(np.asarray(number, dtype.as_numpy_dtype))._t, None)._t


class ParseExampleDataset(Dataset):
    """What is in batches of serialized Examples."""

    def __init__(self, input_dataset: Dataset, features: Any) -> None:
        super().__init__(input_dataset)
        from tfcompat_tape.io.parsing import parse_example

        if features is None:
            raise ValueError("Argument `features` must not be None.")
        spec = input_dataset.element_spec
        if not isinstance(spec, TensorSpec) or spec.dtype is not dtypes.string or spec.shape.rank != 1:
            raise TypeError(
                f"Input dataset should be a dataset of vectors of strings, but its elements are {spec}."
            )
        self._features = features
        self._parse = parse_example

    def _spec(self) -> Any:
        empty = Tensor(np.empty([0], object), None)
        return mapped(_with_open_batch, spec_of(self._parse(empty, self._features)))

    @opening
    def _open(self, run: Run) -> Iterator[Element]:
        batches = self._from[0]._open(run)
        yield ()
        for (batch,) in batches:
            found = self._parse(Tensor(batch, None), self._features)
            yield tuple([raw_of(leaf) for leaf in flatten(found)])


def _with_open_batch(spec: Any) -> Any:
    from tfcompat_tape.core.sparse_tensor import SparseTensorSpec

    if isinstance(spec, TensorSpec):
        return TensorSpec([None, *spec.shape.as_list()[1:]], spec.dtype)
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec([None] * (spec.shape.rank or 0), spec.dtype)
    return type(spec)(
        [None, *spec._shape.as_list()[1:]], spec._dtype, spec._ragged_rank, spec._row_splits_dtype
    )


class TFRecordWriter:
    """Writes a dataset of strings to a TFRecord file. Source: `tf.data.experimental.TFRecordWriter`.

    >>> import tfcompat_tape as tf
    >>> import os
    >>> import tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "records")
    >>> tf.data.experimental.TFRecordWriter(path).write(tf.data.Dataset.from_tensor_slices(["a", "b"]))
    >>> list(tf.data.TFRecordDataset(path).as_numpy_iterator())
    [b'a', b'b']
    """

    def __init__(self, filename: Any, compression_type: Any = None) -> None:
        self._file = local(_as_text(filename))
        self._kind = kind_of(compression_type)

    def write(self, dataset: Dataset) -> None:
        """Write all elements. TypeError: they are no scalars of strings."""
        from tfcompat_tape.io.records import TFRecordWriter as Writer

        if not isinstance(dataset, Dataset):
            raise TypeError(
                f"Invalid `dataset.` Expected a `tf.data.Dataset` object but got {type(dataset)}."
            )
        spec = dataset.element_spec
        if not isinstance(spec, TensorSpec) or spec.dtype is not dtypes.string or spec.shape.rank != 0:
            raise TypeError(
                "Invalid `dataset`. Expected a`dataset` that produces scalar `tf.string` elements, but got a dataset "
                f"which produces elements with shapes {getattr(spec, 'shape', spec)} and types "
                f"{getattr(spec, 'dtype', spec)!r}."
            )
        with Writer(self._file, self._kind) as writer:
            for (leaf,) in dataset._started()[1]:
                writer.write(leaf[()])
