"""`tensorflow.python.framework.type_spec_registry`: TypeSpecs by the names that they were given."""

from __future__ import annotations

from typing import Any

__all__ = ["get_name", "lookup", "register"]

_by_name: dict[str, type] = {}


def register(name: str) -> Any:
    """Decorator: the TypeSpec class is known as `name`, which has a dot in it.

    Raises:
      ValueError: the name is taken, or has no dot.
    """
    if "." not in name:
        raise ValueError("TypeSpec name must have the form 'module.name'.")

    def known(cls: type) -> type:
        if name in _by_name:
            raise ValueError(f"Name {name} has already been registered for class {_by_name[name]}.")
        _by_name[name] = cls
        return cls

    return known


def get_name(cls: type) -> str:
    """The name of a TypeSpec class; ValueError if it has none."""
    for name, known in _by_name.items():
        if known is cls:
            return name
    raise ValueError(f"TypeSpec {cls.__module__}.{cls.__name__} has not been registered.")


def lookup(name: str) -> type:
    """The TypeSpec class with this name; ValueError if there is none."""
    if name not in _by_name:
        raise ValueError(f"No TypeSpec has been registered with name {name!r}")
    return _by_name[name]
