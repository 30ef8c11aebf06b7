"""The handle of a Variable: what ops on resources take in place of its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.kinds import acts_as_variable
from tfcompat_tape.core.shapes import TensorShape

if TYPE_CHECKING:
    from tfcompat_tape.core.variable import Variable


class Handle:
    """The variable as an argument: `tf.raw_ops.ReadVariableOp(resource=v.handle, dtype=tf.float32)`.

    Tapes take it where they take the variable. Two handles are equal if they are of the same variable.
    """

    __slots__ = ("variable",)

    dtype = dtypes.resource
    shape = TensorShape(())

    def __init__(self, variable: Variable) -> None:
        self.variable = variable

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and other.variable is self.variable

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    @property
    def device(self) -> str:
        """TensorFlow's name of the device that holds the value."""
        return self.variable.device

    def get_shape(self) -> TensorShape:
        """The shape of the handle: that of a single value."""
        return self.shape

    def numpy(self) -> NoReturn:
        """InvalidArgumentError, as in TensorFlow: a handle is no array."""
        raise invalid("Cannot convert a Tensor of dtype resource to a NumPy array. Read the variable.")

    def __repr__(self) -> str:
        return f'<tf.Tensor: shape=(), dtype=resource, value=<ResourceHandle(name="{self.variable.name}")>>'


def variable_of(value: Any) -> Any:
    """The variable whose handle `value` is, or that it acts as; any other value as it is."""
    if acts_as_variable(value):
        handle = getattr(value, "handle", None)  # there is none where the value is cast on reading
        value = value if handle is None else handle
    return value.variable if type(value) is Handle else value
