"""The methods of `Dataset` that put elements together and take them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfcompat_tape.core.dtypes import int64

if TYPE_CHECKING:
    from tfcompat_tape.data.dataset import Dataset


class Groups:
    """Methods of `Dataset`."""

    def batch(
        self,
        batch_size: Any,
        drop_remainder: bool = False,
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        name: Any = None,
    ) -> Dataset:
        """Elements stacked along a new first axis, `batch_size` at a time.

        Args:
          drop_remainder: leave out the last batch if it is smaller; then the size is part of the `element_spec`.
          the others: no effect on the results.

        Raises:
          InvalidArgumentError: a size below one. When iterated over: elements of different shapes.

        >>> import tfcompat_tape as tf
        >>> [x.numpy().tolist() for x in tf.data.Dataset.range(5).batch(2)]
        [[0, 1], [2, 3], [4]]
        """
        from tfcompat_tape.data.batching import BatchDataset, ParallelBatchDataset

        kind = BatchDataset if num_parallel_calls is None else ParallelBatchDataset
        return kind(self, batch_size, drop_remainder)

    def unbatch(self, name: Any = None) -> Dataset:
        """The slices of each element along its first axis, one by one.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(3).batch(2).unbatch()]
        [0, 1, 2]
        """
        from tfcompat_tape.data.batching import UnbatchDataset

        return UnbatchDataset(self)

    def rebatch(self, batch_size: Any, drop_remainder: bool = False, name: Any = None) -> Dataset:
        """Batches of another size; for a vector, of these sizes in turn.

        >>> import tfcompat_tape as tf
        >>> [x.numpy().tolist() for x in tf.data.Dataset.range(5).batch(2).rebatch(3)]
        [[0, 1, 2], [3, 4]]
        """
        from tfcompat_tape.data.batching import RebatchDataset
        from tfcompat_tape.data.grouping import integers

        return RebatchDataset(self, integers(batch_size), drop_remainder)

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: Any = None,
    ) -> Dataset:
        """Elements stacked after each is padded to one shape.

        Args:
          padded_shapes: the shapes, in the structure of the elements; None (or -1) for the largest size in the batch,
            which is the default for each size that is not known.
          padding_values: what is filled in: 0 or "" by default.

        Raises:
          ValueError, TypeError: shapes or values that do not fit. When iterated over: DataLossError for an element that
            is larger.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.range(1, 4).map(lambda x: tf.fill([x], x))
        >>> [x.numpy().tolist() for x in d.padded_batch(3)]
        [[[1, 0, 0], [2, 2, 0], [3, 3, 3]]]
        """
        from tfcompat_tape.data.padding import PaddedBatchDataset

        return PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def ragged_batch(
        self, batch_size: Any, drop_remainder: bool = False, row_splits_dtype: Any = int64, name: Any = None
    ) -> Dataset:
        """Elements whose sizes differ, as the rows of a RaggedTensor.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.range(1, 4).map(lambda x: tf.fill([x], x))
        >>> [x.to_list() for x in d.ragged_batch(2)]
        [[[1], [2, 2]], [[3, 3, 3]]]
        """
        from tfcompat_tape.data.padding import RaggedBatchDataset

        return RaggedBatchDataset(self, batch_size, drop_remainder, row_splits_dtype)

    def sparse_batch(self, batch_size: Any, row_shape: Any, name: Any = None) -> Dataset:
        """Elements as the rows of a SparseTensor with rows of the shape `row_shape`.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.range(1, 3).map(lambda x: tf.fill([x], x))
        >>> [tf.sparse.to_dense(x).numpy().tolist() for x in d.sparse_batch(2, [3])]
        [[[1, 0, 0], [2, 2, 0]]]
        """
        from tfcompat_tape.data.padding import DenseToSparseBatchDataset

        return DenseToSparseBatchDataset(self, batch_size, row_shape)

    def window(
        self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: bool = False, name: Any = None
    ) -> Dataset:
        """Datasets of `size` elements each (in the structure of the elements), one for every `shift` elements.

        Args:
          shift: by default `size`.
          stride: within a window, every `stride`-th element.
          drop_remainder: leave out windows that are smaller.

        >>> import tfcompat_tape as tf
        >>> [[int(x) for x in window] for window in tf.data.Dataset.range(5).window(2)]
        [[0, 1], [2, 3], [4]]
        """
        from tfcompat_tape.data.windows import WindowDataset

        return WindowDataset(self, size, shift, stride, drop_remainder)

    def group_by_window(
        self,
        key_func: Any,
        reduce_func: Any,
        window_size: Any = None,
        window_size_func: Any = None,
        name: Any = None,
    ) -> Dataset:
        """Elements gathered by key; of each full group comes what `reduce_func(key, dataset)`, a dataset, holds.

        Args:
          key_func: gives the key of an element, int64.
          window_size: how many elements a group has; or `window_size_func`, which gives it for a key.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.range(6)
        >>> d = d.group_by_window(lambda x: x % 2, lambda key, group: group.batch(3), window_size=3)
        >>> [x.numpy().tolist() for x in d]
        [[0, 2, 4], [1, 3, 5]]
        """
        from tfcompat_tape.data.windows import GroupByWindowDataset

        return GroupByWindowDataset(self, key_func, reduce_func, window_size, window_size_func)

    def bucket_by_sequence_length(
        self,
        element_length_func: Any,
        bucket_boundaries: Any,
        bucket_batch_sizes: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        pad_to_bucket_boundary: bool = False,
        no_padding: bool = False,
        drop_remainder: bool = False,
        name: Any = None,
    ) -> Dataset:
        """Batches of elements of similar length, padded.

        Args:
          element_length_func: gives the length of an element, int32.
          bucket_boundaries: where one bucket ends and the next begins.
          bucket_batch_sizes: one more than there are boundaries.
          pad_to_bucket_boundary: pad to the greatest length of the bucket, not to that in the batch.
          no_padding: elements of a batch have one shape already.
          the others: as of `padded_batch`.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.range(1, 5).map(lambda x: tf.fill([x], x))
        >>> [x.numpy().tolist() for x in d.bucket_by_sequence_length(lambda x: tf.size(x), [3], [2, 2])]
        [[[1, 0], [2, 2]], [[3, 3, 3, 0], [4, 4, 4, 4]]]
        """
        from tfcompat_tape.data.grouping import BucketDataset

        return BucketDataset(
            self,
            element_length_func,
            bucket_boundaries,
            bucket_batch_sizes,
            padded_shapes,
            padding_values,
            pad_to_bucket_boundary,
            no_padding,
            drop_remainder,
        )
