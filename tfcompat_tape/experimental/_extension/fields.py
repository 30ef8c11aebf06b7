"""Fields of extension types: what their annotations allow, and what they make of a value, or of a spec of one."""

from __future__ import annotations

import collections.abc
import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, NamedTuple

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, as_dtype
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental._extension.immutable import ImmutableDict

NO_DEFAULT: Any = object()
RESERVED = "_tf_extension_type_"
_PLAIN = (int, float, str, bytes, bool, type(None))


class Field(NamedTuple):
    """A field: its name, annotation and default value, `NO_DEFAULT` if there is none."""

    name: str
    value_type: Any
    default: Any


def own_annotations(cls: type) -> dict[str, Any]:
    """The annotations in the body of a class; text and forward references where names do not resolve yet."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(cls)


def fields_of(cls: type, bases: list[tuple[Field, ...]], scope: FrameType) -> tuple[Field, ...]:
    """The fields of a class that is written in `scope`, those of its bases first.

    Raises:
      ValueError: a name is reserved, or an attribute of the class has no annotation.
      TypeError: an annotation that fields cannot have, or a default value that does not fit it.
    """
    annotations = own_annotations(cls)
    for name in annotations:
        if name in ("self", "Spec") or name.startswith(RESERVED):
            raise ValueError(
                f"The field annotations for {cls.__name__} are invalid. Field {name!r} is reserved."
            )
    for name, value in vars(cls).items():
        plain = not callable(value) and not hasattr(value, "__get__")
        if plain and name not in annotations and not name.startswith(("__", "_abc_")):
            raise ValueError(
                f"The field annotations for {cls.__name__} are invalid. Field {name} is missing a type annotation."
            )
    found = {field.name: field for base in bases for field in base}
    for name, annotation in annotations.items():
        resolved = _resolved(annotation, cls, scope)
        try:
            _check(resolved, names_may_follow=True)
        except TypeError as error:
            raise TypeError(f"In field {name!r}: {error}") from None
        default = vars(cls).get(name, NO_DEFAULT)
        if default is not NO_DEFAULT:
            default = converted(default, resolved, f"default value for {name}", cls, of_spec=False)
        found[name] = Field(name, resolved, default)
    return tuple(found.values())


def _resolved(annotation: Any, cls: type, scope: FrameType | None = None) -> Any:
    """What a forward reference stands for, if that is there; the annotation itself otherwise."""
    text = annotation.__forward_arg__ if isinstance(annotation, typing.ForwardRef) else annotation
    if not isinstance(text, str):
        return annotation
    names = vars(sys.modules.get(cls.__module__, typing))
    if scope is not None:
        names = {**names, **scope.f_globals, **scope.f_locals}
    try:
        return eval(text, {**names, cls.__name__: cls})
    except Exception:  # a name that follows later, or that is only known where the class was written
        return annotation


def _check(annotation: Any, names_may_follow: bool) -> None:
    """TypeError for an annotation that a field cannot have."""
    if annotation is None or isinstance(annotation, (str, typing.ForwardRef)):
        if annotation is None or names_may_follow:
            return
    elif isinstance(annotation, type) and typing.get_origin(annotation) is None:
        if annotation in (*_PLAIN, Tensor, TensorShape, DType) or issubclass(annotation, CompositeTensor):
            return
        raise TypeError(f"Unsupported type annotation {annotation.__name__!r}")
    else:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        is_tuple = origin is tuple and annotation is not tuple and annotation is not typing.Tuple  # noqa: UP006
        if origin is typing.Union or is_tuple or (origin is collections.abc.Mapping and arguments):
            for argument in arguments:
                if argument is not ...:
                    _check(argument, names_may_follow)
            return
    raise TypeError(f"Unsupported type annotation {annotation!r}")


def converted(value: Any, annotation: Any, path: str, cls: type, of_spec: bool) -> Any:
    """`value` as a field of this annotation holds it, or the field of a spec; TypeError if it does not fit."""
    annotation = _resolved(annotation, cls)
    if isinstance(annotation, (str, typing.ForwardRef)):
        raise TypeError(f"{path}: Unsupported type annotation {annotation!r}")
    if annotation is Tensor:
        return _tensor_spec(value, path) if of_spec else _tensor(value, path)
    if annotation is TensorShape or annotation is DType:
        make: Callable[[Any], Any] = TensorShape if annotation is TensorShape else as_dtype
        try:
            if not isinstance(value, (Tensor, str if annotation is TensorShape else float)):
                return make(value)
        except (TypeError, ValueError):
            pass
        raise _unlike(path, f"'tf.{annotation.__name__}'", value)
    if annotation is None or (isinstance(annotation, type) and typing.get_origin(annotation) is None):
        return _instance(value, annotation or type(None), path, of_spec)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Union:
        for argument in arguments:
            try:
                return converted(value, argument, path, cls, of_spec)
            except TypeError:
                pass
        raise _unlike(path, repr(annotation), value)
    if origin is tuple:
        return _tuple(value, arguments, path, cls, of_spec)
    if not isinstance(value, Mapping):
        raise _unlike(path, "mapping", value)
    key, element = arguments
    return ImmutableDict(
        (
            converted(k, key, f"{path}[<key>]", cls, of_spec),
            converted(v, element, f"{path}[{k!r}]", cls, of_spec),
        )
        for k, v in value.items()
    )


def _tensor(value: Any, path: str) -> Tensor:
    if isinstance(value, Tensor):
        return value
    try:
        return convert(value)
    except (TypeError, ValueError):
        raise _unlike(path, "a Tensor", value) from None


def _tensor_spec(value: Any, path: str) -> TensorSpec:
    if isinstance(value, TensorSpec):
        return value
    raise _unlike(path, "a TensorSpec", value)


def _instance(value: Any, cls: type, path: str, of_spec: bool) -> Any:
    """`value`, which must be of a class, or the spec of such a value."""
    if of_spec and issubclass(cls, CompositeTensor):
        if not (isinstance(value, TypeSpec) and issubclass(value.value_type, cls)):
            raise _unlike(path, f"a TypeSpec for {cls.__name__!r}", value)
    elif not isinstance(value, cls):
        raise _unlike(path, repr(cls.__name__), value)
    return value


def _tuple(value: Any, arguments: tuple[Any, ...], path: str, cls: type, of_spec: bool) -> tuple[Any, ...]:
    if not isinstance(value, collections.abc.Sequence):
        raise _unlike(path, "tuple", value)
    if len(arguments) == 2 and arguments[1] is ...:
        arguments = (arguments[0],) * len(value)
    elif arguments == ((),):
        arguments = ()
    if len(value) != len(arguments):
        raise TypeError(f"{path}: expected tuple with length {len(arguments)}, got {value!r}")
    return tuple(
        converted(part, argument, f"{path}[{i}]", cls, of_spec)
        for i, (part, argument) in enumerate(zip(value, arguments, strict=True))
    )


def _unlike(path: str, wanted: str, value: Any) -> TypeError:
    return TypeError(f"{path}: expected {wanted}, got {type(value).__name__!r}")
