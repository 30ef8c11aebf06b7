"""`TypeSpec`: what is known of a value before it exists; `TensorSpec`: the shape and dtype of a Tensor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable


def _hashable(x: Any) -> Any:
    """A nested structure as one of tuples: equal structures give equal ones."""
    if isinstance(x, Mapping):
        return frozenset((key, _hashable(one)) for key, one in x.items())
    return tuple(map(_hashable, x)) if isinstance(x, (list, tuple)) else x


class TypeSpec(ABC):
    """What is known of a value before it exists; the base of TensorSpec and of the specs of composite values.

    A subclass says by `_serialize` what it is made of: shapes, dtypes, names and other specs.

    Source: `tf.TypeSpec`.

    >>> import tfcompat_tape as tf
    >>> spec = tf.TensorSpec([None, 2])
    >>> isinstance(spec, tf.TypeSpec), spec.is_compatible_with(tf.ones([3, 2])), spec.is_compatible_with(tf.ones([2]))
    (True, True, False)
    """

    __slots__ = ()

    @property
    @abstractmethod
    def value_type(self) -> type:
        """The class of the values that the spec describes."""

    @abstractmethod
    def _serialize(self) -> tuple[Any, ...]:
        """The arguments of the constructor that make an equal spec."""

    @property
    @abstractmethod
    def _component_specs(self) -> Any:
        """The specs of the Tensors that a value consists of."""

    @abstractmethod
    def _to_components(self, value: Any) -> Any:
        """The Tensors that `value` consists of."""

    @abstractmethod
    def _from_components(self, components: Any) -> Any:
        """The value that consists of `components`."""

    @classmethod
    def _deserialize(cls, fields: tuple[Any, ...]) -> TypeSpec:
        """The spec that says `fields` by `_serialize`."""
        return cls(*fields)

    def _cast(self, value: Any) -> Any:
        """`value` as one that this spec describes; TypeError if it is none."""
        if not self.is_compatible_with(value):
            raise TypeError(f"Can not cast {getattr(value, '_type_spec', value)!r} to {self!r}")
        return value

    def _stack(self, values: Sequence[Any]) -> Any:
        """Values of this spec as the slices of one value, which `tf.map_fn` gives back."""
        raise TypeError(f"map_fn can not generate {self!r} outputs")

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value (or a value of another spec) may be one that this spec describes."""
        other = (
            spec_or_value
            if isinstance(spec_or_value, TypeSpec)
            else getattr(spec_or_value, "_type_spec", None)
        )
        return type(other) is type(self) and _all(_compatible, self._serialize(), other._serialize())

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every value that this spec describes is one that `other` describes."""
        return type(other) is type(self) and _all(_narrower, self._serialize(), other._serialize())

    def most_specific_common_supertype(self, others: Sequence[Any]) -> TypeSpec | None:
        """The narrowest spec of this kind that describes this one's and all `others`' values, or None."""
        columns = [self._serialize()]
        for other in others:
            if type(other) is not type(self):
                return None
            columns.append(other._serialize())
        try:
            return self._deserialize(_widest(columns))
        except _NoCommonTypeError:
            return None

    def most_specific_compatible_type(self, other: TypeSpec) -> TypeSpec:
        """The narrowest spec that describes the values of both; ValueError if none does."""
        found = self.most_specific_common_supertype([other])
        if found is None:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return found

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._serialize() == other._serialize()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), _hashable(self._serialize())))

    def __reduce__(self) -> tuple[Any, ...]:
        return self._deserialize, (self._serialize(),)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._serialize()))})"

    # Subclasses in libraries compare more than their fields by these two, under the names that Python makes of them.
    def __make_cmp_key(self, value: Any) -> Any:
        return _hashable(value)

    @staticmethod
    def __is_compatible(a: Any, b: Any) -> bool:
        return _all(_compatible, a, b)


class _NoCommonTypeError(Exception):
    """Two fields of specs differ and have no common supertype."""


_LEAVES = (TensorShape, TypeSpec)


def _all(test: Any, a: Any, b: Any) -> bool:
    """Whether `test` holds for what stands at the same place in two structures of fields."""
    if type(a) is not type(b) and not (isinstance(a, _LEAVES) or isinstance(b, _LEAVES)):
        return bool(a == b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_all(test, a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(_all(test, x, y) for x, y in zip(a, b, strict=True))
    return bool(test(a, b)) if isinstance(a, _LEAVES) else bool(a == b)


def _compatible(a: Any, b: Any) -> bool:
    return bool(a.is_compatible_with(b))


def _narrower(a: Any, b: Any) -> bool:
    return bool(a.is_subtype_of(b))


def _widest(fields: Sequence[Any]) -> Any:
    """What describes all `fields`, which stand at the same place in several specs."""
    first, *rest = fields
    if isinstance(first, _LEAVES):
        found = first.most_specific_common_supertype(rest)
        if found is not None:
            return found
    elif any(type(field) is not type(first) for field in rest):
        pass
    elif isinstance(first, dict):
        if all(field.keys() == first.keys() for field in rest):
            return {key: _widest([field[key] for field in fields]) for key in first}
    elif isinstance(first, (list, tuple)):
        if all(len(field) == len(first) for field in rest):
            return type(first)([_widest(column) for column in zip(*fields, strict=True)])
    elif all(field == first for field in rest):
        return first
    raise _NoCommonTypeError


class DenseSpec(TypeSpec):
    """The base of specs of what has a shape and a dtype.

    Args:
        shape: anything that `tf.TensorShape` takes.
        dtype: anything that `tf.as_dtype` takes; TypeError otherwise.
        name: a name, or None.
    """

    __slots__ = ("_dtype", "_name", "_shape")

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self._shape = shape if isinstance(shape, TensorShape) else TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @property
    def shape(self) -> TensorShape:
        """The shape, which may leave dimensions open."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The element type."""
        return self._dtype

    @property
    def name(self) -> str | None:
        """The name, or None."""
        return self._name


class TensorSpec(DenseSpec):
    """The shape and dtype of a Tensor, and perhaps a name.

    Args:
        shape: anything that `tf.TensorShape` takes.
        dtype: anything that `tf.as_dtype` takes; TypeError otherwise.
        name: a name, or None.

    Source: tf.TensorSpec.

    >>> import tfcompat_tape as tf
    >>> spec = tf.TensorSpec([None, 3])
    >>> spec, spec.is_compatible_with(tf.zeros([2, 3]))
    (TensorSpec(shape=(None, 3), dtype=tf.float32, name=None), True)
    """

    __slots__ = ()

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> TensorSpec:
        """A TensorSpec with the shape and dtype of `spec`, and its name unless another is given."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The spec of one Tensor; ValueError for anything else."""
        if not isinstance(tensor, Tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, but got type {type(tensor)}.")
        return cls(tensor.get_shape(), tensor.dtype, name)

    @property
    def value_type(self) -> type:
        """The class Tensor."""
        return Tensor

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether a Tensor, or those of another TensorSpec, may have this shape and dtype."""
        return (
            isinstance(spec_or_tensor, (TensorSpec, Tensor))
            and self._dtype is spec_or_tensor.dtype
            and self._shape.is_compatible_with(spec_or_tensor.shape)
        )

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every Tensor of this spec is one of `other`; a name must be the same."""
        return (
            type(other) is TensorSpec
            and self._dtype is other._dtype
            and (not self._name or self._name == other._name)
            and self._shape.is_subtype_of(other._shape)
        )

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._name

    @property
    def _component_specs(self) -> TensorSpec:
        return self

    def _to_components(self, value: Any) -> Any:
        return value

    def _from_components(self, components: Any) -> Any:
        return components

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"


class NoneTensorSpec(TypeSpec):
    """The spec of None. Source: tf.NoneTensorSpec.

    >>> import tfcompat_tape as tf
    >>> tf.type_spec_from_value(None) == tf.NoneTensorSpec()
    True
    """

    __slots__ = ()

    @property
    def value_type(self) -> type:
        """The class of None."""
        return type(None)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether it is None, or this spec."""
        return spec_or_value is None or isinstance(spec_or_value, NoneTensorSpec)

    def _serialize(self) -> tuple[Any, ...]:
        return ()

    @property
    def _component_specs(self) -> list[Any]:
        return []

    def _to_components(self, value: Any) -> list[Any]:
        return []

    def _from_components(self, components: Any) -> None:
        return None


class VariableSpec(TypeSpec):
    """The shape and dtype of a Variable, and whether it is trainable."""

    __slots__ = ("alias_id", "dtype", "shape", "trainable")

    def __init__(
        self, shape: Any, dtype: Any = dtypes.float32, trainable: bool = True, alias_id: Any = None
    ) -> None:
        self.shape = TensorShape(shape)
        self.dtype = dtypes.as_dtype(dtype)
        self.trainable = trainable
        self.alias_id = alias_id

    @property
    def value_type(self) -> type:
        """The class Variable."""
        return Variable

    @classmethod
    def from_value(cls, value: Variable) -> VariableSpec:
        """The spec of a Variable."""
        return cls(value.shape, value.dtype, value.trainable)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a Variable, or every Variable of another spec, may be what this one describes."""
        if isinstance(spec_or_value, Variable):
            spec_or_value = self.from_value(spec_or_value)
        return super().is_compatible_with(spec_or_value)

    def _serialize(self) -> tuple[Any, ...]:
        return self.shape, self.dtype, self.trainable, self.alias_id

    @property
    def _component_specs(self) -> VariableSpec:
        return self

    def _to_components(self, value: Any) -> Any:
        return value

    def _from_components(self, components: Any) -> Any:
        return components

    def __repr__(self) -> str:
        return (
            f"VariableSpec(shape={self.shape}, dtype={self.dtype!r}, trainable={self.trainable}, "
            f"alias_id={self.alias_id})"
        )
