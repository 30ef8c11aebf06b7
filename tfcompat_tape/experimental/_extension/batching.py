"""`tf.experimental.BatchableExtensionType`: extension types that `tf.map_fn` goes over and puts together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.experimental._extension.specs import ExtensionTypeSpec, _frozen
from tfcompat_tape.experimental._extension.types import ExtensionType
from tfcompat_tape.ops.joining import pack, unpack
from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec


def batched(spec: Any, batch_size: int | None) -> Any:
    """The spec, or the shape, of `batch_size` values of one; what holds no Tensors stays."""
    if isinstance(spec, TensorShape):
        return TensorShape([batch_size]).concatenate(spec)
    if isinstance(spec, TensorSpec):
        return TensorSpec(batched(spec.shape, batch_size), spec.dtype, spec.name)
    if isinstance(spec, RaggedTensorSpec):
        return _ragged(spec, batched(spec.shape, batch_size), spec.ragged_rank + 1)
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec(batched(spec.shape, batch_size), spec.dtype)
    if isinstance(spec, TypeSpec):
        _check(spec)
        return spec._batch(batch_size)  # type: ignore[attr-defined]
    return spec


def unbatched(spec: Any) -> Any:
    """The spec, or the shape, of one of the values that a batch consists of. ValueError for scalars."""
    if isinstance(spec, TensorShape):
        if spec.rank == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return spec if spec.rank is None else spec[1:]
    if isinstance(spec, TensorSpec):
        return TensorSpec(unbatched(spec.shape), spec.dtype, spec.name)
    if isinstance(spec, RaggedTensorSpec):
        return _ragged(spec, unbatched(spec.shape), spec.ragged_rank - 1)
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec(unbatched(spec.shape), spec.dtype)
    if isinstance(spec, TypeSpec):
        _check(spec)
        return spec._unbatch()  # type: ignore[attr-defined]
    return spec


def _ragged(spec: RaggedTensorSpec, shape: TensorShape, ragged_rank: int) -> RaggedTensorSpec:
    return RaggedTensorSpec(shape, spec.dtype, ragged_rank, spec.row_splits_dtype, spec.flat_values_spec)


def _check(spec: TypeSpec) -> None:
    if not hasattr(spec, "_batch"):
        raise TypeError(
            f"{spec!r} is not batchable: derive the class from tf.experimental.BatchableExtensionType."
        )


class ExtensionTypeBatchEncoder:
    """How values of a BatchableExtensionType are taken apart along their first axis, and put together again.

    An encoding is a sequence of Tensors (or composite values) all of which have the batch as their first axis. This
    class takes the components themselves; a subclass as the `__batch_encoder__` of a type does otherwise.

    Source: `tf.experimental.ExtensionTypeBatchEncoder`.

    >>> import tfcompat_tape as tf
    >>> class Pair(tf.experimental.BatchableExtensionType):
    ...     x: tf.Tensor
    ...     y: tf.Tensor
    >>> spec = Pair.Spec(tf.TensorSpec([2]), tf.TensorSpec([]))
    >>> tf.experimental.ExtensionTypeBatchEncoder().batch(spec, 3).x
    TensorSpec(shape=(3, 2), dtype=tf.float32, name=None)
    """

    def batch(self, spec: ExtensionTypeSpec, batch_size: int | None) -> ExtensionTypeSpec:
        """The spec of `batch_size` stacked values of `spec`."""
        return _mapped(lambda leaf: batched(leaf, batch_size), spec)

    def unbatch(self, spec: ExtensionTypeSpec) -> ExtensionTypeSpec:
        """The spec of one of the values that are stacked in a value of `spec`."""
        return _mapped(unbatched, spec)

    def encode(self, spec: ExtensionTypeSpec, value: Any, minimum_rank: int = 0) -> Any:
        """The Tensors that `value` of `spec` is made of."""
        return spec._to_components(value)

    def decode(self, spec: ExtensionTypeSpec, encoded_value: Any) -> Any:
        """The value of `spec` that is made of `encoded_value`."""
        return spec._from_components(encoded_value)

    def encoding_specs(self, spec: ExtensionTypeSpec) -> Any:
        """The specs of the Tensors that `encode` gives."""
        return spec._component_specs


def _mapped(function: Any, spec: ExtensionTypeSpec) -> ExtensionTypeSpec:
    """The spec with `function` of the specs and shapes that it consists of."""
    fields = nest.map_structure(function, {name: _frozen(value) for name, value in spec._serialize()})
    return spec._deserialize(tuple(fields.items()))


class BatchableExtensionTypeSpec(ExtensionTypeSpec):
    """The base of the `Spec` of extension types that `tf.map_fn` takes."""

    __batch_encoder__: ExtensionTypeBatchEncoder = ExtensionTypeBatchEncoder()

    @property
    def _encoder(self) -> ExtensionTypeBatchEncoder:
        return getattr(self.value_type, "__batch_encoder__", self.__batch_encoder__)

    def _batch(self, batch_size: int | None) -> ExtensionTypeSpec:
        return self._encoder.batch(self, batch_size)

    def _unbatch(self) -> ExtensionTypeSpec:
        return self._encoder.unbatch(self)

    def _stack(self, values: Sequence[Any]) -> Any:
        whole = self._batch(len(values))
        rows = [nest.flatten(self._encoder.encode(self, value)) for value in values]
        if not rows:
            raise ValueError(f"There are no values of which to make one of {whole!r}.")
        specs = nest.flatten(self._encoder.encoding_specs(self))
        columns = [
            _together(spec, [*column]) for spec, column in zip(specs, zip(*rows, strict=True), strict=True)
        ]
        return self._encoder.decode(whole, columns)


def _together(spec: TypeSpec, parts: list[Any]) -> Any:
    if isinstance(spec, TensorSpec):
        return pack(*[convert(part) for part in parts], axis=0)
    return spec._stack(parts)


class BatchableExtensionType(ExtensionType):
    """An ExtensionType that `tf.map_fn` and `tf.vectorized_map` take along the first axis of its Tensors.

    `__batch_encoder__`, an ExtensionTypeBatchEncoder, says how where it is not the fields themselves that are taken
    apart; a `tf.TensorShape` among the fields loses its first dimension.

    Source: `tf.experimental.BatchableExtensionType`.

    >>> import tfcompat_tape as tf
    >>> class Vector(tf.experimental.BatchableExtensionType):
    ...     x: tf.Tensor
    ...     y: tf.Tensor
    >>> many = Vector([3.0, 6.0], [4.0, 8.0])
    >>> print(tf.map_fn(lambda v: tf.sqrt(v.x**2 + v.y**2), many, fn_output_signature=tf.float32).numpy())
    [ 5. 10.]
    """

    _spec_base = BatchableExtensionTypeSpec

    def _batched_parts(self) -> Any:
        spec: Any = self._type_spec
        return self._tensors(spec, minimum_rank=1), lambda row: spec._encoder.decode(spec._unbatch(), row)

    def _row_parts(self) -> Any:
        spec: Any = self._type_spec

        def all_rows(stacked: list[Any]) -> Any:
            return spec._encoder.decode(spec._batch(stacked[0]._t.shape[0]), stacked)

        return self._tensors(spec, minimum_rank=0), all_rows

    def _tensors(self, spec: Any, minimum_rank: int) -> list[Any]:
        parts = nest.flatten(spec._encoder.encode(spec, self, minimum_rank=minimum_rank))
        for part in parts:
            if isinstance(part, CompositeTensor):
                raise part._no_batches("in a value of")
        return parts

    @property
    def _element_spec(self) -> Any:
        spec: Any = self._type_spec
        return spec._unbatch()

    def _unstacked(self) -> list[Any]:
        spec: Any = self._type_spec
        one = self._element_spec
        encoded = spec._encoder.encode(spec, self, minimum_rank=1)
        columns = [_apart(part) for part in nest.flatten(encoded)]
        counts = [len(column) for column in columns]
        for count in counts[1:]:
            if count != counts[0]:
                raise ValueError(f"Dimensions {counts[0]} and {count} are not compatible")
        return [spec._encoder.decode(one, [*row]) for row in zip(*columns, strict=True)]


def _apart(part: Any) -> list[Any]:
    if isinstance(part, CompositeTensor):
        return part._unstacked()
    return list(unpack(part, num=len(part), axis=0)) if len(part) else []
