"""`tf.experimental.DynamicRaggedShape`, and the functions that take one for a shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from tfcompat_tape import arrays
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ragged._parts import elementwise
from tfcompat_tape.ragged._parts.row_partition import RowPartition
from tfcompat_tape.ragged._parts.tensor import RaggedTensor


class DynamicRaggedShape(CompositeTensor):
    """The shape of a RaggedTensor, with the lengths of its rows; or that of a Tensor.

    Args:
      row_partitions: RowPartitions, from the outer one; none for the shape of a Tensor.
      inner_shape: vector, the shape of the flat values.
      dtype: int32 or int64; that of the partitions by default, else int64.

    Raises:
      TypeError: partitions that are no list of RowPartitions.
      IndexError: partitions, and an empty inner shape.

    Source: `tf.experimental.DynamicRaggedShape`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.DynamicRaggedShape.from_tensor(tf.ragged.constant([[1, 2], [], [3]]))
    <DynamicRaggedShape lengths=[3, (2, 0, 1)] num_row_partitions=1>
    """

    __slots__ = ("__weakref__", "_inner", "_partitions")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        row_partitions: Any,
        inner_shape: Any,
        dtype: Any = None,
        validate: bool = False,
        static_inner_shape: Any = None,
    ) -> None:
        if not isinstance(row_partitions, (list, tuple)):
            raise TypeError(f"row_partitions should be a list of RowPartitions: {row_partitions!r}")
        if not all(isinstance(one, RowPartition) for one in row_partitions):
            raise TypeError(f"row_partitions contains something that is no RowPartition: {row_partitions!r}")
        inner = convert(inner_shape, None if isinstance(inner_shape, Tensor) else dtypes.int64)
        if row_partitions and not len(inner._t):
            raise IndexError(
                "inner_shape must have at least one dimension, for the values of the partitions."
            )
        kind = dtypes.as_dtype(dtype) if dtype is not None else _dtype_of(row_partitions, inner)
        self._partitions = tuple([one.with_dtype(kind) for one in row_partitions])
        self._inner = Tensor(inner._t.to(kind.torch), None)
        if validate and row_partitions and int(self._inner._t[0]) != row_partitions[-1].static_nvals:
            raise invalid("Last row partition does not match flat_values.")

    @classmethod
    def from_tensor(cls, t: Any, dtype: Any = None) -> DynamicRaggedShape:
        """The shape of a RaggedTensor or Tensor."""
        if isinstance(t, RaggedTensor):
            partitions = [RowPartition._of(splits, length) for splits, length in t._nested()]
            return cls(partitions, list(t.flat_values._t.shape), dtype)
        return cls([], list(convert(t)._t.shape), dtypes.int32 if dtype is None else dtype)

    @classmethod
    def from_row_partitions(cls, row_partitions: Any, dtype: Any = None) -> DynamicRaggedShape:
        """The shape that RowPartitions make, of flat values that are a vector; ValueError without any."""
        if not row_partitions:
            raise ValueError("row_partitions cannot be empty")
        return cls(row_partitions, [row_partitions[-1].static_nvals], dtype)

    @classmethod
    def from_lengths(
        cls, lengths: Sequence[Any], num_row_partitions: Any = None, dtype: Any = dtypes.int64
    ) -> DynamicRaggedShape:
        """A shape by the length of each dimension, or by a tuple of the lengths of its rows.

        Args:
          lengths: numbers and tuples of numbers, from the outer dimension.
          num_row_partitions: how many dimensions are cut by RowPartitions, at least those that differ in length.

        Raises:
          ValueError: something else, an outer dimension that is a tuple, tuples of other sizes, too few partitions.
          InvalidArgumentError: a negative length.
        """
        if not isinstance(lengths, (list, tuple)) or not all(_is_length(one) for one in lengths):
            raise ValueError(f"lengths should be a list of ints, and of tuples of ints: {lengths!r}")
        least = max([at for at, one in enumerate(lengths) if not isinstance(one, int)], default=0)
        count = least if num_row_partitions is None else max(int(num_row_partitions), 0)
        if (
            count < least
            or (count and count >= len(lengths))
            or (lengths and not isinstance(lengths[0], int))
        ):
            raise ValueError(f"{count} row partitions do not fit the lengths {lengths}.")
        partitions: list[RowPartition] = []
        values = lengths[0] if lengths else 0
        for one in lengths[1 : count + 1]:
            if isinstance(one, int):
                partitions.append(RowPartition.from_uniform_row_length(one, nrows=values))
            elif len(one) != values:
                raise ValueError(f"{len(one)} lengths, for {values} rows.")
            else:
                partitions.append(RowPartition.from_row_lengths(list(one)))
            values = partitions[-1].static_nvals
        inner = [values, *lengths[count + 1 :]] if lengths else []
        return cls(partitions, convert(inner, dtypes.int64), dtype)

    # -- what it says --------------------------------------------------------------------------------------------------

    @property
    def dtype(self) -> DType:
        """The dtype of lengths: int32 or int64."""
        return self._inner.dtype

    @property
    def row_partitions(self) -> tuple[RowPartition, ...]:
        """How the outer dimensions are cut."""
        return self._partitions

    @property
    def num_row_partitions(self) -> int:
        """How many dimensions are cut."""
        return len(self._partitions)

    @property
    def inner_shape(self) -> Tensor:
        """The shape of the flat values."""
        return self._inner

    @property
    def inner_rank(self) -> int:
        """The rank of the flat values."""
        return len(self._inner._t)

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self._partitions) + self.inner_rank

    def static_lengths(self, ragged_lengths: bool = True) -> list[Any]:
        """The length of each dimension: a tuple for one that differs, or None unless `ragged_lengths`."""
        inner = self._inner._t.tolist()
        if not self._partitions:
            return inner
        found: list[Any] = [self._partitions[0].static_nrows]
        for one in self._partitions:
            length: Any = one.static_uniform_row_length
            if length is None and ragged_lengths:
                length = tuple(one.row_lengths()._t.tolist())
            found.append(length)
        return [*found, *inner[1:]]

    def is_uniform(self, axis: int) -> bool:
        """Whether a dimension has one length; IndexError where there is no such dimension."""
        if not isinstance(axis, int):
            raise TypeError("axis must be an integer")
        if not 0 <= axis < self.rank:
            raise IndexError(f"Expected 0 <= axis ({axis}) < rank ({self.rank})")
        return not 1 <= axis <= len(self._partitions) or self._partitions[axis - 1].is_uniform()

    def with_dtype(self, dtype: Any) -> DynamicRaggedShape:
        """The same shape with lengths of another dtype; ValueError unless that is int32 or int64."""
        kind = dtypes.as_dtype(dtype)
        if kind not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"dtype must be int32 or int64, not {kind.name}.")
        return DynamicRaggedShape(self._partitions, self._inner, kind)

    def __getitem__(self, index: Any) -> Any:
        """The length of a dimension as a scalar, or a shape of some dimensions.

        Raises:
          IndexError: there is no such dimension, or a step.
          ValueError: a dimension that has no one length.
          TypeError: another index.
        """
        if isinstance(index, slice):
            return self._sliced(index)
        if not isinstance(index, int):
            raise TypeError("index is not an int or slice.")
        if not -self.rank <= index < self.rank:
            raise IndexError(f"list index out of range: {index} of {self.rank} dimensions")
        index %= self.rank
        length = self.static_lengths()[index]
        if not isinstance(length, int):
            raise ValueError(f"Index {index} is not uniform")
        return Tensor(torch.tensor(length, dtype=self.dtype.torch), None)

    def _sliced(self, index: slice) -> DynamicRaggedShape:
        if index.step not in (None, 1):
            raise IndexError("Cannot stride through a shape")
        start, stop, _ = index.indices(self.rank)
        lengths = self.static_lengths()
        if start > 0 or stop <= 1:
            kept = lengths[start:stop]
            kind = dtypes.int64 if self._partitions or not self.rank else self.dtype
            if self._partitions and not all(
                isinstance(one, int) for one in lengths[1 if start else 0 : stop]
            ):
                raise ValueError("Cannot take dimensions from within, after ones that differ in length.")
            return DynamicRaggedShape([], convert(kept, kind), kind)
        count = min(len(self._partitions), stop - 1)
        first = self._partitions[count - 1].static_nvals if count else int(self._inner._t[0])
        inner = [first, *self._inner._t.tolist()[1 : stop - count]]
        return DynamicRaggedShape(self._partitions[:count], inner, self.dtype)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DynamicRaggedShape):
            return False
        return (
            self.dtype == other.dtype
            and torch.equal(self._inner._t, other._inner._t)
            and len(self._partitions) == len(other._partitions)
            and all(
                torch.equal(one.row_splits()._t, two.row_splits()._t)
                for one, two in zip(self._partitions, other._partitions, strict=True)
            )
        )

    def __repr__(self) -> str:
        lengths = ", ".join(map(str, self.static_lengths()))
        return f"<DynamicRaggedShape lengths=[{lengths}] num_row_partitions={len(self._partitions)}>"

    def _to_tensor(self) -> Any:
        raise ValueError(f"{self!r} has no form as a Tensor: use its inner_shape and row_partitions.")

    @property
    def _type_spec(self) -> Spec:
        specs = tuple([one._type_spec for one in self._partitions])
        return Spec(specs, TensorShape(self._inner._t.tolist()), self.dtype)

    def _cut(self, flat: Any) -> Any:
        """Flat values of this shape as a RaggedTensor, or as they are."""
        for one in reversed(self._partitions):
            flat = RaggedTensor._of(flat, one.row_splits(), one.static_uniform_row_length)
        return flat


class Spec(TypeSpec):
    """What is known of a DynamicRaggedShape: specs of its partitions, the inner shape, the dtype."""

    __slots__ = ("_dtype", "_partitions", "_static")

    def __init__(self, row_partitions: Any, static_inner_shape: Any, dtype: Any) -> None:
        self._partitions = tuple(row_partitions)
        self._static = TensorShape(static_inner_shape)
        self._dtype = dtypes.as_dtype(dtype)

    @property
    def value_type(self) -> type:
        """The class DynamicRaggedShape."""
        return DynamicRaggedShape

    def _serialize(self) -> tuple[Any, ...]:
        return self._partitions, self._static, self._dtype

    @property
    def _component_specs(self) -> tuple[Any, ...]:
        return (TensorSpec([self._static.rank], self._dtype), *self._partitions)

    def _to_components(self, value: Any) -> tuple[Any, ...]:
        return (value.inner_shape, *value.row_partitions)

    def _from_components(self, components: Any) -> DynamicRaggedShape:
        inner, *partitions = components
        return DynamicRaggedShape(partitions, inner, self._dtype)

    def __repr__(self) -> str:
        return (
            f"DynamicRaggedShape.Spec(row_partitions={self._partitions!r}, static_inner_shape={self._static!r}, "
            f"dtype={self._dtype!r})"
        )


DynamicRaggedShape.Spec = Spec  # type: ignore[attr-defined]
DynamicRaggedShape.__module__ = "tfcompat_tape.experimental"


def _is_length(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(one, int) for one in value)
    return isinstance(value, int)


def _dtype_of(partitions: Sequence[RowPartition], inner: Tensor) -> DType:
    kinds = {one.dtype for one in partitions} or {inner.dtype}
    return dtypes.int32 if kinds == {dtypes.int32} else dtypes.int64


def holds_shape(values: Any) -> bool:
    """Whether there is a DynamicRaggedShape among the arguments of a function."""
    return any(isinstance(value, DynamicRaggedShape) for value in values)


# -- functions ---------------------------------------------------------------------------------------------------------


def shape(input: Any, out_type: Any = None, name: Any = None) -> DynamicRaggedShape:
    """`tf.shape` of a RaggedTensor."""
    return DynamicRaggedShape.from_tensor(input, dtypes.int32 if out_type is None else out_type)


def reshape(tensor: Any, shape: Any, name: Any = None) -> Any:
    """`tf.reshape` of, or to, what is ragged: what counts are the flat values."""
    flat = tensor.flat_values if isinstance(tensor, RaggedTensor) else tensor
    if not isinstance(shape, DynamicRaggedShape):
        return arrays.reshape(flat, shape)
    if shape.row_partitions and int(shape.inner_shape._t[0]) != shape.row_partitions[-1].static_nvals:
        raise invalid(f"tf.reshape: the inner shape of {shape} does not fit its row partitions.")
    return shape._cut(arrays.reshape(flat, shape.inner_shape))


def broadcast_to(input: Any, shape: Any, name: Any = None) -> Any:
    """`tf.broadcast_to` of what is ragged, or to a ragged shape."""
    if isinstance(input, RaggedTensor):
        if not isinstance(shape, DynamicRaggedShape):
            raise ValueError("tf.broadcast_to takes a RaggedTensor only to a DynamicRaggedShape.")
        if not shape.row_partitions:
            return arrays.broadcast_to(input.to_tensor(), shape.inner_shape)
        if input.row_splits.dtype != shape.dtype:
            raise ValueError(
                f"tf.broadcast_to: the row splits are {input.row_splits.dtype}, not {shape.dtype}."
            )
    elif not shape.row_partitions:
        return arrays.broadcast_to(input, shape.inner_shape)
    x = input if isinstance(input, RaggedTensor) else convert(input)
    if int(x.shape.rank) > shape.rank:  # type: ignore[arg-type]
        raise invalid(f"tf.broadcast_to: {x.shape} has more dimensions than {shape}.")
    like = shape._cut(arrays.zeros(shape.inner_shape, dtypes.bool_))
    flats, cut = elementwise.aligned((x, like))
    result = cut(flats[0] if x.shape.rank else arrays.broadcast_to(x, shape.inner_shape))
    if DynamicRaggedShape.from_tensor(result, shape.dtype) != shape:
        raise invalid(f"tf.broadcast_to: {x.shape} does not broadcast to {shape}.")
    return result


def filled(function: Any) -> Any:
    """`tf.zeros`, `tf.ones` and `tf.fill` of a ragged shape."""

    def call(shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        shape = kwargs.pop("dims", shape)
        return shape._cut(function(shape.inner_shape, *args, **kwargs))

    return call


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> DynamicRaggedShape:
    """`tf.broadcast_dynamic_shape` of shapes of which one may be ragged."""
    shapes = []
    for one in (shape_x, shape_y):
        if not isinstance(one, DynamicRaggedShape):
            one = DynamicRaggedShape([], convert(one, preferred=dtypes.int64))
        shapes.append(one)
    kind = dtypes.int64 if dtypes.int64 in (shapes[0].dtype, shapes[1].dtype) else dtypes.int32
    values = [one._cut(arrays.zeros(one.inner_shape, dtypes.bool_)) for one in shapes]
    if not any(one.row_partitions for one in shapes):
        sizes = torch.broadcast_shapes(*[value._t.shape for value in values])
        return DynamicRaggedShape([], list(sizes), kind)
    result = elementwise.elementwise(lambda x, y: arrays.broadcast_to(x, _joint(x, y)), values)
    return DynamicRaggedShape.from_tensor(result, kind)


def _joint(x: Tensor, y: Tensor) -> list[int]:
    if math.prod(x._t.shape) == 0 and x._t.shape == y._t.shape:
        return list(x._t.shape)
    return list(torch.broadcast_shapes(x._t.shape, y._t.shape))
