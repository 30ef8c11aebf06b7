"""The methods of `Dataset` that call functions of elements, and those that choose elements and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfcompat_tape.data.dataset import Dataset


class Steps:
    """Methods of `Dataset`."""

    # -- functions of elements -----------------------------------------------------------------------------------------

    def map(
        self,
        map_func: Any,
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        synchronous: Any = None,
        use_unbounded_threadpool: bool = False,
        name: Any = None,
    ) -> Dataset:
        """`map_func` of each element.

        Args:
          map_func: called with the element; with several arguments where that is a tuple. It is traced once.
          num_parallel_calls: how many calls may run at a time, in threads; `tf.data.AUTOTUNE` for a fitting number.
          deterministic: whether results keep the order of the elements: by default as the options say, which is yes.
          the others: no effect.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(3).map(lambda x: x * x)]
        [0, 1, 4]
        """
        from tfcompat_tape.data.mapping import MapDataset, ParallelMapDataset

        kind = MapDataset if num_parallel_calls is None else ParallelMapDataset
        return kind(self, map_func, num_parallel_calls, deterministic)

    def filter(self, predicate: Any, name: Any = None) -> Dataset:
        """The elements for which `predicate` gives True.

        Raises:
          ValueError: it gives no bool scalar.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(5).filter(lambda x: x % 2 == 0)]
        [0, 2, 4]
        """
        from tfcompat_tape.data.mapping import FilterDataset

        return FilterDataset(self, predicate)

    def take_while(self, predicate: Any, name: Any = None) -> Dataset:
        """The elements before the first for which `predicate` gives False.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(5).take_while(lambda x: x < 2)]
        [0, 1]
        """
        from tfcompat_tape.data.mapping import TakeWhileDataset

        return TakeWhileDataset(self, predicate)

    def flat_map(self, map_func: Any, name: Any = None) -> Dataset:
        """The elements of the datasets that `map_func` gives for each element, one dataset after another.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(1, 4).flat_map(tf.data.Dataset.range)]
        [0, 0, 1, 0, 1, 2]
        """
        from tfcompat_tape.data.mapping import FlatMapDataset

        return FlatMapDataset(self, map_func)

    # -- choice and order ----------------------------------------------------------------------------------------------

    def take(self, count: Any, name: Any = None) -> Dataset:
        """The first `count` elements; all for -1.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(5).take(2)]
        [0, 1]
        """
        from tfcompat_tape.data.ordering import TakeDataset

        return TakeDataset(self, count)

    def skip(self, count: Any, name: Any = None) -> Dataset:
        """All but the first `count` elements; none for -1.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(5).skip(3)]
        [3, 4]
        """
        from tfcompat_tape.data.ordering import SkipDataset

        return SkipDataset(self, count)

    def repeat(self, count: Any = None, name: Any = None) -> Dataset:
        """The elements `count` times; without an end for None and -1.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(2).repeat(2)]
        [0, 1, 0, 1]
        """
        from tfcompat_tape.data.ordering import RepeatDataset

        return RepeatDataset(self, count)

    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: Any = True, name: Any = None
    ) -> Dataset:
        """The elements in random order: each is drawn from the next `buffer_size` ones.

        With a seed (this one, the global one, or both) the order is TensorFlow's. Each iteration has another order,
        unless `reshuffle_each_iteration` is False.

        >>> import tfcompat_tape as tf
        >>> tf.random.set_seed(5)
        >>> [int(x) for x in tf.data.Dataset.range(10).shuffle(4, seed=3)]
        [0, 3, 4, 2, 5, 7, 9, 6, 8, 1]
        """
        from tfcompat_tape.data.shuffling import ShuffleDataset

        return ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)

    def shard(self, num_shards: Any, index: Any, name: Any = None) -> Dataset:
        """Every `num_shards`-th element, from number `index` on.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(5).shard(2, 1)]
        [1, 3]
        """
        from tfcompat_tape.data.ordering import ShardDataset

        return ShardDataset(self, num_shards, index)

    def concatenate(self, dataset: Dataset, name: Any = None) -> Dataset:
        """The elements of this dataset, then those of another, which must be of the same structure and dtypes.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(2).concatenate(tf.data.Dataset.range(7, 9))]
        [0, 1, 7, 8]
        """
        from tfcompat_tape.data.ordering import ConcatenateDataset

        return ConcatenateDataset(self, dataset)

    def enumerate(self, start: Any = 0, name: Any = None) -> Dataset:
        """Pairs of a number, counted from `start` (int64), and the element.

        >>> import tfcompat_tape as tf
        >>> [(int(i), int(x)) for i, x in tf.data.Dataset.range(5, 7).enumerate()]
        [(0, 5), (1, 6)]
        """
        from tfcompat_tape.data.ordering import CountedDataset

        return CountedDataset(self, start)

    def prefetch(self, buffer_size: Any, name: Any = None) -> Dataset:
        """The same elements; a thread prepares up to `buffer_size` of them while others are used.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(2).prefetch(tf.data.AUTOTUNE)]
        [0, 1]
        """
        from tfcompat_tape.data.prefetching import PrefetchDataset

        return PrefetchDataset(self, buffer_size)
