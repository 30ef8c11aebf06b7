"""The functions of `tf.data.experimental`: mostly older forms of methods of `Dataset`."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.data.dataset import Dataset


def Counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Dataset:
    """The same as `Dataset.counter`."""
    return Dataset.counter(start, step, dtype)


def RandomDataset(seed: Any = None, rerandomize_each_iteration: Any = None, name: Any = None) -> Dataset:
    """The same as `Dataset.random`."""
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
    """The same as `dataset.cardinality()`."""
    return dataset.cardinality()


def choose_from_datasets(datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = False) -> Dataset:
    """The same as `Dataset.choose_from_datasets`, with another default."""
    return Dataset.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


def enumerate_dataset(start: Any = 0) -> Any:
    """A transformation: `Dataset.enumerate`."""
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
    """The same as `iterator.get_next_as_optional()`."""
    return iterator.get_next_as_optional()


def get_single_element(dataset: Dataset) -> Any:
    """The same as `dataset.get_single_element()`."""
    return dataset.get_single_element()


def get_structure(dataset_or_iterator: Any) -> Any:
    """The `element_spec` of a dataset or iterator; TypeError for anything else."""
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
    """A transformation: `Dataset.map`, then `Dataset.batch`."""
    return lambda dataset: dataset.map(map_func, num_parallel_calls).batch(batch_size, drop_remainder)


def sample_from_datasets(
    datasets: Any, weights: Any = None, seed: Any = None, stop_on_empty_dataset: bool = False
) -> Dataset:
    """The same as `Dataset.sample_from_datasets`."""
    return Dataset.sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset)


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Any:
    """A transformation: `Dataset.shuffle`, then `Dataset.repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def take_while(predicate: Any) -> Any:
    """A transformation: `Dataset.take_while`."""
    return lambda dataset: dataset.take_while(predicate)


def unbatch() -> Any:
    """A transformation: `Dataset.unbatch`."""
    return lambda dataset: dataset.unbatch()
