"""`tensorflow.python.framework.type_spec_registry`: TypeSpecs by the names that they were given."""

from __future__ import annotations

from typing import Any

__all__ = ["_NAME_TO_TYPE_SPEC", "_TYPE_SPEC_TO_NAME", "get_name", "lookup", "register"]

_NAME_TO_TYPE_SPEC: dict[str, type] = {}
_TYPE_SPEC_TO_NAME: dict[type, str] = {}


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
    if cls not in _TYPE_SPEC_TO_NAME:
        raise ValueError(f"TypeSpec {cls.__module__}.{cls.__name__} has not been registered.")
    return _TYPE_SPEC_TO_NAME[cls]


def lookup(name: str) -> type:
    """The TypeSpec class with this name; ValueError if there is none."""
    if name not in _NAME_TO_TYPE_SPEC:
        raise ValueError(f"No TypeSpec has been registered with name {name!r}")
    return _NAME_TO_TYPE_SPEC[name]
