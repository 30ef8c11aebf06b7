"""The methods of `Dataset` that put elements together and take them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
