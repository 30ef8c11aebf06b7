"""The functions of `tf.data.experimental`: mostly older forms of methods of `Dataset`."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.dataset import Dataset


def Counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Dataset:
    """The same as `Dataset.counter`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.experimental.Counter(start=10, step=5)
    >>> [int(x) for x in dataset.take(3)]
    [10, 15, 20]
    """
    return Dataset.counter(start, step, dtype)


def RandomDataset(seed: Any = None, rerandomize_each_iteration: Any = None, name: Any = None) -> Dataset:
    """The same as `Dataset.random`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.experimental.RandomDataset(seed=4).take(3)
    >>> all(0 <= int(x) < 2**32 for x in dataset)
    True
    """
    return Dataset.random(seed, rerandomize_each_iteration)


def assert_cardinality(expected_cardinality: Any) -> Any:
    """A transformation: the dataset has so many elements; FailedPreconditionError where it turns out otherwise.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(5).filter(lambda x: x > 2).apply(tf.data.experimental.assert_cardinality(2))
    >>> len(dataset)
    2
    """
    from tfcompat_tape.data.ordering import AssertCardinalityDataset

    return lambda dataset: AssertCardinalityDataset(dataset, expected_cardinality)


def cardinality(dataset: Dataset) -> Tensor:
    """The same as `dataset.cardinality()`.

    >>> import tfcompat_tape as tf
    >>> int(tf.data.experimental.cardinality(tf.data.Dataset.range(7).batch(2)))
    4
    """
    return dataset.cardinality()


def choose_from_datasets(datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = False) -> Dataset:
    """The same as `Dataset.choose_from_datasets`, with another default.

    >>> import tfcompat_tape as tf
    >>> low, high = tf.data.Dataset.range(3), tf.data.Dataset.range(100, 103)
    >>> choice = tf.data.Dataset.from_tensor_slices(tf.constant([0, 1, 1], tf.int64))
    >>> [int(x) for x in tf.data.experimental.choose_from_datasets([low, high], choice)]
    [0, 100, 101]
    """
    return Dataset.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


def enable_debug_mode() -> None:
    """From now on functions of elements run as they are, for each element: a debugger stops in them.

    Source: `tf.data.experimental.enable_debug_mode`.
    """
    from tfcompat_tape.data.function import Debugging

    Debugging.enabled = True


def enumerate_dataset(start: Any = 0) -> Any:
    """A transformation: `Dataset.enumerate`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.from_tensor_slices([7.0, 8.0])
    >>> numbered = dataset.apply(tf.data.experimental.enumerate_dataset(start=1))
    >>> [(int(i), float(x)) for i, x in numbered]
    [(1, 7.0), (2, 8.0)]
    """
    return lambda dataset: dataset.enumerate(start)


def from_list(elements: Any, name: Any = None) -> Dataset:
    """A dataset of the elements of a list, which may not be empty.

    >>> import tfcompat_tape as tf
    >>> [int(x) for x in tf.data.experimental.from_list([3, 1, 2])]
    [3, 1, 2]
    """
    from tfcompat_tape.data.sources import of_list

    return of_list(elements)


def get_next_as_optional(iterator: Any) -> Any:
    """The same as `iterator.get_next_as_optional()`.

    >>> import tfcompat_tape as tf
    >>> iterator = iter(tf.data.Dataset.range(1))
    >>> [bool(tf.data.experimental.get_next_as_optional(iterator).has_value()) for _ in range(2)]
    [True, False]
    """
    return iterator.get_next_as_optional()


def get_single_element(dataset: Dataset) -> Any:
    """The same as `dataset.get_single_element()`.

    >>> import tfcompat_tape as tf
    >>> int(tf.data.experimental.get_single_element(tf.data.Dataset.range(10).skip(9)))
    9
    """
    return dataset.get_single_element()


def get_structure(dataset_or_iterator: Any) -> Any:
    """The `element_spec` of a dataset or iterator; TypeError for anything else.

    >>> import tfcompat_tape as tf
    >>> tf.data.experimental.get_structure(tf.data.Dataset.range(3).batch(2))
    TensorSpec(shape=(None,), dtype=tf.int64, name=None)
    """
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError(
            "Invalid `dataset_or_iterator`. `dataset_or_iterator` must be a `tf.data.Dataset` or tf.data.Iterator "
            f"object, but got {type(dataset_or_iterator)}."
        ) from None


def map_and_batch(
    map_func: Any,
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: bool = False,
    num_parallel_calls: Any = None,
) -> Any:
    """A transformation: `Dataset.map`, then `Dataset.batch`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(4).apply(tf.data.experimental.map_and_batch(lambda x: x * x, 2))
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[0, 1], [4, 9]]
    """
    return lambda dataset: dataset.map(map_func, num_parallel_calls).batch(batch_size, drop_remainder)


def sample_from_datasets(
    datasets: Any, weights: Any = None, seed: Any = None, stop_on_empty_dataset: bool = False
) -> Dataset:
    """The same as `Dataset.sample_from_datasets`.

    >>> import tfcompat_tape as tf
    >>> low, high = tf.data.Dataset.range(2), tf.data.Dataset.range(100, 102)
    >>> sampled = tf.data.experimental.sample_from_datasets([low, high], weights=[0.5, 0.5], seed=1)
    >>> sorted(int(x) for x in sampled)
    [0, 1, 100, 101]
    """
    return Dataset.sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset)


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Any:
    """A transformation: `Dataset.shuffle`, then `Dataset.repeat`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(3).apply(tf.data.experimental.shuffle_and_repeat(3, count=2, seed=1))
    >>> sorted(int(x) for x in dataset)
    [0, 0, 1, 1, 2, 2]
    """
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def take_while(predicate: Any) -> Any:
    """A transformation: `Dataset.take_while`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(9).apply(tf.data.experimental.take_while(lambda x: x < 3))
    >>> [int(x) for x in dataset]
    [0, 1, 2]
    """
    return lambda dataset: dataset.take_while(predicate)


def unbatch() -> Any:
    """A transformation: `Dataset.unbatch`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.from_tensors([1, 2, 3]).apply(tf.data.experimental.unbatch())
    >>> [int(x) for x in dataset]
    [1, 2, 3]
    """
    return lambda dataset: dataset.unbatch()


def at(dataset: Dataset, index: Any) -> Any:
    """The element with the number `index`. OutOfRangeError: there is none.

    >>> import tfcompat_tape as tf
    >>> int(tf.data.experimental.at(tf.data.Dataset.range(10), 3))
    3
    """
    from tfcompat_tape.core.errors import out_of_range
    from tfcompat_tape.data.ordering import integer

    number = integer(index, "index")
    count = dataset._count()
    if number < 0 or 0 <= count <= number:
        raise out_of_range(f"Index out of range [0, {count}):{number}")
    found = next(iter(dataset.skip(number)), None)
    if found is None:
        raise out_of_range(f"Index out of range: {number}")
    return found


def bucket_by_sequence_length(
    element_length_func: Any,
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Any:
    """A transformation: `Dataset.bucket_by_sequence_length`.

    >>> import tfcompat_tape as tf
    >>> lengths = tf.data.Dataset.from_tensor_slices([1, 3, 1, 4]).map(lambda n: tf.ones([n], tf.int32))
    >>> bucket = tf.data.experimental.bucket_by_sequence_length(
    ...     tf.size, bucket_boundaries=[2], bucket_batch_sizes=[2, 2]
    ... )
    >>> sorted(tuple(batch.shape) for batch in lengths.apply(bucket))
    [(2, 1), (2, 4)]
    """
    return lambda dataset: dataset.bucket_by_sequence_length(
        element_length_func,
        bucket_boundaries,
        bucket_batch_sizes,
        padded_shapes,
        padding_values,
        pad_to_bucket_boundary,
        no_padding,
        drop_remainder,
    )


def copy_to_device(target_device: Any, source_device: Any = "/cpu:0") -> Any:
    """A transformation: the same elements; an iterator hands them out on the device that is current.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(3).apply(tf.data.experimental.copy_to_device('/cpu:0'))
    >>> [int(x) for x in dataset]
    [0, 1, 2]
    """
    from tfcompat_tape.data.prefetching import CopyToDeviceDataset

    return lambda dataset: CopyToDeviceDataset(dataset, target_device)


def dense_to_ragged_batch(
    batch_size: Any, drop_remainder: bool = False, row_splits_dtype: Any = dtypes.int64
) -> Any:
    """A transformation: `Dataset.ragged_batch`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(1, 4).map(lambda n: tf.range(n))
    >>> next(iter(dataset.apply(tf.data.experimental.dense_to_ragged_batch(3)))).to_list()
    [[0], [0, 1], [0, 1, 2]]
    """
    return lambda dataset: dataset.ragged_batch(batch_size, drop_remainder, row_splits_dtype)


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Any:
    """A transformation: `Dataset.sparse_batch`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(1, 3).map(lambda n: tf.fill([n], n))
    >>> batch = next(iter(dataset.apply(tf.data.experimental.dense_to_sparse_batch(2, [3]))))
    >>> print(tf.sparse.to_dense(batch).numpy())
    [[1 0 0]
     [2 2 0]]
    """
    return lambda dataset: dataset.sparse_batch(batch_size, row_shape)


def group_by_reducer(key_func: Any, reducer: Any) -> Any:
    """A transformation: for each key, in order, what the reducer makes of the elements that have it.

    >>> import tfcompat_tape as tf
    >>> zero = lambda key: tf.constant(0, tf.int64)
    >>> total = tf.data.experimental.Reducer(zero, lambda state, x: state + x, lambda state: state)
    >>> d = tf.data.Dataset.range(5).apply(tf.data.experimental.group_by_reducer(lambda x: x % 2, total))
    >>> [int(x) for x in d]
    [6, 4]
    """
    from tfcompat_tape.data.grouping import GroupByReducerDataset

    return lambda dataset: GroupByReducerDataset(dataset, key_func, reducer)


def group_by_window(
    key_func: Any, reduce_func: Any, window_size: Any = None, window_size_func: Any = None
) -> Any:
    """A transformation: `Dataset.group_by_window`.

    >>> import tfcompat_tape as tf
    >>> windows = tf.data.experimental.group_by_window(
    ...     lambda x: x % 2, lambda key, window: window.batch(2), window_size=2
    ... )
    >>> [batch.tolist() for batch in tf.data.Dataset.range(4).apply(windows).as_numpy_iterator()]
    [[0, 2], [1, 3]]
    """
    return lambda dataset: dataset.group_by_window(key_func, reduce_func, window_size, window_size_func)


def ignore_errors(log_warning: bool = False) -> Any:
    """A transformation: `Dataset.ignore_errors`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.from_tensor_slices([1.0, 0.0, 4.0])
    >>> dataset = dataset.map(lambda x: tf.debugging.check_numerics(1.0 / x, 'x is 0'))
    >>> [float(x) for x in dataset.apply(tf.data.experimental.ignore_errors())]
    [1.0, 0.25]
    """
    return lambda dataset: dataset.ignore_errors(log_warning)


def load(path: Any, element_spec: Any = None, compression: Any = None, reader_func: Any = None) -> Dataset:
    """The same as `Dataset.load`.

    >>> import tfcompat_tape as tf
    >>> import tempfile
    >>> path = tempfile.mkdtemp()
    >>> tf.data.experimental.save(tf.data.Dataset.range(3), path)
    >>> [int(x) for x in tf.data.experimental.load(path)]
    [0, 1, 2]
    """
    return Dataset.load(path, element_spec, compression, reader_func)


def pad_to_cardinality(cardinality: Any, mask_key: str = "valid") -> Any:
    """A transformation of datasets of dictionaries: zeros follow until there are `cardinality` elements.

    Under `mask_key`, each has whether it was there before.

    >>> import tfcompat_tape as tf
    >>> d = tf.data.Dataset.from_tensor_slices({"a": [1, 2]}).apply(tf.data.experimental.pad_to_cardinality(3))
    >>> [(int(x["a"]), bool(x["valid"])) for x in d]
    [(1, True), (2, True), (0, False)]
    """
    from tfcompat_tape.data.padding import padded_to

    return lambda dataset: padded_to(dataset, cardinality, mask_key)


def parallel_interleave(
    map_func: Any,
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Any:
    """A transformation: `Dataset.interleave` with threads.

    >>> import tfcompat_tape as tf
    >>> interleave = tf.data.experimental.parallel_interleave(
    ...     lambda x: tf.data.Dataset.from_tensors(x).repeat(2), cycle_length=2
    ... )
    >>> [int(x) for x in tf.data.Dataset.range(2).apply(interleave)]
    [0, 1, 0, 1]
    """
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length, cycle_length)


def parse_example_dataset(features: Any, num_parallel_calls: Any = 1, deterministic: Any = None) -> Any:
    """A transformation of datasets of batches of serialized Examples: what `tf.io.parse_example` makes of them.

    Source: `tf.data.experimental.parse_example_dataset`.

    >>> import tfcompat_tape as tf
    >>> feature = tf.train.Feature(float_list=tf.train.FloatList(value=[0.5]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"x": feature})).SerializeToString()
    >>> batches = tf.data.Dataset.from_tensors([example])
    >>> parse = tf.data.experimental.parse_example_dataset({"x": tf.io.FixedLenFeature([1], tf.float32)})
    >>> print(next(iter(batches.apply(parse)))["x"].numpy())
    [[0.5]]
    """
    from tfcompat_tape.data.tables import ParseExampleDataset

    return lambda dataset: ParseExampleDataset(dataset, features)


def prefetch_to_device(device: Any, buffer_size: Any = None) -> Any:
    """A transformation: `Dataset.prefetch`; an iterator hands elements out on the device that is current.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.range(3).apply(tf.data.experimental.prefetch_to_device('/cpu:0'))
    >>> [int(x) for x in dataset]
    [0, 1, 2]
    """
    from tfcompat_tape.data.prefetching import PrefetchToDeviceDataset

    return lambda dataset: PrefetchToDeviceDataset(dataset, device, buffer_size)


def rejection_resample(class_func: Any, target_dist: Any, initial_dist: Any = None, seed: Any = None) -> Any:
    """A transformation: `Dataset.rejection_resample`.

    >>> import tfcompat_tape as tf
    >>> resample = tf.data.experimental.rejection_resample(
    ...     lambda x: tf.cast(x > 0, tf.int32), target_dist=[0.0, 1.0], initial_dist=[0.5, 0.5]
    ... )
    >>> {int(label) for label, x in tf.data.Dataset.range(2).repeat(8).apply(resample)}
    {1}
    """
    return lambda dataset: dataset.rejection_resample(class_func, target_dist, initial_dist, seed)


def save(
    dataset: Dataset, path: Any, compression: Any = None, shard_func: Any = None, checkpoint_args: Any = None
) -> None:
    """The same as `dataset.save`.

    >>> import tfcompat_tape as tf
    >>> import tempfile
    >>> path = tempfile.mkdtemp()
    >>> tf.data.experimental.save(tf.data.Dataset.range(3), path)
    >>> len(tf.data.Dataset.load(path))
    3
    """
    dataset.save(path, compression, shard_func, checkpoint_args)


def scan(initial_state: Any, scan_func: Any) -> Any:
    """A transformation: `Dataset.scan`.

    >>> import tfcompat_tape as tf
    >>> sums = tf.data.experimental.scan(tf.constant(0, tf.int64), lambda total, x: (total + x, total + x))
    >>> [int(x) for x in tf.data.Dataset.range(1, 5).apply(sums)]
    [1, 3, 6, 10]
    """
    return lambda dataset: dataset.scan(initial_state, scan_func)


def snapshot(path: Any, compression: Any = "AUTO", reader_func: Any = None, shard_func: Any = None) -> Any:
    """A transformation: `Dataset.snapshot`.

    >>> import tfcompat_tape as tf
    >>> import tempfile
    >>> dataset = tf.data.Dataset.range(3).apply(tf.data.experimental.snapshot(tempfile.mkdtemp()))
    >>> [int(x) for x in dataset]
    [0, 1, 2]
    """
    return lambda dataset: dataset.snapshot(path, compression, reader_func, shard_func)


def unique() -> Any:
    """A transformation: `Dataset.unique`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.from_tensor_slices([1, 2, 1, 3]).apply(tf.data.experimental.unique())
    >>> [int(x) for x in dataset]
    [1, 2, 3]
    """
    return lambda dataset: dataset.unique()
