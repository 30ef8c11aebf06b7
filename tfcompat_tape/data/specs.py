"""`DatasetSpec` and `IteratorSpec`: what is known of datasets and iterators as values."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TypeSpec

__all__ = ["DatasetSpec", "IteratorSpec"]


class DatasetSpec(TypeSpec):
    """The spec of a dataset: that of its elements.

    Source: `tf.data.DatasetSpec`.

    >>> import tfcompat_tape as tf
    >>> tf.data.DatasetSpec.from_value(tf.data.Dataset.range(3))
    DatasetSpec(TensorSpec(shape=(), dtype=tf.int64, name=None), TensorShape([]))
    """

    __slots__ = ("_dataset_shape", "_element_spec")

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self._element_spec = element_spec
        self._dataset_shape = TensorShape(dataset_shape)

    @property
    def element_spec(self) -> Any:
        """The specs of the elements."""
        return self._element_spec

    @property
    def value_type(self) -> type:
        """The class of datasets."""
        from tfcompat_tape.data.dataset import Dataset

        return Dataset

    @staticmethod
    def from_value(value: Any) -> DatasetSpec:
        """The spec of a dataset."""
        return DatasetSpec(value.element_spec)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a dataset, or those of another spec, may be one that this describes."""
        other = (
            spec_or_value
            if isinstance(spec_or_value, TypeSpec)
            else getattr(spec_or_value, "_type_spec", None)
        )
        return isinstance(other, DatasetSpec) and super().is_compatible_with(other)

    def _serialize(self) -> tuple[Any, ...]:
        return self._element_spec, self._dataset_shape

    @property
    def _component_specs(self) -> Any:
        return []

    def _to_components(self, value: Any) -> Any:
        return []

    def _from_components(self, components: Any) -> Any:
        raise NotImplementedError("A dataset does not consist of Tensors.")

    def __repr__(self) -> str:
        return f"DatasetSpec({self._element_spec!r}, {self._dataset_shape!r})"


class IteratorSpec(TypeSpec):
    """The spec of an iterator: that of its elements. Source: `tf.data.IteratorSpec`.

    >>> import tfcompat_tape as tf
    >>> tf.data.IteratorSpec(tf.TensorSpec([], tf.int64))
    IteratorSpec(TensorSpec(shape=(), dtype=tf.int64, name=None),)
    """

    __slots__ = ("_element_spec",)

    def __init__(self, element_spec: Any) -> None:
        self._element_spec = element_spec

    @property
    def value_type(self) -> type:
        """The class of iterators."""
        from tfcompat_tape.data.iterators import OwnedIterator

        return OwnedIterator

    @staticmethod
    def from_value(value: Any) -> IteratorSpec:
        """The spec of an iterator."""
        return IteratorSpec(value.element_spec)

    def _serialize(self) -> tuple[Any, ...]:
        return (self._element_spec,)

    @property
    def _component_specs(self) -> Any:
        return []

    def _to_components(self, value: Any) -> Any:
        return []

    def _from_components(self, components: Any) -> Any:
        raise NotImplementedError("An iterator does not consist of Tensors.")

    def __repr__(self) -> str:
        return f"IteratorSpec({self._element_spec!r},)"
