"""`tf.experimental.Optional`: a value that may be missing; and its spec."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor, type_spec_from_value
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.nest import flatten, map_structure

__all__ = ["Optional", "OptionalSpec"]


class Optional(CompositeTensor, ABC):
    """A structure of tensors that may be missing.

    Made by `Optional.from_value` and `Optional.empty`. Gradients pass through.

    Source: `tf.experimental.Optional`.

    >>> import tfcompat_tape as tf
    >>> found = tf.experimental.Optional.from_value(3.0)
    >>> found.has_value().numpy().item(), found.get_value().numpy().item()
    (True, 3.0)
    """

    __slots__ = ("__weakref__",)
    _missing = True

    @property
    @abstractmethod
    def element_spec(self) -> Any:
        """The spec, or the structure of specs, of the value."""

    @abstractmethod
    def has_value(self, name: str | None = None) -> Tensor:
        """Whether the value is there, as a bool tensor."""

    @abstractmethod
    def get_value(self, name: str | None = None) -> Any:
        """The value; InvalidArgumentError if it is missing."""

    @staticmethod
    def from_value(value: Any) -> Optional:
        """An Optional that has `value`, a structure of what converts to tensors.

        Raises:
          TypeError: something in it does not convert. InvalidArgumentError: there is nothing in it.
        """
        held = _held(value)
        if not [leaf for leaf in flatten(held) if leaf is not None]:
            raise invalid(
                "OptionalFromValue: Length for attr 'Toutput_types' of 0 must be at least minimum 1"
            )
        return _Present(map_structure(type_spec_from_value, held), held)

    @staticmethod
    def empty(element_spec: Any) -> Optional:
        """An Optional whose value, which would be of `element_spec`, is missing."""
        if element_spec is None:  # Keras sets it later, within a loop
            reading.at_each_call("what an Optional without a spec is")
        return _Present(element_spec, None, False)


class _Holding(Optional):
    # The spec of the value, which Keras sets where it is known late.
    __slots__ = ("_element_spec", "_held")

    def __init__(self, element_spec: Any, held: Any) -> None:
        self._element_spec = element_spec
        self._held = held

    @property
    def element_spec(self) -> Any:
        return self._element_spec

    @property
    def _type_spec(self) -> OptionalSpec:
        return OptionalSpec(self._element_spec)


class _Present(_Holding):
    __slots__ = ("_present",)

    def __init__(self, element_spec: Any, held: Any, present: bool = True) -> None:
        super().__init__(element_spec, held)
        self._present = present

    def has_value(self, name: str | None = None) -> Tensor:
        return convert(self._present)

    def get_value(self, name: str | None = None) -> Any:
        if not self._present:
            reading.at_each_call("a value that is missing")
            raise invalid("OptionalGetValue: The given optional does not have a value.")
        return self._held


class Perhaps(_Holding):
    """An Optional of a trace: each call has its own value, or none."""

    __slots__ = ("_check", "_there")

    def __init__(self, element_spec: Any, held: Any, there: Tensor, check: Callable[[Tensor], None]) -> None:
        super().__init__(element_spec, held)
        self._there = there
        self._check = check

    def has_value(self, name: str | None = None) -> Tensor:
        return self._there

    def get_value(self, name: str | None = None) -> Any:
        self._check(self._there)
        return self._held


class OptionalSpec(TypeSpec):
    """The spec of an Optional: that of its value.

    Source: `tf.OptionalSpec`.

    >>> import tfcompat_tape as tf
    >>> tf.OptionalSpec.from_value(tf.experimental.Optional.from_value([1, 2]))
    OptionalSpec(TensorSpec(shape=(2,), dtype=tf.int32, name=None),)
    """

    __slots__ = ("_element_spec",)

    def __init__(self, element_spec: Any) -> None:
        self._element_spec = element_spec

    @property
    def value_type(self) -> type:
        """The class of the values."""
        return _Present

    @staticmethod
    def from_value(value: Any) -> OptionalSpec:
        """The spec of an Optional."""
        return OptionalSpec(value.element_spec)

    def _serialize(self) -> tuple[Any, ...]:
        return (self._element_spec,)

    @property
    def _component_specs(self) -> Any:
        return self._element_spec

    def _to_components(self, value: Any) -> Any:
        return value._held

    def _from_components(self, components: Any) -> Any:
        return _Present(self._element_spec, components, components is not None)

    def __repr__(self) -> str:
        return f"OptionalSpec({self._element_spec!r},)"


def _held(value: Any) -> Any:
    """`value` with tensors in it; unlike elsewhere, a list is no structure but a tensor."""
    if isinstance(value, dict):
        return type(value)((key, _held(part)) for key, part in value.items())
    if isinstance(value, tuple):
        parts = [_held(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if value is None or isinstance(value, (Tensor, CompositeTensor)):
        return value
    try:
        return convert(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"Could not build a `TypeSpec` for {value!r} with type {type(value).__name__}"
        ) from None
