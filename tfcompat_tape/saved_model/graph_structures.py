"""Structures of arguments and results, from the messages of a SavedModel."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.shape_proto import TensorShapeProto
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.wire import DecodeError
from tfcompat_tape.graphs.messages import StructuredValue
from tfcompat_tape.saved_model.graph_ops import shape_of

_SPARSE, _RAGGED = 1, 3


def structure(value: Any) -> Any:
    """The structure that a message says, with specs in it.

    Raises:
      UnimplementedError: it has a type that is not known here. DecodeError: it is damaged.
    """
    kind = value.WhichOneof("kind")
    if kind is None:
        raise DecodeError("a structure has an empty part")
    found = getattr(value, kind)
    if kind == "none_value":
        return None
    if kind == "int64_value":
        return found >> 1 ^ -(found & 1)
    if kind == "tensor_shape_value":
        return shape_of(found)
    if kind == "tensor_dtype_value":
        return dtypes.as_dtype(found)
    if kind == "tensor_spec_value":
        return TensorSpec(shape_of(found.shape), dtypes.as_dtype(found.dtype), found.name or None)
    if kind == "type_spec_value":
        return _type_spec(found)
    if kind == "list_value":
        return [structure(one) for one in found.values]
    if kind == "tuple_value":
        return tuple([structure(one) for one in found.values])
    if kind == "dict_value":
        return {key: structure(one) for key, one in found.fields.items()}
    if kind == "named_tuple_value":
        names = [pair.key for pair in found.values]
        try:
            made: Any = namedtuple(found.name, names)  # type: ignore[misc]
        except ValueError as error:
            raise DecodeError(f"a named tuple has names that are none: {error}") from None
        return made(*[structure(pair.value) for pair in found.values])
    return found


def _type_spec(found: Any) -> TypeSpec:
    state = structure(found.type_state)
    if found.type_spec_class == _SPARSE and isinstance(state, tuple) and len(state) == 2:
        return SparseTensorSpec(*state)
    if found.type_spec_class == _RAGGED and isinstance(state, tuple) and len(state) >= 4:
        from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec

        return RaggedTensorSpec(*state[:4])
    raise unimplemented(
        f"a {found.type_spec_class_name} is among the arguments or results, which is not loaded here."
    )


def written(x: Any) -> Any:
    """The message that says a structure with specs in it.

    Raises:
      UnimplementedError: it has a part that no message says.
    """
    found: Any = StructuredValue()
    if x is None:
        found.none_value.SetInParent()
    elif isinstance(x, bool):
        found.bool_value = x
    elif isinstance(x, int):
        found.int64_value = (x << 1) ^ (x >> 63)
    elif isinstance(x, float):
        found.float64_value = x
    elif isinstance(x, str):
        found.string_value = x
    elif isinstance(x, TensorShape):
        found.tensor_shape_value.CopyFrom(TensorShapeProto.of(x._dims))
    elif isinstance(x, DType):
        found.tensor_dtype_value = x.as_datatype_enum
    elif isinstance(x, TensorSpec):
        spec = found.tensor_spec_value
        spec.name = x.name or ""
        spec.shape.CopyFrom(TensorShapeProto.of(x.shape._dims))
        spec.dtype = x.dtype.as_datatype_enum
    elif isinstance(x, TypeSpec):
        _write_type_spec(x, found.type_spec_value)
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        found.named_tuple_value.name = type(x).__name__
        for key, one in zip(x._fields, x, strict=True):
            found.named_tuple_value.values.add(key=key).value.CopyFrom(written(one))
        found.named_tuple_value.SetInParent()
    elif isinstance(x, (tuple, list)):
        values = found.tuple_value if isinstance(x, tuple) else found.list_value
        values.SetInParent()
        values.values.extend([written(one) for one in x])
    elif isinstance(x, Mapping) and all(isinstance(key, str) for key in x):
        found.dict_value.SetInParent()
        for key, one in x.items():
            found.dict_value.fields[key].CopyFrom(written(one))
    else:
        raise unimplemented(
            f"a {type(x).__name__} is among what it takes or gives, which no SavedModel says."
        )
    return found


def _write_type_spec(x: TypeSpec, found: Any) -> None:
    from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec

    if isinstance(x, SparseTensorSpec):
        found.type_spec_class, state = _SPARSE, (x.shape, x.dtype)
    elif isinstance(x, RaggedTensorSpec):
        found.type_spec_class = _RAGGED
        state = (x.shape, x.dtype, x.ragged_rank, x.row_splits_dtype)
    else:
        raise unimplemented(
            f"a {type(x).__name__} is among what it takes or gives, which is not written here."
        )
    found.type_spec_class_name = type(x).__name__
    found.type_state.CopyFrom(written(state))


def packed(spec: Any, values: list[Any]) -> Any:
    """Values in a structure of specs; what is no spec stands for itself."""
    left = iter(values)
    return nest.pack_sequence_as(spec, [_leaf(one, left) for one in nest.flatten(spec)])


def _leaf(spec: Any, values: Iterator[Any]) -> Any:
    if isinstance(spec, TensorSpec):
        return next(values)
    if isinstance(spec, TypeSpec):
        parts = nest.flatten(spec._component_specs, expand_composites=True)
        taken = [next(values) for _ in parts]
        return spec._from_components(
            nest.pack_sequence_as(spec._component_specs, taken, expand_composites=True)
        )
    return spec
