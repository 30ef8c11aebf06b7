"""`tf.compat.v1.data.experimental`: what gives datasets of version 1, and specs by their older names."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.datasets import Adapter, as_version_1

__all__ = [
    "Counter",
    "CsvDataset",
    "RaggedTensorStructure",
    "RandomDataset",
    "SparseTensorStructure",
    "SqlDataset",
    "TensorArrayStructure",
    "TensorStructure",
    "choose_from_datasets",
    "make_batched_features_dataset",
    "make_csv_dataset",
    "map_and_batch_with_legacy_function",
    "sample_from_datasets",
]

Counter = as_version_1(tf.data.experimental.Counter)
choose_from_datasets = as_version_1(tf.data.experimental.choose_from_datasets)
sample_from_datasets = as_version_1(tf.data.experimental.sample_from_datasets)
make_batched_features_dataset = as_version_1(tf.data.experimental.make_batched_features_dataset)
make_csv_dataset = as_version_1(tf.data.experimental.make_csv_dataset)


class CsvDataset(Adapter):
    """`tf.data.experimental.CsvDataset` as one of version 1. Source: `tf.compat.v1.data.experimental.CsvDataset`."""

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
        super().__init__(
            tf.data.experimental.CsvDataset(
                filenames,
                record_defaults,
                compression_type,
                buffer_size,
                header,
                field_delim,
                use_quote_delim,
                na_value,
                select_cols,
                exclude_cols,
            )
        )


class RandomDataset(Adapter):
    """`tf.data.experimental.RandomDataset` as a dataset of version 1.

    Source: `tf.compat.v1.data.experimental.RandomDataset`.
    """

    def __init__(self, seed: Any = None, rerandomize_each_iteration: Any = None, name: Any = None) -> None:
        super().__init__(tf.data.experimental.RandomDataset(seed, rerandomize_each_iteration, name))


class SqlDataset(Adapter):
    """`tf.data.experimental.SqlDataset` as one of version 1. Source: `tf.compat.v1.data.experimental.SqlDataset`."""

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> None:
        super().__init__(tf.data.experimental.SqlDataset(driver_name, data_source_name, query, output_types))


def map_and_batch_with_legacy_function(
    map_func: Any,
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Any:
    """The same as `map_and_batch`. Source: `tf.compat.v1.data.experimental.map_and_batch_with_legacy_function`.

    >>> import tfcompat_tape as tf
    >>> step = tf.compat.v1.data.experimental.map_and_batch_with_legacy_function(lambda x: x * x, 2)
    >>> [batch.numpy().tolist() for batch in tf.compat.v1.data.Dataset.range(3).apply(step)]
    [[0, 1], [4]]
    """
    return tf.data.experimental.map_and_batch(
        map_func, batch_size, num_parallel_batches, drop_remainder, num_parallel_calls
    )


def TensorStructure(dtype: Any, shape: Any) -> Any:
    """A `tf.TensorSpec`. Source: `tf.compat.v1.data.experimental.TensorStructure`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.experimental.TensorStructure(tf.int32, [2])
    TensorSpec(shape=(2,), dtype=tf.int32, name=None)
    """
    return tf.TensorSpec(shape, dtype)


def SparseTensorStructure(dtype: Any, shape: Any) -> Any:
    """A `tf.SparseTensorSpec`. Source: `tf.compat.v1.data.experimental.SparseTensorStructure`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.experimental.SparseTensorStructure(tf.int32, [2, 2])
    SparseTensorSpec(TensorShape([2, 2]), tf.int32)
    """
    return tf.SparseTensorSpec(shape, dtype)


def RaggedTensorStructure(dtype: Any, shape: Any, ragged_rank: Any) -> Any:
    """A `tf.RaggedTensorSpec`. Source: `tf.compat.v1.data.experimental.RaggedTensorStructure`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.experimental.RaggedTensorStructure(tf.int32, [2, None], 1)
    RaggedTensorSpec(TensorShape([2, None]), tf.int32, 1, tf.int64)
    """
    return tf.RaggedTensorSpec(shape, dtype, ragged_rank)


def TensorArrayStructure(dtype: Any, element_shape: Any, dynamic_size: Any, infer_shape: Any) -> Any:
    """A `tf.TensorArraySpec`. Source: `tf.compat.v1.data.experimental.TensorArrayStructure`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.experimental.TensorArrayStructure(tf.int32, [2], True, True)
    TensorArraySpec(TensorShape([2]), tf.int32, True, True)
    """
    return tf.TensorArraySpec(element_shape, dtype, dynamic_size, infer_shape)
