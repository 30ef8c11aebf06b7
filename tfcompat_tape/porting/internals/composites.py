"""What private modules say of composite values: `framework.composite_tensor`, `util.variable_utils`, ..."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import DenseSpec, TensorSpec, TypeSpec
from tfcompat_tape.porting.internals.resource_variables import is_resource_variable
from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec

__all__ = [
    "BatchableTypeSpec",
    "CompositeTensor",
    "DenseSpec",
    "convert_variables_to_tensors",
    "is_composite_or_composite_value",
    "replace_composites_with_components",
]


class BatchableTypeSpec(TypeSpec):
    """A TypeSpec of values that can be stacked into one, and taken apart again."""

    def _batch(self, batch_size: int | None) -> TypeSpec:
        """The spec of so many values together."""
        raise NotImplementedError(f"{type(self).__name__}._batch")

    def _unbatch(self) -> TypeSpec:
        """The spec of one value of a batch."""
        raise NotImplementedError(f"{type(self).__name__}._unbatch")


for _spec in (RaggedTensorSpec, SparseTensorSpec, TensorSpec):
    BatchableTypeSpec.register(_spec)


def is_composite_or_composite_value(tensor: Any) -> bool:
    """Whether a value consists of Tensors."""
    return isinstance(tensor, CompositeTensor)


def replace_composites_with_components(structure: Any) -> Any:
    """The structure with the list of its Tensors in place of each composite value."""
    if isinstance(structure, CompositeTensor):
        return replace_composites_with_components(structure._type_spec._to_components(structure))
    if not nest.is_nested(structure):
        return structure
    return nest.map_structure(replace_composites_with_components, structure, expand_composites=False)


def convert_variables_to_tensors(values: Any) -> Any:
    """The structure with the value of each Variable in its place, also within composite values."""
    return nest.map_structure(_read, values)


def _read(value: Any) -> Any:
    if is_resource_variable(value):
        return convert(value)
    if not isinstance(value, CompositeTensor):
        return value
    own = getattr(value, "_convert_variables_to_tensors", None)
    if own is not None:
        return own()
    spec = value._type_spec
    return spec._from_components(convert_variables_to_tensors(spec._to_components(value)))
