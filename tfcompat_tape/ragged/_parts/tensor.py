"""`tf.RaggedTensor`: values, and row splits that cut them into rows of different lengths."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.identity import Known, known_as
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ragged._parts import factories, printing
from tfcompat_tape.ragged._parts.partitions import rowids
from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec


def _install() -> None:
    from tfcompat_tape.ragged._parts import functions

    functions.install()


# What is done before the first RaggedTensor is made: programs without one pay nothing for them.
_at_first = [_install]


class _Gradient:
    """The gradient of a RaggedTensor is that of its flat values, cut as they are."""

    def get_gradient_components(self, value: RaggedTensor) -> Any:
        return value.flat_values

    def replace_gradient_components(self, value: RaggedTensor, component_grads: Any) -> Any:
        return value.with_flat_values(component_grads)


@known_as("tensorflow.python.ops.ragged.ragged_tensor")
class RaggedTensor(factories.Factories, CompositeTensor, metaclass=Known):
    """A tensor whose rows differ in length: `values`, which `row_splits` cut into rows.

    The values may be a RaggedTensor in turn. Make one with `tf.ragged.constant` or `RaggedTensor.from_row_splits`
    and its kin. Arithmetic, functions of single values, reductions, `tf.concat`, `tf.gather` and more take it. As the
    source or target of a tape it stands for its flat values.

    Source: `tf.RaggedTensor`.

    >>> import tfcompat_tape as tf
    >>> rows = tf.RaggedTensor.from_row_splits([1.0, 2.0, 3.0], [0, 2, 2, 3])
    >>> rows.shape, rows * 2.0
    (TensorShape([3, None]), <tf.RaggedTensor [[2.0, 4.0], [], [6.0]]>)
    """

    __slots__ = ("__weakref__", "_length", "_splits", "_values")
    __composite_gradient__ = _Gradient()
    __hash__ = None  # type: ignore[assignment]

    _values: Any
    _splits: Tensor
    _length: int | None

    def __init__(self, values: Any, row_partition: Any, internal: bool = False) -> None:
        raise ValueError(
            "RaggedTensor constructor is private; please use one of the factory methods instead "
            "(e.g., RaggedTensor.from_row_lengths())"
        )

    @classmethod
    def _of(cls, values: Any, splits: Tensor, length: int | None = None) -> RaggedTensor:
        """A RaggedTensor of parts that are known to fit; `length` is that of all rows, where it is uniform."""
        while _at_first:
            _at_first.pop()()
        self = object.__new__(cls)
        self._values = values
        self._splits = splits
        self._length = length
        return self

    # -- what it consists of -------------------------------------------------------------------------------------------

    @property
    def values(self) -> Any:
        """All rows on end: a Tensor, or a RaggedTensor."""
        return self._values

    @property
    def flat_values(self) -> Any:
        """The innermost values, without any ragged dimension."""
        values = self._values
        return values.flat_values if isinstance(values, RaggedTensor) else values

    @property
    def row_splits(self) -> Tensor:
        """Where each row begins, and where the last one ends."""
        return self._splits

    def _nested(self) -> list[tuple[Tensor, int | None]]:
        """Row splits and uniform length of each ragged dimension, from the outer one."""
        inner = self._values._nested() if isinstance(self._values, RaggedTensor) else []
        return [(self._splits, self._length), *inner]

    @property
    def nested_row_splits(self) -> tuple[Tensor, ...]:
        """The row splits of each ragged dimension, from the outer one."""
        return tuple([splits for splits, _ in self._nested()])

    @property
    def uniform_row_length(self) -> Tensor | None:
        """The length of all rows where it is known to be one, else None."""
        if self._length is None:
            return None
        return Tensor(torch.tensor(self._length, dtype=self._splits._t.dtype), None)

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are cut by row splits."""
        return len(self._nested())

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        dtype: DType = self.flat_values.dtype
        return dtype

    @property
    def shape(self) -> TensorShape:
        """The shape, with None for dimensions whose length differs."""
        lengths = [length for _, length in self._nested()]
        sizes = [self._splits._t.shape[0] - 1, *lengths, *self.flat_values.shape.as_list()[1:]]
        # A trace has sizes that are no numbers.
        return TensorShape([n if type(n) is int else None for n in sizes])

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    @property
    def _type_spec(self) -> RaggedTensorSpec:
        return RaggedTensorSpec(self.shape, self.dtype, self.ragged_rank, self._splits.dtype)

    def consumers(self) -> list[Any]:
        """Consumers are a notion of graphs; none here."""
        return []

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _count(self) -> Any:
        """How many values there are."""
        values = self._values
        return values._splits._t.shape[0] - 1 if isinstance(values, RaggedTensor) else values._t.shape[0]

    def nrows(self, out_type: Any = None, name: Any = None) -> Tensor:
        """The number of rows."""
        dtype = self._splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        return Tensor(reading.sized(self._splits._t.shape[0] - 1, dtype.torch), None)

    def row_starts(self, name: Any = None) -> Tensor:
        """Where each row begins."""
        return Tensor(self._splits._t[:-1], None)

    def row_limits(self, name: Any = None) -> Tensor:
        """Where each row ends."""
        return Tensor(self._splits._t[1:], None)

    def value_rowids(self, name: Any = None) -> Tensor:
        """The row that each value belongs to."""
        return Tensor(rowids(self._splits._t, self._count()), None)

    def nested_value_rowids(self, name: Any = None) -> tuple[Tensor, ...]:
        """The row of each value, for each ragged dimension from the outer one."""
        return tuple([Tensor(rowids(splits._t), None) for splits in self.nested_row_splits])

    def nested_row_lengths(self, name: Any = None) -> tuple[Tensor, ...]:
        """The lengths of the rows, for each ragged dimension from the outer one."""
        return tuple([Tensor(splits._t.diff(), None) for splits in self.nested_row_splits])

    def row_lengths(self, axis: int = 1, name: Any = None) -> Any:
        """The length of each row along `axis`: a RaggedTensor for an inner one, a scalar for the outer one.

        Raises:
          ValueError: there is no such axis.
        """
        axis = _axis(axis, int(self.shape.rank))  # type: ignore[arg-type]
        if axis == 0:
            return self.nrows()
        if axis == 1:
            return Tensor(self._splits._t.diff(), None)
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.row_lengths(axis - 1))
        sizes = self._values._t.shape
        lengths = torch.full(sizes[: axis - 1], sizes[axis - 1], dtype=self._splits._t.dtype)
        return self.with_values(Tensor(lengths, None))

    def bounding_shape(self, axis: Any = None, name: Any = None, out_type: Any = None) -> Tensor:
        """The smallest shape that holds all rows; of some axes, or of one as a scalar."""
        sizes = [len(self._splits._t) - 1]
        for splits, length in self._nested():
            lengths = splits._t.diff()
            sizes.append(length if length is not None else int(lengths.max()) if len(lengths) else 0)
        sizes += self.flat_values._t.shape[1:]
        shape = self._integer(torch.tensor(sizes), out_type)
        if axis is None:
            return shape
        from tfcompat_tape.arrays import gather

        return gather(shape, axis)

    def _integer(self, raw: torch.Tensor, out_type: Any) -> Tensor:
        dtype = self._splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        return Tensor(raw.to(dtype.torch), None)

    # -- with other parts ----------------------------------------------------------------------------------------------

    def with_values(self, new_values: Any) -> RaggedTensor:
        """The same rows of other values.

        Raises:
          ValueError: not as many values.
        """
        values = new_values if isinstance(new_values, RaggedTensor) else convert(new_values)
        as_many = values.shape.rank and values.shape[0] == self._count()  # known also where sizes are open
        if not as_many and not reading.noting():
            self._fits(values, int(self._splits._t[-1]))
        return RaggedTensor._of(values, self._splits, self._length)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """The same rows of other flat values.

        Raises:
          ValueError: not as many values.
        """
        if isinstance(self._values, RaggedTensor):
            return RaggedTensor._of(self._values.with_flat_values(new_values), self._splits, self._length)
        return self.with_values(new_values)

    def _with_flat(self, values: Any) -> RaggedTensor:
        return self.with_flat_values(values)

    def _fits(self, values: Any, count: int) -> None:
        if not values.shape.rank:
            raise ValueError("Shape () must have rank at least 1")
        if values.shape[0] != count:
            raise ValueError(f"Shapes ({count},) and ({values.shape[0]},) are incompatible")

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """The same tensor with row splits of another dtype; ValueError unless it is int32 or int64."""
        dtype = dtypes.as_dtype(dtype)
        if dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"Argument `row_splits` dtype must be int32 or int64. Received {dtype}.")
        values = self._values
        if isinstance(values, RaggedTensor):
            values = values.with_row_splits_dtype(dtype)
        return RaggedTensor._of(values, cast(self._splits, dtype), self._length)

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        """The dimensions from `outer_axis` to `inner_axis` as one."""
        from tfcompat_tape.ragged._parts.joining import merge_dims

        return merge_dims(self, outer_axis, inner_axis)

    # -- other forms ---------------------------------------------------------------------------------------------------

    def to_tensor(self, default_value: Any = None, name: Any = None, shape: Any = None) -> Tensor:
        """A Tensor in which `default_value` stands where rows end early.

        Args:
          default_value: what to fill with, 0 by default; of the dtype of the values.
          shape: the shape of the result; longer rows are cut off. Dimensions that are None are as long as need be.

        Raises:
          InvalidArgumentError: a default or shape that does not fit.
        """
        from tfcompat_tape.ragged._parts.padding import to_tensor

        return to_tensor(self, default_value, shape)

    def to_list(self) -> list[Any]:
        """Nested lists of Python values."""
        return _lists(self, lambda flat: flat.numpy().tolist())

    def numpy(self) -> np.ndarray:
        """A NumPy array: of objects where rows differ in length."""
        values = self._values.numpy()
        splits = self._splits.numpy()
        rows = [values[start:stop] for start, stop in pairwise(splits)]
        if rows and len(rows[0]) and all(len(row) == len(rows[0]) for row in rows):
            return np.stack(rows)
        found = np.empty(len(rows), dtype=object)
        for at, row in enumerate(rows):
            found[at] = row
        return found

    def to_sparse(self, name: Any = None) -> Any:
        """A SparseTensor with the values at their places.

        Raises:
          NotImplementedError: without SparseTensor.
        """
        from tfcompat_tape.ragged._parts.sparse import to_sparse

        return to_sparse(self)

    def _to_tensor(self) -> NoReturn:
        raise ValueError(
            "TypeError: object of type 'RaggedTensor' has no len(): a RaggedTensor is no Tensor here. "
            "Use to_tensor(), or its flat_values."
        )

    def _unstacked(self) -> list[Any]:
        return list(self)

    def __repr__(self) -> str:
        return f"<tf.RaggedTensor {printing.rows(self)}>"

    def __bool__(self) -> bool:
        raise TypeError("RaggedTensor may not be used as a boolean.")

    def __iter__(self) -> Any:
        return iter([self[at] for at in range(len(self._splits._t) - 1)])

    def __getitem__(self, key: Any) -> Any:
        from tfcompat_tape.ragged._parts.indexing import item

        return item(self, key)


def _lists(value: Any, leaf: Any) -> Any:
    if not isinstance(value, RaggedTensor):
        return leaf(value)
    values = _lists(value.values, leaf)
    splits = value.row_splits.numpy()
    return [values[start:stop] for start, stop in pairwise(splits)]


def _axis(axis: Any, rank: int, name: str = "axis") -> int:
    """`axis` from the front; ValueError where there is none."""
    axis = int(axis)
    if not -rank <= axis < rank:
        raise ValueError(f"{name}={axis} out of bounds: expected -{rank}<={name}<{rank}")
    return axis % rank


factories.bind(RaggedTensor)

from tfcompat_tape.ragged._parts import operators  # noqa: E402 - they need the class

operators.install(RaggedTensor)
