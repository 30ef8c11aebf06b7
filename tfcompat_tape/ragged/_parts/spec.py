"""`tf.RaggedTensorSpec`: the shape, dtype and number of ragged dimensions of a RaggedTensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor


class RaggedTensorSpec(TypeSpec):
    """What is known of a RaggedTensor.

    Args:
      shape: its shape; dimensions that may be ragged are None.
      dtype: dtype of the values; None takes that of `flat_values_spec`.
      ragged_rank: how many dimensions are cut by row splits; all but the first by default.
      row_splits_dtype: tf.int32 or tf.int64.
      flat_values_spec: the spec of the flat values where they are no Tensor.

    Raises:
      ValueError: neither `ragged_rank` nor a rank is given, or the first is not less than the second.

    Source: `tf.RaggedTensorSpec`.

    >>> import tfcompat_tape as tf
    >>> spec = tf.RaggedTensorSpec([None, None], tf.int32)
    >>> spec.is_compatible_with(tf.ragged.constant([[1, 2], [3]]))
    True
    """

    __slots__ = ("_dtype", "_flat_values_spec", "_ragged_rank", "_row_splits_dtype", "_shape")

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        ragged_rank: int | None = None,
        row_splits_dtype: Any = dtypes.int64,
        flat_values_spec: Any = None,
    ) -> None:
        self._shape = TensorShape(shape)
        if flat_values_spec is not None and dtype is None:
            dtype = flat_values_spec.dtype
        self._dtype = dtypes.as_dtype(dtype)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        self._flat_values_spec = flat_values_spec
        rank = self._shape.rank
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with a known rank.")
            ragged_rank = rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError(f"Argument `ragged_rank` must be an int, not {ragged_rank!r}.")
        if rank is not None and ragged_rank >= rank:
            raise ValueError(f"Argument `ragged_rank` ({ragged_rank}) must be less than rank ({rank}).")
        self._ragged_rank = ragged_rank

    @property
    def shape(self) -> TensorShape:
        """The shape, where ragged dimensions are None."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype of the values."""
        return self._dtype

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are cut by row splits."""
        return self._ragged_rank

    @property
    def row_splits_dtype(self) -> dtypes.DType:
        """The dtype of the row splits."""
        return self._row_splits_dtype

    @property
    def flat_values_spec(self) -> Any:
        """The spec of flat values that are no Tensor, or None."""
        return self._flat_values_spec

    @property
    def value_type(self) -> type:
        """RaggedTensor, or Tensor where no dimension is ragged."""
        from tfcompat_tape.ragged._parts.tensor import RaggedTensor

        return RaggedTensor if self._ragged_rank else Tensor

    @classmethod
    def from_value(cls, value: Any) -> RaggedTensorSpec:
        """The spec of a RaggedTensor."""
        spec: RaggedTensorSpec = value._type_spec
        return spec

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value, or one of another spec, may have this shape, dtype and number of ragged dimensions."""
        if not self._ragged_rank:
            return TensorSpec(self._shape, self._dtype).is_compatible_with(spec_or_value)
        return super().is_compatible_with(spec_or_value)

    def _serialize(self) -> tuple[Any, ...]:
        fields = (self._shape, self._dtype, self._ragged_rank, self._row_splits_dtype)
        return fields if self._flat_values_spec is None else (*fields, self._flat_values_spec)

    @property
    def _component_specs(self) -> list[Any]:
        if not self._ragged_rank:
            return [TensorSpec(self._shape, self._dtype)]
        rank = self._shape.rank
        inner = TensorShape(None) if rank is None else self._shape[self._ragged_rank + 1 :]
        flat = self._flat_values_spec or TensorSpec(TensorShape([None]).concatenate(inner), self._dtype)
        rows = None if rank is None else self._shape.as_list()[0]
        outer = TensorSpec([None if rows is None else rows + 1], self._row_splits_dtype)
        deeper = [TensorSpec([None], self._row_splits_dtype)] * (self._ragged_rank - 1)
        return [flat, outer, *deeper]

    def _to_components(self, value: Any) -> list[Any]:
        return [value] if isinstance(value, Tensor) else [value.flat_values, *value.nested_row_splits]

    def _from_components(self, components: Any) -> Any:
        from tfcompat_tape.ragged._parts.tensor import RaggedTensor

        result, *splits = components
        for at, cut in reversed([*enumerate(splits)]):
            length = self._shape[at + 1] if self._shape.rank is not None else None
            result = RaggedTensor._of(result, cut, length)
        return result

    def _stack(self, values: Sequence[Any]) -> Any:
        from tfcompat_tape.ragged._parts.joining import stack

        if not all(value.shape.rank for value in values):
            raise invalid(f"Ragged values must have a rank of at least 1 to be rows of {self!r}.")
        return stack(list(values)).with_row_splits_dtype(self._row_splits_dtype)
