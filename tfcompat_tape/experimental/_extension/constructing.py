"""Constructors of extension types and of their specs: fields are set while they run, and never again."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from tfcompat_tape.experimental._extension.fields import NO_DEFAULT, RESERVED, Field, converted

_CONSTRUCTING = f"{RESERVED}in_constructor"


def constructor(cls: type, fields: tuple[Field, ...], finish: Callable[[Any], None], defaults: bool) -> Any:
    """The `__init__` that takes the fields as arguments; those that follow a default without one, by keyword."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("self", kind)]
    for field in fields:
        default = field.default if defaults and field.default is not NO_DEFAULT else inspect.Parameter.empty
        if default is inspect.Parameter.empty and parameters[-1].default is not inspect.Parameter.empty:
            kind = inspect.Parameter.KEYWORD_ONLY
        annotation = field.value_type if defaults else inspect.Parameter.empty
        parameters.append(inspect.Parameter(field.name, kind, default=default, annotation=annotation))
    signature = inspect.Signature(parameters, return_annotation=cls)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        values = {field.name: bound.arguments[field.name] for field in fields}
        self.__dict__.update(values)

    made: Any = wrapped(__init__, finish)
    made.__signature__ = signature
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def wrapped(init: Callable[..., None], finish: Callable[[Any], None]) -> Callable[..., None]:
    """A constructor within which fields may be set, and after which the value is finished."""

    @functools.wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if _CONSTRUCTING in self.__dict__:  # called by the constructor of a subclass
            init(self, *args, **kwargs)
            return
        self.__dict__[_CONSTRUCTING] = True
        try:
            init(self, *args, **kwargs)
        finally:
            self.__dict__.pop(_CONSTRUCTING, None)
        finish(self)

    return __init__


def convert_fields(value: Any, fields: tuple[Field, ...], owner: type, of_spec: bool) -> None:
    """Make each field of `value` what its annotation says. ValueError for missing and for unknown attributes."""
    given = value.__dict__
    names = {field.name for field in fields}
    missing, unknown = names - given.keys(), given.keys() - names
    if missing:
        raise ValueError(f"Missing required fields: {missing}")
    if unknown:
        raise ValueError(f"Got unexpected fields: {unknown}")
    made = {
        field.name: converted(given[field.name], field.value_type, field.name, owner, of_spec)
        for field in fields
    }
    given.clear()
    given.update(made)


def set_field(value: Any, name: str, item: Any, fields: tuple[Field, ...], kind: str) -> None:
    """`value.name = item`, which a constructor alone may do."""
    check_mutable(value, name, fields, kind)
    value.__dict__[name] = item


def check_mutable(value: Any, name: str, fields: tuple[Field, ...], kind: str) -> None:
    """AttributeError unless the constructor runs, and the field is one."""
    if _CONSTRUCTING not in value.__dict__ or all(field.name != name for field in fields):
        raise AttributeError(f"Cannot mutate attribute `{name}` outside the custom constructor of {kind}.")
