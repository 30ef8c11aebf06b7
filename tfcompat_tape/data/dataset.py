"""`tf.data.Dataset`: a pipeline of elements, described first and run when it is iterated over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.identity import Known, known_as
from tfcompat_tape.core.reading import UntraceableError, current
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.data.base import INFINITE, UNKNOWN, Pipeline
from tfcompat_tape.data.groups import Groups
from tfcompat_tape.data.iterators import NumpyIterator, OwnedIterator
from tfcompat_tape.data.options import Options
from tfcompat_tape.data.specs import DatasetSpec
from tfcompat_tape.data.steps import Steps
from tfcompat_tape.tracing.streams import Source

__all__ = ["Dataset"]


@known_as("tensorflow.python.data.ops.dataset_ops", "DatasetV2")
class Dataset(Steps, Groups, Pipeline, CompositeTensor, Trackable, Source, metaclass=Known):
    """A sequence of elements, each a structure of tensors, that is made while it is read.

    A dataset describes steps; nothing runs before it is iterated over, and each iteration starts anew. Functions of
    elements are traced once, as by `tf.function`.

    Source: `tf.data.Dataset`.

    >>> import tfcompat_tape as tf
    >>> dataset = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0]).map(lambda x: 2.0 * x).batch(2)
    >>> for batch in dataset:
    ...     print(batch.numpy())
    [2. 4.]
    [6.]
    """

    _at_each_call = True
    _shown = ""  # what TensorFlow calls it, where that is another name

    # -- what it is ----------------------------------------------------------------------------------------------------

    @property
    def element_spec(self) -> Any:
        """The specs of the elements, in their structure.

        >>> import tfcompat_tape as tf
        >>> tf.data.Dataset.range(3).batch(2).element_spec
        TensorSpec(shape=(None,), dtype=tf.int64, name=None)
        """
        return self._layout.spec

    @property
    def _type_spec(self) -> DatasetSpec:
        return DatasetSpec(self.element_spec)

    def cardinality(self) -> Tensor:
        """How many elements there are: int64; `tf.data.INFINITE_CARDINALITY` or `UNKNOWN_CARDINALITY` may stand for it.

        >>> import tfcompat_tape as tf
        >>> tf.data.Dataset.range(42).cardinality().numpy().item()
        42
        """
        return convert(self._count(), dtypes.int64)

    def fingerprint(self) -> Tensor:
        """A number (uint64) that is the same for datasets that say the same.

        Datasets with equal numbers give equal elements as long as the files that they read stay as they are. The
        numbers are not those of TensorFlow.

        >>> import tfcompat_tape as tf
        >>> one, other = [tf.data.Dataset.range(3).batch(2) for _ in range(2)]
        >>> bool(one.fingerprint() == other.fingerprint())
        True
        """
        from tfcompat_tape.data.fingerprints import fingerprint

        return convert(np.uint64(fingerprint(self)), dtypes.uint64)

    def options(self) -> Options:
        """The options of all steps."""
        return self._merged_options()

    def __len__(self) -> int:
        count = self._count()
        if count == INFINITE:
            raise TypeError("The dataset is infinite.")
        if count == UNKNOWN:
            raise TypeError("The dataset length is unknown.")
        return count

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Any:
        return OwnedIterator(self)

    def __repr__(self) -> str:
        return f"<{self._shown or '_' + type(self).__name__} element_spec={self.element_spec}>"

    __str__ = __repr__

    # -- as a value of a trace: see Source -----------------------------------------------------------------------------

    def _kind(self) -> Any:
        if self._known() is None:
            raise UntraceableError("the elements of a dataset are not known before there is one")
        from tfcompat_tape.data.variables import kind_of, read_by

        return self._type_spec, kind_of(read_by(self))

    def _stand_in(self, token: Tensor) -> Any:
        from tfcompat_tape.data.staged import Given
        from tfcompat_tape.data.variables import read_by

        return Given(self.element_spec, token, read_by(self))

    def _token(self) -> Tensor:
        from tfcompat_tape.data.staged import token_of

        return token_of(self)

    def _looped(self) -> Any:
        from tfcompat_tape.data.staged import stream_of

        return stream_of(self)

    def _taker(self) -> Callable[[], Any]:
        return OwnedIterator(self)._flat

    def _given_back(self, element: Any) -> None:
        pass

    def _called(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        from tfcompat_tape.data.staged import opened

        if function is enumerate:
            return self.enumerate(*args[1:], **kwargs)
        if function is iter and len(args) == 1:
            return opened(self)
        if function is zip and not kwargs and all(isinstance(one, Dataset) for one in args):
            return Dataset.zip(args)
        raise UntraceableError(f"{function.__name__} of a dataset")

    # -- reading -------------------------------------------------------------------------------------------------------

    def as_numpy_iterator(self) -> NumpyIterator:
        """An iterator over the elements as NumPy's arrays.

        Raises:
          TypeError: an element holds something that has no form as an array.

        >>> import tfcompat_tape as tf
        >>> [x.tolist() for x in tf.data.Dataset.range(3).batch(2).as_numpy_iterator()]
        [[0, 1], [2]]
        """
        return NumpyIterator(self)

    def get_single_element(self, name: Any = None) -> Any:
        """The one element that there is.

        Raises:
          InvalidArgumentError: there is none, or more than one.

        >>> import tfcompat_tape as tf
        >>> tf.data.Dataset.range(3).batch(3).get_single_element().numpy().tolist()
        [0, 1, 2]
        """
        iterator = OwnedIterator(self)
        element = iterator._flat()
        if element is None:
            raise invalid("Dataset was empty.")
        if iterator._flat() is not None:
            raise invalid("Dataset had more than one element.")
        return iterator._packed(element)

    # -- where elements come from --------------------------------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors: Any, name: Any = None) -> Dataset:
        """One element: `tensors`, a structure of what converts to tensors.

        >>> import tfcompat_tape as tf
        >>> list(tf.data.Dataset.from_tensors([1, 2]).as_numpy_iterator())
        [array([1, 2], dtype=int32)]
        """
        from tfcompat_tape.data.sources import TensorDataset

        if current.tracer is not None:
            from tfcompat_tape.data.staged import made
            from tfcompat_tape.data.structure import spec_of

            return made(TensorDataset, tensors, spec_of)
        return TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors: Any, name: Any = None) -> Dataset:
        """The slices of `tensors` (a structure) along the first axis, which must have the same size in all.

        Raises:
          ValueError: a scalar, or sizes that differ.

        >>> import tfcompat_tape as tf
        >>> dataset = tf.data.Dataset.from_tensor_slices({"a": [1, 2], "b": [3, 4]})
        >>> [int(x["a"] * x["b"]) for x in dataset]
        [3, 8]
        """
        from tfcompat_tape.data.sources import TensorSliceDataset, slice_spec

        if current.tracer is not None:
            from tfcompat_tape.data.staged import made

            return made(TensorSliceDataset, tensors, slice_spec)
        return TensorSliceDataset(tensors)

    @staticmethod
    def from_generator(
        generator: Any,
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: Any = None,
    ) -> Dataset:
        """What `generator(*args)` yields, each time that the dataset is iterated over.

        Args:
          generator: a callable that gives an iterable.
          output_types, output_shapes: dtypes, and perhaps shapes, in the structure of the elements.
          args: tensors that the generator gets as arrays.
          output_signature: the specs of the elements, in place of types and shapes.

        Raises:
          TypeError: no callable, or no signature. When iterated over: InvalidArgumentError for an element that does
            not fit the signature and where the generator raises TypeError or ValueError; UnknownError where it raises
            another exception.

        >>> import tfcompat_tape as tf
        >>> dataset = tf.data.Dataset.from_generator(lambda: iter([1, 2]), output_signature=tf.TensorSpec([], tf.int32))
        >>> [int(x) for x in dataset]
        [1, 2]
        """
        from tfcompat_tape.data.generators import GeneratorDataset

        return GeneratorDataset(generator, output_types, output_shapes, args, output_signature)

    @staticmethod
    def range(*args: Any, **kwargs: Any) -> Dataset:
        """Numbers, with the arguments of Python's `range`; `output_type` is their dtype, int64 unless given.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.range(1, 6, 2)]
        [1, 3, 5]
        """
        from tfcompat_tape.data.sources import RangeDataset

        if current.tracer is not None and not kwargs and any(isinstance(x, Tensor) for x in args):
            from tfcompat_tape.core.specs import TensorSpec
            from tfcompat_tape.data.staged import made

            return made(_range, args, lambda _: TensorSpec([], dtypes.int64))
        return RangeDataset(*args, **kwargs)

    @staticmethod
    def random(seed: Any = None, rerandomize_each_iteration: Any = None, name: Any = None) -> Dataset:
        """Random numbers from 0 to 2**32 - 1, int64, without an end; those of TensorFlow for a seed.

        >>> import tfcompat_tape as tf
        >>> tf.random.set_seed(5)
        >>> [int(x) for x in tf.data.Dataset.random(seed=4).take(2)]
        [3949691112, 1216040066]
        """
        from tfcompat_tape.data.shuffling import RandomDataset

        return RandomDataset(seed, rerandomize_each_iteration)

    @staticmethod
    def counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64, name: Any = None) -> Dataset:
        """Numbers from `start` in steps of `step`, without an end.

        >>> import tfcompat_tape as tf
        >>> [int(x) for x in tf.data.Dataset.counter(3, 2).take(3)]
        [3, 5, 7]
        """
        from tfcompat_tape.data.sources import CounterDataset

        return CounterDataset(start, step, dtype)

    @staticmethod
    def zip(*args: Any, datasets: Any = None, name: Any = None) -> Dataset:
        """Elements of several datasets side by side, in a structure like that of the datasets, until one ends.

        Raises:
          TypeError: something in the structure is no dataset.

        >>> import tfcompat_tape as tf
        >>> numbers = tf.data.Dataset.range(3)
        >>> [(int(x), int(y)) for x, y in tf.data.Dataset.zip(numbers, numbers.skip(1))]
        [(0, 1), (1, 2)]
        """
        from tfcompat_tape.data.ordering import ZipDataset

        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`.")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set.")
        if datasets is None:
            datasets = args[0] if len(args) == 1 else args
        return ZipDataset(datasets)

    @staticmethod
    def sample_from_datasets(
        datasets: Any,
        weights: Any = None,
        seed: Any = None,
        stop_on_empty_dataset: bool = False,
        rerandomize_each_iteration: Any = None,
    ) -> Dataset:
        """Elements of several datasets, each from one that is drawn at random.

        Args:
          datasets: a list of datasets with elements of one kind.
          weights: how likely each is (a list), or a dataset of such lists; all the same by default.
          seed: with the global seed, it decides what is drawn, as in TensorFlow.
          stop_on_empty_dataset: end where a dataset is drawn that has ended; else others go on.
          rerandomize_each_iteration: other draws in each iteration.

        Raises:
          ValueError: no dataset, or weights that do not fit them.
          TypeError: elements of different kinds.

        >>> import tfcompat_tape as tf
        >>> tf.random.set_seed(5)
        >>> several = [tf.data.Dataset.range(3), tf.data.Dataset.range(10, 13)]
        >>> [int(x) for x in tf.data.Dataset.sample_from_datasets(several, seed=7)]
        [0, 10, 11, 1, 12, 2]
        """
        from tfcompat_tape.data.mixing import sampled

        return sampled(datasets, weights, seed, stop_on_empty_dataset, rerandomize_each_iteration)

    @staticmethod
    def choose_from_datasets(
        datasets: Any, choice_dataset: Dataset, stop_on_empty_dataset: bool = True
    ) -> Dataset:
        """Elements of several datasets, each from the one that `choice_dataset` (of int64) numbers.

        >>> import tfcompat_tape as tf
        >>> several = [tf.data.Dataset.range(3), tf.data.Dataset.range(10, 13)]
        >>> choice = tf.data.Dataset.from_tensor_slices(tf.constant([1, 0, 1], tf.int64))
        >>> [int(x) for x in tf.data.Dataset.choose_from_datasets(several, choice)]
        [10, 0, 11]
        """
        from tfcompat_tape.data.mixing import chosen

        return chosen(datasets, choice_dataset, stop_on_empty_dataset)

    @staticmethod
    def list_files(file_pattern: Any, shuffle: Any = None, seed: Any = None, name: Any = None) -> Dataset:
        """The names of the files that fit a pattern, or one of several; in random order unless `shuffle` is False.

        Raises:
          InvalidArgumentError: there is none.

        >>> import os, tempfile
        >>> import tfcompat_tape as tf
        >>> directory = tempfile.mkdtemp()
        >>> tf.io.write_file(os.path.join(directory, "a.txt"), "")
        >>> len(tf.data.Dataset.list_files(os.path.join(directory, "*.txt")))
        1
        """
        from tfcompat_tape.data.files import listed

        return listed(file_pattern, shuffle, seed)

    @staticmethod
    def load(
        path: Any,
        element_spec: Any = None,
        compression: Any = None,
        reader_func: Any = None,
        wait: bool = False,
    ) -> Dataset:
        """What `Dataset.save` wrote to a directory, here or in TensorFlow.

        Args:
          element_spec: of the elements; it stands in the directory.
          compression: as when they were written.
          reader_func: makes one dataset of a dataset of those in the single files; by turns by default.

        Raises:
          NotFoundError: there is no such directory.

        Source: `tf.data.Dataset.load`; an example is at `save`.
        """
        from tfcompat_tape.data.saving import load

        return load(path, element_spec, compression, reader_func)

    # -- with the whole ------------------------------------------------------------------------------------------------

    def apply(self, transformation_func: Callable[[Dataset], Any]) -> Dataset:
        """`transformation_func(self)`, which must be a dataset.

        >>> import tfcompat_tape as tf
        >>> len(tf.data.Dataset.range(5).apply(lambda dataset: dataset.take(2)))
        2
        """
        found = transformation_func(self)
        if not isinstance(found, Dataset):
            raise TypeError(
                f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(found)}."
            )
        return found

    def with_options(self, options: Options, name: Any = None) -> Dataset:
        """The same elements, with options; what is said later counts.

        >>> import tfcompat_tape as tf
        >>> options = tf.data.Options()
        >>> options.deterministic = False
        >>> tf.data.Dataset.range(3).with_options(options).options().deterministic
        False
        """
        from tfcompat_tape.data.ordering import OptionsDataset

        return OptionsDataset(self, options)


def _range(args: Any) -> Any:
    from tfcompat_tape.data.sources import RangeDataset

    return RangeDataset(*args)
