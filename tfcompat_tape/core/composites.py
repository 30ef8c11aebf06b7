"""Composite values: several Tensors in one value, which its `TypeSpec` takes apart and puts together again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.specs import NoneTensorSpec, TensorSpec, TypeSpec, VariableSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable


class CompositeGradient(Protocol):
    """What tapes ask of a class of composites whose values have gradients: its `__composite_gradient__`."""

    def get_gradient_components(self, value: Any) -> Any:
        """The Tensors (or composites) in `value` that have gradients, nested."""

    def replace_gradient_components(self, value: Any, component_grads: Any) -> Any:
        """The gradient of `value`, from the gradients of these components in the same structure."""


class CompositeTensor:
    """The base of values that consist of Tensors: IndexedSlices, SparseTensor, RaggedTensor, operators, ExtensionTypes.

    A subclass has a `_type_spec`, whose `_to_components` and `_from_components` do the work. It is a leaf to `tf.nest`
    unless its Tensors are asked for. With a `__composite_gradient__` it is a target and source of tapes.
    """

    __slots__ = ()

    __composite_gradient__: CompositeGradient | None = None

    _at_each_call = (
        False  # such a value says other things at each call: no trace of a function holds for others
    )

    _missing = False  # such a value may have no Tensors, and what they would be is for its spec to say

    @property
    def _type_spec(self) -> TypeSpec:
        """What is known of the value: its spec."""
        raise NotImplementedError(f"{type(self).__name__} does not say its _type_spec.")

    def _of_values(self, op: Any) -> Any:
        """The result of an elementwise function: of the elements, or else of the Tensor that the value converts to."""
        return op(convert(self))

    def _unstacked(self) -> list[Any]:
        """The slices along the first axis, which `tf.map_fn` goes over."""
        raise TypeError(
            f"map_fn can not consume {self._type_spec!r} inputs: take apart what it consists of instead."
        )

    def _batched_parts(self) -> tuple[list[Any], Callable[[list[Any]], Any]]:
        """The Tensors that `tf.vectorized_map` goes over, and what makes the value for one row of them."""
        raise self._no_batches("given to")

    def _row_parts(self) -> tuple[list[Any], Callable[[list[Any]], Any]]:
        """The Tensors of one result of `tf.vectorized_map`, and what makes all results of them, stacked."""
        raise self._no_batches("returned from")

    def _no_batches(self, how: str) -> ValueError:
        return ValueError(
            f"CompositeTensor instance {self!r} {how} the function of vectorized_map must provide a "
            f"`BatchableTypeSpec` (saw: {self._type_spec!r}): take apart what it consists of instead."
        )

    @property
    def _element_spec(self) -> TypeSpec:
        """What `tf.map_fn` returns by default: the spec whose `_stack` makes such a value of its slices again."""
        return self._type_spec


def of_values(op: Callable[[Any], Any], x: Any) -> Any:
    """`op`, which TensorFlow also has for composite values, of what is no Tensor."""
    return x._of_values(op) if isinstance(x, CompositeTensor) else op(convert(x))


def type_spec_from_value(value: Any) -> TypeSpec:
    """The TypeSpec of a value: a Tensor, what can become one, or a composite value.

    Raises:
      TypeError: the value is none of these.

    Source: `tf.type_spec_from_value`.

    >>> import tfcompat_tape as tf
    >>> tf.type_spec_from_value(tf.zeros([2, 3]))
    TensorSpec(shape=(2, 3), dtype=tf.float32, name=None)
    """
    if isinstance(value, CompositeTensor):
        return value._type_spec
    if value is None:
        return NoneTensorSpec()
    if isinstance(value, Variable):
        return VariableSpec(value.shape, value.dtype, value.trainable)
    if not isinstance(value, Tensor):
        spec = getattr(value, "_type_spec", None)
        if isinstance(spec, TypeSpec):
            return spec
        try:
            value = convert(value)
        except (TypeError, ValueError):
            raise TypeError(
                f"Could not build a TypeSpec for {value!r} of unsupported type {type(value)}."
            ) from None
    return TensorSpec(value.get_shape(), value.dtype)  # sizes that differ by call are None
