"""What version 1 knows of elements in the place of specs: their dtypes, shapes and classes, in their structure."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec
from tfcompat_tape.data.slicing import is_ragged
from tfcompat_tape.data.specs import DatasetSpec, IteratorSpec
from tfcompat_tape.data.structure import mapped

__all__ = ["classes_of", "shapes_of", "types_of"]


def types_of(element_spec: Any) -> Any:
    """The dtypes. NotImplementedError for composite values that version 1 does not know."""
    return mapped(lambda spec: spec if _stays(spec) else _known(spec, "types").dtype, element_spec)


def shapes_of(element_spec: Any) -> Any:
    """The shapes. NotImplementedError for composite values that version 1 does not know."""
    return mapped(lambda spec: spec if _stays(spec) else _known(spec, "shapes").shape, element_spec)


def classes_of(element_spec: Any) -> Any:
    """The classes: `tf.Tensor`, `tf.SparseTensor`; where version 1 has no class, as for RaggedTensors, the spec."""
    return mapped(lambda spec: spec if _stays(spec) or is_ragged(spec) else spec.value_type, element_spec)


def _stays(spec: Any) -> bool:
    """Whether a spec stands for itself."""
    from tfcompat_tape.experimental._optional import OptionalSpec

    return isinstance(spec, (DatasetSpec, IteratorSpec, OptionalSpec, NoneTensorSpec))


def _known(spec: Any, what: str) -> Any:
    if isinstance(spec, (TensorSpec, SparseTensorSpec)) or is_ragged(spec):
        return spec
    raise NotImplementedError(
        f"Elements of {type(spec).__name__} have no output {what}: ask for the element_spec."
    )
