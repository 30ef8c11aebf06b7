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

    def interleave(
        self,
        map_func: Any,
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        name: Any = None,
    ) -> Dataset:
        """The elements of the datasets that `map_func` gives for each element, by turns.

        Args:
          cycle_length: how many datasets are open at a time.
          block_length: how many elements of one come in a row, 1 by default.
          num_parallel_calls: with it, a thread prepares the elements of each dataset that is open.
          deterministic: no effect; the order is always the same.

        Raises:
          InvalidArgumentError: a length below one, or more calls than datasets are open.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.from_tensor_slices([0, 10])
        >>> def both(x):
        ...     return tf.data.Dataset.from_tensors(x).repeat(2)
        >>> [int(x) for x in d.interleave(both, cycle_length=2)]
        [0, 10, 0, 10]
        """
        from tfcompat_tape.data.interleaving import InterleaveDataset, ParallelInterleaveDataset

        if num_parallel_calls is None:
            return InterleaveDataset(self, map_func, cycle_length, block_length)
        return ParallelInterleaveDataset(self, map_func, cycle_length, block_length, num_parallel_calls)

    def scan(self, initial_state: Any, scan_func: Any, name: Any = None) -> Dataset:
        """The results of `scan_func(state, element)`, which gives the next state and a result.

        Raises:
          TypeError: it gives no pair, or a state of other dtypes than the initial one.

        >>> import tfcompat_tape as tf
        >>> zero = tf.constant(0, tf.int64)
        >>> [int(x) for x in tf.data.Dataset.range(4).scan(zero, lambda state, x: (state + x, state + x))]
        [0, 1, 3, 6]
        """
        from tfcompat_tape.data.scanning import ScanDataset

        return ScanDataset(self, initial_state, scan_func)

    def reduce(self, initial_state: Any, reduce_func: Any, name: Any = None) -> Any:
        """The last state, where `reduce_func(state, element)` gives the next one.

        Raises:
          TypeError: the state does not keep its dtypes.

        >>> import tfcompat_tape as tf
        >>> int(tf.data.Dataset.range(4).reduce(tf.constant(0, tf.int64), lambda state, x: state + x))
        6
        """
        from tfcompat_tape.data.scanning import reduced

        return reduced(self, initial_state, reduce_func)

    def ignore_errors(self, log_warning: bool = False, name: Any = None) -> Dataset:
        """The elements without those whose making fails.

        Args:
          log_warning: write a line to the log for each.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.from_tensor_slices([1.0, 0.0, 4.0])
        >>> d = d.map(lambda x: tf.debugging.check_numerics(1.0 / x, "error")).ignore_errors()
        >>> [float(x) for x in d]
        [1.0, 0.25]
        """
        from tfcompat_tape.data.prefetching import IgnoreErrorsDataset

        return IgnoreErrorsDataset(self, log_warning)

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

    def unique(self, name: Any = None) -> Dataset:
        """Each element once, where it first comes.

        Raises:
          TypeError: elements that are neither int32, int64 nor strings.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.from_tensor_slices([1, 2, 1, 3]).unique()]
        [1, 2, 3]
        """
        from tfcompat_tape.data.scanning import UniqueDataset

        return UniqueDataset(self)

    def cache(self, filename: Any = "", name: Any = None) -> Dataset:
        """The elements of the first complete iteration, in each later one.

        Args:
          filename: where they are kept; in memory by default.

        >>> import tfcompat_tape as tf
        >>> made = []
        >>> def numbers():
        ...     made.append("made")
        ...     yield 1
        >>> d = tf.data.Dataset.from_generator(numbers, output_signature=tf.TensorSpec([], tf.int32)).cache()
        >>> _ = list(d), list(d)
        >>> made
        ['made']
        """
        from tfcompat_tape.data.caching import CacheDataset

        return CacheDataset(self, filename)

    def snapshot(
        self,
        path: Any,
        compression: Any = "AUTO",
        reader_func: Any = None,
        shard_func: Any = None,
        name: Any = None,
    ) -> Dataset:
        """The elements of the first complete iteration, which are written to the directory `path` and read from there.

        A directory that another program wrote is written anew. Source: `tf.data.Dataset.snapshot`.
        """
        from tfcompat_tape.data.caching import SnapshotDataset

        return SnapshotDataset(self, path, compression, reader_func, shard_func)

    def save(
        self, path: Any, compression: Any = None, shard_func: Any = None, checkpoint_args: Any = None
    ) -> None:
        """Write the elements to a directory, from which `Dataset.load` reads them, and TensorFlow.

        Args:
          compression: None or "GZIP".
          shard_func: gives the number of the file (int64) that an element goes to.

        Raises:
          UnimplementedError: elements that are no tensors; compression by Snappy.

        >>> import tempfile
        >>> import tfcompat_tape as tf
        >>> path = tempfile.mkdtemp()
        >>> tf.data.Dataset.range(3).save(path)
        >>> [int(x) for x in tf.data.Dataset.load(path)]
        [0, 1, 2]
        """
        from tfcompat_tape.core.errors import unimplemented
        from tfcompat_tape.data.saving import save

        if checkpoint_args is not None:
            raise unimplemented("Dataset.save: checkpoint_args is not there.")
        save(self, path, compression, shard_func)

    def rejection_resample(
        self, class_func: Any, target_dist: Any, initial_dist: Any = None, seed: Any = None, name: Any = None
    ) -> Dataset:
        """Pairs of class and element, chosen so that the classes have the distribution `target_dist`.

        Args:
          class_func: gives the class of an element, int32.
          target_dist: the probability of each class.
          initial_dist: what it is among the elements; estimated while they come, by default.

        >>> import tfcompat_tape as tf
        >>> d = tf.data.Dataset.range(6).rejection_resample(lambda x: tf.cast(x % 2, tf.int32), [1.0, 0.0], [0.5, 0.5])
        >>> [int(x) for _, x in d]
        [0, 2, 4]
        """
        from tfcompat_tape.data.resampling import resampled

        return resampled(self, class_func, target_dist, initial_dist, seed)
