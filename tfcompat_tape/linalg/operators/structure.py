"""Operators as structures of Tensors: their specs, and their gradients, which are operators too."""

from __future__ import annotations

from functools import cache
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.arrays.creation import zeros_like
from tfcompat_tape.core.composites import type_spec_from_value
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.linalg.operators import hints


class LinearOperatorSpec(TypeSpec):
    """What is known of an operator: the specs of its parameters, and the arguments that are no tensors."""

    __slots__ = ("_others", "_param_specs", "_prefer_static_fields")

    _operator_class: type | None = None

    def __init__(
        self, param_specs: dict[str, Any], non_tensor_params: dict[str, Any], prefer_static_fields: Any = ()
    ) -> None:
        self._param_specs = param_specs
        self._others = non_tensor_params
        self._prefer_static_fields = tuple(prefer_static_fields)

    @property
    def value_type(self) -> Any:
        return self._operator_class

    def _serialize(self) -> tuple[Any, ...]:
        return self._param_specs, self._others, self._prefer_static_fields

    @property
    def _component_specs(self) -> Any:
        return self._param_specs

    def _to_components(self, value: Any) -> Any:
        return {name: getattr(value, name) for name in self._param_specs}

    def _from_components(self, components: Any) -> Any:
        return self.value_type(**components, **self._others)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.value_type, *self._serialize())

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash((type(self), *self._param_specs))


@cache
def _spec_class(operator_class: type) -> Any:
    """The class of the specs of a class of operators."""
    name = f"{operator_class.__name__}Spec"
    return type(name, (LinearOperatorSpec,), {"__slots__": (), "_operator_class": operator_class})


def _unpickled(operator_class: type, *fields: Any) -> Any:
    return _spec_class(operator_class)(*fields)


def spec_of(operator: Any) -> LinearOperatorSpec:
    """The spec of an operator.

    Raises:
      TypeError: a class that does not name its parameters.
    """
    if operator._parameters is None:
        raise TypeError(
            f"Could not build a TypeSpec for {operator!r} of unsupported type {type(operator)}: it does not hand its "
            "arguments on as `parameters`, so that it cannot be taken apart."
        )
    fields = operator._experimental_parameter_ndims_to_matrix_ndims
    values = {name: getattr(operator, name) for name in sorted(fields)}
    specs = {
        name: nest.map_structure(type_spec_from_value, value)
        for name, value in values.items()
        if value is not None
    }
    left_out = {*fields, "name"}
    others = {name: value for name, value in operator.parameters.items() if name not in left_out}
    return _spec_class(type(operator))(specs, {**others, **hints.of(operator)})  # type: ignore[no-any-return]


class OperatorGradient:
    """The gradient of an operator: an operator of its class, of the gradients of its parameters."""

    def get_gradient_components(self, value: Any) -> Any:
        """All Tensors that it consists of."""
        return nest.flatten(value, expand_composites=True)

    def replace_gradient_components(self, value: Any, component_grads: Any) -> Any:
        """Zeros stand where a parameter has no gradient, so that there is an operator all the same; integers stay."""
        parts = nest.flatten(value, expand_composites=True)
        grads = [
            grad if grad is not None else part if part.dtype.is_integer else zeros_like(part)
            for part, grad in zip(parts, component_grads, strict=True)
        ]
        return nest.pack_sequence_as(value, grads, expand_composites=True)
