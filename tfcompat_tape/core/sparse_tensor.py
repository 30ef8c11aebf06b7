"""`SparseTensor`: the elements that are there, and where; and its spec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape.core import reading, registry
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, as_dtype, float32, int64
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.identity import Known, known_as
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor


@known_as("tensorflow.python.framework.sparse_tensor")
class SparseTensor(CompositeTensor, metaclass=Known):
    """A tensor of which only some elements are there: `values[i]` at `indices[i]`, and nothing elsewhere.

    Args:
      indices: int64 matrix of shape `(n, rank)`, one row of coordinates for each element. Most functions expect them in
        order of rows and without repetition: see `tf.sparse.reorder`.
      values: vector of `n` elements of any dtype. Gradients flow through them.
      dense_shape: int64 vector of length `rank`.

    Raises:
      ValueError: the ranks are not 2, 1 and 1, the sizes do not match, or indices are Tensors of another dtype.
      TypeError: indices or sizes that are no integers, or a number as a shape.

    Source: `tf.SparseTensor`, also called `tf.sparse.SparseTensor`.

    >>> import tfcompat_tape as tf
    >>> matrix = tf.SparseTensor(indices=[[0, 1], [1, 0]], values=[5.0, 6.0], dense_shape=[2, 2])
    >>> tf.sparse.to_dense(matrix).numpy()
    array([[0., 5.],
           [6., 0.]], dtype=float32)
    """

    __slots__ = ("__weakref__", "_dense_shape", "_indices", "_static", "_values")

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        self._indices = convert(indices, int64)
        self._values = _value(values)
        self._dense_shape = convert(dense_shape, int64)
        self._static = TensorShape(None)  # what is known of the shape where its values are not
        if not self._dense_shape._t.shape:
            raise TypeError(f"dense_shape must be a vector, got {dense_shape!r}.")
        for part, rank in ((self._indices, 2), (self._values, 1), (self._dense_shape, 1)):
            if len(part._t.shape) != rank:
                raise ValueError(f"Shape {part.shape} must have rank {rank}")
        count, rank = self._indices._t.shape
        if count != self._values._t.shape[0]:
            raise ValueError(f"Dimensions {count} and {self._values._t.shape[0]} are not compatible")
        if rank != self._dense_shape._t.shape[0]:
            raise ValueError(f"Dimensions {rank} and {self._dense_shape._t.shape[0]} are not compatible")
        known = reading.known(self._dense_shape._t)
        if known is not None:
            for size in known.tolist():
                if size < 0:
                    raise ValueError(f"Dimension {size} must be >= 0")

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A SparseTensor as it is, or one of a `tf.compat.v1.SparseTensorValue`; TypeError for anything else."""
        if isinstance(sparse_tensor_value, SparseTensor):
            return sparse_tensor_value
        if type(sparse_tensor_value).__name__ != "SparseTensorValue":
            raise TypeError(
                f"Argument sparse_tensor_value={sparse_tensor_value} is neither a SparseTensor nor SparseTensorValue."
            )
        return cls(*sparse_tensor_value)

    @property
    def indices(self) -> Tensor:
        """Where the elements are: int64 of shape `(n, rank)`."""
        return self._indices

    @property
    def values(self) -> Tensor:
        """The elements: a vector."""
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        """The shape of the dense form, as an int64 vector."""
        return self._dense_shape

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the dense form."""
        known = reading.known(self._dense_shape._t)
        if known is not None:
            return TensorShape(known.tolist())
        return self._static if self._static else TensorShape([None] * len(self._dense_shape))

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """The shape of the dense form is `shape` as far as that says; ValueError if they are not compatible."""
        known = self.shape
        if not known.is_compatible_with(TensorShape(shape)):
            raise ValueError(f"Shapes {known} and {TensorShape(shape)} are incompatible")
        self._static = known.merge_with(shape)

    @property
    def op(self) -> Any:
        return self._values.op

    @property
    def graph(self) -> Any:
        return self._values.graph

    def consumers(self) -> list[Any]:
        """Consumers are a notion of graphs; none here."""
        return []

    def with_values(self, new_values: Any) -> SparseTensor:
        """The same places with other elements; ValueError if there are not as many.

        >>> import tfcompat_tape as tf
        >>> tf.sparse.eye(2).with_values([3.0, 4.0]).values.numpy()
        array([3., 4.], dtype=float32)
        """
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def _of_values(self, op: Any) -> SparseTensor:
        return self.with_values(op(self._values))

    def _cwise(self, kind: str, other: Any, values: Any = None) -> SparseTensor:
        values = self._values if values is None else values
        dense = convert(other, values.dtype) if not isinstance(other, Tensor) else other
        if isinstance(other, Tensor) and other.dtype is not values.dtype:
            raise ValueError(
                f"Tensor conversion requested dtype {values.dtype.name} for Tensor with dtype {other.dtype.name}: "
                f"{other!r}"
            )
        call = registry.lookup(f"SparseDenseCwise{kind}").call
        return self.with_values(call(self._indices, values, self._dense_shape, dense))

    def __mul__(self, other: Any) -> SparseTensor:
        """The elements times those of a dense tensor, broadcast to this one's shape, at the same places."""
        return self._cwise("Mul", other)

    def __rmul__(self, other: Any) -> Any:
        if not (isinstance(other, Tensor) or hasattr(other, "_read")):
            return NotImplemented
        raw = self._values._t
        if isinstance(raw, torch.Tensor) and raw.is_complex():
            raise not_found(
                "SparseDenseCwiseMul: there is no kernel for complex numbers; multiply the values."
            )
        call = registry.lookup("SparseDenseCwiseMul").call
        return self.with_values(call(self._indices, self._values, self._dense_shape, convert(other)))

    def __truediv__(self, other: Any) -> SparseTensor:
        """The elements divided by those of a dense tensor, as for `*`; integers are divided as floats."""
        values = self._values
        if (
            isinstance(values._t, torch.Tensor)
            and not values._t.dtype.is_floating_point
            and not values._t.is_complex()
        ):
            wide = float32 if values.dtype.size <= 2 else as_dtype("float64")
            other = convert(other, values.dtype)
            cast = registry.lookup("Cast").call
            return self._cwise("Div", cast(other, DstT=wide), cast(values, DstT=wide))
        return self._cwise("Div", other)

    @property
    def _type_spec(self) -> SparseTensorSpec:
        return SparseTensorSpec(self.shape, self.dtype)

    def _unstacked(self) -> list[SparseTensor]:
        if len(self._dense_shape) < 2:
            raise invalid(f"Rank of input SparseTensor should be > 1, but saw rank: {len(self._dense_shape)}")
        split = registry.lookup("SparseSplit").call
        count = self.shape[0]
        if not count:
            return []
        parts = split(convert(0, int64), self._indices, self._values, self._dense_shape, num_split=count)
        rest = Tensor(self._dense_shape._t[1:], None)
        return [SparseTensor(Tensor(parts[i]._t[:, 1:], None), parts[count + i], rest) for i in range(count)]

    def _batched_parts(self) -> Any:
        raise TypeError(
            f"Failed to convert elements of {self!r} to Tensor: vectorized_map takes its `values`."
        )

    def _row_parts(self) -> Any:
        def all_rows(stacked: list[Any]) -> SparseTensor:
            indices, values, dense_shape = stacked
            rows, count, rank = indices._t.shape
            row = torch.arange(rows, device=indices._t.device).reshape(rows, 1, 1).expand(rows, count, 1)
            places = torch.cat([row, indices._t], 2).reshape(rows * count, rank + 1)
            sizes = torch.cat([dense_shape._t.new_tensor([rows]), dense_shape._t[0]])
            values = registry.lookup("Reshape").call(values, shape=(rows * count,))
            return SparseTensor(Tensor(places, None), values, Tensor(sizes, None))

        return [self._indices, self._values, self._dense_shape], all_rows

    def __repr__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices!s}, values={self._values!s}, "
            f"dense_shape={self._dense_shape!s})"
        )


def _value(values: Any) -> Tensor:
    if isinstance(values, (list, tuple)) and not values:
        return convert(values, float32)
    return convert(values)


class SparseTensorSpec(TypeSpec):
    """The shape of the dense form and the dtype of a SparseTensor.

    Args:
      shape: anything that `tf.TensorShape` takes.
      dtype: anything that `tf.as_dtype` takes; TypeError otherwise.

    Source: `tf.SparseTensorSpec`.

    >>> import tfcompat_tape as tf
    >>> tf.SparseTensorSpec([None, 2]).is_compatible_with(tf.sparse.eye(2))
    True
    """

    __slots__ = ("_dtype", "_shape")

    def __init__(self, shape: Any = None, dtype: Any = float32) -> None:
        self._shape = TensorShape(shape)
        self._dtype = as_dtype(dtype)

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """The spec of one SparseTensor; TypeError for anything else."""
        if not isinstance(value, SparseTensor):
            raise TypeError(
                f"Expected SparseTensor or SparseTensorValue. Received: {value} of type {type(value).__name__}."
            )
        return value._type_spec

    @property
    def shape(self) -> TensorShape:
        """The shape of the dense form, which may leave dimensions open."""
        return self._shape

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def value_type(self) -> type:
        """The class SparseTensor."""
        return SparseTensor

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype

    @property
    def _component_specs(self) -> list[TensorSpec]:
        rank = self._shape.rank
        return [
            TensorSpec([None, rank], int64),
            TensorSpec([None], self._dtype),
            TensorSpec([rank], int64),
        ]

    def _to_components(self, value: Any) -> list[Any]:
        return [value.indices, value.values, value.dense_shape]

    def _from_components(self, components: Any) -> SparseTensor:
        value = SparseTensor(*components)
        value.set_shape(self._shape)
        return value

    def _stack(self, values: Sequence[Any]) -> SparseTensor:
        if not values:
            shape = [0, *[n or 0 for n in self._shape.as_list()]]
            empty = Tensor(torch.zeros((0, len(shape)), dtype=torch.int64), None)
            return SparseTensor(empty, convert([], self._dtype), shape)
        rows = [
            torch.cat([torch.full((len(value.indices), 1), i), value.indices._t], 1)
            for i, value in enumerate(values)
        ]
        joined = registry.lookup("ConcatV2").call(*[value.values for value in values], axis=0)
        most = torch.stack([value.dense_shape._t for value in values]).amax(0)
        size = torch.cat([torch.tensor([len(values)]), most])
        return SparseTensor(Tensor(torch.cat(rows), None), joined, Tensor(size, None))
