"""`tensorflow.python.framework.type_spec_registry`: TypeSpecs by the names that they were given."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.control.tensor_array import TensorArraySpec
from tfcompat_tape.core.sparse_tensor import SparseTensorSpec
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.experimental._extension.types import _REGISTERED
from tfcompat_tape.ragged._parts.spec import RaggedTensorSpec

__all__ = ["_NAME_TO_TYPE_SPEC", "_TYPE_SPEC_TO_NAME", "get_name", "lookup", "register"]

_NAME_TO_TYPE_SPEC: dict[str, type] = {
    "tf.RaggedTensorSpec": RaggedTensorSpec,
    "tf.SparseTensorSpec": SparseTensorSpec,
    "tf.TensorArraySpec": TensorArraySpec,
    "tf.TensorSpec": TensorSpec,
}
_TYPE_SPEC_TO_NAME: dict[type, str] = {cls: name for name, cls in _NAME_TO_TYPE_SPEC.items()}


def _register_extension_types() -> None:
    """Those that have been given a name since."""
    _NAME_TO_TYPE_SPEC.update(_REGISTERED)
    _TYPE_SPEC_TO_NAME.update({cls: name for name, cls in _REGISTERED.items()})


def register(name: str) -> Any:
    """Decorator: the TypeSpec class is known as `name`, which has a dot in it.

    Raises:
      ValueError: the name is taken, or has no dot.
    """
    if "." not in name:
        raise ValueError("TypeSpec name must have the form 'module.name'.")

    def known(cls: type) -> type:
        if name in _NAME_TO_TYPE_SPEC:
            raise ValueError(f"Name {name} has already been registered for class {_NAME_TO_TYPE_SPEC[name]}.")
        _NAME_TO_TYPE_SPEC[name] = cls
        _TYPE_SPEC_TO_NAME[cls] = name
        return cls

    return known


def get_name(cls: type) -> str:
    """The name of a TypeSpec class; ValueError if it has none."""
    _register_extension_types()
    if cls not in _TYPE_SPEC_TO_NAME:
        raise ValueError(f"TypeSpec {cls.__module__}.{cls.__name__} has not been registered.")
    return _TYPE_SPEC_TO_NAME[cls]


def lookup(name: str) -> type:
    """The TypeSpec class with this name; ValueError if there is none."""
    _register_extension_types()
    if name not in _NAME_TO_TYPE_SPEC:
        raise ValueError(f"No TypeSpec has been registered with name {name!r}")
    return _NAME_TO_TYPE_SPEC[name]
