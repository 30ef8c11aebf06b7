"""`tf.compat.v1.data`: datasets of version 1, which are those of version 2 with methods of their own.

What a method of theirs gives is a dataset of version 1 again, but for those methods that are younger than version 2.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch

import tfcompat_tape as tf
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.identity import known_as
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.data.base import Run
from tfcompat_tape.data.dataset import Dataset as Version2
from tfcompat_tape.data.iterators import Iterator as OwnedIterator
from tfcompat_tape.data.legacy import classes_of, shapes_of, types_of
from tfcompat_tape.data.structure import Element
from tfcompat_tape.distribute.strategy import DistributedDataset

__all__ = [
    "Dataset",
    "FixedLengthRecordDataset",
    "TFRecordDataset",
    "TextLineDataset",
    "get_output_classes",
    "get_output_shapes",
    "get_output_types",
    "make_initializable_iterator",
    "make_one_shot_iterator",
]

_MADE = "from_generator from_tensor_slices from_tensors list_files range zip"
_STEPS = """batch cache concatenate filter flat_map interleave map padded_batch prefetch repeat shard shuffle skip take
    unbatch window with_options"""


@known_as("tensorflow.python.data.ops.dataset_ops", "DatasetV1")
class Dataset(Version2):
    """A `tf.data.Dataset` with the methods of version 1. Source: `tf.compat.v1.data.Dataset`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.compat.v1.data.Dataset.range(4).batch(2)
    >>> iterator = dataset.make_one_shot_iterator()
    >>> iterator.get_next().numpy().tolist(), dataset.output_types
    ([0, 1], tf.int64)
    """

    def __init__(self, *inputs: Any) -> None:
        if type(self) is Dataset:
            raise TypeError(
                "Can't instantiate abstract class DatasetV1: call one of its functions, as from_tensors."
            )
        super().__init__(*inputs)

    @property
    def _of_version_2(self) -> Any:
        """The dataset that the steps of version 2 are put on."""
        return self

    def make_one_shot_iterator(self) -> Any:
        """What `iter` gives.

        >>> import tfcompat_tape as tf
        >>> tf.compat.v1.data.Dataset.range(4).make_one_shot_iterator().get_next().numpy().item()
        0
        """
        return iter(self)

    def make_initializable_iterator(self, shared_name: Any = None) -> Any:
        """RuntimeError: sessions initialize iterators."""
        raise RuntimeError(
            "`make_initializable_iterator()` is not supported in eager mode. Use Python-style iteration instead."
        )

    def map_with_legacy_function(
        self,
        map_func: Any,
        num_parallel_calls: Any = None,
        deterministic: Any = None,
        use_unbounded_threadpool: bool = False,
    ) -> Any:
        """The same as `map`: functions are traced once.

        >>> import tfcompat_tape as tf
        >>> dataset = tf.compat.v1.data.Dataset.range(3).map_with_legacy_function(lambda x: x * x)
        >>> [int(x) for x in dataset]
        [0, 1, 4]
        """
        return self.map(map_func, num_parallel_calls, deterministic)

    def filter_with_legacy_function(self, predicate: Any) -> Any:
        """The same as `filter`, as a dataset of version 2.

        >>> import tfcompat_tape as tf
        >>> dataset = tf.compat.v1.data.Dataset.range(4).filter_with_legacy_function(lambda x: x > 1)
        >>> [int(x) for x in dataset]
        [2, 3]
        """
        return self._of_version_2.filter(predicate)

    @staticmethod
    def from_sparse_tensor_slices(sparse_tensor: Any) -> Any:
        """The rows of a SparseTensor, each as its indices, values and shape.

        Raises:
          TypeError: it is no SparseTensor.
          UnimplementedError: its rows are not in order.

        >>> import tfcompat_tape as tf
        >>> rows = tf.SparseTensor([[0, 3], [1, 0]], [1.0, 2.0], [2, 4])
        >>> for indices, values, shape in tf.compat.v1.data.Dataset.from_sparse_tensor_slices(rows):
        ...     print(indices.numpy().tolist(), values.numpy().tolist(), shape.numpy().tolist())
        [[3]] [1.0] [4]
        [[0]] [2.0] [4]
        """
        return Adapter(_SparseRows(sparse_tensor))

    def apply(self, transformation_func: Callable[[Any], Any]) -> Any:
        return Adapter(super().apply(transformation_func))

    @property
    def output_types(self) -> Any:
        """The dtypes of the elements, in their structure."""
        return get_output_types(self)

    @property
    def output_shapes(self) -> Any:
        """The shapes of the elements, in their structure."""
        return get_output_shapes(self)

    @property
    def output_classes(self) -> Any:
        """The classes of the elements, in their structure."""
        return get_output_classes(self)


@known_as("tensorflow.python.data.ops.dataset_ops", "DatasetV1Adapter")
class Adapter(Dataset):
    """A dataset of version 2 with the methods of version 1."""

    _in_traces = True  # the dataset itself has said whether it may be

    def __init__(self, dataset: Any) -> None:
        super().__init__(dataset)
        self._dataset = dataset

    @property
    def _of_version_2(self) -> Any:
        return self._dataset

    def _open(self, run: Run) -> Iterator[Element]:
        opened: Iterator[Element] = self._dataset._open(run)
        return opened

    def _blocks(self, run: Run, size: int) -> Iterator[Element] | None:
        found: Iterator[Element] | None = self._dataset._blocks(run, size)
        return found

    def _batches(self, run: Run, size: int, drop: bool) -> Iterator[Element] | None:
        found: Iterator[Element] | None = self._dataset._batches(run, size, drop)
        return found

    def _gathering(self) -> Callable[[Any], Element] | None:
        found: Callable[[Any], Element] | None = self._dataset._gathering()
        return found

    def __iter__(self) -> Any:
        return iter(self._dataset)

    def __repr__(self) -> str:
        return repr(self._dataset)

    __str__ = __repr__


def as_version_1(function: Any) -> Any:
    """A function that gives datasets of version 1."""

    @functools.wraps(function)
    def made(*args: Any, **kwargs: Any) -> Any:
        return Adapter(function(*args, **kwargs))

    return made


def _step(name: str) -> Any:
    @functools.wraps(getattr(Version2, name))
    def step(self: Dataset, *args: Any, **kwargs: Any) -> Any:
        return Adapter(getattr(Version2, name)(self._of_version_2, *args, **kwargs))

    return step


for _name in _MADE.split():
    setattr(Dataset, _name, staticmethod(as_version_1(getattr(Version2, _name))))
for _name in _STEPS.split():
    setattr(Dataset, _name, _step(_name))


class _SparseRows(Version2):
    """The rows of a SparseTensor."""

    _shown = "SparseTensorSliceDataset"

    def __init__(self, sparse_tensor: Any) -> None:
        super().__init__()
        if not isinstance(sparse_tensor, SparseTensor):
            raise TypeError(
                "Invalid `sparse_tensor`. `sparse_tensor` must be a `tf.sparse.SparseTensor`, got "
                f"{type(sparse_tensor)}."
            )
        indices = sparse_tensor.indices._t
        if bool((indices[1:, 0] < indices[:-1, 0]).any()):
            raise unimplemented(
                "The SparseTensor must be ordered in the batch dimension; handling arbitrarily ordered input is not "
                "currently supported. tf.sparse.reorder brings it into order. [Op:SparseTensorSliceDataset]"
            )
        self._indices, self._values = indices, sparse_tensor.values
        self._shape = sparse_tensor.dense_shape._t

    def _spec(self) -> Any:
        rest = len(self._shape) - 1
        return (
            TensorSpec([None, rest], tf.int64),
            TensorSpec([None], self._values.dtype),
            TensorSpec([rest], tf.int64),
        )

    def _count(self) -> int:
        return int(self._shape[0])

    def _open(self, run: Run) -> Iterator[Element]:
        rows = torch.arange(self._count() + 1, device=self._indices.device)
        ends = torch.searchsorted(self._indices[:, 0].contiguous(), rows).tolist()
        for start, end in itertools.pairwise(ends):
            yield self._indices[start:end, 1:], self._values[start:end]._t, self._shape[1:]


class TFRecordDataset(Adapter):
    """`tf.data.TFRecordDataset` as a dataset of version 1. Source: `tf.compat.v1.data.TFRecordDataset`."""

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(
            tf.data.TFRecordDataset(filenames, compression_type, buffer_size, num_parallel_reads, name)
        )


class TextLineDataset(Adapter):
    """`tf.data.TextLineDataset` as a dataset of version 1. Source: `tf.compat.v1.data.TextLineDataset`."""

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(
            tf.data.TextLineDataset(filenames, compression_type, buffer_size, num_parallel_reads, name)
        )


class FixedLengthRecordDataset(Adapter):
    """`tf.data.FixedLengthRecordDataset` as a dataset of version 1.

    Source: `tf.compat.v1.data.FixedLengthRecordDataset`.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
        name: Any = None,
    ) -> None:
        super().__init__(
            tf.data.FixedLengthRecordDataset(
                filenames,
                record_bytes,
                header_bytes,
                footer_bytes,
                buffer_size,
                compression_type,
                num_parallel_reads,
                name,
            )
        )


def make_one_shot_iterator(dataset: Any) -> Any:
    """What `iter` gives for a dataset of either version. Source: `tf.compat.v1.data.make_one_shot_iterator`.

    Raises:
      TypeError: it is no dataset.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(3)).get_next().numpy().item()
    0
    """
    if not isinstance(dataset, Version2):
        raise TypeError(f"make_one_shot_iterator: `dataset` must be a tf.data.Dataset, got {type(dataset)}.")
    return iter(dataset)


def make_initializable_iterator(dataset: Any, shared_name: Any = None) -> Any:
    """RuntimeError: sessions initialize iterators. Source: `tf.compat.v1.data.make_initializable_iterator`.

    >>> import tfcompat_tape as tf
    >>> try:
    ...     tf.compat.v1.data.make_initializable_iterator(tf.data.Dataset.range(3))
    ... except RuntimeError as error:
    ...     print(error)
    `make_initializable_iterator()` is not supported in eager mode. Use Python-style iteration instead.
    """
    return Dataset.make_initializable_iterator(dataset, shared_name)


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The dtypes of the elements, in their structure. Source: `tf.compat.v1.data.get_output_types`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.get_output_types(tf.data.Dataset.from_tensors({"x": 1.0, "n": 2}))
    {'x': tf.float32, 'n': tf.int32}
    """
    return types_of(_spec_of(dataset_or_iterator))


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The shapes of the elements, in their structure. Source: `tf.compat.v1.data.get_output_shapes`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.get_output_shapes(tf.data.Dataset.range(3).batch(2))
    TensorShape([None])
    """
    return shapes_of(_spec_of(dataset_or_iterator))


def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The classes of the elements, in their structure. Source: `tf.compat.v1.data.get_output_classes`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.data.get_output_classes(tf.data.Dataset.range(3)) is tf.Tensor
    True
    """
    return classes_of(_spec_of(dataset_or_iterator))


def _spec_of(dataset_or_iterator: Any) -> Any:
    if not isinstance(dataset_or_iterator, (Version2, OwnedIterator, DistributedDataset)):
        raise TypeError(
            "Invalid `dataset_or_iterator`. `dataset_or_iterator` must be a `tf.data.Dataset` or tf.data.Iterator "
            f"object, but got {type(dataset_or_iterator)}."
        )
    return dataset_or_iterator.element_spec
