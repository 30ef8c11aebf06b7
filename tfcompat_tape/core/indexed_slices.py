"""`IndexedSlices`: the gradient of a lookup, as the rows that were looked up and where they belong."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, as_dtype, float32, int64
from tfcompat_tape.core.identity import Known, known_as
from tfcompat_tape.core.registry import Rule
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor


@known_as("tensorflow.python.framework.indexed_slices")
class IndexedSlices(CompositeTensor, metaclass=Known):
    """Rows `values[i]` that belong at `dense[indices[i]]`; rows with one index add up.

    Args:
      values: Tensor of shape `(n, ...)`.
      indices: integer Tensor of shape `(n,)`.
      dense_shape: shape of the dense form, needed to convert.

    Source: `tf.IndexedSlices`.

    >>> import tfcompat_tape as tf
    >>> table = tf.Variable([[1.0], [2.0], [3.0]])
    >>> with tf.GradientTape() as tape:
    ...     y = tf.gather(table, [2, 0])
    >>> type(tape.gradient(y, table)).__name__
    'IndexedSlices'
    """

    __slots__ = ("_dense_shape", "_indices", "_values")

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Any:
        """The rows."""
        return self._values

    @property
    def indices(self) -> Any:
        """Where each row belongs."""
        return self._indices

    @property
    def dense_shape(self) -> Any:
        """Shape of the dense form, or `None`."""
        return self._dense_shape

    @property
    def dtype(self) -> DType:
        """Element type of the rows."""
        return convert(self._values).dtype

    @property
    def shape(self) -> TensorShape:
        """Shape of the dense form."""
        if self._dense_shape is None:
            return TensorShape(None)
        if isinstance(self._dense_shape, TensorShape):
            return self._dense_shape
        if hasattr(self._dense_shape, "numpy"):
            return TensorShape([int(n) for n in self._dense_shape.numpy()])
        return TensorShape(list(self._dense_shape))

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    @property
    def device(self) -> str:
        """Device of the rows."""
        return convert(self._values).device

    @property
    def name(self) -> Any:
        return self._values.name

    @property
    def op(self) -> Any:
        return self._values.op

    @property
    def graph(self) -> Any:
        return self._values.graph

    def consumers(self) -> list[Any]:
        """Consumers are a notion of graphs; none here."""
        return []

    def dense(self) -> Any:
        """The dense form, raw if the parts are raw."""
        if self._dense_shape is None:
            raise ValueError("Tensor conversion requested for IndexedSlices without dense_shape.")
        add = registry.lookup("UnsortedSegmentSum").call
        return add(self._values, self._indices, num_segments=int(self.shape.as_list()[0]))  # type: ignore[arg-type]

    def _to_tensor(self) -> Tensor:
        return convert(self.dense())

    def _parts(self) -> list[Any]:
        """Values, indices and, if it is known, the dense shape."""
        parts = [self._values, self._indices]
        return parts if self._dense_shape is None else [*parts, self._dense_shape]

    @property
    def _type_spec(self) -> IndexedSlicesSpec:
        indices = convert(self._indices)
        dense_shape = self._dense_shape
        shape = self.shape
        if dense_shape is None:
            shape = TensorShape([None, *convert(self._values).shape[1:]])
        else:
            dense_shape = convert(dense_shape).dtype
        return IndexedSlicesSpec(shape, self.dtype, indices.dtype, dense_shape, indices.shape)

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __add__(self, other: Any) -> Any:
        """The sum of two adjoints: sparse if both are."""
        if type(other) is IndexedSlices:
            concat = registry.lookup("ConcatV2").call
            return IndexedSlices(
                concat(self._values, other._values, axis=0),
                concat(*_of_one_dtype(self._indices, other._indices), axis=0),
                self._dense_shape,
            )
        return self.dense() + other if isinstance(other, (Tensor, torch.Tensor)) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return other + self.dense() if isinstance(other, (Tensor, torch.Tensor)) else NotImplemented

    def __repr__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self.shape}"
        return f"IndexedSlices(indices={self._indices!r}, values={self._values!r}{shape})"

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape!s}"
        return f"IndexedSlices(indices={self._indices!s}, values={self._values!s}{shape})"


class IndexedSlicesSpec(TypeSpec):
    """What is known of IndexedSlices.

    Args:
      shape: shape of the dense form.
      dtype: dtype of the rows.
      indices_dtype: dtype of the indices.
      dense_shape_dtype: dtype of the dense shape, None where it is not given.
      indices_shape: shape of the indices.

    Source: `tf.IndexedSlicesSpec`.

    >>> import tfcompat_tape as tf
    >>> rows = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 4], tf.int64))
    >>> tf.IndexedSlicesSpec([None, 3]).is_compatible_with(rows)
    True
    """

    __slots__ = ("_dense_shape_dtype", "_dtype", "_indices_dtype", "_indices_shape", "_shape")

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = float32,
        indices_dtype: Any = int64,
        dense_shape_dtype: Any = None,
        indices_shape: Any = None,
    ) -> None:
        self._shape = TensorShape(shape)
        self._dtype = as_dtype(dtype)
        self._indices_dtype = as_dtype(indices_dtype)
        self._dense_shape_dtype = None if dense_shape_dtype is None else as_dtype(dense_shape_dtype)
        self._indices_shape = TensorShape([None] if indices_shape is None else indices_shape)

    @property
    def value_type(self) -> type:
        """The class IndexedSlices."""
        return IndexedSlices

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._indices_dtype, self._dense_shape_dtype, self._indices_shape

    @property
    def _component_specs(self) -> tuple[TensorSpec, ...]:
        rows = TensorSpec(self._indices_shape.concatenate(self._shape[1:]), self._dtype)
        specs = (rows, TensorSpec(self._indices_shape, self._indices_dtype))
        if self._dense_shape_dtype is None:
            return specs
        return (*specs, TensorSpec([self._shape.rank], self._dense_shape_dtype))

    def _to_components(self, value: Any) -> tuple[Any, ...]:
        return tuple(value._parts())

    def _from_components(self, components: Any) -> IndexedSlices:
        return IndexedSlices(*components)


def takes_slices(rule: Rule) -> Rule:
    """Decorator of a gradient rule that hands IndexedSlices on as they are; other rules get the dense form."""
    rule.takes_slices = True  # type: ignore[attr-defined]
    return rule


def _of_one_dtype(one: Any, two: Any) -> tuple[Any, Any]:
    """Two vectors of indices, as int64 unless they agree."""
    if one.dtype == two.dtype:
        return one, two
    cast = registry.lookup("Cast").call
    return cast(one, int64), cast(two, int64)
