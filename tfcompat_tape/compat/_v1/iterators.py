"""`tf.compat.v1.data.Iterator`: iterators that are put on one dataset after another, and found by a handle."""

from __future__ import annotations

import itertools
import weakref
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.datasets import get_output_types
from tfcompat_tape.core.errors import failed_precondition, invalid, unimplemented
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.data.legacy import classes_of, shapes_of, types_of
from tfcompat_tape.data.structure import flatten, mapped

__all__ = ["Iterator"]

_NO_INITIALIZER = (
    "The iterator does not have an initializer. This means it was likely created using "
    "`tf.data.Dataset.make_one_shot_iterator()`. For an initializable iterator, use "
    "`tf.data.Dataset.make_initializable_iterator()` instead."
)
_numbers = itertools.count()


class _Resource:
    """What iterators with one handle have in common: the iteration that runs."""

    def __init__(self, element_spec: Any) -> None:
        self.spec = element_spec
        self.running: Any = None
        self.handle = f"tfcompat_tape/iterator/{next(_numbers)}".encode()


_resources: weakref.WeakValueDictionary[bytes, _Resource] = weakref.WeakValueDictionary()


class Iterator(Trackable):
    """An iterator that is put on datasets, one after another. Source: `tf.compat.v1.data.Iterator`.

    `from_structure` makes one. A Python loop runs over datasets, not over these.

    >>> import tfcompat_tape as tf
    >>> iterator = tf.compat.v1.data.Iterator.from_structure(tf.int64, tf.TensorShape([]))
    >>> iterator.make_initializer(tf.compat.v1.data.Dataset.range(3))
    >>> [iterator.get_next().numpy().item() for _ in range(3)]
    [0, 1, 2]
    """

    def __init__(
        self,
        iterator_resource: Any,
        initializer: Any,
        output_types: Any,
        output_shapes: Any,
        output_classes: Any,
    ) -> None:
        if not isinstance(iterator_resource, _Resource):
            raise unimplemented(
                "Iterators are made by from_structure, or by iter(dataset): there are no resources."
            )
        self._resource = iterator_resource
        self._spec = _specs(output_types, output_shapes, output_classes)

    @staticmethod
    def from_structure(
        output_types: Any, output_shapes: Any = None, shared_name: Any = None, output_classes: Any = None
    ) -> Iterator:
        """An iterator for datasets with elements of these dtypes, shapes and classes.

        Args:
          output_types: a dtype, or a structure of them.
          output_shapes: a shape for each; any by default.
          shared_name: accepted; only sessions share.
          output_classes: `tf.Tensor`, `tf.SparseTensor` or a TypeSpec for each; Tensors by default.

        >>> import tfcompat_tape as tf
        >>> tf.compat.v1.data.Iterator.from_structure(tf.int64).element_spec
        TensorSpec(shape=<unknown>, dtype=tf.int64, name=None)
        """
        resource = _Resource(_specs(output_types, output_shapes, output_classes))
        _resources[resource.handle] = resource
        return Iterator(resource, None, output_types, output_shapes, output_classes)

    @staticmethod
    def from_string_handle(
        string_handle: Any, output_types: Any, output_shapes: Any = None, output_classes: Any = None
    ) -> Iterator:
        """The iterator that gave this `string_handle`.

        Raises:
          InvalidArgumentError: there is none, or its elements have other dtypes.

        >>> import tfcompat_tape as tf
        >>> one = tf.compat.v1.data.Iterator.from_structure(tf.int64)
        >>> other = tf.compat.v1.data.Iterator.from_string_handle(one.string_handle(), tf.int64)
        >>> one.make_initializer(tf.data.Dataset.range(3))
        >>> other.get_next().numpy().item(), one.get_next().numpy().item()
        (0, 1)
        """
        handle = tf.convert_to_tensor(string_handle, tf.string).numpy()
        resource = _resources.get(handle)
        if resource is None:
            raise invalid(f"Could not parse string_handle as a valid ResourceHandle: {handle!r}")
        found = Iterator(resource, None, output_types, output_shapes, output_classes)
        for number, (ours, theirs) in enumerate(
            zip(flatten(found._spec), flatten(resource.spec), strict=True)
        ):
            if ours.dtype != theirs.dtype:
                raise invalid(
                    f"Data type mismatch at component {number}: expected {ours.dtype.name} but got {theirs.dtype.name}."
                )
        return found

    @property
    def initializer(self) -> Any:
        """ValueError: `make_initializer` puts this iterator on a dataset."""
        raise ValueError(_NO_INITIALIZER)

    def make_initializer(self, dataset: Any, name: Any = None) -> None:
        """Go on with the elements of `dataset`, from its first.

        Raises:
          TypeError: its elements have other dtypes, shapes or classes.
        """
        types = get_output_types(dataset)
        tf.nest.assert_same_structure(self.output_types, types)
        spec = dataset.element_spec
        for what, ours, theirs in (
            ("types", self.output_types, types),
            ("classes", self.output_classes, classes_of(spec)),
        ):
            for one, other in zip(flatten(ours), flatten(theirs), strict=True):
                if one != other:
                    raise TypeError(
                        f"Expected output {what} {one!r} but got dataset with output {what} {other!r}."
                    )
        for one, other in zip(flatten(self.output_shapes), flatten(shapes_of(spec)), strict=True):
            if not one.is_compatible_with(other):
                raise TypeError(
                    f"Expected output shapes compatible with {one!r} but got dataset with output shapes {other!r}."
                )
        self._resource.running = iter(dataset)

    def get_next(self, name: Any = None) -> Any:
        """The next element.

        Raises:
          FailedPreconditionError: `make_initializer` was not called.
          OutOfRangeError: there is none.
        """
        return self._checked(self._begun().get_next())

    def get_next_as_optional(self) -> Any:
        """The next element as an Optional, which is empty at the end."""
        return self._begun().get_next_as_optional()

    def _begun(self) -> Any:
        if self._resource.running is None:
            raise failed_precondition(
                "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
                "initializer operation for this iterator before getting the next element. [Op:IteratorGetNext]"
            )
        return self._resource.running

    def _checked(self, element: Any) -> Any:
        for number, (spec, value) in enumerate(zip(flatten(self._spec), flatten(element), strict=True)):
            if not spec.shape.is_compatible_with(value.shape):
                raise invalid(
                    f"Incompatible shapes at component {number}: expected {spec.shape} but got {value.shape}. "
                    "[Op:IteratorGetNext]"
                )
        return element

    def string_handle(self, name: Any = None) -> Any:
        """A string by which `from_string_handle` finds this iterator, in this process and while it lives."""
        return tf.constant(self._resource.handle)

    @property
    def element_spec(self) -> Any:
        """The specs of the elements, in their structure."""
        return self._spec

    @property
    def output_types(self) -> Any:
        """The dtypes of the elements, in their structure."""
        return types_of(self._spec)

    @property
    def output_shapes(self) -> Any:
        """The shapes of the elements, in their structure."""
        return shapes_of(self._spec)

    @property
    def output_classes(self) -> Any:
        """The classes of the elements, in their structure."""
        return classes_of(self._spec)


def _specs(types: Any, shapes: Any, classes: Any) -> Any:
    """The specs of elements of these dtypes, shapes and classes."""
    types = mapped(tf.as_dtype, types)
    shapes = mapped(lambda _: TensorShape(None), types) if shapes is None else _shapes(types, shapes)
    classes = mapped(lambda _: tf.Tensor, types) if classes is None else classes
    return mapped(_spec, types, shapes, classes)


def _shapes(types: Any, shapes: Any) -> Any:
    """The shapes, which may be given as lists of sizes, in the structure of the dtypes."""
    if isinstance(types, tf.DType):
        return TensorShape(shapes)
    return mapped(lambda _, shape: TensorShape(shape), types, shapes)


def _spec(dtype: Any, shape: Any, kind: Any) -> Any:
    if isinstance(kind, TypeSpec):
        return kind
    if isinstance(kind, type) and issubclass(kind, tf.SparseTensor):
        return tf.SparseTensorSpec(shape, dtype)
    if isinstance(kind, type) and issubclass(kind, tf.Tensor):
        return TensorSpec(shape, dtype)
    raise TypeError(
        f"Iterator: an output class is tf.Tensor, tf.SparseTensor or a tf.TypeSpec, got {kind!r}."
    )
