"""Whole pipelines from files to batches: make_csv_dataset, make_batched_features_dataset."""

from __future__ import annotations

import collections
import csv
import glob
import gzip
import io
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.data.dataset import Dataset
from tfcompat_tape.data.files import TFRecordDataset, kind_of
from tfcompat_tape.data.interleaving import InterleaveDataset
from tfcompat_tape.data.tables import CsvDataset

__all__ = ["make_batched_features_dataset", "make_csv_dataset"]

_INTEGER, _LONG = (-(2**31), 2**31), (-(2**63), 2**63)


def _found(pattern: Any, shuffle: Any, seed: Any) -> list[str]:
    patterns = pattern if isinstance(pattern, list) else [pattern]
    names = []
    for one in patterns:
        matched = sorted(glob.glob(one))
        if not matched:
            raise ValueError(f"No files match `file_pattern` {one}.")
        names += matched
    if not shuffle:
        names = sorted(names)
    return names


def make_csv_dataset(
    file_pattern: Any,
    batch_size: Any,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: Any = None,
    select_columns: Any = None,
    field_delim: Any = ",",
    use_quote_delim: Any = True,
    na_value: Any = "",
    header: Any = True,
    num_epochs: Any = None,
    shuffle: Any = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    num_parallel_reads: Any = None,
    sloppy: Any = False,
    num_rows_for_inference: Any = 100,
    compression_type: Any = None,
    ignore_errors: Any = False,
    encoding: Any = "utf-8",
) -> Dataset:
    """Batches of the rows of CSV files, as dictionaries of the columns; pairs of these and the label if there is one.

    Args:
      file_pattern: a pattern of names of files, or several.
      column_names: of all columns; by default they stand in the first line.
      column_defaults: as of `CsvDataset`; by default dtypes are found from the first rows.
      label_name: the column that is no feature.
      select_columns: names or numbers of the columns to take.
      num_epochs: how often the rows come; without an end by default.
      shuffle, shuffle_buffer_size, shuffle_seed: random order of rows.
      num_rows_for_inference: how many rows are looked at; all if None.
      ignore_errors: pass over rows that do not fit.
      the others: as of `CsvDataset`.

    Raises:
      ValueError: no such file; names or columns that do not fit.

    Source: `tf.data.experimental.make_csv_dataset`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "table.csv")
    >>> tf.io.write_file(path, "a,b\\n1,x\\n2,y\\n")
    >>> d = tf.data.experimental.make_csv_dataset(path, 2, num_epochs=1, shuffle=False)
    >>> [{key: x.tolist() for key, x in batch.items()} for batch in d.as_numpy_iterator()]
    [{'a': [1, 2], 'b': [b'x', b'y']}]
    """
    names = _found(file_pattern, shuffle, shuffle_seed)
    kind = kind_of(compression_type)
    if column_names is None:
        if not header:
            raise ValueError("Expected `column_names` or `header` argument. Neither was provided.")
        column_names = _header(names, kind, encoding, field_delim, use_quote_delim)
    if len(column_names) != len(set(column_names)):
        raise ValueError(f"`column_names` should not contain duplicates, but has {column_names}.")
    if select_columns is not None:
        select_columns = _numbers(select_columns, column_names)
    if column_defaults is not None:
        column_defaults = [default if _is_dtype(default) else convert(default) for default in column_defaults]
    else:
        rows = _rows(names, kind, encoding, field_delim, use_quote_delim, bool(header))
        column_defaults = _inferred(rows, len(column_names), select_columns, num_rows_for_inference, na_value)
    if select_columns is not None and len(column_defaults) != len(select_columns):
        raise ValueError(
            "If specified, `column_defaults` and `select_columns` must have the same length: `column_defaults` has "
            f"length {len(column_defaults)}, `select_columns` has length {len(select_columns)}."
        )
    if select_columns is not None:
        column_names = [column_names[i] for i in select_columns]
    if label_name is not None and label_name not in column_names:
        raise ValueError(
            f"`label_name` provided must be one of the columns: {column_names}. Received: {label_name}."
        )

    def rows_of(name: Any) -> Dataset:
        found: Dataset = CsvDataset(
            name,
            column_defaults,
            compression_type,
            None,
            header,
            field_delim,
            use_quote_delim,
            na_value,
            select_columns,
        )
        return found.ignore_errors() if ignore_errors else found

    def features_of(*columns: Any) -> Any:
        features = collections.OrderedDict(zip(column_names, columns, strict=True))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    files = Dataset.from_tensor_slices(names)
    if shuffle:
        files = files.shuffle(len(names), shuffle_seed)
    found: Dataset = InterleaveDataset(files, rows_of, num_parallel_reads or 1, 1)
    if num_epochs != 1 and shuffle:
        found = found.shuffle(shuffle_buffer_size, shuffle_seed).repeat(num_epochs)
    elif shuffle:
        found = found.shuffle(shuffle_buffer_size, shuffle_seed)
    elif num_epochs != 1:
        found = found.repeat(num_epochs)
    # Batches before features: the function then runs once for each batch.
    found = found.batch(batch_size, drop_remainder=num_epochs is None).map(features_of)
    return found.prefetch(-1 if prefetch_buffer_size is None else prefetch_buffer_size)


def _is_dtype(value: Any) -> bool:
    try:
        dtypes.as_dtype(value)
    except TypeError:
        return False
    return True


def _lines(name: str, kind: str, encoding: str) -> Any:
    if kind == "GZIP":
        return io.TextIOWrapper(gzip.open(name), encoding=encoding, newline="")
    if kind:
        import zlib

        with open(name, "rb") as file:
            return io.StringIO(zlib.decompress(file.read()).decode(encoding))
    return open(name, encoding=encoding, newline="")


def _reader(file: Any, delimiter: str, quotes: bool) -> Any:
    return csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)


def _header(names: list[str], kind: str, encoding: str, delimiter: str, quotes: bool) -> list[str]:
    with _lines(names[0], kind, encoding) as file:
        first = next(_reader(file, delimiter, quotes), [])
    for name in names[1:]:
        with _lines(name, kind, encoding) as file:
            if next(_reader(file, delimiter, quotes), []) != first:
                raise ValueError(
                    "All input CSV files should have the same column names in the header row. File "
                    f"{name} has different column names."
                )
    return list(first)


def _rows(names: list[str], kind: str, encoding: str, delimiter: str, quotes: bool, header: bool) -> Any:
    for name in names:
        with _lines(name, kind, encoding) as file:
            reader = _reader(file, delimiter, quotes)
            if header:
                next(reader, None)
            yield from reader


def _numbers(columns: Any, names: list[str]) -> list[int]:
    """Columns that are given by name or number, as ascending numbers."""
    if all(isinstance(x, int) for x in columns):
        found = list(columns)
    elif all(isinstance(x, str) for x in columns):
        for x in columns:
            if x not in names:
                raise ValueError(
                    f"Value {x!r} passed to `select_columns` is not a valid column name: {names}."
                )
        found = [names.index(x) for x in columns]
    else:
        raise ValueError("`select_columns` must contain either column indices or column names, not both.")
    found.sort()
    if found and (found[0] < 0 or found[-1] >= len(names)):
        raise ValueError(
            f"Value {found} passed to `select_columns` contains numbers of columns that are not there."
        )
    if len(set(found)) != len(found):
        raise ValueError(f"`select_columns` contains duplicates: {columns}.")
    return found


def _inferred(rows: Any, count: int, taken: Any, most: Any, missing: str) -> list[Any]:
    """A default for each column, of the narrowest dtype that holds all values."""
    places = list(range(count)) if taken is None else taken
    order = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.string]
    levels = [0] * len(places)
    for number, row in enumerate(rows):
        if most is not None and number >= most:
            break
        if len(row) != count:
            raise ValueError(
                f"Problem inferring types: CSV row {row} has {len(row)} number of fields. Expected: {count}."
            )
        for i, place in enumerate(places):
            levels[i] = max(levels[i], _level(row[place], missing))
    return [convert([""] if order[n] is dtypes.string else [0], order[n]) for n in levels]


def _level(value: str, missing: str) -> int:
    if value in ("", missing):
        return 0
    try:
        number = int(value)
        if _INTEGER[0] <= number < _INTEGER[1]:
            return 0
        if _LONG[0] <= number < _LONG[1]:
            return 1
    except ValueError:
        pass
    try:
        real = float(value)
    except ValueError:
        return 4
    return 2 if abs(real) < 3.4028234663852886e38 else 3 if abs(real) != float("inf") else 4


def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: Any,
    features: Any,
    reader: Any = None,
    label_key: Any = None,
    reader_args: Any = None,
    num_epochs: Any = None,
    shuffle: Any = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = None,
    reader_num_threads: Any = None,
    parser_num_threads: Any = None,
    sloppy_ordering: Any = False,
    drop_final_batch: Any = False,
) -> Dataset:
    """Batches of the Examples in files, as dictionaries of `features`; pairs of these and the label if there is one.

    Args:
      file_pattern: a pattern of names of files, or several.
      features: as of `tf.io.parse_example`.
      reader: makes a dataset of a name, `TFRecordDataset` by default; `reader_args` are further arguments.
      label_key: the feature that is the label.
      the others: as of `make_csv_dataset`.

    Source: `tf.data.experimental.make_batched_features_dataset`.

    >>> import tfcompat_tape as tf
    >>> import os
    >>> import tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "records")
    >>> feature = tf.train.Feature(float_list=tf.train.FloatList(value=[0.5]))
    >>> with tf.io.TFRecordWriter(path) as writer:
    ...     example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
    ...     writer.write(example.SerializeToString())
    >>> features = {"x": tf.io.FixedLenFeature([], tf.float32)}
    >>> dataset = tf.data.experimental.make_batched_features_dataset(path, 1, features, num_epochs=1)
    >>> [batch["x"].numpy().tolist() for batch in dataset]
    [[0.5]]
    """
    from tfcompat_tape.data.tables import ParseExampleDataset

    make = TFRecordDataset if reader is None else reader
    names = _found(file_pattern, False, None)
    files = Dataset.from_tensor_slices(names)
    if shuffle:
        files = files.shuffle(len(names), shuffle_seed)
    found: Dataset = InterleaveDataset(
        files, lambda name: make(name, *(reader_args or ())), reader_num_threads or 1, 1
    )
    spec = found.element_spec
    if isinstance(spec, tuple) and len(spec) == 2:
        found = found.map(lambda _, value: value)
    if label_key is not None and label_key not in features:
        raise ValueError(
            f"The `label_key` provided ({label_key}) must be one of the `features` keys: {features.keys()}."
        )
    if shuffle:
        found = found.shuffle(shuffle_buffer_size, shuffle_seed)
    if num_epochs != 1:
        found = found.repeat(num_epochs)
    drop = drop_final_batch or num_epochs is None
    found = ParseExampleDataset(found.batch(batch_size, drop_remainder=drop), features)
    if label_key is not None:

        def with_label(values: Any) -> Any:
            values = dict(values)
            label = values.pop(label_key)
            return values, label

        found = found.map(with_label)
    return found.prefetch(-1 if prefetch_buffer_size is None else prefetch_buffer_size)
