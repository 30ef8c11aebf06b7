"""`tf.experimental.ExtensionTypeSpec`: the base of the `Spec` of each extension type."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.specs import TensorSpec, TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental._extension import constructing
from tfcompat_tape.experimental._extension.fields import Field
from tfcompat_tape.experimental._extension.immutable import ImmutableDict


class ExtensionTypeSpec(TypeSpec):
    """What is known of a value of an extension type: for each field its spec, or its value where it holds no Tensors.

    Each class of extension types has one as its `Spec`, made from the fields, or from a class `Spec` in its body.

    Source: `tf.experimental.ExtensionTypeSpec`.

    >>> import tfcompat_tape as tf
    >>> class Masked(tf.experimental.ExtensionType):
    ...     values: tf.Tensor
    ...     name: str
    >>> Masked.Spec(tf.TensorSpec([None]), "a")
    Masked.Spec(values=TensorSpec(shape=(None,), dtype=tf.float32, name=None), name='a')
    """

    @classmethod
    def _tf_extension_type_fields(cls) -> tuple[Field, ...]:
        """The fields, those of the class that it describes."""
        fields: tuple[Field, ...] = cls._fields  # type: ignore[attr-defined]
        return fields

    @classmethod
    def from_value(cls, value: Any) -> ExtensionTypeSpec:
        """The spec of a value."""
        return cls._deserialize(tuple((name, _spec_of(part)) for name, part in vars(value).items()))

    @classmethod
    def _deserialize(cls, fields: tuple[Any, ...]) -> ExtensionTypeSpec:
        made = object.__new__(cls)
        made.__dict__.update((name, _frozen(value)) for name, value in fields)
        return made

    def _serialize(self) -> tuple[Any, ...]:
        return tuple((name, _plain(value)) for name, value in self.__dict__.items())

    def _leaves(self) -> list[Any]:
        return nest.flatten([*self.__dict__.values()])

    @property
    def _component_specs(self) -> tuple[Any, ...]:
        return tuple(leaf for leaf in self._leaves() if isinstance(leaf, TypeSpec))

    def _to_components(self, value: Any) -> tuple[Any, ...]:
        parts = nest.flatten([vars(value)[name] for name in self.__dict__])
        return tuple(x for x, leaf in zip(parts, self._leaves(), strict=True) if isinstance(leaf, TypeSpec))

    def _from_components(self, components: Any) -> Any:
        left = iter(components)
        leaves = [next(left) if isinstance(leaf, TypeSpec) else leaf for leaf in self._leaves()]
        made = object.__new__(self.value_type)
        packed = nest.pack_sequence_as([*self.__dict__.values()], leaves)
        made.__dict__.update(zip(self.__dict__, packed, strict=True))
        return made

    def _cast(self, value: Any) -> Any:
        """A value of this class, or of a subclass, with the components of `value`; TypeError if these do not fit."""
        if not isinstance(value, self.value_type):
            return super()._cast(value)
        return self._from_components(
            [
                spec._cast(part)
                for spec, part in zip(self._component_specs, self._to_components(value), strict=True)
            ]
        )

    def __setattr__(self, name: str, value: Any) -> None:
        constructing.set_field(self, name, value, self._tf_extension_type_fields(), "ExtensionTypeSpec")

    def __delattr__(self, name: str) -> None:
        constructing.check_mutable(self, name, self._tf_extension_type_fields(), "ExtensionTypeSpec")
        object.__delattr__(self, name)

    def __hash__(self) -> int:
        return hash((type(self), *map(_hashable, self._serialize())))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._serialize() == other._serialize()  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._serialize())
        return f"{type(self).__qualname__}({fields})"


def _spec_of(value: Any) -> Any:
    """The spec of a field; what holds no Tensors stands for itself."""
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, CompositeTensor):
        return value._type_spec
    if type(value) is tuple:
        return tuple(map(_spec_of, value))
    if type(value) is ImmutableDict:
        return ImmutableDict((key, _spec_of(part)) for key, part in value.items())
    return value


def _plain(value: Any) -> Any:
    """A field with dicts in place of mappings that cannot change."""
    if type(value) is ImmutableDict:
        return {key: _plain(part) for key, part in value.items()}
    return tuple(map(_plain, value)) if type(value) is tuple else value


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return ImmutableDict((key, _frozen(part)) for key, part in value.items())
    return tuple(map(_frozen, value)) if type(value) is tuple else value


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return frozenset((key, _hashable(part)) for key, part in value.items())
    return tuple(map(_hashable, value)) if type(value) is tuple else value


def as_dict(value: Any) -> dict[str, Any]:
    """The fields of an extension type, or of its spec, by name; AttributeError for anything else.

    Source: `tf.experimental.extension_type.as_dict`.

    >>> import tfcompat_tape as tf
    >>> class Named(tf.experimental.ExtensionType):
    ...     name: str
    >>> tf.experimental.extension_type.as_dict(Named("a"))
    {'name': 'a'}
    """
    return {field.name: getattr(value, field.name) for field in value._tf_extension_type_fields()}
